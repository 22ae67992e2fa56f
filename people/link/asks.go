package link

import (
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/kit"
	"withus.example/platform/web"
)

// asks is what the room asks of organisers, in the one mail of the month. The
// page it leads to answers offers, and shows no introduction: these are read by
// who signs in.
func (s *Service) asks() *kit.Asks {
	return &kit.Asks{
		Waiting: s.waiting,
		New: func(ctx context.Context, v *access.Viewer, groups []string, since time.Time) (int, error) {
			offers, intros, err := s.news(ctx, v, groups, since)
			return len(offers) + intros, err
		},
		Lines: func(r *web.Request, v *access.Viewer, groups []string) (templ.Component, error) {
			offers, intros, err := s.news(r.Context(), v, groups, epoch)
			if err != nil || len(offers)+intros == 0 {
				return nil, err
			}
			return askedView(r.Page, keyed(r, offers), intros), nil
		},
		Answer: func(ctx context.Context, v *access.Viewer, link, answer string) (string, error) {
			_, err := s.Answer(ctx, v, link, answer == "yes")
			return answered(answer), err
		},
	}
}

// waiting are the groups for which something waits that they may still answer
// in time.
func (s *Service) waiting(ctx context.Context) (groups []string, err error) {
	w, err := s.waits.Get(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for g := range w.offers {
		groups = append(groups, g)
	}
	for g, is := range w.intros {
		if slices.ContainsFunc(is, func(i Intro) bool { return time.Since(i.Asked) < patience }) {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// news is what waits for some groups somebody organises, and came since a time:
// offers, and introductions.
func (s *Service) news(ctx context.Context, v *access.Viewer, held []string, since time.Time) (offers []Offered, intros int, err error) {
	ks, is, err := s.waitsFor(ctx, held)
	if err != nil || len(ks)+len(is) == 0 {
		return nil, 0, err
	}
	var ids []string
	for _, k := range ks {
		ids = append(ids, k.From, k.To)
	}
	for _, i := range is {
		ids = append(ids, i.By)
	}
	gs, err := s.groups.Linked(ctx, s.db, v, unique(ids))
	if err != nil {
		return nil, 0, err
	}
	all, _ := sorted(ks, held, gs)
	for _, o := range all {
		if o.Answer && !o.Day.Before(since) {
			offers = append(offers, o)
		}
	}
	for _, i := range is {
		if !i.Asked.Before(since) && gs[i.By].ID != "" {
			intros++
		}
	}
	return offers, intros, nil
}
