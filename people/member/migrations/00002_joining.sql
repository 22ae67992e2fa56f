-- +goose Up
-- Whether somebody is in the network, and the little they may say of themselves.
ALTER TABLE member_member ADD COLUMN standing TEXT NOT NULL DEFAULT 'in';
ALTER TABLE member_member ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE member_member ADD COLUMN does JSONB NOT NULL DEFAULT '[]';
ALTER TABLE member_member ADD COLUMN own TEXT NOT NULL DEFAULT '';
-- What each kind of membership is, as the network has it.
CREATE TABLE member_kind (
	kind  TEXT PRIMARY KEY,
	open  BOOLEAN NOT NULL,
	met   TEXT NOT NULL,
	sees  BOOLEAN NOT NULL,
	votes BOOLEAN NOT NULL
);
INSERT INTO member_kind (kind, open, met, sees, votes) VALUES ('member', TRUE, 'team', TRUE, TRUE), ('supporter', TRUE, 'team', TRUE, FALSE);
-- One application a person: whoever asks again asks with the same one.
CREATE TABLE member_application (
	id                 TEXT PRIMARY KEY,
	owner_member_id    TEXT NOT NULL UNIQUE REFERENCES member_member (id),
	kind               TEXT NOT NULL,
	met                TEXT NOT NULL,
	state              TEXT NOT NULL,
	talked             BOOLEAN NOT NULL,
	words              TEXT NOT NULL,
	reason             TEXT NOT NULL,
	asked              TIMESTAMP NOT NULL,
	changed            TIMESTAMP NOT NULL,
	decider_persona_id TEXT NOT NULL
);
CREATE INDEX member_application_state ON member_application (state, asked, id);
CREATE INDEX member_application_decider ON member_application (decider_persona_id);
