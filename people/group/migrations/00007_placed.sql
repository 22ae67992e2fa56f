-- +goose Up
-- Which gazetteer said where the groups are; where it is another one now, they
-- are put in their places anew.
CREATE TABLE group_placed (
	what    TEXT PRIMARY KEY,
	version TEXT NOT NULL
);
