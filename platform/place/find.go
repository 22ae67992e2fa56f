package place

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"withus.example/platform/globe"
)

// longest is how many bytes of what somebody typed are looked at: no place has
// a longer name, and looking for it costs.
const longest = 120

// Find gives up to most places that words may mean, the likeliest first: those
// called so; where there is none, those that begin so or are a slip away, then
// those two slips away; of equal ones the most populous. What stands after a comma narrows: a country in any
// language of the house or by its code, a state, or a larger place nearby. With
// country (empty: any) nothing outside of it is found.
func (g *Gazetteer) Find(words, country string, most int) []Place {
	return g.find(words, country, most, true, guess)
}

// question is what was asked of a gazetteer.
type question struct {
	words, country string
	most, how      int
	sections       bool
}

// mostKept is how many answers are kept: of many groups in one town, and of one
// list that many look at, each is looked for once.
const mostKept = 1000

func (g *Gazetteer) find(words, country string, most int, sections bool, how int) []Place {
	q := question{words, country, most, how, sections}
	g.mu.Lock()
	found, ok := g.found[q]
	g.mu.Unlock()
	if ok {
		return found
	}
	found = g.look(words, country, most, sections, how)
	if len(words) > longest {
		return found
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.found == nil || len(g.found) >= mostKept {
		g.found = map[question][]Place{}
	}
	g.found[q] = found
	return found
}

func (g *Gazetteer) look(words, country string, most int, sections bool, how int) []Place {
	if len(words) > longest {
		words = strings.ToValidUTF8(words[:longest], "")
	}
	parts := slices.DeleteFunc(strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(",،;；、()/", r) }), func(s string) bool { return fold(s) == "" })
	if len(parts) == 0 || most <= 0 {
		return nil
	}
	if len(parts) > 4 {
		parts = parts[:4]
	}
	if len(parts) == 1 {
		if code := g.country(parts[0], false); code != "" && (country == "" || country == code) {
			if p := g.Country(code); p != nil {
				// A town may be called as a country is: Georgia, Luxembourg.
				more := g.called(parts[0], nil, country, most-1, sections, exact)
				return append([]Place{*p}, more...)
			}
		}
		if head, tail := g.tail(parts[0]); tail != "" && how == guess && len(g.called(parts[0], nil, country, 1, sections, exact)) == 0 {
			parts = []string{head, tail}
		}
	}
	for i := range parts {
		if i > 0 && how == sure && (g.country(parts[i], false) != "" || len(divisions(fold(parts[i]))) > 0) {
			continue // there is a village called Wales, and it is not meant
		}
		if found := g.called(parts[i], parts[i+1:], country, most, sections, how); len(found) > 0 {
			return found
		}
	}
	if code := g.country(parts[0], how == guess); len(parts) == 1 && code != "" && (country == "" || country == code) {
		if p := g.Country(code); p != nil {
			return []Place{*p}
		}
	}
	return nil
}

// tail parts a country's name from the end: "Leeds United Kingdom".
func (g *Gazetteer) tail(s string) (head, country string) {
	words := strings.Fields(s)
	for i := 1; i < len(words); i++ {
		if rest := strings.Join(words[i:], " "); g.country(rest, false) != "" {
			return strings.Join(words[:i], " "), rest
		}
	}
	return s, ""
}

// How far off a name may be.
const (
	exact = iota
	sure  // exact, or in another script nearly so
	guess // begins so, or has slips in it
)

// hit is a town that may be meant; off is how far its name is from what was
// typed.
type hit struct{ i, off int }

// called are the towns with a name, of which others say more.
func (g *Gazetteer) called(name string, others []string, country string, most int, sections bool, how int) []Place {
	t, key := g.towns(), fold(name)
	if key == "" || t.len() == 0 {
		return nil
	}
	narrow := g.narrowed(others, country)
	may := func(i int) bool {
		return (country == "" || t.country(i) == country) && (sections || !t.section[i])
	}
	hits := t.called(key, may, country != "" || narrow.told(), how)
	hits = narrow.keep(t, hits)
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.off, b.off), narrow.nearer(t, a.i, b.i), cmp.Compare(t.size[b.i], t.size[a.i]), cmp.Compare(a.i, b.i))
	})
	var out []Place
	for _, h := range hits[:min(most, len(hits))] {
		out = append(out, t.place(h.i))
	}
	return out
}

// called looks for a folded name. Where the country is known, fewer letters
// tell a town.
func (t *towns) called(key string, may func(int) bool, told bool, how int) (out []hit) {
	add := func(i, off int) {
		if may(i) {
			out = append(out, hit{i, off})
		}
	}
	from := sort.Search(t.len(), func(i int) bool { return t.keyOf(i) >= key })
	to := from
	for ; to < t.len() && t.keyOf(to) == key; to++ {
		add(to, 0)
	}
	for _, e := range exonyms().towns[key] {
		at := sort.Search(t.len(), func(i int) bool { return t.keyOf(i) >= e.key })
		for ; at < t.len() && t.keyOf(at) == e.key; at++ {
			if t.country(at) == e.country && !t.section[at] && t.size[at] >= uint8(about(leastCalled)) {
				add(at, 0)
			}
		}
	}
	if how == exact || len(out) > 0 {
		return out
	}
	if foreign(key) {
		return t.sounding(key, may, told, how)
	}
	if how == sure {
		return nil
	}
	if utf8.RuneCountInString(key) >= 3 {
		for ; to < t.len() && strings.HasPrefix(t.keyOf(to), key); to++ {
			add(to, 1)
		}
	}
	// A slip weighs as much as letters not typed yet: the larger place is meant.
	slips, set, runes := slipsIn(key), letters(key), []rune(key)
	if slips == 0 {
		return out
	}
	for i, have := range t.letters {
		if far(set, have, slips) || !may(i) {
			continue
		}
		if n := apart([]rune(t.keyOf(i)), runes, slips); n <= slips && !strings.HasPrefix(t.keyOf(i), key) {
			out = append(out, hit{i, n})
		}
	}
	return out
}

