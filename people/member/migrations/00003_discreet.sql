-- +goose Up
-- What somebody wishes for their own sake: that nothing near them tells others
-- where they are, and that nobody sees them here.
ALTER TABLE member_member ADD COLUMN discreet BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE member_member ADD COLUMN curtains BOOLEAN NOT NULL DEFAULT FALSE;
