package equal

import (
	"context"
	"embed"
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

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        "equal",
		Paths:       []string{"you/equal", "desk/equal", "desk/equal.csv"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{answering, asking},
		Routes:      s.pages(),
		Cron:        []job.Schedule{{Name: "equal.fold", Every: 24 * time.Hour, Run: s.fold}},
		Retention: []kit.Retention{
			{Key: "equal.kept.tally", For: tallyKept, By: "equal.fold"},
			{Key: "equal.kept.waiting", For: waitingKept, By: "equal.fold"},
			{Key: "equal.kept.offered", For: offeredKept, By: "equal.fold"},
		},
		Fates:  []kit.Fate{{Key: "equal.fate.offered", Kept: kit.Removed}, {Key: "equal.fate.counted", Kept: kit.Nameless}},
		You:    s.you,
		Desk:   s.desk,
		Export: s.export,
		Erase:  s.erase,
		Demo:   s.demo,
	}
}

// demo asks everything, and has an invented network answer in the quarter before.
func (s *Service) demo(ctx context.Context, _ *kit.Demo) error {
	now := quarter(s.now())
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := putAsked(ctx, tx, keys()); err != nil {
			return err
		}
		tx.Changed("equal")
		for i, q := range questions {
			for j, choice := range q.Choices {
				n := 8 + (i*7+j*13)%41
				if err := addTally(ctx, tx, now.AddDate(0, -3, 0), q.Key, choice, n); err != nil {
					return err
				}
			}
		}
		return show(ctx, tx, now)
	})
}
