-- +goose Up
-- Links of a group that was put together with another, as they were: they lead
-- to that one until the two are taken apart.
CREATE TABLE link_carried (
	gone_group TEXT NOT NULL,
	link       TEXT NOT NULL,
	from_group TEXT NOT NULL,
	to_group   TEXT NOT NULL,
	offered_by TEXT NOT NULL,
	PRIMARY KEY (gone_group, link)
);
