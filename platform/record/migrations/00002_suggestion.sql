-- +goose Up
CREATE TABLE record_suggestion (
	id    TEXT PRIMARY KEY,
	room  TEXT NOT NULL,
	thing TEXT NOT NULL,
	field TEXT NOT NULL,
	words TEXT NOT NULL,
	day   TIMESTAMP NOT NULL,
	key   TEXT NOT NULL UNIQUE
);
CREATE INDEX record_suggestion_thing ON record_suggestion (room, thing, day);
