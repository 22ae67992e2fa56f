package search

import (
	"math/bits"
	"slices"
)

// mostTallied is how many answers' counts a shelf keeps: a few kilobytes each.
const mostTallied = 100

// tally is counts, kept by what was asked while the shelf stands.
func (s *shelf) tally(asked string, work *work, seen set, filters map[string][]string) Counts {
	s.mu.Lock()
	out := s.tallied[asked]
	s.mu.Unlock()
	if out != nil {
		return out
	}
	out = s.counts(work, seen, filters)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tallied == nil || len(s.tallied) >= mostTallied {
		s.tallied = map[string]Counts{}
	}
	s.tallied[asked] = out
	return out
}

// counts says for each value how many things it would leave: each facet is
// counted with the other facets' filters standing, and without its own.
func (s *shelf) counts(work *work, seen set, filters map[string][]string) Counts {
	out := Counts{}
	chosen := map[string]set{}
	for facet, values := range filters {
		chosen[facet] = s.any(work.empty(), facet, values)
	}
	without := func(but string) set {
		base := work.copy(seen)
		for facet, places := range chosen {
			if facet != but {
				base.and(places)
			}
		}
		return base
	}
	var free []string // all of those are counted in the same things
	for facet := range s.terms {
		if chosen[facet] == nil {
			free = append(free, facet)
		} else {
			s.count(out, without(facet), []string{facet})
		}
	}
	s.count(out, without(""), free)
	return out
}

// count counts what of some things each value of some facets would leave. Among
// few things it is asked of each what it is; among many, of each value which it
// has.
func (s *shelf) count(out Counts, among set, facets []string) {
	values := 0
	for _, f := range facets {
		out[f] = map[string]int{}
		values += len(s.terms[f])
	}
	if among.count()*s.facts.each() < values*len(among) {
		n := make([]int, len(s.facts.values))
		ends, terms := s.facts.ends, s.facts.terms
		for w, word := range among { // as members does, in half the time
			for ; word != 0; word &= word - 1 {
				i, begin := w*64+bits.TrailingZeros64(word), uint32(0)
				if i > 0 {
					begin = ends[i-1]
				}
				for _, v := range terms[begin:ends[i]] {
					n[v]++
				}
			}
		}
		for i, v := range s.facts.values {
			if n[i] > 0 && slices.Contains(facets, v.facet) {
				out[v.facet][v.value] = n[i]
			}
		}
		return
	}
	for _, f := range facets {
		for value, places := range s.terms[f] {
			if n := among.common(places); n > 0 {
				out[f][value] = n
			}
		}
	}
}

// facts are the terms of each thing.
type facts struct {
	values []struct{ facet, value string }
	terms  []uint32 // numbers of values
	ends   []uint32 // of each thing's terms
}

func newFacts(terms map[string]map[string]set, n int) (f facts) {
	f.ends = make([]uint32, n)
	for _, values := range terms {
		for _, places := range values {
			for i := range places.members() {
				f.ends[i]++
			}
		}
	}
	total := uint32(0)
	begins := make([]uint32, n)
	for i, k := range f.ends {
		begins[i] = total
		total += k
		f.ends[i] = total
	}
	f.terms = make([]uint32, total)
	for facet, values := range terms {
		for value, places := range values {
			for i := range places.members() {
				f.terms[begins[i]] = uint32(len(f.values))
				begins[i]++
			}
			f.values = append(f.values, struct{ facet, value string }{facet, value})
		}
	}
	return f
}

// each is how many terms a thing has, about, and one more.
func (f *facts) each() int { return len(f.terms)/max(1, len(f.ends)) + 1 }

// work is the sets that one answer needs on its way. They are used again.
type work struct {
	s    *shelf
	used []set
}

func (s *shelf) work() *work { return &work{s: s} }

// empty gives a set with nothing in it, until the work is done.
func (w *work) empty() set {
	out := w.dirty()
	clear(out)
	return out
}

// copy gives a set with the same members, until the work is done.
func (w *work) copy(of set) set {
	out := w.dirty()
	copy(out, of)
	return out
}

func (w *work) dirty() set {
	out, ok := w.s.spare.Get().(*set)
	if !ok {
		fresh := newSet(len(w.s.sizes))
		out = &fresh
	}
	w.used = append(w.used, *out)
	return *out
}

func (w *work) done() {
	for i := range w.used {
		w.s.spare.Put(&w.used[i])
	}
}
