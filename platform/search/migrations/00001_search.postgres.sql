-- +goose Up
CREATE TABLE search_doc (
	room  TEXT NOT NULL,
	thing TEXT NOT NULL,
	kind  TEXT NOT NULL,
	scope TEXT NOT NULL,
	sort  TEXT NOT NULL,
	size  INTEGER NOT NULL,
	terms TEXT NOT NULL,
	words TSVECTOR NOT NULL,
	PRIMARY KEY (room, thing)
);
CREATE INDEX search_doc_kind ON search_doc (kind, scope);
CREATE INDEX search_doc_words ON search_doc USING gin (words);
