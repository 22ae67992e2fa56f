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

// demoSaid is how often each choice is said in the demo, question by question.
var demoSaid = [][]int{{2, 14, 31, 38, 42, 29, 12, 6, 8}, {88, 61, 19, 4, 9}, {139, 21, 17}, {97, 28, 26, 7, 6, 19}, {12, 23, 31, 4, 9, 5, 71, 18, 3, 11},
	{68, 4, 37, 8, 3, 26, 2, 9, 22}, {24, 58, 81, 16}, {96, 41, 25, 13}}

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
				if err := addTally(ctx, tx, now.AddDate(0, -3, 0), q.Key, choice, demoSaid[i][j]); err != nil {
					return err
				}
			}
		}
		return show(ctx, tx, now)
	})
}
