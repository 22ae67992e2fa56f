-- +goose Up
-- The day since when somebody has their role. Of those who were here before this was
-- kept it is the day of their account: whoever raised an account by then did not know
-- that it would count, and no network has to wait after an update.
ALTER TABLE member_member ADD COLUMN role_since TIMESTAMP NOT NULL DEFAULT '1970-01-01';
UPDATE member_member SET role_since = created;