// sounding looks for a name in another script by its consonants, with and
// without an article before it; how its vowels agree says which is likelier.
func (t *towns) sounding(key string, may func(int) bool, told bool, how int) (out []hit) {
	whole := []rune(sounded(noArticle(key), true))
	wants := slices.Compact([]string{bones(key), sounded(key, false)})
	for slips := range 2 {
		for _, want := range wants {
			if len(want) < 2 || slips > 0 && len(want) < 4 && (!told || len(want) < 3) {
				continue
			}
			set, runes := letters(want), []rune(want)
			for i, have := range t.bones {
				if far(set, have, slips) || !may(i) {
					continue
				}
				if n := apart([]rune(bones(t.keyOf(i))), runes, slips); n > slips {
					continue
				}
				otherwise := apart([]rune(sounded(noArticle(t.keyOf(i)), true)), whole, 5)
				if (len(want) > 2 || otherwise <= 1) && (how == guess || slips+otherwise <= 2) { // two consonants say little
					out = append(out, hit{i, 1 + otherwise})
				}
			}
			if len(out) > 0 {
				return out
			}
		}
	}
	return nil
}

// narrowing is what stands after the comma.
type narrowing struct {
	country string
	regions []string     // "US AL": divisions of any country with that name or code
	beside  *globe.Point // a place nearby
}

func (n *narrowing) told() bool { return n.country != "" || len(n.regions) > 0 }

func (g *Gazetteer) narrowed(others []string, country string) (n narrowing) {
	for _, o := range others {
		key := fold(o)
		code := strings.ToUpper(strings.TrimSpace(o))
		if c := g.country(o, true); c != "" {
			n.country = c
		} else if _, ok := Middle(code); ok {
			n.country = code
		}
		n.regions = append(n.regions, divisions(key)...)
		for _, r := range g.towns().regions {
			if len(code) <= 3 && r[3:] == code && strings.Trim(code, "0123456789") != "" {
				n.regions = append(n.regions, r)
			}
		}
		if n.beside == nil && !n.told() {
			if near := g.called(o, nil, country, 1, true, exact); len(near) > 0 {
				n.beside = &near[0].Point
			}
		}
	}
	return n
}

// keep leaves the towns that fit what narrows; all, where none does: an unknown
// word more should not hide what was found.
func (n *narrowing) keep(t *towns, hits []hit) []hit {
	if !n.told() {
		return hits
	}
	var in []hit
	for _, h := range hits {
		if t.country(h.i) == n.country || slices.Contains(n.regions, t.regions[t.region[h.i]]) {
			in = append(in, h)
		}
	}
	if len(n.regions) > 0 && n.country != "" { // both: a state and its country
		both := slices.DeleteFunc(slices.Clone(in), func(h hit) bool {
			return t.country(h.i) != n.country || !slices.Contains(n.regions, t.regions[t.region[h.i]])
		})
		if len(both) > 0 {
			return both
		}
	}
	if len(in) == 0 {
		return hits
	}
	return in
}

// nearer puts towns near the place that narrows before others.
func (n *narrowing) nearer(t *towns, a, b int) int {
	const nearby = 100 // km
	if n.beside == nil {
		return 0
	}
	in := func(i int) int {
		if globe.Distance(t.point(i), *n.beside) < nearby {
			return 0
		}
		return 1
	}
	return cmp.Compare(in(a), in(b))
}

// Locate is where an area is that somebody wrote beside a country, for things
// that are put on a map: a town of that very name, or nil where there is none.
// Nothing is guessed: in a wrong place a group is harder to find than in none.
// town asks for no less than a town, where saying which part of it would say
// too much.
func (g *Gazetteer) Locate(area, country string, town bool) *Place {
	if country == "" || area == "" {
		return nil
	}
	found := g.find(area, country, 1, !town, sure)
	if len(found) == 0 || found[0].ID == 0 {
		return nil
	}
	return &found[0]
}

// Beside is a much larger town near one, by which people may know it; nil where
// there is none.
func (g *Gazetteer) Beside(p Place) *Place {
	g.mu.Lock()
	found, ok := g.beside[p.ID]
	g.mu.Unlock()
	if ok {
		return found
	}
	found = g.lookBeside(p)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.beside == nil || len(g.beside) >= mostKept {
		g.beside = map[int]*Place{}
	}
	g.beside[p.ID] = found
	return found
}

func (g *Gazetteer) lookBeside(p Place) *Place {
	const within = 150 // km
	t := g.towns()
	best, bestKm := -1, float64(within)
	lat, _ := globe.Box(p.Point, within)
	least := uint8(about(max(leastLarge, 5*p.Population)))
	for _, n := range t.largeOnes() {
		i := int(n)
		if at := t.point(i); t.size[i] < least || at.Lat < p.Lat-lat || at.Lat > p.Lat+lat {
			continue
		}
		if km := globe.Distance(p.Point, t.point(i)); km < bestKm {
			best, bestKm = i, km
		}
	}
	if best < 0 {
		return nil
	}
	out := t.place(best)
	return &out
}

// leastLarge is how many people live in a town that people elsewhere know.
const leastLarge = 30_000

func (t *towns) largeOnes() []uint32 {
	t.onceLarge.Do(func() {
		for i, n := range t.size {
			if n >= uint8(about(leastLarge)) && !t.section[i] {
				t.large = append(t.large, uint32(i))
			}
		}
	})
	return t.large
}
