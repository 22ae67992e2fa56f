package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
)

// measure is one comparison: paths of ours, and what they may cost.
type measure struct {
	name   string
	server *process // which of ours answers
	path   func() string
	words  bool // the median is one over many paths
	cookie string
	budget float64 // at most so many times the bare handler's CPU time a request; 0: at least half its rate
}

// measures are all comparisons, with what each may cost.
func measures(keeping, rendering *process, slugs, said []string, cookie, team string) []measure {
	pick := func(of []string) string { return of[rand.IntN(len(of))] }
	fixed := func(p string) func() string { return func() string { return p } }
	page := func() string { return "/groups/" + pick(slugs) }
	list := func() string {
		return pick([]string{"/groups", "/groups?support=practical", "/groups?language=ar", "/groups?support=emotional&language=es", "/groups?language=sw&support=material"})
	}
	search := func() string { return "/groups?q=" + url.QueryEscape(pick(said)) }
	// Places by chance: at most so near that some groups are found, spelled
	// rightly and not.
	near := func() string {
		return pick([]string{"/groups?near=Leicester", "/groups?near=Badalona&within=100", "/groups?near=Ibadan&within=250", "/groups?near=leicestr", "/groups?near=Santiago,+Chile&within=25"})
	}
	country := func() string {
		return pick([]string{"/group-map/gb", "/group-map/us", "/group-map/fr", "/group-map/mx", "/group-map/eg"})
	}
	// Anywhere among everybody: the list goes on after an id, and these are ids as
	// good as any.
	roll := func() string {
		return fmt.Sprintf("/desk/members?role=%s&after=%08x", pick([]string{"", "member", "supporter", "team"}), rand.Uint32())
	}
	return []measure{
		{name: "kept home", server: keeping, path: fixed("/")},
		{name: "kept list", server: keeping, path: fixed("/groups")},
		{name: "kept group", server: keeping, path: fixed("/groups/" + slugs[0])},
		{name: "rendered group", server: rendering, path: page, budget: 20},
		{name: "rendered list", server: rendering, path: list, budget: 40},
		{name: "search, median of words", server: rendering, path: search, words: true, budget: 60},
		{name: "search all, median of words", server: rendering, path: func() string { return "/search?q=" + url.QueryEscape(pick(said)) }, words: true, budget: 60},
		{name: "near a place", server: rendering, path: near, budget: 40},
		{name: "map of the world", server: rendering, path: fixed("/group-map"), budget: 60},
		{name: "map of a country", server: rendering, path: country, budget: 60},
		{name: "signed-in group", server: rendering, path: page, cookie: cookie, budget: 30},
		{name: "signed-in list", server: rendering, path: list, cookie: cookie, budget: 40},
		{name: "signed-in own page", server: rendering, path: fixed("/you"), cookie: cookie, budget: 30},
		{name: "desk, everybody", server: rendering, path: roll, cookie: team, budget: 60},
	}
}

// mapSize counts what the maps weigh, compressed, as they are kept.
func mapSize(base string) error {
	for _, path := range []string{"/group-map", "/group-map/europe", "/group-map/gb"} {
		var html []byte
		for range 2 { // the second answer is the one that is kept
			var err error
			if html, _, err = fetch(base+path, ""); err != nil {
				return err
			}
		}
		fmt.Printf("%-18s %.1f KB (budget 60)\n", path, float64(len(html))/1000)
	}
	return nil
}
