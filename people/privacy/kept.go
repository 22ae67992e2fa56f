package privacy

import (
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// Keep says what a room keeps for a time.
func (s *Service) Keep(all ...kit.Retention) { s.kept = append(s.kept, all...) }

// Kept is something that is kept for a time, and how the work stands that drops it.
type Kept struct {
	kit.Retention
	job.Round
}

// Kept is all that is kept for a time, for the team, what is late first, and how
// much of it is late.
func (s *Service) Kept(ctx context.Context, v *access.Viewer) (all []Kept, late int, err error) {
	if err := v.Need(watching, ""); err != nil {
		return nil, 0, err
	}
	rounds, err := s.house.Rounds(ctx)
	for _, x := range s.kept {
		k := Kept{x, rounds[x.By]}
		if k.Late {
			all = slices.Insert(all, late, k)
			late++
		} else {
			all = append(all, k)
		}
	}
	return all, late, err
}

func (s *Service) showKept(r *web.Request) (*web.Answer, error) {
	all, late, err := s.Kept(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(keptView(r.Page, all, late))
}

// desk leads to who looked at what, and says whether what was to go is gone.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	_, late, err := s.Kept(r.Context(), r.Viewer)
	return deskPart(r.Page, late), err
}

// howLong says how long something is kept, in the largest unit that it is a
// whole number of.
func howLong(p *ui.Page, d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return p.T("privacy.kept.days", "n", int(d/(24*time.Hour)))
	case d%time.Hour == 0:
		return p.T("privacy.kept.hours", "n", int(d/time.Hour))
	}
	return p.T("privacy.kept.minutes", "n", int(d/time.Minute))
}
