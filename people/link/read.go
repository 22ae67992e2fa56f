package link

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/search"
)

// End is a link as one of its groups has it.
type End struct {
	Link
	Way   string // one of ways
	Other Group  // at the other end
}

// Ends are a group's links in one way, by name.
type Ends struct {
	Way  string
	Ends []End
}

// unique leaves each id once, in order: one argument fewer for the database.
func unique(ids []string) []string {
	out := slices.Clone(ids)
	slices.Sort(out)
	return slices.Compact(out)
}

// byName are those groups among ids that there are, by name.
func byName(gs map[string]Group, ids []string) (out []Group) {
	for _, id := range ids {
		if g, ok := gs[id]; ok {
			out = append(out, g)
		}
	}
	sortGroups(out)
	return out
}

func sortGroups(gs []Group) {
	keys := map[string]string{}
	for _, g := range gs {
		keys[g.ID] = search.SortKey(g.Name)
	}
	sort.Slice(gs, func(i, j int) bool {
		a, b := &gs[i], &gs[j]
		return cmp.Or(cmp.Compare(keys[a.ID], keys[b.ID]), cmp.Compare(a.ID, b.ID)) < 0
	})
}

// othersOf are the ids of the groups at the other ends of links.
func othersOf(ks []Link, id string) (out []string) {
	for i := range ks {
		out = append(out, ks[i].Other(id))
	}
	return unique(out)
}

// endsOf are the links of a group as far as the other group may be seen, in the
// order of ways, then of names.
func endsOf(ks []Link, id string, gs map[string]Group) (out []End) {
	for _, k := range ks {
		if g, ok := gs[k.Other(id)]; ok && k.Agreed {
			out = append(out, End{k, k.Way(id), g})
		}
	}
	keys := map[string]string{}
	for _, e := range out {
		keys[e.Other.ID] = search.SortKey(e.Other.Name)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		return cmp.Or(slices.Index(ways, a.Way)-slices.Index(ways, b.Way), cmp.Compare(keys[a.Other.ID], keys[b.Other.ID]), cmp.Compare(a.Other.ID, b.Other.ID)) < 0
	})
	return out
}

// together puts links of one way together; they are in the order of ways.
func together(es []End) (out []Ends) {
	for _, e := range es {
		if len(out) == 0 || out[len(out)-1].Way != e.Way {
			out = append(out, Ends{Way: e.Way})
		}
		out[len(out)-1].Ends = append(out[len(out)-1].Ends, e)
	}
	return out
}

// Of gives the agreed links of a group whose page the viewer may see, as far as
// they may see the groups at the other ends.
func (s *Service) Of(ctx context.Context, v *access.Viewer, id string) ([]End, error) {
	ks, err := touching(ctx, s.db, []string{id})
	if err != nil {
		return nil, err
	}
	gs, err := s.groups.Linked(ctx, s.db, v, othersOf(ks, id))
	return endsOf(ks, id, gs), err
}

// Offered is an offer as it stands before somebody.
type Offered struct {
	Link
	Way     string
	Me      Group // the one they speak for
	Other   Group // has no ID where the viewer may not see it now
	Answer  bool  // theirs to answer; else: they wait for it
	FormKey string
}

// Tended are the links of the groups somebody organises.
type Tended struct {
	Mine    []Group
	Waiting []Offered // theirs to answer first
	Links   []Offered // agreed
	Past    []Past
	Groups  map[string]Group
	Names   map[string]string // of those who did something for a group of theirs
}

// mostPast is how much of what happened a page tells.
const mostPast = 20

// Tended gathers what the organiser of some groups has to do with links.
func (s *Service) Tended(ctx context.Context, v *access.Viewer) (*Tended, error) {
	held := v.Held(access.Organiser)
	t := &Tended{}
	ks, err := touching(ctx, s.db, held)
	if err != nil || len(held) == 0 {
		return t, err
	}
	if t.Past, err = pastOf(ctx, s.db, held, mostPast); err != nil {
		return nil, err
	}
	ids := slices.Clone(held)
	for _, k := range ks {
		ids = append(ids, k.From, k.To)
	}
	var actors []string
	for _, p := range t.Past {
		ids = append(ids, p.From, p.To)
		if slices.Contains(held, p.By) && p.actor != "" {
			actors = append(actors, p.actor)
		}
	}
	if t.Groups, err = s.groups.Linked(ctx, s.db, v, unique(ids)); err != nil {
		return nil, err
	}
	t.Mine = byName(t.Groups, held)
	t.Waiting, t.Links = sorted(ks, held, t.Groups)
	t.Names, err = s.people.Names(ctx, v, unique(actors))
	return t, err
}

