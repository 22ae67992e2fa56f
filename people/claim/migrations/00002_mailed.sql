-- +goose Up
-- Whether an invitation went by mail, and through nobody's hands. Of those from
-- before it is not known.
ALTER TABLE claim_invite ADD COLUMN mailed BOOLEAN NOT NULL DEFAULT FALSE;
