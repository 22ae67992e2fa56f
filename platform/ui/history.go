package ui

import (
	"strings"
	"time"
)

// Change is one line of a thing's history, in the reader's words.
type Change struct {
	N    int // of the revision it made
	At   time.Time
	By   string // who made it: see [Page.By]
	What string // what it changed: see [Page.Changed]
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
