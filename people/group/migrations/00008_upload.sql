-- +goose Up
-- A list of groups that the network team brought through the browser. Its file
-- is kept until the import is done; the account of what came of it stays.
CREATE TABLE group_upload (
	id                TEXT PRIMARY KEY,
	author_persona_id TEXT NOT NULL,
	at                TIMESTAMP NOT NULL,
	state             TEXT NOT NULL,
	round             INTEGER NOT NULL,
	file              BYTEA NOT NULL,
	columns           JSONB NOT NULL,
	publish           BOOLEAN NOT NULL,
	run               TEXT NOT NULL,
	done              INTEGER NOT NULL,
	account           JSONB NOT NULL
);
CREATE INDEX group_upload_at ON group_upload (at DESC, id);
CREATE INDEX group_upload_author ON group_upload (author_persona_id);
CREATE INDEX group_upload_state ON group_upload (state, at);
