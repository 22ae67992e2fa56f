-- +goose Up
CREATE TABLE access_grant (
	holder_persona_id TEXT NOT NULL,
	scope             TEXT NOT NULL,
	relation          TEXT NOT NULL,
	PRIMARY KEY (holder_persona_id, scope, relation)
);
