package finding

import (
	"embed"
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
		Name:        room,
		Paths:       []string{"finding-out", "you/found-out", "desk/finding-out"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{read, mine, asking, setting},
		Routes:      s.pages(),
		Jobs:        map[string]job.Handler{tellJob: s.mailTold},
		Cron:        []job.Schedule{{Name: "finding.settle", Every: time.Hour, Run: s.Settle}},
		Retention:   []kit.Retention{{Key: "finding.kept.found", For: foundFor, By: "finding.settle"}, {Key: "finding.kept.asked", For: askedFor, By: "finding.settle"}},
		You:         s.you,
		Desk:        s.desk,
		Export:      s.export,
		Erase:       s.erase,
		Fates:       []kit.Fate{{Key: "finding.fate.about", Kept: kit.Removed}, {Key: "finding.fate.asked", Kept: kit.Nameless}},
		Demo:        s.demo,
	}
}
