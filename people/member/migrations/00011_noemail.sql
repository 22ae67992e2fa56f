-- +goose Up
-- Who has no address signs in by a name: as it is written, and what it looks like,
-- as a hash. That stands in the column email, too, where there is no address: it
-- is none, and nobody else's. Who gives an address later on keeps the name.
ALTER TABLE member_member ADD COLUMN login TEXT NOT NULL DEFAULT '';
ALTER TABLE member_member ADD COLUMN login_key TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX member_member_login ON member_member (login_key) WHERE login_key <> '';
-- Whether somebody with an address reads here what they would be mailed.
ALTER TABLE member_member ADD COLUMN here BOOLEAN NOT NULL DEFAULT FALSE;
-- Letters that are kept here instead of being mailed.
CREATE TABLE member_message (
	id              TEXT PRIMARY KEY,
	owner_member_id TEXT NOT NULL REFERENCES member_member (id),
	at              TIMESTAMP NOT NULL,
	fresh           BOOLEAN NOT NULL,
	says            JSONB NOT NULL
);
CREATE INDEX member_message_owner ON member_message (owner_member_id, at, id);
CREATE INDEX member_message_at ON member_message (at);
