-- +goose Up
-- Until when whoever has a session counts as just signed in.
ALTER TABLE signin_session ADD COLUMN fresh TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
-- The second step: a key shared with an app, and the last code that was used.
CREATE TABLE signin_second (
	owner_member_id TEXT PRIMARY KEY,
	secret          TEXT NOT NULL,
	step            BIGINT NOT NULL,
	day             TIMESTAMP NOT NULL
);
-- Codes on paper, each for one time, as hashes.
CREATE TABLE signin_recovery (
	owner_member_id TEXT NOT NULL,
	hash            TEXT NOT NULL,
	PRIMARY KEY (owner_member_id, hash)
);
