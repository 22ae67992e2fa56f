package group

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
)

// Kinds of community a group is for. Often it is several at once.
var kinds = []string{"experience", "identity", "geography"}

// Term is one of the words a network offers for who a group is for. A group can
// always use its own instead.
type Term struct {
	Key    string            `json:"key"`
	Kind   string            `json:"kind"`   // experience, identity or geography
	Words  map[string]string `json:"words"`  // by language; where one is missing, the house's own or English
	Hidden bool              `json:"hidden"` // no longer offered; groups that chose it keep it
}

// offered are the terms every network starts with; their words are in locale.
var offered = map[string][]string{
	"experience": {"voices", "hospital", "forced-treatment", "trauma", "bereavement", "suicide", "self-harm", "eating", "drugs-alcohol", "medication", "low-mood", "anxiety", "extreme-states", "neglect-by-services", "carers"},
	"identity":   {"women", "men", "lgbtq", "trans", "young-people", "older-people", "racialised-people", "indigenous", "migrants-refugees", "deaf-people", "disabled-people", "neurodivergent", "parents", "students", "faith"},
	"geography":  {"neighbourhood", "town", "rural", "region", "country", "everywhere"},
}

// Vocabulary is the words of one network: what the house offers, with what the
// network changed.
type Vocabulary struct {
	terms map[string]Term
	order []string // keys, by kind and as offered

	labels sync.Map // what filters say, by language, facet and value
}

// Has says whether a key is a term.
func (v *Vocabulary) Has(key string) bool { _, ok := v.terms[key]; return ok }

// Say is a term in a reader's words.
func (v *Vocabulary) Say(l *i18n.Lang, key string) string {
	return cmp.Or(v.terms[key].Words[l.Code], house(l, key), v.terms[key].Words["en"], key)
}

// house is the house's own words for a term, "" if it has none.
func house(l *i18n.Lang, key string) string {
	if text := l.T("group.for." + key); text != "group.for."+key {
		return text
	}
	return ""
}

// Of are the terms of a kind, without the hidden ones unless they are chosen.
func (v *Vocabulary) Of(kind string, chosen ...string) (out []Term) {
	for _, k := range v.order {
		if t := v.terms[k]; t.Kind == kind && (!t.Hidden || slices.Contains(chosen, k)) {
			out = append(out, t)
		}
	}
	return out
}

// All are all terms.
func (v *Vocabulary) All() (out []Term) {
	for _, k := range v.order {
		out = append(out, v.terms[k])
	}
	return out
}

func newVocabulary(changed []Term) *Vocabulary {
	v := &Vocabulary{terms: map[string]Term{}}
	for _, kind := range kinds {
		for _, key := range offered[kind] {
			v.terms[key] = Term{Key: key, Kind: kind}
			v.order = append(v.order, key)
		}
		for _, t := range changed {
			if t.Kind == kind {
				if !v.Has(t.Key) {
					v.order = append(v.order, t.Key)
				}
				v.terms[t.Key] = t
			}
		}
	}
	return v
}

// Vocabulary is the network's words as they are now.
func (s *Service) Vocabulary(ctx context.Context) (*Vocabulary, error) {
	return s.vocabulary.Get(ctx, s.db)
}

// AddTerm offers a new term; its first word, in the network's first language,
// gives it its key. The network team's to do.
func (s *Service) AddTerm(ctx context.Context, v *access.Viewer, t Term) error {
	first := "words-" + s.langs.First().Code
	word := t.Words[s.langs.First().Code]
	if t.Key = slug(word); strings.TrimSpace(word) == "" {
		return fault.Wrong(first, "error.missing")
	}
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return err
	}
	if vocabulary.Has(t.Key) || t.Key == newWord {
		return fault.Wrong(first, "group.words.exists")
	}
	return s.putTerm(ctx, v, t)
}

// ChangeTerm gives a term other words, or stops offering it: the network
// team's to do. Groups are found by the new words soon.
func (s *Service) ChangeTerm(ctx context.Context, v *access.Viewer, t Term) error {
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return err
	}
	old, ok := vocabulary.terms[t.Key]
	if !ok {
		return fault.Missing()
	}
	t.Kind = old.Kind
	for code, w := range old.Words { // the network may speak the others again one day
		if s.langs.Get(code) == nil {
			t.Words[code] = w
		}
	}
	return s.putTerm(ctx, v, t)
}

func (s *Service) putTerm(ctx context.Context, v *access.Viewer, t Term) error {
	if err := v.Need(editWords, ""); err != nil {
		return err
	}
	var p fault.Problems
	p.Choice("kind", t.Kind, kinds...)
	for _, code := range slices.Sorted(maps.Keys(t.Words)) {
		w := t.Words[code]
		p.Line("words-"+code, &w, maxTerm, fault.Optional)
		if t.Words[code] = w; w == "" {
			delete(t.Words, code)
		}
	}
	if err := p.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("group")
		if err := putTerm(ctx, tx, t); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: reshelveJob, Key: t.Key, Body: t.Key})
	})
}
