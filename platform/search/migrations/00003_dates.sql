-- +goose Up
-- Days by which things can be put in order: "checked:20045 new:19990", days
-- since 1970.
ALTER TABLE search_doc ADD COLUMN dates TEXT NOT NULL DEFAULT '';
