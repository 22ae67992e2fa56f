package signin

import (
	"context"
	"slices"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// How many of the team it takes to let somebody in who lost everything.

// said says whether somebody has said yes, by whichever of their names: who has
// two is one person.
func (s *Service) said(ctx context.Context, past []Happening, v *access.Viewer) (bool, error) {
	me, err := s.team.SubjectOf(ctx, v.Member)
	return slices.ContainsFunc(past, func(h Happening) bool { return h.What == lostYes && slices.Contains(me.Personas, h.Actor) }), err
}

// two says whether it takes two of the team: always where there are two, so that
// nobody learns from it who looks after a group; and for the accounts of those who
// work here, and where nobody can be written to, in any case. One alone could make
// these their own.
func (s *Service) two(ctx context.Context, q db.Querier, from, member string) (bool, error) {
	if !mailed(from) {
		return true, nil
	}
	if n, err := s.team.TeamAll(ctx, q); err != nil || n > 1 {
		return true, err
	}
	return s.team.Works(ctx, member)
}

// enough says whether so many of the team said yes as it takes for an account.
// Whoever is on the team no more counts no more.
func (s *Service) enough(ctx context.Context, q db.Querier, x Lost, member string) (bool, error) {
	past, err := happenings(ctx, q, x.ID)
	if err != nil {
		return false, err
	}
	var said []string
	for _, h := range past {
		if h.What == lostYes {
			said = append(said, h.Actor)
		}
	}
	n, err := s.team.OnTeam(ctx, q, said)
	if err != nil {
		return false, err
	}
	two, err := s.two(ctx, q, x.From, member)
	return n > 1 || n > 0 && !two, err
}
