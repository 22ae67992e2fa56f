package claim

import (
	"embed"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/fact"
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
		Name:        "claim",
		Paths:       []string{"claims", "claim"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{look, claiming, inviting, deciding},
		Routes:      slices.Concat(s.pages(), s.ownPages(), s.teamPages()),
		Jobs:        map[string]job.Handler{tellJob: s.mailTold, codeJob: s.mailCode, toldJob: s.mailWaiting, inviteJob: s.mailInvite},
		On:          []fact.Hearing{fact.On(s.gone), fact.On(s.merged)},
		Cron:        []job.Schedule{{Name: "claim.settle", Every: time.Hour, Run: s.Settle}},
		Retention: []kit.Retention{{Key: "claim.kept.invite", For: inviteFor, By: "claim.settle"}, {Key: "claim.kept.key", For: keyFor, By: "claim.settle"}, {Key: "claim.kept.opened", For: opened.Life, By: "web.tidy"},
			{Key: "claim.kept.code", For: codeFor, By: "claim.settle"}, {Key: "claim.kept.said", For: saidFor, By: "claim.settle"}, {Key: "claim.kept.institution", For: institutionFor, By: "claim.settle"}},
		Home:   s.home,
		You:    s.you,
		Desk:   s.desk,
		Parts:  map[string]kit.Part{"group": s.part},
		Export: s.export,
		Erase:  s.erase,
		Fates:  []kit.Fate{{Key: "claim.fate.asked", Kept: kit.Removed}, {Key: "claim.fate.said", Kept: kit.Nameless}},
		Demo:   s.demo,
	}
}
