-- +goose Up
CREATE TABLE helpnow_line (
	id                 TEXT PRIMARY KEY,
	scope              TEXT NOT NULL,
	country            TEXT NOT NULL,
	region             TEXT NOT NULL,
	name               TEXT NOT NULL,
	about              TEXT NOT NULL,
	written_in         TEXT NOT NULL,
	kind               TEXT NOT NULL,
	number             TEXT NOT NULL,
	hours              TEXT NOT NULL,
	always             BOOLEAN NOT NULL,
	languages          JSONB NOT NULL,
	free               TEXT NOT NULL,
	cost               TEXT NOT NULL,
	bill               TEXT NOT NULL,
	traces             TEXT NOT NULL,
	sends              TEXT NOT NULL,
	state              TEXT NOT NULL,
	tried              TIMESTAMP,
	tries              INTEGER NOT NULL,
	trouble            TEXT NOT NULL,
	same               BOOLEAN NOT NULL,
	entered_persona_id TEXT NOT NULL,
	tried_persona_id   TEXT NOT NULL,
	revision           INTEGER NOT NULL,
	changed            TIMESTAMP NOT NULL
);
-- By country, with who may see them at hand. An index that began with the scope
-- would be taken for every other query that names it, too.
CREATE INDEX helpnow_line_country ON helpnow_line (country, id, scope);
CREATE INDEX helpnow_line_entered ON helpnow_line (entered_persona_id);
CREATE INDEX helpnow_line_tried ON helpnow_line (tried_persona_id);
