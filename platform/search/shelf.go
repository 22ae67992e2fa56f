package search

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// Query asks for a page of one kind of thing.
type Query struct {
	Kind    string
	Words   string              // empty: everything, in the order of titles; else the best matches first
	Filters map[string][]string // facet → values, any of which will do
	Except  map[string][]string // facet → values that keep a thing out
	Near    *Near               // nil: everywhere; else the nearest first, whatever the words
	Sort    string              // empty: as said above; "title"; or the name of one of the things' dates, the latest first
	Spread  func([]Heap)        // nil, or is given where everything found is, of all pages
	Coarse  bool                // with Spread, what is in one country and within a degree is one heap
	Page    string              // where the page begins, from Found; empty: at the beginning
	Size    int                 // things on a page
}

// Found is a page of things, and how many there are.
type Found struct {
	IDs        []string
	Km         []float64 // with Query.Near, how far each is; -1 where that is not known
	Total      int       // of all pages
	Capped     bool      // there are more matches than were looked at
	Counts     Counts    // shared with other answers: not to be changed
	Prev, Next string    // for Query.Page; empty: there is none

	places []int // of IDs, on the shelf
}

// Counts says for each facet's values how many things each would leave, the
// other facets' filters standing.
type Counts map[string]map[string]int

// shelf is everything of one kind that is public or the network's, in order.
//
// With a million things the collector of garbage would spend more than pages do
// on as many pointers: there are none to a thing.
type shelf struct {
	ids   texts
	sorts texts
	sizes []uint32
	at    keys // the key is what words lead to on this engine
	scope map[string]set
	terms map[string]map[string]set // facet → value → places
	facts facts
	spots *spots
	dates *dates
	spare sync.Pool // of sets

	mu      sync.Mutex
	tallied map[string]Counts // by what was asked: most ask for the same
}

// shelf gives a kind's shelf as it is now.
func (x *Index) shelf(ctx context.Context, kind string) (*shelf, error) {
	x.mu.Lock()
	m := x.shelves[kind]
	if m == nil {
		m = &db.Memo[*shelf]{Rooms: []string{Counter(kind)}, Make: func(ctx context.Context) (*shelf, error) { return x.putUp(ctx, kind) }}
		x.shelves[kind] = m
	}
	x.mu.Unlock()
	return m.Get(ctx, x.db)
}

// item is one thing on its way to the shelf.
type item struct {
	key, id, scope, sort, terms, place, dates string
	size                                      int
}

// key is the column that words lead to: FTS5 knows things by a row's number.
func (x *Index) key() string {
	if x.db.Dialect == db.Postgres {
		return "thing"
	}
	return "n"
}

func (x *Index) putUp(ctx context.Context, kind string) (*shelf, error) {
	items, err := db.All(ctx, x.db, func(scan db.Scan) (i item, err error) {
		err = scan(&i.key, &i.id, &i.scope, &i.sort, &i.terms, &i.size, &i.place, &i.dates)
		return i, err
	}, `SELECT `+x.key()+`, thing, scope, sort, terms, size, place, dates FROM search_doc WHERE kind = $1 AND scope IN ($2)`, kind, []string{access.Public, access.Network})
	if err != nil {
		return nil, err
	}
	// Sorted here: engines and their locales differ.
	slices.SortFunc(items, func(a, b item) int {
		return strings.Compare(a.sort, b.sort)*2 + strings.Compare(a.id, b.id)
	})
	n := len(items)
	s := &shelf{scope: map[string]set{}, terms: map[string]map[string]set{}, sizes: make([]uint32, n)}
	s.ids = pack(n, func(i int) string { return items[i].id })
	s.sorts = pack(n, func(i int) string { return items[i].sort })
	s.at = newKeys(pack(n, func(i int) string { return items[i].key }))
	places, days := make([]string, n), make([]string, n)
	for i, it := range items {
		places[i], days[i], s.sizes[i] = it.place, it.dates, uint32(it.size)
		if s.scope[it.scope] == nil {
			s.scope[it.scope] = newSet(n)
		}
		s.scope[it.scope].add(i)
		for t := range strings.SplitSeq(it.terms, "\n") {
			facet, value, ok := strings.Cut(t, ":")
			if !ok {
				continue
			}
			if s.terms[facet] == nil {
				s.terms[facet] = map[string]set{}
			}
			if s.terms[facet][value] == nil {
				s.terms[facet][value] = newSet(n)
			}
			s.terms[facet][value].add(i)
		}
	}
	s.facts = newFacts(s.terms, n)
	s.spots, s.dates = newSpots(places), newDates(days)
	return s, nil
}

