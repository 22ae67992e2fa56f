-- +goose Up
-- Whether somebody came with an invitation, of a member or of the team. Not whose:
-- it would put two people together.
ALTER TABLE member_application ADD COLUMN invited TEXT NOT NULL DEFAULT '';
