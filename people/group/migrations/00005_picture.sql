-- +goose Up
-- Who sees a picture is who sees its group: it is only read along with that.
CREATE TABLE group_picture (
	group_id TEXT PRIMARY KEY REFERENCES group_group (id) ON DELETE CASCADE,
	key      TEXT NOT NULL UNIQUE,
	words    TEXT NOT NULL,
	width    INTEGER NOT NULL,
	height   INTEGER NOT NULL
);
