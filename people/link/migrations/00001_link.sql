-- +goose Up
-- There is no scope here: who may see a link is who may see both of its groups
-- now, and the room that keeps the groups is asked each time.
CREATE TABLE link_link (
	id                  TEXT PRIMARY KEY,
	kind                TEXT NOT NULL,
	pair                TEXT NOT NULL,
	from_group          TEXT NOT NULL,
	to_group            TEXT NOT NULL,
	offered_by          TEXT NOT NULL,
	agreed              BOOLEAN NOT NULL,
	day                 TIMESTAMP NOT NULL,
	offerer_persona_id  TEXT NOT NULL,
	answerer_persona_id TEXT NOT NULL
);
-- Two groups have one link of a kind, whichever of them offers it: when both do
-- at once, this is where they meet.
CREATE UNIQUE INDEX link_link_pair ON link_link (pair, kind);
CREATE INDEX link_link_from ON link_link (from_group, id);
CREATE INDEX link_link_to ON link_link (to_group, id);
CREATE INDEX link_link_waiting ON link_link (agreed, day, id);
CREATE INDEX link_link_kind ON link_link (kind, agreed, to_group);
CREATE INDEX link_link_offerer ON link_link (offerer_persona_id);
CREATE INDEX link_link_answerer ON link_link (answerer_persona_id);
-- What happened to links lately. It is kept for a while, so that organisers can
-- tell each other, and no longer.
CREATE TABLE link_past (
	id               TEXT PRIMARY KEY,
	kind             TEXT NOT NULL,
	from_group       TEXT NOT NULL,
	to_group         TEXT NOT NULL,
	by_group         TEXT NOT NULL,
	what             TEXT NOT NULL,
	day              TIMESTAMP NOT NULL,
	actor_persona_id TEXT NOT NULL
);
CREATE INDEX link_past_from ON link_past (from_group, day);
CREATE INDEX link_past_to ON link_past (to_group, day);
CREATE INDEX link_past_day ON link_past (day);
CREATE INDEX link_past_actor ON link_past (actor_persona_id);
-- The mail that tells an organiser that something waits.
CREATE TABLE link_mail (
	organiser_persona_id TEXT PRIMARY KEY,
	stopped              BOOLEAN NOT NULL,
	sent                 TIMESTAMP NOT NULL,
	key                  TEXT NOT NULL
);
CREATE INDEX link_mail_key ON link_mail (key);
