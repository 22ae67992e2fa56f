-- +goose Up
-- The day its organisers last said that all of it is right; 1970: never.
ALTER TABLE group_group ADD COLUMN checked TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
-- The one mail a month that gathers what organisers are asked.
CREATE TABLE group_asked (
	organiser_persona_id TEXT PRIMARY KEY,
	reminders            BOOLEAN NOT NULL,
	stopped              BOOLEAN NOT NULL,
	sent                 TIMESTAMP NOT NULL,
	key                  TEXT NOT NULL
);
CREATE INDEX group_asked_key ON group_asked (key);
