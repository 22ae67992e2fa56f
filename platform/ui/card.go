package ui

import "cmp"

// Card is how one thing looks in a list, whatever room it comes from.
type Card struct {
	Path  string
	Title string
	Lang  string // language the thing is written in, for screen readers; may be empty
	Text  string // its first words, plain
	Tags  []string
	Note  string // one small line below: "Unregistered collective, Leeds"
}

// Crumb is one step of the way back up.
type Crumb struct{ Path, Text string }

// Filter is one way to narrow a list, with how many things each choice leaves.
type Filter struct {
	Name    string // parameter in the address
	Label   string // locale key
	Choices []Choice
	One     bool // one choice at a time, from a list that opens: for what has many
}

// Choice is one value of a filter.
type Choice struct {
	Name        string // parameter in the address, where it is not the filter's
	Value, Text string
	Count       int
	On          bool
}

// name is the choice's parameter in the address.
func (c *Choice) name(f *Filter) string { return cmp.Or(c.Name, f.Name) }

// shown is how many choices are on.
func shown(filters []Filter) (n int) {
	for _, f := range filters {
		for _, c := range f.Choices {
			if c.On {
				n++
			}
		}
	}
	return n
}

// Count is a number with its words. The number is written out already: it may
// be "about 25", or "fewer than 10".
type Count struct {
	Text, Value string
	Path        string // where the things counted are; may be empty
}
