-- +goose Up
-- Those who have asked to be forgotten, and when that will be done.
CREATE TABLE privacy_leaving (
	owner_member_id TEXT PRIMARY KEY,
	asked           TIMESTAMP NOT NULL,
	due             TIMESTAMP NOT NULL,
	going           BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX privacy_leaving_due ON privacy_leaving (due);
