-- +goose Up
-- Invitations to join. Of a code only a hash is kept, and of an address, once the
-- letter has gone, only one where nobody else may come with it. Days carry no
-- hour: it would say who came with which.
CREATE TABLE invite_invite (
	id                 TEXT PRIMARY KEY,
	inviter_persona_id TEXT NOT NULL,
	second_persona_id  TEXT NOT NULL,
	by_team            BOOLEAN NOT NULL,
	role               TEXT NOT NULL,
	at_once            BOOLEAN NOT NULL,
	state              TEXT NOT NULL,
	mailed             BOOLEAN NOT NULL,
	note               TEXT NOT NULL,
	key                TEXT NOT NULL,
	email              TEXT NOT NULL,
	bound              TEXT NOT NULL,
	lang               TEXT NOT NULL,
	made               TIMESTAMP NOT NULL,
	ends               TIMESTAMP NOT NULL
);
CREATE INDEX invite_invite_inviter ON invite_invite (inviter_persona_id, made);
CREATE INDEX invite_invite_second ON invite_invite (second_persona_id);
CREATE INDEX invite_invite_team ON invite_invite (by_team, made, id);
CREATE INDEX invite_invite_key ON invite_invite (key);
CREATE INDEX invite_invite_email ON invite_invite (email);
CREATE INDEX invite_invite_bound ON invite_invite (bound);
CREATE INDEX invite_invite_ends ON invite_invite (ends);
-- Whether members may invite.
CREATE TABLE invite_choice (members BOOLEAN NOT NULL);
INSERT INTO invite_choice (members) VALUES (FALSE);
