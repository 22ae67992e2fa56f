-- +goose Up
CREATE TABLE web_draft (
	id   TEXT PRIMARY KEY,
	body TEXT NOT NULL,
	at   TIMESTAMP NOT NULL
);
CREATE INDEX web_draft_at ON web_draft (at);
CREATE TABLE web_limit (
	key  TEXT PRIMARY KEY,
	n    BIGINT NOT NULL,
	ends TIMESTAMP NOT NULL
);
CREATE INDEX web_limit_ends ON web_limit (ends);
