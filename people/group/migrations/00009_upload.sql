-- +goose Up
-- A list of groups that the network team brought through the browser, and
-- the account of what came of it.
CREATE TABLE group_upload (
	id                TEXT PRIMARY KEY,
	author_persona_id TEXT NOT NULL,
	at                TIMESTAMP NOT NULL,
	state             TEXT NOT NULL,
	round             INTEGER NOT NULL,
	columns           JSONB NOT NULL,
	publish           BOOLEAN NOT NULL,
	run               TEXT NOT NULL,
	done              INTEGER NOT NULL,
	account           JSONB NOT NULL
);
CREATE INDEX group_upload_at ON group_upload (at DESC, id);
CREATE INDEX group_upload_author ON group_upload (author_persona_id);
CREATE INDEX group_upload_state ON group_upload (state, at);
-- Its file, kept until the list is taken in. Apart, since the account is
-- written anew with every few rows, and SQLite writes whole rows.
CREATE TABLE group_upload_file (
	upload_id TEXT PRIMARY KEY REFERENCES group_upload (id) ON DELETE CASCADE,
	file      BYTEA NOT NULL
);
