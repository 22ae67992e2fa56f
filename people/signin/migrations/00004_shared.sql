-- +goose Up
-- On a device that others use a session is short, and its use does not lengthen
-- it.
ALTER TABLE signin_session ADD COLUMN short BOOLEAN NOT NULL DEFAULT FALSE;
