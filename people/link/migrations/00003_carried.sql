-- +goose Up
-- What led to a group that was put together with another, as it was: it leads
-- to that one until they are taken apart.
CREATE TABLE link_carried (
	gone_group TEXT NOT NULL,
	thing      TEXT NOT NULL, -- a link or an introduction
	first      TEXT NOT NULL, -- the group it led from, or that asked
	second     TEXT NOT NULL,
	offered_by TEXT NOT NULL, -- empty: an introduction
	PRIMARY KEY (gone_group, thing)
);
