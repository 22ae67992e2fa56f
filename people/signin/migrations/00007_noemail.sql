-- +goose Up
-- What a code on paper opens: the second step, or, for who has no address, the
-- account itself, with a new password.
ALTER TABLE signin_recovery ADD COLUMN opens TEXT NOT NULL DEFAULT 'second';
-- What a sign-in name looks like that a wish is about; empty where that is an
-- address. Who has no new address either has a code, whose hash stands in
-- new_email, after a #.
ALTER TABLE signin_lost ADD COLUMN old_key TEXT NOT NULL DEFAULT '';
CREATE INDEX signin_lost_key ON signin_lost (old_key);
