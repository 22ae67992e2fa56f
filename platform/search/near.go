package search

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sort"
	"strconv"
	"strings"

	"withus.example/platform/globe"
)

// Spot is where a thing is: a country, and a point in it where that is known.
// Many things share one: points are those of towns.
type Spot struct {
	Country string // ISO 3166-1 alpha-2; "" where that is not known either
	Known   bool   // the point is
	globe.Point
}

// String is the spot as it is written into the index, to a hundredth of a
// degree: about a kilometre.
func (s Spot) String() string {
	if !s.Known || math.IsNaN(s.Lat+s.Lng) {
		return s.Country
	}
	return fmt.Sprintf("%s %.2f %.2f", cmp.Or(s.Country, "-"), s.Lat, s.Lng)
}

// readSpot reads what String wrote; what can't be read is nowhere.
func readSpot(text string) (s Spot) {
	country, at, ok := strings.Cut(text, " ")
	if s.Country = country; country == "-" {
		s.Country = ""
	}
	lat, lng, _ := strings.Cut(at, " ")
	var err1, err2 error
	s.Lat, err1 = strconv.ParseFloat(lat, 64)
	s.Lng, err2 = strconv.ParseFloat(lng, 64)
	if s.Known = ok && err1 == nil && err2 == nil && math.Abs(s.Lat) <= 90 && math.Abs(s.Lng) <= 180; !s.Known {
		s.Point = globe.Point{}
	}
	return s
}

// Near asks for what is near a point, the nearest first; or for what is in some
// countries, what has no point there last.
type Near struct {
	At        globe.Point
	Km        float64  // how far, where no country is named
	Countries []string // everything in any of these
}

// mostNear is how many things around a place are looked at, the nearest first:
// more are on no page that somebody reads, and a list costs as much where a
// million groups are as where there are ten thousand. A map shows them all.
const mostNear = 5_000

// Heap is how many of the things found are at one spot.
type Heap struct {
	Spot
	N  int
	ID string // of one of them
}

// spots are where the things on a shelf are. Things stand by their spots, those
// by latitude, so that what is near is found by looking at a narrow band.
type spots struct {
	all   []Spot              // those without a point first, then from south to north
	from  []uint32            // where each spot's things begin in places; one more than there are spots
	place []uint32            // places on the shelf, by spot, in the shelf's order
	of    []uint32            // the spot of each place on the shelf
	cells []Spot              // spots of one country within one degree, put together
	cell  []uint32            // the cell of each place on the shelf
	in    map[string][]uint32 // the spots in each country
}

// newSpots takes the texts of the things in the shelf's order.
func newSpots(texts []string) *spots {
	at := map[string]uint32{}
	s := &spots{of: make([]uint32, len(texts)), place: make([]uint32, len(texts)), in: map[string][]uint32{}}
	for _, t := range texts {
		if _, ok := at[t]; !ok {
			at[t] = 0
			s.all = append(s.all, readSpot(t))
		}
	}
	slices.SortFunc(s.all, func(a, b Spot) int {
		if a.Known != b.Known {
			if b.Known {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Lat, b.Lat), cmp.Compare(a.Lng, b.Lng), strings.Compare(a.Country, b.Country))
	})
	s.all = slices.Compact(s.all)
	index := make(map[Spot]uint32, len(s.all))
	for i, p := range s.all {
		index[p] = uint32(i)
		s.in[p.Country] = append(s.in[p.Country], uint32(i))
	}
	for t := range at {
		at[t] = index[readSpot(t)]
	}
	s.from = make([]uint32, len(s.all)+1)
	for i, t := range texts {
		s.of[i] = at[t]
		s.from[at[t]+1]++
	}
	for i := range s.all {
		s.from[i+1] += s.from[i]
	}
	next := slices.Clone(s.from)
	for i, n := range s.of {
		s.place[next[n]] = uint32(i)
		next[n]++
	}
	s.toCells()
	return s
}

