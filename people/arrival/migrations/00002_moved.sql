-- +goose Up
-- When somebody last went on with a list, or rows of it were last brought in.
ALTER TABLE arrival_list ADD COLUMN moved TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE arrival_list SET moved = at;
