-- +goose Up
-- A moment that has not come is 1970.
CREATE TABLE claim_claim (
	id                 TEXT PRIMARY KEY,
	group_id           TEXT NOT NULL,
	claimer_persona_id TEXT NOT NULL,
	part               TEXT NOT NULL,
	words              TEXT NOT NULL,
	state              TEXT NOT NULL,
	live               BOOLEAN NOT NULL,
	way                TEXT NOT NULL,
	objected           BOOLEAN NOT NULL,
	begun              TIMESTAMP NOT NULL,
	coded              TIMESTAMP NOT NULL,
	talked             TIMESTAMP NOT NULL,
	due                TIMESTAMP NOT NULL,
	changed            TIMESTAMP NOT NULL,
	code               TEXT NOT NULL,
	code_ends          TIMESTAMP NOT NULL,
	tries              INTEGER NOT NULL,
	codes              INTEGER NOT NULL
);
-- One at a time, whoever asks twice at once.
CREATE UNIQUE INDEX claim_claim_live ON claim_claim (group_id, claimer_persona_id) WHERE live;
CREATE INDEX claim_claim_group ON claim_claim (group_id, changed, id);
CREATE INDEX claim_claim_claimer ON claim_claim (claimer_persona_id, changed, id);
CREATE INDEX claim_claim_state ON claim_claim (state, changed, id);
CREATE INDEX claim_claim_due ON claim_claim (state, due, id);
CREATE INDEX claim_claim_objected ON claim_claim (objected, changed, id);
-- Groups that are asked whether they know who claims.
CREATE TABLE claim_vouch (
	claim_id            TEXT NOT NULL REFERENCES claim_claim (id) ON DELETE CASCADE,
	group_id            TEXT NOT NULL,
	answer              TEXT NOT NULL,
	answerer_persona_id TEXT NOT NULL,
	asked               TIMESTAMP NOT NULL,
	PRIMARY KEY (claim_id, group_id)
);
CREATE INDEX claim_vouch_group ON claim_vouch (group_id, answer);
CREATE INDEX claim_vouch_answerer ON claim_vouch (answerer_persona_id);
-- What happened, and why.
CREATE TABLE claim_event (
	id               TEXT PRIMARY KEY,
	claim_id         TEXT NOT NULL REFERENCES claim_claim (id) ON DELETE CASCADE,
	at               TIMESTAMP NOT NULL,
	what             TEXT NOT NULL,
	actor_persona_id TEXT NOT NULL,
	words            TEXT NOT NULL
);
CREATE INDEX claim_event_claim ON claim_event (claim_id, at, id);
CREATE INDEX claim_event_actor ON claim_event (actor_persona_id, at, id);
-- Links in mails to groups, which object without an account.
CREATE TABLE claim_key (
	key      TEXT PRIMARY KEY,
	claim_id TEXT NOT NULL REFERENCES claim_claim (id) ON DELETE CASCADE,
	made     TIMESTAMP NOT NULL
);
CREATE INDEX claim_key_claim ON claim_key (claim_id);
CREATE INDEX claim_key_made ON claim_key (made);
-- Groups that wait, and were written to. One invitation a group: a new one ends
-- the one before.
CREATE TABLE claim_invite (
	group_id          TEXT PRIMARY KEY,
	sender_persona_id TEXT NOT NULL,
	key               TEXT NOT NULL,
	made              TIMESTAMP NOT NULL
);
CREATE INDEX claim_invite_key ON claim_invite (key);
CREATE INDEX claim_invite_sender ON claim_invite (sender_persona_id);
CREATE INDEX claim_invite_made ON claim_invite (made, group_id);
