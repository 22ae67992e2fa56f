-- +goose Up
-- The answers given, the latest first, and those that have been kept long enough.
CREATE INDEX member_application_changed ON member_application (changed, id);
