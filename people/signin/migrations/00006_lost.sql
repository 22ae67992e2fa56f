-- +goose Up
-- Wishes of those who lost everything that lets them in. Whose account it is
-- about is written down once the team said yes: until then it is whoever has the
-- address, if anybody.
CREATE TABLE signin_lost (
	id              TEXT PRIMARY KEY,
	owner_member_id TEXT NOT NULL,
	old_email       TEXT NOT NULL,
	new_email       TEXT NOT NULL,
	lang            TEXT NOT NULL,
	words           TEXT NOT NULL,
	state           TEXT NOT NULL,
	told            BOOLEAN NOT NULL,
	asked           TIMESTAMP NOT NULL,
	due             TIMESTAMP NOT NULL,
	changed         TIMESTAMP NOT NULL
);
-- The same wish waits once, and of an account one at a time is on its way.
CREATE UNIQUE INDEX signin_lost_waiting ON signin_lost (old_email, new_email) WHERE state = 'waiting';
CREATE UNIQUE INDEX signin_lost_running ON signin_lost (owner_member_id) WHERE state IN ('running', 'open');
CREATE INDEX signin_lost_owner ON signin_lost (owner_member_id);
CREATE INDEX signin_lost_old ON signin_lost (old_email);
CREATE INDEX signin_lost_new ON signin_lost (new_email);
CREATE INDEX signin_lost_asked ON signin_lost (state, asked, id);
CREATE INDEX signin_lost_changed ON signin_lost (state, changed, id);
-- Who did what with them.
CREATE TABLE signin_lost_event (
	id               TEXT PRIMARY KEY,
	lost_id          TEXT NOT NULL REFERENCES signin_lost (id) ON DELETE CASCADE,
	at               TIMESTAMP NOT NULL,
	what             TEXT NOT NULL,
	talked           TIMESTAMP NOT NULL,
	why              TEXT NOT NULL,
	actor_persona_id TEXT NOT NULL
);
CREATE INDEX signin_lost_event_lost ON signin_lost_event (lost_id, at, id);
CREATE INDEX signin_lost_event_actor ON signin_lost_event (actor_persona_id, at, id);
