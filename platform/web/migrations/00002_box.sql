-- +goose Up
-- Drafts are one thing among others that is kept for whoever holds a secret.
-- Those of the last day are lost: under their names they can't be read any more.
DROP TABLE web_draft;
CREATE TABLE web_box (
	name TEXT PRIMARY KEY,
	body TEXT NOT NULL,
	ends TIMESTAMP NOT NULL
);
CREATE INDEX web_box_ends ON web_box (ends);
