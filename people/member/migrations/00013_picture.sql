-- +goose Up
-- The picture of a name: the key of its file, made by chance for each, and what is
-- to be seen on it. Both empty: it has none.
ALTER TABLE member_persona ADD COLUMN picture TEXT NOT NULL DEFAULT '';
ALTER TABLE member_persona ADD COLUMN seen TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX member_persona_picture ON member_persona (picture) WHERE picture <> '';
