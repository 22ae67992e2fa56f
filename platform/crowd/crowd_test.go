package crowd

import (
	"maps"
	"math/rand/v2"
	"testing"
)

// A number that is shown stands for 11 people or more, and is off by 4 at most;
// and for two people more or fewer than it was set for, it neither changes nor
// goes, nor does one that went come back.
func TestMoved(t *testing.T) {
	for was := 0; was <= 60; was += 5 {
		if was > 0 && was < fewest {
			continue
		}
		for n := range 80 {
			is := Moved(was, n)
			if is > 0 && (n < 11 || is-4 > n || is+4 < n || is%5 != 0) {
				t.Errorf("of %d people, after %d, there are %d", n, was, is)
			}
			if was == 0 && (is > 0) != (n >= fewest) {
				t.Errorf("%d people appear as %d", n, is)
			}
			if is == was {
				continue
			}
			for d := -2; d <= 2; d++ {
				if then := Moved(is, n+d); then != is {
					t.Errorf("after %d, %d people are %d, and %d are %d", was, n, is, n+d, then)
				}
			}
		}
	}
}

// A small network, to be tried in every way: three things one may be, and, where
// the table is open, something else.
const lines = 3

type people [lines + 1]int

func (v people) all() int { return v[0] + v[1] + v[2] + v[3] }

func (v people) table(was Table, open bool) Table {
	return was.Next(map[string]int{"a": v[0], "b": v[1], "c": v[2]}, v.all(), open)
}

// around are the networks whose numbers are off by so many at most from those of
// another.
func (v people) around(by int, open bool) map[people]bool {
	out := map[people]bool{{}: true}
	for i := range v {
		if i == lines && !open {
			break
		}
		longer := map[people]bool{}
		for w := range out {
			for n := max(0, v[i]-by); n <= v[i]+by; n++ {
				w[i] = n
				longer[w] = true
			}
		}
		out = longer
	}
	return out
}

// oneMore are the networks that differ by one person, who came, went or became
// something else.
func (v people) oneMore(open bool) (out []people) {
	n := lines
	if open {
		n++
	}
	for i := range n {
		for j := -1; j < n; j++ {
			if i == j {
				continue
			}
			for _, by := range []int{-1, 1} {
				w := v
				w[i] += by
				if j >= 0 {
					w[j] -= by
				}
				if w[i] >= 0 && (j < 0 || w[j] >= 0) {
					out = append(out, w)
				}
			}
		}
	}
	return out
}

// What was set for some people stays as it is for one or two more or fewer: no
// line goes, and no number changes but by a line that appears.
func TestNotByOne(t *testing.T) {
	for _, open := range []bool{false, true} {
		middle, by := people{16, 16, 16}, 12
		if open {
			middle, by = people{14, 14, 14, 14}, 5
		}
		for v := range middle.around(by, open) {
			is := v.table(nil, open)
			for _, w := range v.oneMore(open) {
				then := w.table(is, open)
				appears := false
				for code := range then {
					appears = appears || is[code] == 0
				}
				for code, n := range is {
					if then[code] != n && !(appears && code == Others) {
						t.Fatalf("%v are %v, and %v are %v", v, is, w, then)
					}
				}
			}
		}
	}
}

// watcher is somebody who knows the rules, and sees the numbers each month: the
// networks that may be there, as far as they can tell.
type watcher struct {
	open  bool
	was   Table
	all   int // as it is shown
	maybe map[people]bool
}

// sees takes away what can't be, and gives how many people there may be.
func (w *watcher) sees(v people) map[int]bool {
	was, all := w.was, w.all
	if w.all = Moved(all, v.all()); w.all == 0 {
		w.was = nil
	} else {
		w.was = v.table(was, w.open)
	}
	sums := map[int]bool{}
	for m := range w.maybe {
		same := Moved(all, m.all()) == w.all && (w.all == 0 || maps.Equal(m.table(was, w.open), w.was))
		if !same {
			delete(w.maybe, m)
			continue
		}
		sums[m.all()] = true
	}
	return sums
}

// tells how many values each of the few may have: of what is fewer than 10 in
// truth, the fewest.
func (w *watcher) tells(v people, sums map[int]bool) int {
	least := 1 << 30
	for i, n := range v {
		if n >= 10 || i == lines && !w.open {
			continue
		}
		may := map[int]bool{}
		for m := range w.maybe {
			if sums[m.all()] {
				may[m[i]] = true
			}
		}
		if !may[n] {
			return 0 // the truth itself: the test would be wrong
		}
		least = min(least, len(may))
	}
	return least
}

// both narrow what two tables about the same people leave.
func both(a, b map[int]bool) map[int]bool {
	out := map[int]bool{}
	for n := range a {
		if b[n] {
			out[n] = true
		}
	}
	return out
}

// Whoever sees all tables and totals, month after month, and knows the rules,
// can't tell any number below 10, whatever people do in a month.
func TestWatched(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		one, two := &watcher{}, &watcher{open: true}
		for range 4 {
			// The same people, by two things they are.
			b := people{r.IntN(14), r.IntN(14), r.IntN(14), r.IntN(14)}
			x := r.IntN(b.all() + 1)
			y := r.IntN(b.all() - x + 1)
			a := people{x, y, b.all() - x - y}
			one.maybe, two.maybe = a.around(14, false), b.around(7, true)
			sums := both(one.sees(a), two.sees(b))
			if got := min(one.tells(a, sums), two.tells(b, sums)); got < 4 {
				t.Fatalf("of %v and %v, shown as %d %v %v, some number has %d values", a, b, one.all, one.was, two.was, got)
			}
		}
	}
}

// The same holds for whoever knew all numbers nearly to begin with, and knows that
// since then one person a month at most came, went or became something else.
func TestWatchedSlowly(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 3))
		open := seed%2 == 1
		v := people{15, 12, 8}
		w := &watcher{open: open, maybe: v.around(3, open)}
		for month := range 30 {
			if got := w.tells(v, w.sees(v)); got < 3 {
				t.Fatalf("after %d months %v, shown as %d %v, has a number with %d values", month, v, w.all, w.was, got)
			}
			near := maps.Clone(w.maybe)
			for m := range w.maybe {
				for _, n := range m.oneMore(open) {
					near[n] = true
				}
			}
			w.maybe = near
			all := v.oneMore(open)
			v = all[r.IntN(len(all))]
		}
	}
}
