-- +goose Up
-- How often a kind was changed: each state of it is kept in the ground floor's
-- revisions. 0: never yet.
ALTER TABLE member_kind ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
