-- +goose Up
-- Several names a person: one of them acts, some are retired.
ALTER TABLE member_persona ADD COLUMN pronouns TEXT NOT NULL DEFAULT '';
ALTER TABLE member_persona ADD COLUMN acting BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE member_persona ADD COLUMN retired BOOLEAN NOT NULL DEFAULT FALSE;
-- What names look like, as hashes: nobody takes one that another has, or had
-- until lately. Whose it was is forgotten with the person; the hash stays until
-- its day.
CREATE TABLE member_name (
	likeness          TEXT PRIMARY KEY,
	holder_persona_id TEXT NOT NULL,
	until             TIMESTAMP
);
CREATE INDEX member_name_holder ON member_name (holder_persona_id);
CREATE INDEX member_name_until ON member_name (until);
