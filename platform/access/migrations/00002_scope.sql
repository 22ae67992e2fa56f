-- +goose Up
CREATE INDEX access_grant_scope ON access_grant (scope);
