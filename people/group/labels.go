package group

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"slices"
	"sync"

	"github.com/a-h/templ"

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
	is.key = search.Alphabetical(is.text) + "\x00" + value
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

// folds are the filters of pages as they were drawn: there may be two hundred
// choices, and drawing them was a fifth of what a list cost. Most people ask
// for the same few, whose counts stand until a group changes.
type folds struct {
	mu   sync.Mutex
	made map[foldOf]fold
}

type foldOf struct {
	lang, path string
	counts     uintptr // where the counts are: they are shared while they stand
}

type fold struct {
	counts search.Counts // held, so that no others come to be where they are
	drawn  []byte
}

// mostFolds is how many are kept: some 30 kB each.
const mostFolds = 64

// filters are the facets as a page shows them, folded away until one is on.
// Counts that were made for one reader, for words or a place, come with once.
func (v *Vocabulary) filters(p *ui.Page, counts search.Counts, on map[string][]string, once bool) templ.Component {
	if once {
		return ui.Filters(p, filters(p.Lang, v, counts, on))
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		at := foldOf{p.Lang.Code, p.Path, reflect.ValueOf(counts).Pointer()}
		v.folds.mu.Lock()
		f, ok := v.folds.made[at]
		v.folds.mu.Unlock()
		if !ok {
			var b bytes.Buffer
			if err := ui.Filters(p, filters(p.Lang, v, counts, on)).Render(ctx, &b); err != nil {
				return err
			}
			f = fold{counts, b.Bytes()}
			v.folds.mu.Lock()
			if v.folds.made == nil || len(v.folds.made) >= mostFolds {
				v.folds.made = map[foldOf]fold{}
			}
			v.folds.made[at] = f
			v.folds.mu.Unlock()
		}
		_, err := w.Write(f.drawn)
		return err
	})
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
