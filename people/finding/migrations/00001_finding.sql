-- +goose Up
-- The grounds of the house, and since when each is published. A moment that has
-- not come is 1970: a ground that is off.
CREATE TABLE finding_ground (
	key   TEXT PRIMARY KEY,
	since TIMESTAMP NOT NULL
);
-- A wish to find out who wrote something, and what became of it. Where nobody
-- goes by the name, about_persona_id is empty, and nothing shows that.
CREATE TABLE finding_wish (
	id                TEXT PRIMARY KEY,
	state             TEXT NOT NULL,
	ground            TEXT NOT NULL,
	name              TEXT NOT NULL,
	place             TEXT NOT NULL,
	words             TEXT NOT NULL,
	reason            TEXT NOT NULL,
	danger            TEXT NOT NULL,
	tell_on           TIMESTAMP NOT NULL,
	about_persona_id  TEXT NOT NULL,
	asker_persona_id  TEXT NOT NULL,
	second_persona_id TEXT NOT NULL,
	answer            TEXT NOT NULL,
	held              BOOLEAN NOT NULL,
	asked             TIMESTAMP NOT NULL,
	changed           TIMESTAMP NOT NULL,
	told              TIMESTAMP NOT NULL
);
CREATE INDEX finding_wish_state ON finding_wish (state, changed, id);
CREATE INDEX finding_wish_changed ON finding_wish (changed, id);
CREATE INDEX finding_wish_told ON finding_wish (state, told, tell_on);
CREATE INDEX finding_wish_about ON finding_wish (about_persona_id, changed, id);
CREATE INDEX finding_wish_asker ON finding_wish (asker_persona_id, asked, id);
CREATE INDEX finding_wish_second ON finding_wish (second_persona_id, changed, id);
-- On which days those two looked at whose account it is.
CREATE TABLE finding_look (
	wish_id TEXT NOT NULL REFERENCES finding_wish (id) ON DELETE CASCADE,
	second  BOOLEAN NOT NULL,
	day     TIMESTAMP NOT NULL,
	PRIMARY KEY (wish_id, second, day)
);
