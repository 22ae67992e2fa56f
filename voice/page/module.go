package page

import (
	"context"
	"embed"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// shelving is the round that lets pages be found by what they say now, and
// writes down how often old addresses were followed, and forgets it in time.
var shelving = job.Schedule{Name: "page.shelve", Every: 10 * time.Minute}

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        "page",
		Paths:       append([]string{"pages", "menus", "old-addresses", "sitemap.xml", "robots.txt"}, Ordinary...),
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{read, edit},
		Routes:      slices.Concat(s.pages(), s.menuPages(), s.movedPages(), s.api()),
		Cron:        []job.Schedule{{Name: shelving.Name, Every: shelving.Every, Run: s.round}},
		Retention:   []kit.Retention{{Key: "page.kept.followed", For: followedFor, By: shelving.Name}},
		Desk:        s.desk,
		Shelve:      s.shelveAll,
		Cards:       s.Cards,
		Demo:        s.demo,
	}
}

// round does that round.
func (s *Service) round(ctx context.Context) error {
	if err := s.shelveAll(ctx); err != nil {
		return err
	}
	if err := s.count(ctx); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return dropFollowed(ctx, tx, s.now().Add(-followedFor))
	})
}
