-- +goose Up
-- The list of members, by role.
CREATE INDEX member_member_role ON member_member (role, id);
-- The team's wishes that somebody has another role, which wait for a second one
-- of them.
CREATE TABLE member_role_wish (
	owner_member_id  TEXT PRIMARY KEY REFERENCES member_member (id),
	role             TEXT NOT NULL,
	asker_persona_id TEXT NOT NULL,
	day              TIMESTAMP NOT NULL
);
CREATE INDEX member_role_wish_asker ON member_role_wish (asker_persona_id);
CREATE INDEX member_role_wish_day ON member_role_wish (day);
