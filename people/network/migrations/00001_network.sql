-- +goose Up
-- One row: a network has one set of settings. The mail server's password stands
-- apart from them, so that no history and no export can hold it.
CREATE TABLE network_network (
	id       TEXT PRIMARY KEY,
	settings JSONB NOT NULL,
	secret   TEXT NOT NULL,
	revision INTEGER NOT NULL,
	code     TEXT NOT NULL,
	opened   TIMESTAMP
);
INSERT INTO network_network (id, settings, secret, revision, code) VALUES ('network', '{}', '', 0, '');
-- Those who are just setting the network up, until it is open: by the hash of
-- what their browser holds.
CREATE TABLE network_setup (
	key    TEXT PRIMARY KEY,
	people JSONB NOT NULL,
	at     TIMESTAMP NOT NULL
);
