-- +goose Up
-- Organisers are asked by the one mail of the month, whichever room asks.
DROP TABLE link_mail;
