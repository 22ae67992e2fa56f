-- +goose Up
-- Where a thing is, as search.Spot writes it: "GB 53.80 -1.55", "GB", "".
ALTER TABLE search_doc ADD COLUMN place TEXT NOT NULL DEFAULT '';
