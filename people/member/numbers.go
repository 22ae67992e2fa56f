package member

import (
	"context"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/crowd"
	"withus.example/platform/db"
)

// How many people are here is said of those who agreed to be counted and are in
// the network on that day, or are expected: not of those who wait for an answer,
// have paused, rest or leave. It is counted once a month; nobody is to be told from
// it: package crowd.

// Numbers are what is shown.
type Numbers struct {
	Day     time.Time   `json:"-"` // they were counted; long ago: never
	All     int         `json:"all"`
	Kind    crowd.Table `json:"kind"`
	Since   crowd.Table `json:"since"`
	Country crowd.Table `json:"country"`
}

// terms are how long somebody may have been here, by their codes, and from after
// how many months.
var terms = []struct {
	code   string
	months int
}{{"0", 0}, {"1", 12}, {"3", 36}, {"6", 72}}

// next are the numbers after others, of those who are here.
func (was *Numbers) next(here []Account, today time.Time) Numbers {
	out := Numbers{Day: today, All: crowd.Moved(was.All, len(here))}
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
	out.Kind, out.Since = was.Kind.Next(kind, len(here), false), was.Since.Next(since, len(here), false)
	out.Country = was.Country.Next(country, len(here), true)
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
