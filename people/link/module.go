package link

import (
	"embed"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/fact"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        "link",
		Paths:       []string{"links", "links.csv", "links.json", "group-web", "introductions"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{see, tend, tending},
		Routes:      slices.Concat(s.pages(), s.introPages(), s.files(), s.api()),
		Cron:        []job.Schedule{{Name: "link.tidy", Every: 24 * time.Hour, Run: s.tidy}},
		Retention:   []kit.Retention{{Key: "link.kept.past", For: pastLife, By: "link.tidy"}, {Key: "link.kept.intro", For: introLife, By: "link.tidy"}},
		On:          []fact.Hearing{fact.On(s.gone), fact.On(s.merged)},
		Nav:         []ui.Link{{Path: "/group-web", Key: "link.web"}},
		You:         s.you,
		Desk:        s.desk,
		Parts:       map[string]kit.Part{"group": s.part},
		Asks:        s.asks(),
		Export:      s.export,
		Erase:       s.erase,
		Fates:       []kit.Fate{{Key: "link.fate", Kept: kit.Owned}},
		Demo:        s.demo,
	}
}
