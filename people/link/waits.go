package link

import (
	"context"

	"withus.example/platform/db"
)

// waits is what waits in the whole network, by the group that is to answer:
// offers, and introductions without what they say. It is kept in memory while
// the room's counter stands, so that a page where nothing waits asks nothing.
type waits struct {
	offers map[string][]Link
	intros map[string][]Intro
}

func readWaits(ctx context.Context, q db.Querier) (*waits, error) {
	w := &waits{map[string][]Link{}, map[string][]Intro{}}
	ks, err := db.All(ctx, q, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.agreed = FALSE ORDER BY k.day, k.id`)
	if err != nil {
		return nil, err
	}
	for _, k := range ks {
		w.offers[k.Asked()] = append(w.offers[k.Asked()], k)
	}
	is, err := db.All(ctx, q, func(scan db.Scan) (i Intro, err error) {
		return i, scan(&i.ID, &i.By, &i.Of, &i.Asked)
	}, `SELECT i.id, i.asker_group, i.asked_group, i.asked FROM link_intro i WHERE i.state = $1 ORDER BY i.asked, i.id`, string(Waiting))
	for _, i := range is {
		w.intros[i.Of] = append(w.intros[i.Of], i)
	}
	return w, err
}

// waitsFor are the offers and introductions that wait for some groups.
func (s *Service) waitsFor(ctx context.Context, groups []string) (ks []Link, is []Intro, err error) {
	w, err := s.waits.Get(ctx, s.db)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range groups {
		ks, is = append(ks, w.offers[g]...), append(is, w.intros[g]...)
	}
	return ks, is, nil
}
