-- +goose Up
-- The ledger: what somebody said yes to, or took back, in the words they were
-- shown. Rows are added, never changed. Whose they are stands apart, so that a
-- person who is erased leaves a lawful record that leads to nobody.
CREATE TABLE consent_entry (
	id      TEXT PRIMARY KEY,
	subject TEXT NOT NULL,
	purpose TEXT NOT NULL,
	given   BOOLEAN NOT NULL,
	words   TEXT NOT NULL,
	version TEXT NOT NULL,
	lang    TEXT NOT NULL,
	way     TEXT NOT NULL,
	at      TIMESTAMP NOT NULL
);
CREATE INDEX consent_entry_subject ON consent_entry (subject, at, id);
CREATE TABLE consent_subject (
	owner_member_id TEXT PRIMARY KEY,
	subject         TEXT NOT NULL
);
-- What stands at this moment, by person and by purpose.
CREATE TABLE consent_now (
	owner_member_id TEXT NOT NULL,
	purpose         TEXT NOT NULL,
	entry_id        TEXT NOT NULL REFERENCES consent_entry (id),
	PRIMARY KEY (owner_member_id, purpose)
);
CREATE INDEX consent_now_purpose ON consent_now (purpose, owner_member_id);
