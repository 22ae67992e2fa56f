-- +goose Up
CREATE TABLE member_member (
	id      TEXT PRIMARY KEY,
	email   TEXT NOT NULL UNIQUE,
	role    TEXT NOT NULL,
	lang    TEXT NOT NULL,
	created TIMESTAMP NOT NULL,
	proven  BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE TABLE member_persona (
	id              TEXT PRIMARY KEY,
	owner_member_id TEXT NOT NULL REFERENCES member_member (id),
	name            TEXT NOT NULL,
	words           TEXT NOT NULL,
	created         TIMESTAMP NOT NULL
);
CREATE INDEX member_persona_owner ON member_persona (owner_member_id, created, id);
CREATE TABLE member_team (n INTEGER NOT NULL);
INSERT INTO member_team (n) VALUES (0);
