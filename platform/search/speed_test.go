package search

import (
	"fmt"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/globe"
)

// shelfOf is a shelf of many things in a few thousand towns, as groups are.
func shelfOf(n int) *shelf {
	s := &shelf{scope: map[string]set{access.Public: newSet(n)}, terms: map[string]map[string]set{}, sizes: make([]uint32, n)}
	s.ids = pack(n, func(i int) string { return fmt.Sprintf("%032x", i) })
	s.sorts = pack(n, func(i int) string { return fmt.Sprintf("group %08d", i) })
	texts := make([]string, n)
	for i := range n {
		s.scope[access.Public].add(i)
		town := i * 7919 % 5000
		texts[i] = in("GB", float64(town%100)-50, float64(town/100)*7-175).String()
	}
	s.spots = newSpots(texts)
	return s
}

// What is near, and the heaps of a map, at 10,000 things and at 1,000,000.
func BenchmarkPlaces(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		s := shelfOf(n)
		b.Run(fmt.Sprint("near/", n), func(b *testing.B) {
			for b.Loop() {
				near := s.spots.near(&Near{At: globe.Point{Lat: 10, Lng: 14}, Km: 250})
				_, ordered, _ := s.spots.first(newSet(n), near, s.scope[access.Public], mostNear)
				s.pageRanked(&Found{}, ordered, Query{Size: 24, Near: &Near{}})
			}
		})
		b.Run(fmt.Sprint("spread/", n), func(b *testing.B) {
			for b.Loop() {
				s.spread(s.scope[access.Public], false, func([]Heap) {})
			}
		})
	}
}
