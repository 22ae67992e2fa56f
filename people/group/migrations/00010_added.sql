-- +goose Up
-- The day a group came here. Of those that are here already nothing better is
-- known to this room than when they changed last.
ALTER TABLE group_group ADD COLUMN added TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE group_group SET added = changed;
