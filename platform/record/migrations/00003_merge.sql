-- +goose Up
-- Two things that were put together: the address of one leads to the other.
CREATE TABLE record_merge (
	room    TEXT NOT NULL,
	gone    TEXT NOT NULL,
	kept    TEXT NOT NULL,
	stands  TEXT NOT NULL,
	address TEXT NOT NULL,
	n       INTEGER NOT NULL,
	at      TIMESTAMP NOT NULL,
	body    JSONB NOT NULL,
	PRIMARY KEY (room, gone)
);
CREATE UNIQUE INDEX record_merge_address ON record_merge (room, address);
CREATE INDEX record_merge_kept ON record_merge (room, kept, n);
CREATE INDEX record_merge_stands ON record_merge (room, stands);
CREATE INDEX record_merge_at ON record_merge (room, at DESC, gone);
