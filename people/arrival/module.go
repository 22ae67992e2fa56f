package arrival

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
		Name:        "arrival",
		Paths:       []string{"arrive", "desk/arrivals", "you/arrival"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{bringing, arriving, mine},
		Routes:      append(s.pages(), s.arrivePages()...),
		Jobs:        map[string]job.Handler{takeJob: s.workTake, letterJob: s.letter},
		Cron:        []job.Schedule{{Name: "arrival.letters", Every: 10 * time.Minute, Run: s.round}, {Name: "arrival.tidy", Every: time.Hour, Run: s.tidy}},
		You:         s.you,
		Desk:        s.desk,
		Fates:       []kit.Fate{{Key: "arrival.fate.came", Kept: kit.Removed}, {Key: "arrival.fate.brought", Kept: kit.Nameless}},
		Retention: []kit.Retention{
			{Key: "arrival.kept.list", For: fileKept, By: "arrival.tidy"},
			{Key: "arrival.kept.waiting", For: personKept, By: "arrival.tidy"},
			{Key: "arrival.kept.gone", For: personKept, By: "arrival.tidy"},
			{Key: "arrival.kept.link", For: linkLife, By: "web.tidy"},
		},
		Export: s.export,
		Erase:  s.erase,
		Demo:   s.demo,
	}
}
