-- +goose Up
CREATE INDEX group_group_organisers ON group_group (organisers, changed, id);
CREATE INDEX group_group_checked ON group_group (checked, id);
