-- +goose Up
-- Passkeys (WebAuthn): what the owner's device holds the other half of.
CREATE TABLE signin_passkey (
	id              TEXT PRIMARY KEY,
	owner_member_id TEXT NOT NULL,
	public          TEXT NOT NULL,
	uses            BIGINT NOT NULL,
	device          TEXT NOT NULL,
	day             TIMESTAMP NOT NULL
);
CREATE INDEX signin_passkey_owner ON signin_passkey (owner_member_id);
