-- +goose Up
-- How the rounds of a schedule end: when the last one ended well (good), since
-- when none did, or since when the first one is awaited (bad), and why. Every
-- schedule begins anew, since of those there are nobody knows.
DROP TABLE job_schedule;
CREATE TABLE job_schedule (
	name  TEXT PRIMARY KEY,
	round TIMESTAMP NOT NULL,
	good  TIMESTAMP,
	bad   TIMESTAMP,
	why   TEXT NOT NULL DEFAULT ''
);
