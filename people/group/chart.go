package group

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/atlas"
	"withus.example/platform/fault"
	"withus.example/platform/globe"
	"withus.example/platform/i18n"
	"withus.example/platform/place"
	"withus.example/platform/search"
)

// Mark is some groups that stand together on a map.
type Mark struct {
	X, Y int
	N    int
	Text string // its name: "3 groups in Leeds"
	Path string

	x, y    float64 // sums, weighed
	heaps   []*search.Heap
	country string      // "" where they are of several
	main    search.Heap // the largest, one whose town is known before others
	km      float64     // how far from it the others are
	alone   bool        // there are no others
}

// Row is a line of the table behind a map.
type Row struct {
	Text, Lang string // of a place, or of the one group there
	Path       string
	N          int
}

// Chart is a map with what is on it.
type Chart struct {
	*atlas.Map
	Key   string
	Marks []Mark // as one reads: from top to bottom
	Rows  []Row  // the most first
	inNumbers
}

// inNumbers is what a map says beside its marks.
type inNumbers struct {
	More   int // places left out of the table
	Total  int // groups in the area
	Lost   int // groups nobody knows the country of, on the world's map
	Counts map[string]map[string]int
}

// plan is a map before it has words: it is the same for all who may find the
// same groups, and kept while none of them changes.
type plan struct {
	*atlas.Map
	marks []Mark
	rows  []count
	inNumbers
}

// mostPlans is how many are kept: some tens of kilobytes each.
const mostPlans = 100

// mostRows is how many places a table lists.
const mostRows = 100

// chart draws the map of an area with the groups a viewer may find, narrowed as
// a list is.
func (s *Service) chart(ctx context.Context, v *access.Viewer, l *i18n.Lang, key, words string, filters, asked url.Values) (*Chart, error) {
	make := func(ctx context.Context) (*plan, error) { return s.plan(ctx, v, key, words, filters) }
	var p *plan
	var err error
	if words == "" {
		scopes := v.Scopes()
		slices.Sort(scopes)
		p, err = s.plans.Get(ctx, s.db, fmt.Sprintf("%s%q%q", key, scopes, filters), make)
	} else {
		p, err = make(ctx)
	}
	if err != nil {
		return nil, err
	}
	c := &Chart{Map: p.Map, Key: key, Marks: slices.Clone(p.marks), inNumbers: p.inNumbers}
	names, err := s.namesOf(ctx, v, p.marks, p.rows)
	if err != nil {
		return nil, err
	}
	tail := withQuery("", asked)
	for i := range c.Marks {
		s.name(l, c, &c.Marks[i], names, tail)
	}
	for _, r := range p.rows {
		c.Rows = append(c.Rows, s.row(l, key, r, names, tail))
	}
	return c, nil
}

func (s *Service) plan(ctx context.Context, v *access.Viewer, key, words string, filters map[string][]string) (*plan, error) {
	m := s.maps.Map(key, place.Middle)
	if m == nil {
		return nil, fault.Missing()
	}
	p := &plan{Map: m}
	q := search.Query{Kind: docKind, Words: words, Filters: filters}
	switch {
	case key == atlas.World:
	case atlas.Number(key) != "":
		q.Near = &search.Near{Countries: atlas.Countries(key)}
	default:
		q.Near = &search.Near{Countries: []string{key}}
	}
	var heaps []search.Heap
	q.Coarse = key == atlas.World // a degree is less there than a mark is wide
	q.Spread = func(all []search.Heap) {
		heaps = slices.DeleteFunc(all, func(h search.Heap) bool {
			if h.Country == "" {
				p.Lost += h.N
			}
			return h.Country == ""
		})
	}
	q.Except = notEnded(filters)
	f, err := s.index.Browse(ctx, v, q)
	if err != nil {
		return nil, err
	}
	p.Total, p.Counts = f.Total, f.Counts
	p.marks, p.rows = cluster(m, heaps, len(key) == 2), tally(key, heaps)
	if p.More = len(p.rows) - mostRows; p.More > 0 {
		p.rows = slices.Clone(p.rows[:mostRows])
	}
	p.More = max(0, p.More)
	for i, r := range p.rows {
		if r.heap != nil { // one by one: all of them may be many more
			h := *r.heap
			p.rows[i].heap = &h
		}
	}
	return p, nil
}

