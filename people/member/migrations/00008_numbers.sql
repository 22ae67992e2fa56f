-- +goose Up
-- How many people are here, of those who agreed to be counted: rounded, as it is
-- shown, and as it was on one day. Nothing in it leads to anybody.
CREATE TABLE member_number (
	day   TIMESTAMP NOT NULL,
	shown JSONB NOT NULL
);
INSERT INTO member_number (day, shown) VALUES ('1970-01-01', '{}');
