package ui

import (
	"net/url"
	"slices"

	"withus.example/platform/fault"
	"withus.example/platform/search"
)

// Form is a form as it stands before a person: what was typed, what is wrong
// with it, and the key that makes sending it twice the same as sending it once.
type Form struct {
	Values   url.Values
	Files    map[string][]byte // what was sent along, by field; never shown again
	Problems []fault.Problem
	Key      string
	Kept     bool // the values were kept over a sign-in, and wait to be sent
}

// Get is what stands in a field.
func (f *Form) Get(name string) string { return f.Values.Get(name) }

// Has says whether a choice of a field is ticked.
func (f *Form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Problem is what is wrong with a field, nil if nothing is.
func (f *Form) Problem(name string) *fault.Problem {
	for i := range f.Problems {
		if f.Problems[i].Field == name {
			return &f.Problems[i]
		}
	}
	return nil
}

// Field is one question of a form. Its words are locale keys.
type Field struct {
	Name     string   // name and id of the input
	Label    string   // locale key
	Hint     string   // locale key; empty: no hint
	Type     string   // of the input: text (also when empty), email, url, tel, password, number, search
	Suggest  []string // answers that others gave; any other does as well
	Complete string   // autocomplete token, "email" for example
	Rows     int      // of a text area; 0: 5
	Max      int      // most characters; 0: no limit is told. A text area says it and does not cut
	Short    bool     // a short answer is expected
	Optional bool     // says "(if you like)" behind the label
	Options  []Option
}

// Option is one choice. Text is words already put into the reader's language.
type Option struct {
	Value, Text, Hint string
}

// Countries are the choices of countries, by the names the reader has for them.
func (p *Page) Countries(codes []string) (out []Option) {
	for _, c := range codes {
		out = append(out, Option{Value: c, Text: p.Country(c)})
	}
	search.SortBy(out, func(o Option) string { return o.Text })
	return out
}
