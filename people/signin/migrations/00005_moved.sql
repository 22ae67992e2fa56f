-- +goose Up
-- Whose address was changed lately, and may be taken back until then: so long it
-- changes no further.
CREATE TABLE signin_moved (
	owner_member_id TEXT PRIMARY KEY,
	until           TIMESTAMP NOT NULL
);
CREATE INDEX signin_moved_until ON signin_moved (until);
-- One row an account, by a hash, for transactions that open its doors or shut
-- them to wait for each other.
CREATE TABLE signin_turn (
	key TEXT PRIMARY KEY,
	n   BIGINT NOT NULL
);