// gap is how far apart marks are at least, in the map's units: a mark is 38
// wide, which is 24 pixels where the map is 640.
const gap = 40

// cluster puts heaps together that would lie on one another. Groups that only
// name a country stand in its middle.
//
// Where marks are called by towns it is asked, too, how far around them a mark
// reaches.
func cluster(m *atlas.Map, heaps []search.Heap, towns bool) (out []Mark) {
	columns := m.Width/gap + 1
	cells := make([]*Mark, columns*(m.Height/gap+1))
	for i := range heaps {
		h := &heaps[i]
		at := h.Point
		if !h.Known {
			at, _ = place.Middle(h.Country)
		}
		x, y, ok := m.At(at)
		if !ok {
			continue // in the table alone
		}
		cell := int(y)/gap*columns + int(x)/gap
		k := cells[cell]
		if k == nil {
			k = &Mark{country: h.Country}
			cells[cell] = k
		}
		k.take(x*float64(h.N), y*float64(h.N), h.N, h.Country, h)
	}
	var all []*Mark
	for _, k := range cells {
		if k != nil {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b *Mark) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
	})
	// Cells side by side may have their marks close together: the smaller one
	// joins the larger. What was joined moves, so it is done until none is close.
	for joined := true; joined; {
		joined = false
		var apart []*Mark
		for _, k := range all {
			i := slices.IndexFunc(apart, func(o *Mark) bool {
				return math.Hypot(k.x/float64(k.N)-o.x/float64(o.N), k.y/float64(k.N)-o.y/float64(o.N)) < gap
			})
			if i < 0 {
				apart = append(apart, k)
				continue
			}
			apart[i].take(k.x, k.y, k.N, k.country, k.heaps...)
			joined = true
		}
		all = apart
	}
	for _, k := range all {
		k.X, k.Y = int(math.Round(k.x/float64(k.N))), int(math.Round(k.y/float64(k.N)))
		k.sum(towns)
		out = append(out, *k)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		return cmp.Or(cmp.Compare(a.Y/gap, b.Y/gap), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) < 0
	})
	return out
}

// take adds groups to a mark; x and y are weighed by them.
func (k *Mark) take(x, y float64, n int, country string, heaps ...*search.Heap) {
	k.x, k.y, k.N = k.x+x, k.y+y, k.N+n
	if k.country != country {
		k.country = ""
	}
	k.heaps = append(k.heaps, heaps...)
}

// sum keeps of a mark's heaps what is said of them: there may be thousands.
func (k *Mark) sum(towns bool) {
	best := k.heaps[0]
	for _, h := range k.heaps {
		if h.Known && !best.Known || h.Known == best.Known && h.N > best.N {
			best = h
		}
	}
	k.main, k.alone = *best, len(k.heaps) == 1
	for _, h := range k.heaps {
		if towns && h.Known && best.Known {
			k.km = max(k.km, globe.Distance(h.Point, best.Point))
		}
	}
	k.heaps = nil
}

// count is a line of the table before it has its words: a country, or a heap of
// one.
type count struct {
	country string
	heap    *search.Heap // of a country's map
	n       int
	id      string // of the one group
}

// tally is the table: by countries, or a country by its towns.
func tally(key string, heaps []search.Heap) (out []count) {
	if len(key) == 2 {
		for i, h := range heaps {
			out = append(out, count{h.Country, &heaps[i], h.N, h.ID})
		}
	} else {
		at := map[string]int{}
		for _, h := range heaps {
			i, ok := at[h.Country]
			if !ok {
				i = len(out)
				at[h.Country] = i
				out = append(out, count{country: h.Country, id: h.ID})
			}
			out[i].n += h.N
		}
	}
	sort.Slice(out, func(i, j int) bool { return cmp.Or(out[j].n-out[i].n, cmp.Compare(out[i].country, out[j].country)) < 0 })
	return out
}

