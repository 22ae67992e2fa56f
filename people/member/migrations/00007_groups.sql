-- +goose Up
-- Groups join, too: somebody brings one. What they say of it waits here until the
-- answer, and is the group's page then.
ALTER TABLE member_application ADD COLUMN brings JSONB NOT NULL DEFAULT '{}';
INSERT INTO member_kind (kind, open, met, sees, votes, renews) VALUES ('group', TRUE, 'team', FALSE, TRUE, 0);
-- Groups that are asked whether they know a group that wants to join.
CREATE TABLE member_vouch (
	application_id      TEXT NOT NULL REFERENCES member_application (id) ON DELETE CASCADE,
	group_ref           TEXT NOT NULL,
	asked               TIMESTAMP NOT NULL,
	answer              TEXT NOT NULL DEFAULT '',
	answerer_persona_id TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (application_id, group_ref)
);
CREATE INDEX member_vouch_group ON member_vouch (group_ref, answer);
CREATE INDEX member_vouch_answerer ON member_vouch (answerer_persona_id);
