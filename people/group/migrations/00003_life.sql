-- +goose Up
ALTER TABLE group_group ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE group_group ADD COLUMN life TEXT NOT NULL DEFAULT 'active';
ALTER TABLE group_group ADD COLUMN farewell TEXT NOT NULL DEFAULT '';
ALTER TABLE group_group ADD COLUMN keeper TEXT NOT NULL DEFAULT '';
-- What one organiser wants and a second agrees to, or they themselves a day
-- later.
CREATE TABLE group_wish (
	group_id         TEXT NOT NULL,
	what             TEXT NOT NULL,
	asker_persona_id TEXT NOT NULL,
	at               TIMESTAMP NOT NULL,
	PRIMARY KEY (group_id, what)
);
CREATE INDEX group_wish_asker ON group_wish (asker_persona_id);
