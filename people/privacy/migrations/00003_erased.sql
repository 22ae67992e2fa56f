-- +goose Up
-- Accounts that were erased, by a hash that leads to nobody: the same lines stand
-- in a file outside the database, and a database put back from a backup lacks
-- those that came since.
CREATE TABLE privacy_erased (
	key TEXT PRIMARY KEY,
	day TIMESTAMP NOT NULL
);
