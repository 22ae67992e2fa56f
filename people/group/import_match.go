package group

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"withus.example/platform/db"
	"withus.example/platform/list"
	"withus.example/platform/record"
	"withus.example/platform/search"
)

// An import has to know whether a row's group is here already. It reads once,
// at its beginning, what groups are told by (a few hundred bytes of each), and
// keeps it by keys, so that a row is compared with a handful of groups however
// many there are. Somebody who edits a page meanwhile is met when the row's
// group is read inside the transaction.

// knownGroup is what a group is told by.
type knownGroup struct {
	id        string
	name      string
	area      string
	country   string
	registers []Register
	names     []string // folded; the first is the main one
	place     string   // the area, folded
	keys      []string
	into      string // the group that stands for it; empty: itself

	line int      // of the row that said this, in this file; 0: it was here before
	says [32]byte // what that row said
	own  bool     // that row gave its group's id
}

func newKnownGroup(g *Group) *knownGroup {
	k := &knownGroup{id: g.ID, name: g.Name, area: g.Area, country: g.Country, registers: g.Registers, place: search.SortKey(g.Area)}
	for _, n := range append([]string{g.Name}, g.OtherNames...) {
		// A name of signs only folds to nothing.
		k.names = append(k.names, cmp.Or(search.SortKey(n), strings.ToLower(n)))
	}
	for _, r := range g.Registers {
		k.keys = append(k.keys, registerKey(r))
	}
	k.keys = append(k.keys, k.hereKey())
	for _, n := range k.names {
		bare := k.bare(n)
		k.keys = append(k.keys, nameKey(n), k.wordsKey(bare))
		k.keys = append(k.keys, k.halves(bare, len(bare))...)
	}
	slices.Sort(k.keys)
	k.keys = slices.Compact(k.keys)
	return k
}

func registerKey(r Register) string   { return "r " + r.String() }
func nameKey(name string) string      { return "n " + name }
func (k *knownGroup) hereKey() string { return "p " + k.place + "|" + k.names[0] }

// lightWords say nothing about which group a name means.
var lightWords = strings.Fields("a an and the of for in el la los las y de del le les et du des ltd limited cic cio scio inc asbl ev")

// bare is a name's letters without light words and without its town, as long as
// anything is left of it: "The Open Door (Leeds) Ltd" is "opendoor" in Leeds.
func (k *knownGroup) bare(name string) []rune {
	place := strings.Fields(k.place)
	heavy := slices.DeleteFunc(strings.Fields(name), func(w string) bool {
		return slices.Contains(lightWords, w) || slices.Contains(place, w)
	})
	if len(heavy) == 0 {
		heavy = strings.Fields(name)
	}
	return []rune(strings.Join(heavy, ""))
}

func (k *knownGroup) wordsKey(bare []rune) string { return "w " + k.place + "|" + string(bare) }

// leastNear is how many letters a name has for one of them to be a slip.
const leastNear = 8

// halves are keys that two names share whenever they differ in one letter, or
// two letters that changed places: a slip leaves the first half whole, or the
// last. n is the length that says where the halves are, since the other name
// may be one letter longer or shorter.
func (k *knownGroup) halves(bare []rune, n int) []string {
	if len(bare) < leastNear {
		return nil
	}
	half := (n - 1) / 2
	return []string{"h " + k.place + "|" + string(bare[:half]), "t " + k.place + "|" + string(bare[len(bare)-half:])}
}

