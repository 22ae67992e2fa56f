package invite

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
		Name:        "invite",
		Paths:       []string{"invited", "you/invitations", "desk/invitations"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{anyone, inviting, ofDesk},
		Routes:      s.pages(),
		Jobs:        map[string]job.Handler{letterJob: s.mailLetter},
		Cron:        []job.Schedule{{Name: "invite.tidy", Every: time.Hour, Run: s.tidy}},
		You:         s.you,
		Desk:        s.desk,
		Retention:   []kit.Retention{{Key: "invite.kept", For: keptFor, By: "invite.tidy"}},
		Fates:       []kit.Fate{{Key: "invite.fate.made", Kept: kit.Removed}, {Key: "invite.fate.agreed", Kept: kit.Nameless}},
		Export:      s.export,
		Erase:       s.erase,
		Demo:        s.demo,
	}
}