// namesOf reads the names of the groups that stand by themselves.
func (s *Service) namesOf(ctx context.Context, v *access.Viewer, marks []Mark, rows []count) (map[string]name, error) {
	var ids []string
	for _, k := range marks {
		if k.N == 1 {
			ids = append(ids, k.main.ID)
		}
	}
	for _, r := range rows {
		if r.n == 1 {
			ids = append(ids, r.id)
		}
	}
	slices.Sort(ids)
	out := map[string]name{}
	if len(ids) == 0 {
		return out, nil
	}
	all, err := names(ctx, s.db, v.Scopes(), slices.Compact(ids))
	for _, n := range all {
		out[n.id] = n
	}
	return out, err
}

// name gives a mark its name and its address: a group, the list around a town,
// or the map of a smaller area.
func (s *Service) name(l *i18n.Lang, c *Chart, k *Mark, names map[string]name, tail string) {
	h := &k.main
	if n, ok := names[h.ID]; ok && k.N == 1 {
		k.Text, k.Path = l.Isolate(n.name), "/groups/"+n.slug
		return
	}
	if c.Key != h.Country && k.country != "" {
		k.Text = l.T("group.map.in", "n", k.N, "place", l.Country(k.country))
		k.Path = areaPath(k.country) + tail
		return
	}
	if c.Key != h.Country {
		k.Text = l.T("group.map.around", "n", k.N, "place", l.Country(h.Country))
		if continent := atlas.Continent(h.Country); c.Key == atlas.World && continent != "" {
			k.Path = areaPath(continent) + tail
		} else {
			k.Path = areaPath(h.Country) + tail
		}
		return
	}
	if !h.Known {
		k.Text = l.T("group.map.somewhere", "n", k.N, "place", l.Country(h.Country))
		k.Path = listAround(l, &place.Place{Country: h.Country}, usualKm, tail)
		return
	}
	town := s.places.At(h.Point, h.Country)
	if town == nil { // the gazetteer changed, and the groups are not placed anew yet
		town = &place.Place{Country: h.Country}
	}
	key := "group.map.around"
	if k.alone {
		key = "group.map.in"
	}
	k.Text = l.T(key, "n", k.N, "place", cmp.Or(town.In(l.Code), l.Country(h.Country)))
	k.Path = listAround(l, town, withinOf(k.km), tail)
}

// withinOf is the distance one can choose that holds so many kilometres.
func withinOf(km float64) int {
	for _, d := range distances {
		if float64(d) >= km {
			return d
		}
	}
	return int(min(mostKm, math.Ceil(km)))
}

// listAround is the list around a place, narrowed as the map is: tail is that
// part of an address.
func listAround(l *i18n.Lang, p *place.Place, km int, tail string) string {
	q, _ := url.ParseQuery(strings.TrimPrefix(tail, "?")) // made by Encode
	return "/groups?" + aroundQuery(q, l, p, km).Encode()
}

func (s *Service) row(l *i18n.Lang, key string, r count, names map[string]name, tail string) Row {
	out := Row{Text: l.Country(r.country), N: r.n, Path: areaPath(r.country) + tail}
	if r.heap != nil {
		p := &place.Place{Country: r.country}
		if out.Text = l.T("group.map.no-town"); r.heap.Known {
			if town := s.places.At(r.heap.Point, r.country); town != nil {
				p, out.Text = town, l.Isolate(town.In(l.Code))
			}
		}
		out.Path = listAround(l, p, distances[0], tail)
	}
	if n, ok := names[r.id]; ok && r.n == 1 {
		out.Path = "/groups/" + n.slug
		out.Text += l.T("group.map.only", "name", n.name)
	}
	return out
}

// name is what a group is called, and where.
type name struct{ id, slug, name, lang string }

// box is the map's size as SVG says it.
func (c *Chart) box() string { return "0 0 " + strconv.Itoa(c.Width) + " " + strconv.Itoa(c.Height) }

// radius is how large a mark is.
func (k *Mark) radius() string {
	if k.N == 1 {
		return "11"
	}
	return "19"
}

// short is a number as it fits into a mark.
func short(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n)
	case n < 999_500:
		return strconv.Itoa((n+500)/1000) + "k"
	}
	return strconv.Itoa((n+500_000)/1_000_000) + "M"
}
