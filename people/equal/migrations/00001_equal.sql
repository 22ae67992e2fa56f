-- +goose Up
-- Which questions are asked, and what is shown of the answers: as it was counted
-- for a quarter, rounded, and nobody's part in it.
CREATE TABLE equal_state (
	asked   JSONB NOT NULL,
	quarter TIMESTAMP NOT NULL,
	shown   JSONB NOT NULL
);
INSERT INTO equal_state (asked, quarter, shown) VALUES ('[]', '1970-01-01', '{}');
-- How often something was answered. There is no row for anybody who answered.
CREATE TABLE equal_tally (
	quarter  TIMESTAMP NOT NULL,
	question TEXT NOT NULL,
	choice   TEXT NOT NULL,
	n        INTEGER NOT NULL,
	PRIMARY KEY (quarter, question, choice)
);
-- The answers that are too few yet to be added there: one sealed number of them
-- all for each key, which is in no database.
CREATE TABLE equal_waiting (
	sealer  TEXT PRIMARY KEY,
	quarter TIMESTAMP NOT NULL,
	body    TEXT NOT NULL
);
-- Who has opened the questions, and in which month; not whether they answered.
CREATE TABLE equal_offered (
	owner_member_id TEXT PRIMARY KEY,
	month           TIMESTAMP NOT NULL
);
CREATE INDEX equal_offered_month ON equal_offered (month);