// Browse gives a page of one kind of thing with the counts of its facets.
func (x *Index) Browse(ctx context.Context, v *access.Viewer, q Query) (*Found, error) {
	s, err := x.shelf(ctx, q.Kind)
	if err != nil {
		return nil, err
	}
	work := s.work()
	defer work.done()
	seen, scopes := work.empty(), ""
	for _, scope := range v.Scopes() {
		if s.scope[scope] != nil {
			seen.or(s.scope[scope])
			scopes += scope + " "
		}
	}
	for facet, values := range q.Except {
		seen.without(s.any(work.empty(), facet, values))
	}
	out := &Found{}
	var ranked []int
	if terms := asked(q.Words); len(terms) > 0 {
		match, err := x.matching(ctx, s, q.Kind, v.Scopes(), terms)
		if err != nil {
			return nil, err
		}
		out.Capped = len(match) == mostMatched
		held := work.empty()
		for _, i := range match {
			held.add(i)
		}
		seen.and(held)
		ranked = s.ranked(seen, terms)
	} else if strings.TrimSpace(q.Words) != "" {
		seen = work.empty() // words, but nothing in them to look for
	}
	var nearest []int
	if q.Near != nil {
		most, more := mostNear, false
		if q.Spread != nil {
			most = len(s.sizes)
		}
		seen, nearest, more = s.spots.first(work.empty(), s.spots.near(q.Near), seen, most)
		out.Capped = out.Capped || more
	}
	found := work.copy(seen)
	for facet, values := range q.Filters {
		found.and(s.any(work.empty(), facet, values))
	}
	out.Total = found.count()
	if q.Near == nil && strings.TrimSpace(q.Words) == "" {
		out.Counts = s.tally(fmt.Sprintf("%s%q%q", scopes, q.Except, q.Filters), work, seen, q.Filters)
	} else {
		out.Counts = s.counts(work, seen, q.Filters)
	}
	if q.Spread != nil {
		s.spread(found, q.Coarse, q.Spread)
	}
	if q.Sort == "title" {
		s.pageSorted(out, found, q)
		s.away(out, q)
	} else if q.Sort != "" {
		s.pageDated(out, found, q)
		s.away(out, q)
	} else if q.Near != nil {
		s.pageRanked(out, slices.DeleteFunc(nearest, func(i int) bool { return !found.has(i) }), q)
	} else if ranked != nil {
		ranked = slices.DeleteFunc(ranked, func(i int) bool { return !found.has(i) })
		s.pageRanked(out, ranked, q)
	} else {
		s.pageSorted(out, found, q)
	}
	return out, nil
}

// matching are the places of what holds all the terms. They come as one row:
// hundreds of rows of one number each would cost more than finding them.
func (x *Index) matching(ctx context.Context, s *shelf, kind string, scopes, terms []string) ([]int, error) {
	text, q := `SELECT d.n AS key FROM search_words w JOIN search_doc d ON d.n = w.rowid
		WHERE search_words MATCH $1 AND d.kind = $2 AND d.scope IN ($3) LIMIT $4`, ftsQuery(terms)
	if x.db.Dialect == db.Postgres {
		text, q = `SELECT thing AS key FROM search_doc WHERE words @@ to_tsquery('simple', $1) AND kind = $2 AND scope IN ($3) LIMIT $4`, tsQuery(terms)
	}
	keys, err := db.One(ctx, x.db, db.Text, `SELECT COALESCE(string_agg(CAST(m.key AS TEXT), ' '), '') FROM (`+text+`) m`, q, kind, scopes, mostMatched)
	var out []int
	for k := range strings.FieldsSeq(keys) {
		if i, ok := s.at.place(k); ok {
			out = append(out, i)
		}
	}
	return out, err
}

