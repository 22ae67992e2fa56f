-- +goose Up
-- Whether somebody has asked to be forgotten: they are hidden until it is done.
ALTER TABLE member_member ADD COLUMN leaving BOOLEAN NOT NULL DEFAULT FALSE;
