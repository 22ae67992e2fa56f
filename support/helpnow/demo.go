package helpnow

import (
	"context"
	_ "embed"

	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// demoLines are invented, and say so in their names and words. Their numbers are
// of ranges kept for fiction or, where a country keeps none, begin as none does.
//
//go:embed demo/lines.json
var demoLines []byte

// demo makes invented lines: most are shown, one is overdue, one waits, one
// failed. The network team of the demo entered and tried them.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	var in []struct {
		Details
		State   State  `json:"state"`
		Days    int    `json:"days"`    // since it was tried
		Trouble string `json:"trouble"` // what was wrong
		Alone   bool   `json:"alone"`   // entered and tried by one person
	}
	if err := i18n.Unmarshal(demoLines, &in); err != nil {
		return err
	}
	var team []string
	for _, p := range d.People {
		if p.Role == "team" {
			team = append(team, p.Persona)
		}
	}
	now := s.now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, x := range in {
			l := Line{ID: id.New(ctx), Details: x.Details, State: Waiting, Revision: 1, entered: team[0]}
			if err := l.Validate(); err != nil {
				return err
			}
			if x.State != Waiting {
				by := team[len(team)-1]
				if x.Alone {
					by = team[0]
				}
				l.found(Found{Works: x.State == Shown, Trouble: x.Trouble}, by, now.AddDate(0, 0, -x.Days))
			}
			if err := enter(ctx, tx, &l, now.AddDate(0, 0, -x.Days-1)); err != nil {
				return err
			}
		}
		return nil
	})
}