// sorted tells offers from links, for whoever speaks for some groups. An offer
// of a group whose curtains are closed waits until they are open.
func sorted(ks []Link, held []string, gs map[string]Group) (waiting, links []Offered) {
	for _, k := range ks {
		for _, me := range []string{k.From, k.To} {
			if !slices.Contains(held, me) || gs[me].ID == "" {
				continue
			}
			o := Offered{Link: k, Way: k.Way(me), Me: gs[me], Other: gs[k.Other(me)], Answer: !k.Agreed && k.Asked() == me}
			switch {
			case k.Agreed:
				links = append(links, o)
			case !o.Answer || o.Other.ID != "":
				waiting = append(waiting, o)
			}
		}
	}
	sortOffered(waiting)
	sortOffered(links)
	return waiting, links
}

// sortOffered puts what can be answered first.
func sortOffered(all []Offered) {
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		if a.Answer != b.Answer {
			return a.Answer
		}
		return cmp.Or(cmp.Compare(a.Me.Name, b.Me.Name), slices.Index(ways, a.Way)-slices.Index(ways, b.Way), cmp.Compare(a.Other.Name, b.Other.Name), cmp.Compare(a.ID, b.ID)) < 0
	})
}

// Free are offers to groups that nobody organises, for the network team.
func (s *Service) Free(ctx context.Context, v *access.Viewer) ([]Offered, error) {
	const some = 100
	if err := v.Need(answerFree, ""); err != nil {
		return nil, err
	}
	w, err := s.waits.Get(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var all []Link
	for _, ks := range w.offers {
		all = append(all, ks...)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.ID, b.ID)) < 0
	})
	// Most are to groups that somebody organises: it is looked until enough are
	// found that nobody does.
	var out []Offered
	for ks := range slices.Chunk(all, 4*some) {
		var ids []string
		for _, k := range ks {
			ids = append(ids, k.From, k.To)
		}
		gs, err := s.groups.Linked(ctx, s.db, v, unique(ids))
		if err != nil {
			return nil, err
		}
		for _, k := range ks {
			me, other := gs[k.Asked()], gs[k.By]
			if me.ID != "" && other.ID != "" && !me.Organised && len(out) < some {
				out = append(out, Offered{Link: k, Way: k.Way(me.ID), Me: me, Other: other, Answer: true})
			}
		}
		if len(out) == some {
			break
		}
	}
	return out, nil
}

// Movement is a group that others are part of, with how many of them the viewer
// may see.
type Movement struct {
	Group
	N int
}

// mostMovements is how many movements the page about all of them lists.
const mostMovements = 30

// Movements gives the largest, as the viewer may see them: the largest first.
func (s *Service) Movements(ctx context.Context, v *access.Viewer) ([]Movement, error) {
	ids, err := largest(ctx, s.db, mostMovements)
	if err != nil {
		return nil, err
	}
	ks, err := parts(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(ids)
	for _, k := range ks {
		all = append(all, k.From)
	}
	gs, err := s.groups.Linked(ctx, s.db, v, unique(all))
	n := map[string]int{}
	for _, k := range ks {
		if gs[k.From].ID != "" {
			n[k.To]++
		}
	}
	var out []Movement
	for _, g := range byName(gs, ids) {
		if n[g.ID] > 0 {
			out = append(out, Movement{g, n[g.ID]})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].N > out[j].N })
	return out, err
}

// patienceLeft is how many days an introduction still waits.
func patienceLeft(i Intro, now time.Time) int {
	return max(0, int(i.Asked.Add(patience).Sub(now).Hours()/24))
}
