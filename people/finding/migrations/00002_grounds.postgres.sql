-- +goose Up
-- What the house offers counts from the day the room came: in a new network, from
-- before anybody was there.
INSERT INTO finding_ground (key, since) VALUES
	('life', now() AT TIME ZONE 'UTC'),
	('threat', now() AT TIME ZONE 'UTC'),
	('court', now() AT TIME ZONE 'UTC');
