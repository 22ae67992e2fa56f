package network

import (
	"embed"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        Room,
		Paths:       []string{"settings", "first-run"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{edit, first},
		Routes:      slices.Concat(s.pages(), s.firstPages()),
		Cron:        []job.Schedule{{Name: "network.tidy", Every: time.Hour, Run: s.tidy}},
		Retention:   []kit.Retention{{Key: "network.kept.setup", For: setupLife, By: "network.tidy"}},
		Desk:        s.desk,
		Demo:        s.demo,
	}
}
