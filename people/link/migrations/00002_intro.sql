-- +goose Up
-- What one group asks another, in confidence. Only the organisers of the two
-- read it: no page of the network team, no search and no log does.
CREATE TABLE link_intro (
	id                  TEXT PRIMARY KEY,
	asker_group         TEXT NOT NULL,
	asked_group         TEXT NOT NULL,
	asker_persona_id    TEXT NOT NULL,
	words               TEXT NOT NULL,
	share_name          BOOLEAN NOT NULL,
	share_email         BOOLEAN NOT NULL,
	contact             TEXT NOT NULL,
	asked               TIMESTAMP NOT NULL,
	state               TEXT NOT NULL,
	answerer_persona_id TEXT NOT NULL,
	back_words          TEXT NOT NULL,
	back_email          BOOLEAN NOT NULL,
	back_contact        TEXT NOT NULL
);
-- One at a time.
CREATE UNIQUE INDEX link_intro_pair ON link_intro (asker_group, asked_group);
CREATE INDEX link_intro_asked ON link_intro (asked_group, asked);
CREATE INDEX link_intro_day ON link_intro (asked);
CREATE INDEX link_intro_state ON link_intro (state, asked);
CREATE INDEX link_intro_asker ON link_intro (asker_persona_id);
CREATE INDEX link_intro_answerer ON link_intro (answerer_persona_id);
-- Groups that want to be asked no more: by one group, or (by_group empty) by
-- any.
CREATE TABLE link_stop (
	group_ref TEXT NOT NULL,
	by_group  TEXT NOT NULL,
	PRIMARY KEY (group_ref, by_group)
);
CREATE INDEX link_stop_by ON link_stop (by_group);
