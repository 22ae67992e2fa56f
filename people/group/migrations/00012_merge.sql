-- +goose Up
-- What another group stands for is seen by nobody until they are taken apart.
ALTER TABLE group_group ADD COLUMN merged BOOLEAN NOT NULL DEFAULT FALSE;
-- Whether what a group is told by is among the keys below as it is now.
ALTER TABLE group_group ADD COLUMN likened BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX group_group_unlikened ON group_group (id) WHERE likened = FALSE;
-- What groups are told by, so that one that may be the same as another is found
-- without comparing all with all.
CREATE TABLE group_likeness (
	key      TEXT NOT NULL,
	group_id TEXT NOT NULL REFERENCES group_group (id) ON DELETE CASCADE,
	PRIMARY KEY (key, group_id)
);
CREATE INDEX group_likeness_group ON group_likeness (group_id);
-- Two that may be one. apart: who said that they are two; said: of which names
-- and places they said so.
CREATE TABLE group_pair (
	one   TEXT NOT NULL REFERENCES group_group (id) ON DELETE CASCADE,
	two   TEXT NOT NULL REFERENCES group_group (id) ON DELETE CASCADE,
	why   INTEGER NOT NULL,
	apart TEXT NOT NULL,
	said  TEXT NOT NULL,
	PRIMARY KEY (one, two)
);
CREATE INDEX group_pair_two ON group_pair (two);
CREATE INDEX group_pair_why ON group_pair (apart, why, one, two);
-- A merge that waits for organisers to say yes. A group is in one at most.
CREATE TABLE group_proposal (
	gone_id TEXT PRIMARY KEY REFERENCES group_group (id) ON DELETE CASCADE,
	kept_id TEXT NOT NULL UNIQUE REFERENCES group_group (id) ON DELETE CASCADE,
	id      TEXT NOT NULL,
	choices JSONB NOT NULL,
	at      TIMESTAMP NOT NULL
);
CREATE INDEX group_proposal_at ON group_proposal (at, id);
-- Who became an organiser by a merge, and is none any more when it is undone.
CREATE TABLE group_joined (
	gone_id              TEXT NOT NULL REFERENCES group_group (id) ON DELETE CASCADE,
	organiser_persona_id TEXT NOT NULL,
	PRIMARY KEY (gone_id, organiser_persona_id)
);
CREATE INDEX group_joined_organiser ON group_joined (organiser_persona_id);
