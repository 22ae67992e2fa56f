package group

import (
	"slices"

	"withus.example/platform/i18n"
	"withus.example/platform/search"
	"withus.example/platform/ui"
)

// label is a filter's value in a reader's words, and what it is sorted by.
type label struct{ text, key string }

// label makes the label of a value that a group has; each once, since the
// vocabulary is made anew when a word of it changes.
func (v *Vocabulary) label(l *i18n.Lang, facet, value string) label {
	at := [3]string{l.Code, facet, value}
	if is, ok := v.labels.Load(at); ok {
		return is.(label)
	}
	is := label{text: v.choiceText(l, facet, value)}
	// Twi and Fanti were both called Akan once: equal words have an order, too.
	is.key = search.SortKey(is.text) + "\x00" + value
	v.labels.Store(at, is)
	return is
}

// choiceText is a filter's value in the reader's words, "" if it is none.
func (v *Vocabulary) choiceText(l *i18n.Lang, facet, value string) string {
	switch facet {
	case "support":
		if slices.Contains(supports, value) {
			return l.T("group.support." + value)
		}
	case "community":
		if v.Has(value) {
			return v.Say(l, value)
		}
	case "country":
		return l.Country(value)
	case "language":
		return l.Language(value)
	case "form":
		if slices.Contains(forms, value) {
			return l.T("group.form." + value)
		}
	case "open", "online":
		if value == "yes" {
			return l.T("group." + facet)
		}
	}
	return ""
}

// byKey sorts choices by the keys of their labels.
type byKey struct {
	keys    []string
	choices []ui.Choice
}

func (b byKey) Len() int           { return len(b.keys) }
func (b byKey) Less(i, j int) bool { return b.keys[i] < b.keys[j] }
func (b byKey) Swap(i, j int) {
	b.keys[i], b.keys[j] = b.keys[j], b.keys[i]
	b.choices[i], b.choices[j] = b.choices[j], b.choices[i]
}
