package group

import (
	"context"
	_ "embed"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/record"
)

// demoGroups are written by hand; demoParts is what further ones are made of.
//
//go:embed demo/groups.json
var demoGroups []byte

//go:embed demo/parts.json
var demoParts []byte

// parts is the raw material of one language.
type parts struct {
	Firsts, Kinds             []string
	Order                     string
	Openers, Doings, Closers  []string
	ForWords, Access, Welcome []string
	Towns                     []struct{ Area, Country string }
}

// demo makes invented groups: those written by hand first, then as many more as
// are asked for. The first ones get the example organisers; most others somebody
// from among the members.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	var written []Group
	if err := i18n.Unmarshal(demoGroups, &written); err != nil {
		return err
	}
	var byLang map[string]parts
	if err := i18n.Unmarshal(demoParts, &byLang); err != nil {
		return err
	}
	v, err := s.Vocabulary(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	seen := map[string]bool{}
	once := d.Groups
	if d.Groups >= enoughForTwins {
		once -= len(demoTwins)
	}
	const batch = 250
	for done := 0; done < once; {
		n := min(batch, once-done)
		gs := make([]*Group, n)
		for i := range gs {
			var g Group
			if done+i < len(written) {
				g = written[done+i]
			} else {
				g = invent(d.Rand, byLang, seen, now)
			}
			seen[g.Name] = true
			if err := g.Validate(v, now); err != nil {
				return err
			}
			gs[i] = &g
		}
		organisers := make([][]string, n)
		for i := range gs {
			organisers[i] = demoOrganisers(d, done+i)
		}
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for i, g := range gs {
				g := *g // it may run again
				if err := s.create(ctx, tx, &g, now.Add(-time.Duration(d.Rand.IntN(400*24))*time.Hour)); err != nil {
					return err
				}
				if err := s.demoTrue(ctx, tx, &g, done+i, now); err != nil {
					return err
				}
				for _, p := range organisers[i] {
					if err := s.addOrganiser(ctx, tx, &g, p); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		done += n
	}
	if d.Groups >= enoughForTwins {
		if err := s.demoMerges(ctx); err != nil {
			return err
		}
	}
	if err := s.demoSaid(ctx, d, written[:min(len(written), once)]); err != nil {
		return err
	}
	return s.demoPictures(ctx, written[:min(len(written), once)])
}

// demoTrue lets the i-th group be looked through some day, rest, end, or be
// told that something is out of date.
func (s *Service) demoTrue(ctx context.Context, tx *db.Tx, g *Group, i int, now time.Time) error {
	if i%4 != 3 {
		g.Checked = db.Day(now.AddDate(0, 0, -i*37%500))
		if err := setChecked(ctx, tx, g); err != nil {
			return err
		}
	}
	switch i {
	case 21:
		g.Life, g.Farewell, g.keeper = Resting, "We are tired and our kettle is broken. Back when the clocks change.", "The one with the key to the cupboard"
	case 34:
		g.Life, g.Farewell, g.keeper = Ended, "We lasted nine years and buried nobody we could have kept. The recipe book is with the library.", "Ask at the library for the red folder"
	}
	if g.Life != Active {
		if err := setLife(ctx, tx, g); err != nil {
			return err
		}
	}
	said := map[int][][2]string{
		0: {{"phone", "+44 1632 960115"}, {"other", "The green door is blue now."}},
		1: {{"welcome", "Ask for whoever holds the umbrella."}},
	}
	for _, x := range said[i] {
		if err := record.Suggest(ctx, tx, record.Suggestion{Thing: thing(g.ID), Field: x[0], Words: x[1], Day: db.Day(now)}, id.New(ctx)); err != nil {
			return err
		}
	}
	return s.shelve(ctx, tx, g)
}

// demoSaid has an example member say what is out of date: under their name, and
// without one. What demoTrue adds was said anonymously.
func (s *Service) demoSaid(ctx context.Context, d *kit.Demo, written []Group) error {
	for _, p := range d.People {
		if p.Role != string(access.Member) {
			continue
		}
		v := &access.Viewer{Member: p.Member, Persona: p.Persona, Role: access.Member}
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for i, x := range []struct{ as, field, words string }{
				{p.Persona, "access", "The lift works again. Ring the lower bell."},
				{kit.Unnamed, "other", "It says you meet on Thursdays. The last three times nobody was there, and I stood in the rain."},
			} {
				if i == len(written) {
					break
				}
				g, err := bySlug(ctx, tx, v.ByAddress(), slug(written[i].Name))
				if err != nil {
					return err
				}
				author, err := s.speakers.Speak(ctx, tx, v, x.as)
				if err != nil {
					return err
				}
				said := record.Suggestion{Thing: thing(g.ID), Field: x.field, Words: x.words, Day: db.Day(time.Now()), Author: author}
				if err := record.Suggest(ctx, tx, said, id.New(ctx)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// demoOrganisers are who runs the i-th group: the first three have both example
// organisers, one in five has nobody.
func demoOrganisers(d *kit.Demo, i int) (out []string) {
	if i < 3 {
		for _, p := range d.People {
			if p.Role == "organiser" {
				out = append(out, p.Persona)
			}
		}
		return out
	}
	for range d.Rand.IntN(5)/2 + d.Rand.IntN(2) {
		if p := d.Personas[d.Rand.IntN(len(d.Personas))]; !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// invent puts a group together from the parts of one language.
func invent(r *rand.Rand, byLang map[string]parts, seen map[string]bool, now time.Time) Group {
	lang := []string{"en", "en", "en", "es", "es", "es", "fr", "fr", "ar", "ar"}[r.IntN(10)]
	p := byLang[lang]
	one := func(of []string) string { return of[r.IntN(len(of))] }
	name := ""
	for try := 0; name == "" || seen[name]; try++ {
		name = strings.NewReplacer("{first}", one(p.Firsts), "{kind}", one(p.Kinds)).Replace(p.Order)
		if try > 20 {
			name += " " + one(p.Firsts)
		}
	}
	town := p.Towns[r.IntN(len(p.Towns))]
	g := Group{Audience: Everyone, Published: true}
	g.Name, g.WrittenIn, g.Area, g.Country, g.Languages = name, lang, town.Area, town.Country, []string{lang}
	about := []string{one(p.Openers)}
	for range 2 + r.IntN(3) {
		if s := one(p.Doings); !slices.Contains(about, s) {
			about = append(about, s)
		}
	}
	g.About = strings.Join(append(about, one(p.Closers)), " ")
	for _, kind := range kinds {
		for range r.IntN(3) {
			if k := one(offered[kind]); !slices.Contains(g.For, k) {
				g.For = append(g.For, k)
			}
		}
	}
	for _, k := range supports {
		if r.IntN(5) < 2 {
			g.Support = append(g.Support, k)
		}
	}
	g.Form = []string{"collective", "collective", "collective", "association", "charity", "cooperative", "company"}[r.IntN(7)]
	g.Online = r.IntN(4) == 0
	g.Confidential = r.IntN(12) == 0
	g.Open = r.IntN(5) > 0
	if r.IntN(3) > 0 {
		g.ForWords = one(p.ForWords)
	}
	if r.IntN(2) > 0 {
		g.Access = one(p.Access)
	}
	if g.Open {
		g.Welcome = one(p.Welcome)
	}
	if other := []string{"en", "es", "fr", "ar", "sw", "pt", "ti", "ur", "pl", "ro"}[r.IntN(10)]; r.IntN(3) == 0 && other != lang {
		g.Languages = append(g.Languages, other)
	}
	g.Since = now.Year() - r.IntN(45)
	switch r.IntN(30) {
	case 0:
		g.Audience = Members
	case 1:
		g.Published = false
	case 2:
		g.Audience = Unlisted
	}
	return g
}
