package ui

import (
	"cmp"
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

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

// options are the choices of a list that opens. There may be hundreds, and a
// template's way of joining strings was a tenth of what a page of groups cost:
// they are written in one go.
func (f *Filter) options(p *Page) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, c := range f.Choices {
			value := templ.EscapeString(c.Value)
			b.WriteString(`<option value="`)
			b.WriteString(value)
			b.WriteByte('"')
			if c.On {
				b.WriteString(" selected")
			}
			b.WriteByte('>')
			b.WriteString(templ.EscapeString(c.Text))
			b.WriteString(" (")
			b.WriteString(p.Number(c.Count))
			b.WriteString(")</option>")
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

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
