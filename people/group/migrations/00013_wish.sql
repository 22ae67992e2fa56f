-- +goose Up
CREATE INDEX group_wish_at ON group_wish (at);
