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

// ours is the kind of the words that say who we are and how we work. No group
// is for them: they are only explained.
const ours = "ours"

// wordKinds are the kinds of all words.
var wordKinds = append([]string{ours}, kinds...)

// Term is one of the words a network uses: for who a group is for, or for what
// we are. Anybody can always use their own instead.
type Term struct {
	Key    string            `json:"key"`
	Kind   string            `json:"kind"`   // experience, identity, geography or ours
	Words  map[string]string `json:"words"`  // by language; where one is missing, the house's own or English
	Means  map[string]string `json:"means"`  // what it means, by language
	Users  map[string]string `json:"users"`  // who uses it and who does not, by language
	Hidden bool              `json:"hidden"` // no longer offered; groups that chose it keep it
}

// offered are the terms every network starts with; their words are in locale.
var offered = map[string][]string{
	ours:         {"lived-experience", "survivor", "service-user", "psychosocial-disability", "mad", "distress", "user-led", "peer-support", "co-production", "involvement", "involvement-payment", "supported-decisions", "advance-directive", "recovery", "organiser", "network-team", "memory-keeper"},
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
	folds  folds
}

// Has says whether a key is a term for who a group is for.
func (v *Vocabulary) Has(key string) bool { t, ok := v.terms[key]; return ok && t.Kind != ours }

// Say is a term in a reader's words.
func (v *Vocabulary) Say(l *i18n.Lang, key string) string {
	t := v.terms[key]
	return cmp.Or(t.Words[l.Code], house(l, "group.for.", key), t.Words["en"], key)
}

// Means is what a term means, in a reader's words, "" where nobody wrote it
// down.
func (v *Vocabulary) Means(l *i18n.Lang, key string) string {
	return cmp.Or(v.terms[key].Means[l.Code], house(l, "group.means.", key))
}

// Users is who uses a term and who does not, in a reader's words.
func (v *Vocabulary) Users(l *i18n.Lang, key string) string {
	return cmp.Or(v.terms[key].Users[l.Code], house(l, "group.users.", key))
}

// house is what the house itself says of a term, "" if nothing.
func house(l *i18n.Lang, about, key string) string {
	if text := l.T(about + key); text != about+key {
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

// of are the terms of a kind as a page lists them: those no longer offered only
// for the team, who may offer them again.
func (v *Vocabulary) of(kind string, hidden bool) (out []Term) {
	for _, k := range v.order {
		if t := v.terms[k]; t.Kind == kind && (hidden || !t.Hidden) {
			out = append(out, t)
		}
	}
	return out
}

// keys are the keys of all terms for who a group is for.
func (v *Vocabulary) keys() (out []string) {
	for _, t := range v.All() {
		out = append(out, t.Key)
	}
	return out
}

// All are all terms for who a group is for.
func (v *Vocabulary) All() (out []Term) {
	for _, k := range v.order {
		if v.Has(k) {
			out = append(out, v.terms[k])
		}
	}
	return out
}

func newVocabulary(changed []Term) *Vocabulary {
	v := &Vocabulary{terms: map[string]Term{}}
	for _, kind := range wordKinds {
		for _, key := range offered[kind] {
			v.terms[key] = Term{Key: key, Kind: kind}
			v.order = append(v.order, key)
		}
		for _, t := range changed {
			if t.Kind == kind {
				if _, ok := v.terms[t.Key]; !ok {
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

// ofOneself are those of our words that people use of themselves.
var ofOneself = []string{"lived-experience", "survivor", "service-user", "psychosocial-disability", "mad"}

// ForOneself are those words, in a reader's language, as far as the network offers
// them.
func (s *Service) ForOneself(ctx context.Context, l *i18n.Lang) (out []string, err error) {
	v, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range v.Of(ours) {
		if slices.Contains(ofOneself, t.Key) {
			out = append(out, v.Say(l, t.Key))
		}
	}
	return out, nil
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
	if _, ok := vocabulary.terms[t.Key]; ok || t.Key == newWord {
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
	p.Choice("kind", t.Kind, wordKinds...)
	for _, part := range []struct {
		name string
		says map[string]string
		take func(*fault.Problems, string, *string)
	}{
		{"words-", t.Words, func(p *fault.Problems, f string, w *string) { p.Line(f, w, maxTerm, fault.Optional) }},
		{"means-", t.Means, func(p *fault.Problems, f string, w *string) { p.Text(f, w, maxWords, fault.Optional) }},
		{"users-", t.Users, func(p *fault.Problems, f string, w *string) { p.Text(f, w, maxWords, fault.Optional) }},
	} {
		for _, code := range slices.Sorted(maps.Keys(part.says)) {
			w := part.says[code]
			part.take(&p, part.name+code, &w)
			if part.says[code] = w; w == "" {
				delete(part.says, code)
			}
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
