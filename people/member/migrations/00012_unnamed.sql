-- +goose Up
-- A persona that stands behind one thing said without a name.
ALTER TABLE member_persona ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
