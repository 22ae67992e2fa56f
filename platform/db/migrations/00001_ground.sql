-- +goose Up
CREATE TABLE db_change (
	room  TEXT NOT NULL,
	shard INTEGER NOT NULL,
	n     BIGINT NOT NULL,
	PRIMARY KEY (room, shard)
);
CREATE TABLE db_once (
	key     TEXT PRIMARY KEY,
	at      TIMESTAMP NOT NULL,
	outcome TEXT NOT NULL DEFAULT ''
);
CREATE INDEX db_once_at ON db_once (at);
