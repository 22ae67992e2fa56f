-- +goose Up
CREATE TABLE job_job (
	id    TEXT PRIMARY KEY,
	kind  TEXT NOT NULL,
	key   TEXT NOT NULL,
	whom  TEXT NOT NULL,
	body  JSONB NOT NULL,
	due   TIMESTAMP NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	error TEXT NOT NULL DEFAULT '',
	dead  BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX job_job_key ON job_job (key) WHERE dead = FALSE;
CREATE INDEX job_job_whom ON job_job (whom);
CREATE INDEX job_job_due ON job_job (dead, due, id);
CREATE TABLE job_schedule (
	name  TEXT PRIMARY KEY,
	round TIMESTAMP NOT NULL
);
