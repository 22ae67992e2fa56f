package search

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// Counts are the same whichever way is the shorter, and are what counting each
// thing by hand gives; a set that was used before is empty.
func TestCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 63, 64, 65, 1000} {
		s := &shelf{sizes: make([]uint32, n), terms: map[string]map[string]set{"a": {}, "b": {}, "c": {}}}
		for facet, values := range s.terms {
			for v := range 1 + r.IntN(40) {
				places := newSet(n)
				for i := range n {
					if r.IntN(2+len(facet)*v) == 0 {
						places.add(i)
					}
				}
				values[fmt.Sprint(v)] = places
			}
		}
		s.facts = newFacts(s.terms, n)
		for round := range 60 {
			seen := newSet(n)
			for i := range n {
				if r.IntN(1+round%20) == 0 {
					seen.add(i)
				}
			}
			filters := map[string][]string{}
			for _, f := range []string{"a", "b", "none"} {
				if r.IntN(3) == 0 {
					filters[f] = []string{"0", "3"}
				}
			}
			want := Counts{}
			for facet, values := range s.terms {
				want[facet] = map[string]int{}
				for value, places := range values {
					for i := range n {
						fits := seen.has(i) && places.has(i)
						for other, chosen := range filters {
							if other != facet {
								fits = fits && slices.ContainsFunc(chosen, func(v string) bool { p := s.terms[other][v]; return p != nil && p.has(i) })
							}
						}
						if fits {
							want[facet][value]++
						}
					}
				}
			}
			work := s.work()
			got := s.counts(work, seen, filters)
			work.done()
			if !maps.EqualFunc(got, want, func(a, b map[string]int) bool { return maps.Equal(a, b) }) {
				t.Fatalf("of %d with %v: %v, want %v", n, filters, got, want)
			}
			some := seen.some(5, r)
			slices.Sort(some)
			if len(some) != min(5, seen.count()) || len(slices.Compact(some)) != len(some) || slices.ContainsFunc(some, func(i int) bool { return !seen.has(i) }) {
				t.Fatalf("some of %d: %v", seen.count(), some)
			}
		}
	}
}
