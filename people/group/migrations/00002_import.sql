-- +goose Up
CREATE TABLE group_import (
	what TEXT PRIMARY KEY,
	run  TEXT NOT NULL
);
