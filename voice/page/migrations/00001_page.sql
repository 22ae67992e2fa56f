-- +goose Up
CREATE TABLE page_page (
	id     TEXT PRIMARY KEY,
	slug   TEXT NOT NULL UNIQUE,
	scope  TEXT NOT NULL,
	hidden BOOLEAN NOT NULL
);
-- What a page says in a language. Without any, an ordinary page says what the
-- house says.
CREATE TABLE page_text (
	page_id  TEXT NOT NULL REFERENCES page_page (id),
	lang     TEXT NOT NULL,
	title    TEXT NOT NULL,
	body     TEXT NOT NULL,
	against  INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	changed  TIMESTAMP NOT NULL,
	PRIMARY KEY (page_id, lang)
);
-- The ordinary pages are there from the start, for everybody.
INSERT INTO page_page (id, slug, scope, hidden) VALUES
	('0bd6f9a4-55c3-4a3e-8d55-8e0a4a1f1c01', 'about', 'public', FALSE),
	('4e7f1a52-9f0b-4f6c-9a3d-27f1b6a8d302', 'our-language', 'public', FALSE),
	('7c9d2b11-3a64-4d0e-b1f7-5d8c9e0fa203', 'who-runs-this', 'public', FALSE),
	('9a31c7e8-6b2f-4c58-a0d4-13b5f7e2c604', 'privacy', 'public', FALSE),
	('c5e8046d-d17a-4b92-8c36-6f4a2d9be705', 'accessibility', 'public', FALSE);
CREATE TABLE page_menu (
	what     TEXT PRIMARY KEY,
	body     JSONB NOT NULL,
	revision INTEGER NOT NULL
);
-- Addresses of an earlier site, and where each leads now.
CREATE TABLE page_moved (
	old    TEXT PRIMARY KEY,
	target TEXT NOT NULL
);
CREATE TABLE page_followed (
	old  TEXT NOT NULL REFERENCES page_moved (old) ON DELETE CASCADE,
	day  TIMESTAMP NOT NULL,
	n    INTEGER NOT NULL,
	PRIMARY KEY (old, day)
);
CREATE INDEX page_followed_day ON page_followed (day);