// near says whether two names may well be the same, written differently.
func near(a, b []rune) bool {
	if slices.Equal(a, b) {
		return true
	}
	if min(len(a), len(b)) < leastNear {
		return false
	}
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	a, b = a[from:], b[from:]
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if slices.ContainsFunc(slices.Concat(a, b), unicode.IsNumber) {
		return false // branch 1 and branch 2
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// sameCountry, as far as both say one.
func (k *knownGroup) sameCountry(o *knownGroup) bool {
	return k.country == o.country || k.country == "" || o.country == ""
}

// samePlace: a country may be left out where there is a town.
func (k *knownGroup) samePlace(o *knownGroup) bool {
	return k.place == o.place && (k.country == o.country || k.place != "" && k.sameCountry(o))
}

// toldApart says whether two groups are on one register under different
// numbers, and share none anywhere.
func (k *knownGroup) toldApart(o *knownGroup) bool {
	apart := false
	for _, a := range k.registers {
		for _, b := range o.registers {
			if a == b {
				return false
			}
			apart = apart || a.Scheme == b.Scheme
		}
	}
	return apart
}

// knownGroups are groups by id and by key; those of a batch that is not written
// yet lie over the others.
type knownGroups struct {
	below *knownGroups
	byID  map[string]*knownGroup
	byKey map[string][]string // ids; some may have lost the key since
}

func newKnownGroups(below *knownGroups) *knownGroups {
	return &knownGroups{below, map[string]*knownGroup{}, map[string][]string{}}
}

// loadKnown reads what every group is told by.
func (s *Service) loadKnown(ctx context.Context) (*knownGroups, error) {
	k := newKnownGroups(nil)
	stands, err := record.Stands(ctx, s.db, "group")
	if err != nil {
		return nil, err
	}
	for last := ""; ; {
		gs, err := marksAfter(ctx, s.db, last, 1000)
		if err != nil || len(gs) == 0 {
			return k, err
		}
		for _, g := range gs {
			m := newKnownGroup(g)
			m.into = stands[g.ID]
			k.put(m)
		}
		last = gs[len(gs)-1].ID
	}
}

func (k *knownGroups) get(id string) *knownGroup {
	for ; k != nil; k = k.below {
		if g := k.byID[id]; g != nil {
			return g
		}
	}
	return nil
}

func (k *knownGroups) put(g *knownGroup) {
	old := k.byID[g.id]
	k.byID[g.id] = g
	for _, key := range g.keys {
		if old == nil || !slices.Contains(old.keys, key) {
			k.byKey[key] = append(k.byKey[key], g.id)
		}
	}
}

// absorb takes over a batch that was written.
func (k *knownGroups) absorb(batch *knownGroups) {
	for _, g := range batch.byID {
		k.put(g)
	}
}

// with gives the groups that have one of some keys, those of earlier rows
// last, in an order that is the same each time.
func (k *knownGroups) with(keys []string, fit func(*knownGroup) bool) (out []*knownGroup) {
	seen := map[*knownGroup]bool{}
	for level := k; level != nil; level = level.below {
		for _, key := range keys {
			for _, id := range level.byKey[key] {
				if g := k.get(id); slices.Contains(g.keys, key) && !seen[g] && fit(g) {
					seen[g] = true
					out = append(out, g)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b *knownGroup) int { return cmp.Or(cmp.Compare(a.line, b.line), strings.Compare(a.id, b.id)) })
	return out
}

// byPage leaves one of the groups that one page stands for: that page, if it
// is among them.
func byPage(in []*knownGroup) (out []*knownGroup) {
	for _, g := range in {
		i := slices.IndexFunc(out, func(o *knownGroup) bool { return cmp.Or(o.into, o.id) == cmp.Or(g.into, g.id) })
		if i < 0 {
			out = append(out, g)
		} else if g.into == "" {
			out[i] = g
		}
	}
	return out
}

// match finds the group a row means: one, or none, or some that it may mean,
// and why that is doubtful.
func (k *knownGroups) match(f *knownGroup, r *importRow) (found *knownGroup, doubt []*knownGroup, why list.Note) {
	if r.id != "" {
		if g := k.get(r.id); g != nil {
			return g, nil, list.Note{}
		}
	}
	// Two rows that both give an id are two groups where they come from.
	free := func(g *knownGroup) bool { return r.id == "" || !g.own }
	here := func(g *knownGroup) bool { return g.names[0] == f.names[0] && g.samePlace(f) }

	var keys []string
	for _, n := range f.registers {
		keys = append(keys, registerKey(n))
	}
	same := k.with(keys, free)
	if len(same) > 1 {
		if exact := slices.DeleteFunc(slices.Clone(same), func(g *knownGroup) bool { return !here(g) }); len(exact) == 1 {
			same = exact
		}
	}
	same = byPage(same)
	switch len(same) {
	case 0:
	case 1:
		return same[0], nil, list.Note{}
	default:
		return nil, same, list.Say("group.import.doubt.numbers")
	}
	same = byPage(k.with([]string{f.hereKey()}, func(g *knownGroup) bool { return free(g) && here(g) }))
	switch {
	case len(same) > 1:
		return nil, same, list.Say("group.import.doubt.twins")
	case len(same) == 1 && !same[0].toldApart(f):
		return same[0], nil, list.Note{}
	case r.apart:
		return nil, nil, list.Note{}
	case len(same) == 1:
		return nil, same, list.Say("group.import.doubt.number")
	}
	may := func(g *knownGroup) bool { return free(g) && !g.toldApart(f) && g.sameCountry(f) }
	keys = nil
	for _, n := range f.names {
		keys = append(keys, nameKey(n))
	}
	if same = byPage(k.with(keys, may)); len(same) > 0 {
		return nil, same, list.Say("group.import.doubt.name")
	}
	keys = nil
	var bare [][]rune
	for _, n := range f.names {
		b := f.bare(n)
		bare = append(bare, b)
		keys = append(keys, f.wordsKey(b))
		for n := len(b) - 1; n <= len(b)+1; n++ {
			keys = append(keys, f.halves(b, n)...)
		}
	}
	same = byPage(k.with(keys, func(g *knownGroup) bool {
		return may(g) && slices.ContainsFunc(g.names, func(n string) bool {
			there := g.bare(n)
			return slices.ContainsFunc(bare, func(b []rune) bool { return near(b, there) })
		})
	}))
	return nil, same, list.Say("group.import.doubt.almost")
}

// off says which rows are about groups that were taken off the list.
func (im *importing) off(ctx context.Context, q db.Querier, rows []*importRow) (map[*importRow]bool, error) {
	var all []string
	keys := map[*importRow][]string{}
	for _, r := range rows {
		if r.Wrong.Key == "" {
			keys[r] = newKnownGroup(&r.fresh).anyOffKeys()
			all = append(all, keys[r]...)
		}
	}
	out := map[*importRow]bool{}
	if len(all) == 0 {
		return out, nil
	}
	gone, err := areOff(ctx, q, all)
	for r, ks := range keys {
		out[r] = slices.ContainsFunc(ks, func(k string) bool { return gone[k] })
	}
	return out, err
}