// near are the spots that were asked for, the nearest first.
func (s *spots) near(q *Near) []uint32 {
	type far struct {
		spot uint32
		km   float64
	}
	var in []far
	if len(q.Countries) > 0 {
		for _, c := range q.Countries {
			for _, i := range s.in[c] {
				km := math.MaxFloat64
				if p := s.all[i]; p.Known {
					km = globe.Distance(q.At, p.Point)
				}
				in = append(in, far{i, km})
			}
		}
	} else {
		lat, lng := globe.Box(q.At, q.Km)
		i := sort.Search(len(s.all), func(i int) bool { return s.all[i].Known && s.all[i].Lat >= q.At.Lat-lat })
		for ; i < len(s.all) && s.all[i].Lat <= q.At.Lat+lat; i++ {
			if math.Abs(globe.Apart(s.all[i].Lng, q.At.Lng)) > lng {
				continue
			}
			if km := globe.Distance(q.At, s.all[i].Point); km <= q.Km {
				in = append(in, far{uint32(i), km})
			}
		}
	}
	slices.SortFunc(in, func(a, b far) int { return cmp.Or(cmp.Compare(a.km, b.km), cmp.Compare(a.spot, b.spot)) })
	out := make([]uint32, len(in))
	for i, f := range in {
		out[i] = f.spot
	}
	return out
}

// at are the places on the shelf of the things at a spot.
func (s *spots) at(spot uint32) []uint32 { return s.place[s.from[spot]:s.from[spot+1]] }

// first are the first of a set in the order of some spots, and whether there
// are more than most: added to an empty set, and in that order.
func (s *spots) first(into set, of []uint32, among set, most int) (_ set, ordered []int, more bool) {
	for _, n := range of {
		for _, i := range s.at(n) {
			if !among.has(int(i)) {
				continue
			}
			if len(ordered) == most {
				return into, ordered, true
			}
			into.add(int(i))
			ordered = append(ordered, int(i))
		}
	}
	return into, ordered, false
}

// km is how far a thing is, -1 where that is not known.
func (s *spots) km(place int, from globe.Point) float64 {
	if p := s.all[s.of[place]]; p.Known {
		return globe.Distance(from, p.Point)
	}
	return -1
}

// toCells puts spots together.
func (s *spots) toCells() {
	type key struct {
		country  string
		known    bool
		lat, lng int
	}
	at := map[key]uint32{}
	cellOf := make([]uint32, len(s.all))
	var n []float64
	for i, p := range s.all {
		k := key{p.Country, p.Known, int(math.Floor(p.Lat)), int(math.Floor(p.Lng))}
		c, ok := at[k]
		if !ok {
			c = uint32(len(s.cells))
			at[k] = c
			s.cells, n = append(s.cells, Spot{Country: p.Country, Known: p.Known}), append(n, 0)
		}
		cellOf[i] = c
		things := float64(len(s.at(uint32(i))))
		n[c] += things
		s.cells[c].Lat += p.Lat * things
		s.cells[c].Lng += p.Lng * things
	}
	for c := range s.cells {
		s.cells[c].Lat /= n[c]
		s.cells[c].Lng /= n[c]
	}
	s.cell = make([]uint32, len(s.of))
	for i, spot := range s.of {
		s.cell[i] = cellOf[spot]
	}
}

// spread gives the heaps that the members of a set make, at their spots or by
// cells.
func (s *shelf) spread(found set, coarse bool, give func([]Heap)) {
	all, of := s.spots.all, s.spots.of
	if coarse {
		all, of = s.spots.cells, s.spots.cell
	}
	type heap struct{ n, one uint32 }
	heaps, there := make([]heap, len(all)), 0
	for w, word := range found { // as members does, in half the time
		for ; word != 0; word &= word - 1 {
			i := w*64 + bits.TrailingZeros64(word)
			h := &heaps[of[i]]
			if h.n == 0 {
				there++
			}
			h.n, h.one = h.n+1, uint32(i)
		}
	}
	out := make([]Heap, 0, there)
	for n, h := range heaps {
		if h.n > 0 {
			out = append(out, Heap{Spot: all[n], N: int(h.n), ID: s.ids.at(int(h.one))})
		}
	}
	give(out)
}
