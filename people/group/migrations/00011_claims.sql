-- +goose Up
-- Whether it was ever shown. Until then one organiser alone may take it off the
-- list: there is nothing yet that others made.
ALTER TABLE group_group ADD COLUMN shown BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE group_group SET shown = published;
-- Who was an organiser until somebody else ended that.
CREATE TABLE group_removed (
	group_id             TEXT NOT NULL,
	organiser_persona_id TEXT NOT NULL,
	day                  TIMESTAMP NOT NULL,
	PRIMARY KEY (group_id, organiser_persona_id)
);
CREATE INDEX group_removed_organiser ON group_removed (organiser_persona_id);
-- Groups that wanted to be off the list, as hashes of what an import would know
-- them by, so that it does not bring them back.
CREATE TABLE group_off (
	key TEXT PRIMARY KEY
);
