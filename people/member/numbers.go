package member

import (
	"cmp"
	"context"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// How many people are here is said of those who agreed to be counted and are in
// the network on that day: not of those who wait for an answer, have paused, rest
// or leave. Nobody is to be told from it, so it follows four rules.
//
//   - Once a month. The numbers stand as they were counted, and are not made anew
//     when somebody joins. Only what is shown is kept, and nobody's part in it.
//   - Not the few. A number appears once it is fewest, and goes at the latest when
//     it is 10: any number stands for 11 people or more.
//   - Not by one. A number is rounded to 5, and stays as it is until it is off by
//     5. Rounding alone would change it by one person, now up, now down; so it
//     takes 3 people at least, since it was last set, for it to change or to go.
//   - Not by taking away. Whoever is not shown by themselves is in the number of
//     all others together, which follows the same rules. Where that would be too
//     few, the smallest that is shown joins them; so what is left of a whole is
//     never the few, nor nothing. Only where everybody stands in what is shown is
//     there no such number.
//
// What they can't do: who knows of everybody else whether they are counted, and
// as what, can tell by a change whom it was about; rounding does not help there.
// That is why it takes three, and a month.

// fewest is from how many people on a number appears: what one of 13 to 17 is
// rounded to.
const fewest = 15

// moved is the number that is shown of n people where another was; 0: none.
func moved(was, n int) int {
	rounded := (n + 2) / 5 * 5
	switch {
	case was > 0 && was-5 < n && n < was+5:
		return was
	case rounded < fewest || was == 0 && n < fewest:
		return 0
	}
	return rounded
}

// others are, in a table, all whose own line is not shown.
const others = ""

// table are the numbers of people shown by what they are, by its code; nil if
// none can be.
type table map[string]int

// next is the table after another, of so many people in all. Each of them is one
// of n; or, in an open table, something else or nothing that was said.
func (was table) next(n map[string]int, all int, open bool) table {
	var lines []string
	for code, count := range n {
		if moved(was[code], count) > 0 {
			lines = append(lines, code)
		}
	}
	// Those that may have to go, last: what is not shown yet, before what is.
	slices.SortFunc(lines, func(a, b string) int {
		return cmp.Or(cmp.Compare(min(was[b], 1), min(was[a], 1)), cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
	for ; len(lines) > 0; lines = lines[:len(lines)-1] {
		out, left := table{}, all
		for _, code := range lines {
			out[code] = moved(was[code], n[code])
			left -= n[code]
		}
		if !open && len(lines) == len(n) {
			return out
		}
		if out[others] = moved(was[others], left); out[others] > 0 {
			return out
		}
	}
	return nil
}

// Numbers are what is shown.
type Numbers struct {
	Day     time.Time `json:"-"` // they were counted; long ago: never
	All     int       `json:"all"`
	Kind    table     `json:"kind"`
	Since   table     `json:"since"`
	Country table     `json:"country"`
}

// terms are how long somebody may have been here, by their codes, and from after
// how many months.
var terms = []struct {
	code   string
	months int
}{{"0", 0}, {"1", 12}, {"3", 36}, {"6", 72}}

// next are the numbers after others, of those who are here.
func (was *Numbers) next(here []Account, today time.Time) Numbers {
	out := Numbers{Day: today, All: moved(was.All, len(here))}
	if out.All == 0 {
		return out
	}
	// Whoever brings a group is one of these two, too.
	kind, since, country := map[string]int{string(access.Member): 0, string(access.Supporter): 0}, map[string]int{}, map[string]int{}
	for _, t := range terms {
		since[t.code] = 0
	}
	for _, a := range here {
		kind[string(a.kind())]++
		long := terms[0]
		for _, t := range terms[1:] {
			if !db.Day(a.Created).After(ago(today, t.months)) {
				long = t
			}
		}
		since[long.code]++
		if a.Country != "" {
			country[a.Country]++
		}
	}
	out.Kind, out.Since = was.Kind.next(kind, len(here), false), was.Since.next(since, len(here), false)
	out.Country = was.Country.next(country, len(here), true)
	return out
}

// counting is reading the numbers. They are the network team's, who answer for
// them in reports: the fewer watch them from month to month, the better.
var counting = access.Permission{Name: "member.numbers", Roles: []access.Role{access.Team}}

// Numbers are those that are shown now.
func (s *Service) Numbers(ctx context.Context, v *access.Viewer) (Numbers, error) {
	if err := v.Need(counting, ""); err != nil {
		return Numbers{}, err
	}
	return numbers(ctx, s.db)
}

// recount counts anew, once what is shown is a month old.
func (s *Service) recount(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := numbers(ctx, tx)
		today := db.Day(s.now())
		if err != nil || was.Day.After(ago(today, 1)) {
			return err
		}
		agreed, err := s.consents.Agreed(ctx, tx, Counted)
		if err != nil {
			return err
		}
		here, err := in(ctx, tx)
		if err != nil {
			return err
		}
		said := map[string]bool{}
		for _, member := range agreed {
			said[member] = true
		}
		here = slices.DeleteFunc(here, func(a Account) bool { return !said[a.ID] })
		return putNumbers(ctx, tx, was.next(here, today))
	})
}
