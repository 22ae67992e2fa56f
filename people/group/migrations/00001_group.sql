-- +goose Up
CREATE TABLE group_group (
	id            TEXT PRIMARY KEY,
	slug          TEXT NOT NULL UNIQUE,
	scope         TEXT NOT NULL,
	name          TEXT NOT NULL,
	other_names   JSONB NOT NULL,
	about         TEXT NOT NULL,
	written_in    TEXT NOT NULL,
	for_terms     JSONB NOT NULL,
	for_words     TEXT NOT NULL,
	support       JSONB NOT NULL,
	support_words TEXT NOT NULL,
	form          TEXT NOT NULL,
	registers     JSONB NOT NULL,
	place         TEXT NOT NULL,
	area          TEXT NOT NULL,
	country       TEXT NOT NULL,
	online        BOOLEAN NOT NULL,
	confidential  BOOLEAN NOT NULL,
	languages     JSONB NOT NULL,
	access        TEXT NOT NULL,
	open          BOOLEAN NOT NULL,
	welcome       TEXT NOT NULL,
	email         TEXT NOT NULL,
	phone         TEXT NOT NULL,
	website       TEXT NOT NULL,
	reach         TEXT NOT NULL,
	since         INTEGER NOT NULL,
	audience      TEXT NOT NULL,
	published     BOOLEAN NOT NULL,
	revision      INTEGER NOT NULL,
	changed       TIMESTAMP NOT NULL,
	organisers    INTEGER NOT NULL DEFAULT 0
);
-- In the order of changes, with who may see them at hand. An index that began
-- with the scope would be taken for every other query that names it, too.
CREATE INDEX group_group_changed ON group_group (changed DESC, id, scope);
CREATE TABLE group_term (
	key    TEXT PRIMARY KEY,
	kind   TEXT NOT NULL,
	words  JSONB NOT NULL,
	hidden BOOLEAN NOT NULL
);
