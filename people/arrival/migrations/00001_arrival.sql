-- +goose Up
-- A list of people that the network team brought, and the account of what came of
-- it. The account names nobody: lines of the file, and reasons.
CREATE TABLE arrival_list (
	id                TEXT PRIMARY KEY,
	author_persona_id TEXT NOT NULL,
	called            TEXT NOT NULL,
	at                TIMESTAMP NOT NULL,
	state             TEXT NOT NULL,
	round             INTEGER NOT NULL,
	choices           JSONB NOT NULL,
	done              INTEGER NOT NULL,
	account           JSONB NOT NULL
);
CREATE INDEX arrival_list_at ON arrival_list (at DESC, id);
CREATE INDEX arrival_list_author ON arrival_list (author_persona_id);
CREATE INDEX arrival_list_state ON arrival_list (state, at);
-- Its file, kept until the list is brought in.
CREATE TABLE arrival_file (
	list_id TEXT PRIMARY KEY REFERENCES arrival_list (id) ON DELETE CASCADE,
	file    BYTEA NOT NULL
);
-- Somebody who came over: what was carried with them, until they have looked at
-- it, whether a letter is to go, and how many went.
CREATE TABLE arrival_person (
	owner_member_id TEXT PRIMARY KEY,
	called          TEXT NOT NULL,
	old_id          TEXT NOT NULL,
	carried         JSONB NOT NULL,
	day             TIMESTAMP NOT NULL,
	state           TEXT NOT NULL,
	due             BOOLEAN NOT NULL,
	letters         INTEGER NOT NULL,
	wrote           TIMESTAMP NOT NULL
);
CREATE INDEX arrival_person_state ON arrival_person (state, letters, due, wrote);
CREATE INDEX arrival_person_old ON arrival_person (old_id);
CREATE INDEX arrival_person_day ON arrival_person (day, owner_member_id) WHERE state <> 'arrived';
CREATE INDEX arrival_person_due ON arrival_person (due, day, owner_member_id);
-- Who said "this is not for me", as a hash of their address: no list brings them
-- back for a while.
CREATE TABLE arrival_gone (
	mark  TEXT PRIMARY KEY,
	until TIMESTAMP NOT NULL
);
CREATE INDEX arrival_gone_until ON arrival_gone (until);
