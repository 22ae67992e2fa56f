-- +goose Up
CREATE TABLE signin_session (
	key             TEXT PRIMARY KEY,
	owner_member_id TEXT NOT NULL,
	device          TEXT NOT NULL,
	day             TIMESTAMP NOT NULL,
	ends            TIMESTAMP NOT NULL
);
CREATE INDEX signin_session_owner ON signin_session (owner_member_id);
CREATE INDEX signin_session_ends ON signin_session (ends);
CREATE TABLE signin_link (
	key             TEXT PRIMARY KEY,
	owner_member_id TEXT NOT NULL,
	next            TEXT NOT NULL,
	ends            TIMESTAMP NOT NULL
);
CREATE INDEX signin_link_owner ON signin_link (owner_member_id);
CREATE INDEX signin_link_ends ON signin_link (ends);
CREATE TABLE signin_password (
	owner_member_id TEXT PRIMARY KEY,
	sealed          TEXT NOT NULL
);
