-- +goose Up
-- Copies of what is held about somebody, while they may be fetched: made anew
-- each time, so that nothing of a copy lies here.
CREATE TABLE privacy_copy (
	owner_member_id TEXT PRIMARY KEY,
	key             TEXT NOT NULL,
	rests_on        TEXT NOT NULL,
	ends            TIMESTAMP NOT NULL
);
CREATE INDEX privacy_copy_ends ON privacy_copy (ends);
-- Who of those who work here looked at something of somebody's that is not for
-- everybody: once a day, however often.
CREATE TABLE privacy_look (
	owner_member_id   TEXT NOT NULL,
	viewer_persona_id TEXT NOT NULL,
	what              TEXT NOT NULL,
	day               TIMESTAMP NOT NULL,
	PRIMARY KEY (owner_member_id, viewer_persona_id, what, day)
);
CREATE INDEX privacy_look_viewer ON privacy_look (viewer_persona_id);
CREATE INDEX privacy_look_day ON privacy_look (day, viewer_persona_id, what);
