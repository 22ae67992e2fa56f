-- +goose Up
CREATE TABLE record_revision (
	room              TEXT NOT NULL,
	thing             TEXT NOT NULL,
	n                 INTEGER NOT NULL,
	author_persona_id TEXT NOT NULL,
	at                TIMESTAMP NOT NULL,
	body              JSONB NOT NULL,
	PRIMARY KEY (room, thing, n)
);
CREATE INDEX record_revision_author ON record_revision (author_persona_id);
