// Package crowd says how many people there are so that nobody can be told from
// it. Four rules hold.
//
//   - Now and then. Numbers stand for a month or a quarter, as they were counted,
//     and are not made anew when somebody comes. Only what is shown is kept, and
//     nobody's part in it: when to count is for whoever asks.
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
// That is why it takes three, and time.
package crowd

import (
	"cmp"
	"slices"
)

// fewest is from how many people on a number appears: what one of 13 to 17 is
// rounded to.
const fewest = 15

// Moved is the number that is shown of n people where another was; 0: none.
func Moved(was, n int) int {
	rounded := (n + 2) / 5 * 5
	switch {
	case was > 0 && was-5 < n && n < was+5:
		return was
	case rounded < fewest || was == 0 && n < fewest:
		return 0
	}
	return rounded
}

// Others are, in a table, all whose own line is not shown.
const Others = ""

// Table are the numbers of people shown by what they are, by its code; nil if
// none can be.
type Table map[string]int

// Next is the table after another, of so many people in all. Each of them is one
// of n; or, in an open table, something else or nothing that was said.
func (was Table) Next(n map[string]int, all int, open bool) Table {
	var lines []string
	for code, count := range n {
		if Moved(was[code], count) > 0 {
			lines = append(lines, code)
		}
	}
	// Those that may have to go, last: what is not shown yet, before what is.
	slices.SortFunc(lines, func(a, b string) int {
		return cmp.Or(cmp.Compare(min(was[b], 1), min(was[a], 1)), cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
	for ; len(lines) > 0; lines = lines[:len(lines)-1] {
		out, left := Table{}, all
		for _, code := range lines {
			out[code] = Moved(was[code], n[code])
			left -= n[code]
		}
		if !open && len(lines) == len(n) {
			return out
		}
		if out[Others] = Moved(was[Others], left); out[Others] > 0 {
			return out
		}
	}
	return nil
}