// ranked are the members of a set, the best matches for the terms first.
func (s *shelf) ranked(of set, terms []string) []int {
	out := of.from(0, len(s.sizes))
	hits, rank := make([]hit, len(out)), ranking(terms)
	for n, i := range out {
		hits[n] = hit{s.sorts.at(i), s.ids.at(i), rank(s.sorts.at(i)), int(s.sizes[i]), i}
	}
	slices.SortFunc(hits, func(a, b hit) int { return a.compare(&b) })
	for n := range hits {
		out[n] = hits[n].place
	}
	return out
}

// any adds to a set the places with one of a facet's values.
func (s *shelf) any(out set, facet string, values []string) set {
	for _, v := range values {
		out.or(s.terms[facet][v])
	}
	return out
}

func (s *shelf) pageSorted(out *Found, found set, q Query) {
	start := 0
	if sortKey, id, ok := readMark(q.Page); ok {
		start = sort.Search(len(s.sizes), func(i int) bool {
			return s.sorts.at(i) > sortKey || s.sorts.at(i) == sortKey && s.ids.at(i) >= id
		})
	}
	places := found.from(start, q.Size+1)
	if len(places) > q.Size {
		out.Next = s.mark(places[q.Size])
		places = places[:q.Size]
	}
	out.places = places
	for _, i := range places {
		out.IDs = append(out.IDs, s.ids.at(i))
	}
	if before := found.before(start, q.Size); len(before) > 0 {
		out.Prev = s.mark(before[len(before)-1])
	}
}

// pageRanked gives a page of what has an order of its own. A page begins with a
// thing; where that is gone, at as many as came before it then.
func (s *shelf) pageRanked(out *Found, ranked []int, q Query) {
	start := 0
	if before, id, ok := readMark(q.Page); ok {
		if start = slices.IndexFunc(ranked, func(i int) bool { return s.ids.at(i) == id }); start < 0 {
			n, _ := strconv.Atoi(before) // what can't be read is the beginning
			start = max(0, min(n, len(ranked)))
		}
	}
	mark := func(n int) string {
		return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(n) + "\x00" + s.ids.at(ranked[n])))
	}
	end := min(start+q.Size, len(ranked))
	for _, i := range ranked[start:end] {
		out.IDs = append(out.IDs, s.ids.at(i))
		if q.Near != nil {
			out.Km = append(out.Km, s.spots.km(i, q.Near.At))
		}
	}
	if end < len(ranked) {
		out.Next = mark(end)
	}
	if start > 0 {
		out.Prev = mark(max(0, start-q.Size))
	}
}

// mark says where a page begins: with this thing, or where it would stand.
func (s *shelf) mark(i int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(s.sorts.at(i) + "\x00" + s.ids.at(i)))
}

func readMark(m string) (sortKey, id string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(m)
	if err != nil || m == "" {
		return "", "", false
	}
	return strings.Cut(string(b), "\x00")
}

// Some gives a few things of a kind that the viewer may find, by chance.
func (x *Index) Some(ctx context.Context, v *access.Viewer, kind string, most int, r *rand.Rand) ([]string, error) {
	s, err := x.shelf(ctx, kind)
	if err != nil {
		return nil, err
	}
	seen := newSet(len(s.sizes))
	for _, scope := range v.Scopes() {
		seen.or(s.scope[scope])
	}
	var out []string
	for _, i := range seen.some(most, r) {
		out = append(out, s.ids.at(i))
	}
	return out, nil
}
