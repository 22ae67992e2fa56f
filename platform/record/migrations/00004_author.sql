-- +goose Up
-- Empty: it was said anonymously, and nothing knows by whom.
ALTER TABLE record_suggestion ADD COLUMN author_persona_id TEXT NOT NULL DEFAULT '';
CREATE INDEX record_suggestion_author ON record_suggestion (author_persona_id);
