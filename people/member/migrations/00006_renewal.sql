-- +goose Up
-- After how many months those of a kind are asked whether they stay; 0: never.
ALTER TABLE member_kind ADD COLUMN renews INTEGER NOT NULL DEFAULT 0;
UPDATE member_kind SET renews = 12 WHERE kind = 'member';
-- The day somebody came in, or last said that they stay.
ALTER TABLE member_member ADD COLUMN renewed TIMESTAMP NOT NULL DEFAULT '1970-01-01';
UPDATE member_member SET renewed = created;
CREATE INDEX member_member_renewed ON member_member (standing, role, renewed, id);
-- Who is asked, and has not answered: how many letters really went, and the day
-- the last one did or was tried.
CREATE TABLE member_asked (
	owner_member_id TEXT PRIMARY KEY REFERENCES member_member (id),
	letters         INTEGER NOT NULL,
	day             TIMESTAMP NOT NULL
);
CREATE INDEX member_asked_day ON member_asked (day, owner_member_id);
