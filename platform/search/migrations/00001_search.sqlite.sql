-- +goose Up
CREATE TABLE search_doc (
	n     INTEGER PRIMARY KEY,
	room  TEXT NOT NULL,
	thing TEXT NOT NULL,
	kind  TEXT NOT NULL,
	scope TEXT NOT NULL,
	sort  TEXT NOT NULL,
	size  INTEGER NOT NULL,
	terms TEXT NOT NULL,
	UNIQUE (room, thing)
);
CREATE INDEX search_doc_kind ON search_doc (kind, scope);
CREATE VIRTUAL TABLE search_words USING fts5(title, body, tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* Co'", prefix='2 3');
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
