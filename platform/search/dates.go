package search

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Dates are days by which a thing can be put in order, by their names.
type Dates map[string]time.Time

// String is the dates as they are written into the index, to the day.
func (d Dates) String() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(d)) {
		out = append(out, fmt.Sprintf("%s:%d", name, d[name].Unix()/86400))
	}
	return strings.Join(out, " ")
}

// dates are those of the things on a shelf. An order is made when it is first
// asked for.
type dates struct {
	texts  texts
	mu     sync.Mutex
	orders map[string]*order
}

// order is the shelf by one date, the latest first; of one day, in the shelf's
// own order.
type order struct {
	days   []int // by the shelf's places; 0: it has no such date
	places []int
}

func newDates(all []string) *dates {
	return &dates{texts: pack(len(all), func(i int) string { return all[i] }), orders: map[string]*order{}}
}

// by is the order by a date.
func (d *dates) by(name string) *order {
	d.mu.Lock()
	defer d.mu.Unlock()
	o := d.orders[name]
	if o != nil {
		return o
	}
	n := d.texts.len()
	o = &order{days: make([]int, n), places: make([]int, n)}
	for i := range n {
		o.places[i] = i
		for one := range strings.FieldsSeq(d.texts.at(i)) {
			if is, day, _ := strings.Cut(one, ":"); is == name {
				o.days[i], _ = strconv.Atoi(day) // what can't be read comes last
			}
		}
	}
	slices.SortStableFunc(o.places, func(a, b int) int { return o.days[b] - o.days[a] })
	d.orders[name] = o
	return o
}

// pageDated gives a page by a date.
func (s *shelf) pageDated(out *Found, found set, q Query) {
	o := s.dates.by(q.Sort)
	start := 0
	if day, sortKey, id, ok := readDayMark(q.Page); ok {
		start = sort.Search(len(o.places), func(n int) bool {
			i := o.places[n]
			return o.days[i] < day || o.days[i] == day && (s.sorts.at(i) > sortKey || s.sorts.at(i) == sortKey && s.ids.at(i) >= id)
		})
	}
	mark := func(i int) string {
		return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(o.days[i]) + "\x00" + s.sorts.at(i) + "\x00" + s.ids.at(i)))
	}
	for _, i := range o.places[start:] {
		if !found.has(i) {
			continue
		}
		if len(out.IDs) == q.Size {
			out.Next = mark(i)
			break
		}
		out.IDs, out.places = append(out.IDs, s.ids.at(i)), append(out.places, i)
	}
	before := 0
	for n := start - 1; n >= 0 && before < q.Size; n-- {
		if i := o.places[n]; found.has(i) {
			out.Prev = mark(i)
			before++
		}
	}
}

func readDayMark(m string) (day int, sortKey, id string, ok bool) {
	date, rest, _ := readMark(m)
	day, err := strconv.Atoi(date)
	sortKey, id, ok = strings.Cut(rest, "\x00")
	return day, sortKey, id, ok && err == nil
}

// away says how far the things on a page are, where a place was asked for and
// the order is another.
func (s *shelf) away(out *Found, q Query) {
	if q.Near == nil {
		return
	}
	for _, i := range out.places {
		out.Km = append(out.Km, s.spots.km(i, q.Near.At))
	}
}
