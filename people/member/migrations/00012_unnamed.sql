-- +goose Up
-- A persona that stands behind one thing said without a name.
ALTER TABLE member_persona ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
-- Whether what it said is gone, and until when it is kept in any case: somebody may
-- have read the words, and be about to ask who wrote them.
ALTER TABLE member_persona ADD COLUMN over BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE member_persona ADD COLUMN until TIMESTAMP;
CREATE INDEX member_persona_over ON member_persona (until) WHERE over = TRUE;
