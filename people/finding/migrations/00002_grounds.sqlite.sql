-- +goose Up
-- What the house offers counts from the day the room came: in a new network, from
-- before anybody was there.
INSERT INTO finding_ground (key, since) VALUES
	('life', strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
	('threat', strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
	('court', strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'));
