package link

import (
	"context"
	"slices"
	"sort"

	"withus.example/platform/access"
)

// Web is a group with its links, and theirs: two steps.
type Web struct {
	Middle Group
	First  []Ends // all that is shown of the first step, by way
	N      int    // how many groups it leads to, all told
	Second []Step // of the first ones drawn, what they lead to
	More   int    // groups two steps away that are not drawn
	*Drawing
}

// Step is a group one step away with its own links to others than the middle.
type Step struct {
	Group
	Ends []End
}

// How much of a web is shown. What is drawn has to be told apart on a screen of
// 320 pixels; the list takes more.
const (
	mostListed = 300 // in the list, of the first step
	mostRing   = 8   // drawn around the middle
	mostOuter  = 12  // drawn two steps away
	mostEnds   = 3   // of one group of the first step
)

// Around gives the web around the group at an address, as far as the viewer may
// see it.
func (s *Service) Around(ctx context.Context, v *access.Viewer, slug string) (*Web, error) {
	g, err := s.groups.LinkedAt(ctx, s.db, v, slug)
	if err != nil {
		return nil, err
	}
	w := &Web{Middle: g}
	es, err := s.Of(ctx, v, g.ID)
	if err != nil {
		return nil, err
	}
	ring := w.take(es)
	var ids []string
	for _, e := range ring {
		ids = append(ids, e.Other.ID)
	}
	ks, err := touching(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	var further []string
	for _, k := range ks {
		further = append(further, k.From, k.To)
	}
	gs, err := s.groups.Linked(ctx, s.db, v, unique(further))
	w.steps(ring, ks, gs)
	w.Drawing = draw(w.Middle, ring, w.Second)
	return w, err
}

// take sorts the first step, and gives the ends that are drawn: each group
// once, some of every way before more of one.
func (w *Web) take(es []End) (ring []End) {
	seen := map[string]bool{}
	for _, e := range es {
		seen[e.Other.ID] = true
	}
	w.N = len(seen)
	w.First = together(es[:min(len(es), mostListed)])
	clear(seen)
	for i, more := 0, true; more && len(ring) < mostRing; i++ {
		more = false
		for _, x := range w.First {
			if i >= len(x.Ends) {
				continue
			}
			more = true
			if e := x.Ends[i]; !seen[e.Other.ID] && len(ring) < mostRing {
				seen[e.Other.ID] = true
				ring = append(ring, e)
			}
		}
	}
	// In the order of ways and names again, so that like stands beside like.
	sort.SliceStable(ring, func(i, j int) bool { return slices.Index(ways, ring[i].Way) < slices.Index(ways, ring[j].Way) })
	return ring
}

// steps finds what lies beyond the ring: each group once, at the first that
// leads to it.
func (w *Web) steps(ring []End, ks []Link, gs map[string]Group) {
	near := map[string]bool{w.Middle.ID: true}
	for _, x := range w.First {
		for _, e := range x.Ends {
			near[e.Other.ID] = true
		}
	}
	drawn, beyond := 0, map[string]bool{}
	for _, r := range ring {
		st := Step{Group: r.Other}
		var mine []Link
		for _, k := range ks {
			if k.From == r.Other.ID || k.To == r.Other.ID {
				mine = append(mine, k)
			}
		}
		for _, e := range endsOf(mine, r.Other.ID, gs) {
			if near[e.Other.ID] || beyond[e.Other.ID] {
				continue
			}
			beyond[e.Other.ID] = true
			if len(st.Ends) < mostEnds && drawn < mostOuter {
				st.Ends = append(st.Ends, e)
				drawn++
			}
		}
		if len(st.Ends) > 0 {
			w.Second = append(w.Second, st)
		}
	}
	w.More = len(beyond) - drawn
}
