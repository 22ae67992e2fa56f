package ui

import (
	"slices"
	"strings"
	"time"

	"withus.example/platform/record"
)

// Change is one line of a thing's history, in the reader's words.
type Change struct {
	N    int // of the revision it made
	At   time.Time
	By   string // who made it: see [Page.By]
	What string // what it changed: see [Page.Changed]
	Said []Said // what some of it said
}

// Said is what something said before a change, and after it.
type Said struct{ Of, Was, Now string }

// Said gives what fields said before a change and after it, for those among the
// ones whose words a reader is helped by.
func (p *Page) Said(prefix string, said []record.Said, fields ...string) (out []Said) {
	for _, x := range said {
		if slices.Contains(fields, x.Field) {
			out = append(out, Said{p.T(prefix + x.Field), x.Was, x.Now})
		}
	}
	return out
}

// By says who made a change; nobody is what is said where that is not known.
func (p *Page) By(name, nobody string) string {
	if name == "" {
		return p.T(nobody)
	}
	return p.T("ui.history.by", "name", name)
}

// Changed says which fields a change was about, by the locale keys of their
// labels: prefix and the field's name. A label may be a question.
func (p *Page) Changed(prefix string, fields []string) string {
	var out []string
	for _, f := range fields {
		out = append(out, strings.Trim(p.T(prefix+f), "¿?؟ \u00a0"))
	}
	return p.T("ui.history.changed", "what", strings.Join(out, p.T("i18n.comma")))
}
