package finding

import (
	"context"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// newFor is how long somebody has looked after the network before they are one of the
// two: whoever is alone on the team can raise a second account of their own in a
// minute, and be two people. In a month others come by, and see who is on the team.
// To say no they need no time.
const newFor = 30 * 24 * time.Hour

// from is when somebody, by one of their names, may be one of the two.
func (s *Service) from(ctx context.Context, q db.Querier, persona string) (day time.Time, early bool, err error) {
	o, err := s.people.Owner(ctx, q, persona)
	day = o.RoleSince.Add(newFor)
	return day, s.now().Before(day), err
}

// Early is the day from which the viewer may ask and agree, if it has not come yet.
func (s *Service) Early(ctx context.Context, v *access.Viewer) (day time.Time, early bool, err error) {
	if err := v.Need(asking, ""); err != nil {
		return day, false, err
	}
	return s.from(ctx, s.db, v.Persona)
}

// mayBeOne refuses whoever is too new, in the words of a key that says from when on.
func (s *Service) mayBeOne(ctx context.Context, q db.Querier, persona, words string) error {
	day, early, err := s.from(ctx, q, persona)
	if err == nil && early {
		err = &fault.Error{Kind: fault.Conflict, Key: words, Args: []any{"day", day}}
	}
	return err
}
