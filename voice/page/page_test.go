package page

import (
	"context"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/prose"
	"withus.example/platform/record"
	"withus.example/platform/search"
	"withus.example/platform/ui"
)

// named calls every persona by its id.
type named struct{}

func (named) Names(_ context.Context, _ *access.Viewer, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "Name of " + id
	}
	return out, nil
}

var (
	ana     = &access.Viewer{Member: "1", Persona: "ana", Role: access.Team}
	ben     = &access.Viewer{Member: "2", Persona: "ben", Role: access.Team}
	member  = &access.Viewer{Member: "3", Persona: "cay", Role: access.Member}
	visitor = &access.Viewer{}
)

// standsAt are the paths of the test's site.
var standsAt = map[string]bool{"/": true, "/groups": true, "/about": true, "/privacy": true, "/pages/x": true}

func run(t *testing.T, fn func(t *testing.T, s *Service)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{db.Ground, record.Ground, search.Ground, {Room: "page", Files: migrations}}, func(t *testing.T, d *db.DB) { fn(t, service(t, d)) })
}

func service(t *testing.T, d *db.DB) *Service {
	t.Helper()
	langs, err := i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground, ui.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	site := &ui.Site{Origin: "https://network.example", Nav: []ui.Link{{Path: "/groups", Key: "page.all"}}}
	return New(d, langs, named{}, site, func(path string) bool { return standsAt[path] })
}

func says(words string) Details { return Details{Title: words, Body: prose.FromPlain(words).HTML()} }

func (s *Service) in(t *testing.T, v *access.Viewer, slug, lang string) string {
	t.Helper()
	p, err := s.Read(t.Context(), v, slug)
	if err != nil {
		return err.Error()
	}
	return p.In(lang, s.langs).Title
}

// found are the paths of the pages that words find.
func found(t *testing.T, s *Service, v *access.Viewer, words string) (out string) {
	t.Helper()
	refs, err := search.New(s.db).Find(t.Context(), v, words, 20)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range refs {
		ids = append(ids, r.ID)
	}
	cards, err := s.Cards(t.Context(), v, s.langs.Langs[0], ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		out += cards[id].Path + ";"
	}
	return out
}

// Every ordinary page says something in every language that ships, as the editor
// would keep it, and marks what the network has to fill in.
func TestHouseTexts(t *testing.T) {
	for _, slug := range Ordinary {
		for _, lang := range []string{"en", "es", "fr", "ar"} {
			h := houseText(slug, lang)
			if h == nil {
				t.Errorf("%s in %s is missing", slug, lang)
				continue
			}
			d := h.Details
			if err := d.Validate(); err != nil || d != h.Details {
				t.Errorf("%s in %s: %v", slug, lang, err)
			}
			if !strings.Contains(d.Body, "<blockquote>") || !strings.Contains(d.Body, "<h2>") {
				t.Errorf("%s in %s does not say what the network fills in", slug, lang)
			}
			if n, en := strings.Count(d.Body, "<"), strings.Count(houseText(slug, "en").Body, "<"); n != en {
				t.Errorf("%s in %s has %d tags, in English %d: something is left out", slug, lang, n, en)
			}
		}
	}
}

// What is written takes the place of the house's words; a language that is not
// written gets the network's first.
func TestLanguages(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if got := s.in(t, visitor, "about", "es"); got != "Sobre esta red" {
			t.Fatal(got)
		}
		for _, v := range []*access.Viewer{visitor, member} {
			if _, err := s.Edit(ctx, v, "about", "en", Change{Details: says("Ours")}); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else edits: %v", err)
			}
		}
		if _, err := s.Edit(ctx, ana, "about", "en", Change{Details: says("Ours")}); err != nil {
			t.Fatal(err)
		}
		for lang, want := range map[string]string{"en": "Ours", "es": "Ours", "ar": "Ours"} {
			if got := s.in(t, visitor, "about", lang); got != want {
				t.Errorf("%s: %q", lang, got)
			}
		}
		p, err := s.Edit(ctx, ben, "about", "es", Change{Details: says("Nuestro"), Same: true, Source: 1})
		if err != nil || p.State("es", s.langs) != Written || p.State("fr", s.langs) != Missing {
			t.Fatalf("%+v, %v", p, err)
		}
		if p, err = s.Edit(ctx, ana, "about", "en", Change{Details: says("Ours, better"), Revision: 1}); err != nil || p.State("es", s.langs) != Behind {
			t.Fatalf("%s, %v", p.State("es", s.langs), err)
		}
		if p, err = s.Edit(ctx, ana, "about", "es", Change{Details: says("Casi"), Revision: 1, Source: 2}); err != nil || p.State("es", s.langs) != Behind {
			t.Errorf("it is not said to be the same, and yet: %s, %v", p.State("es", s.langs), err)
		}
		if p, err = s.Edit(ctx, ana, "about", "es", Change{Details: says("Mejor"), Revision: 2, Source: 2, Same: true}); err != nil || p.State("es", s.langs) != Written {
			t.Errorf("%s, %v", p.State("es", s.langs), err)
		}
		if _, err := s.Edit(ctx, ana, "about", "xx", Change{Details: says("X")}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a language nobody speaks: %v", err)
		}
		if got := found(t, s, visitor, "mejor"); got != "/about;" {
			t.Errorf("found by its Spanish: %q", got)
		}
	})
}

// Two people at once: the second is told, and nothing is overwritten; other
// languages don't stand in each other's way. Going back is one more change.
func TestRevisions(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		done := make(chan error, 8)
		for range 8 {
			go func() {
				_, err := s.Edit(ctx, ana, "about", "en", Change{Details: says("One of eight")})
				done <- err
			}()
		}
		won := 0
		for range 8 {
			if err := <-done; err == nil {
				won++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d first changes", won)
		}
		if _, err := s.Edit(ctx, ben, "about", "fr", Change{Details: says("Français")}); err != nil {
			t.Errorf("another language: %v", err)
		}
		if _, err := s.Edit(ctx, ben, "about", "en", Change{Details: says("Second"), Revision: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Restore(ctx, ana, "about", "en", 1, 1); !fault.Is(err, fault.Conflict) {
			t.Errorf("going back from what is no more: %v", err)
		}
		if _, err := s.Restore(ctx, member, "about", "en", 1, 2); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody else goes back: %v", err)
		}
		if _, err := s.Restore(ctx, ana, "about", "en", 9, 2); !fault.Is(err, fault.NotFound) {
			t.Errorf("to what never was: %v", err)
		}
		p, err := s.Restore(ctx, ana, "about", "en", 1, 2)
		if err != nil || p.Texts["en"].Title != "One of eight" || p.Texts["en"].Revision != 3 {
			t.Fatalf("%+v, %v", p, err)
		}
		_, past, names, more, err := s.History(ctx, ben, "about", "en", 0)
		if err != nil || len(past) != 3 || more || names["ana"] != "Name of ana" || strings.Join(past[0].Changed, " ") != "title body" {
			t.Errorf("%+v %v %v", past, names, err)
		}
	})
}

// A hidden page is nowhere, from the next request on; a new one begins hidden.
func TestHidden(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		stamp := func() int64 {
			n, err := s.db.Stamp(ctx, "page")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		p, err := s.Add(ctx, ana, says("Our flummery rules"))
		if err != nil || !p.Hidden || p.Path() != "/pages/our-flummery-rules" {
			t.Fatalf("%+v, %v", p, err)
		}
		seen := func(want bool) {
			t.Helper()
			for _, v := range []*access.Viewer{visitor, member} {
				if _, err := s.Read(ctx, v, p.Slug); fault.Is(err, fault.NotFound) == want {
					t.Errorf("seen is not %v: %v", want, err)
				}
				if got := found(t, s, v, "flummery"); (got != "") != want {
					t.Errorf("found: %q", got)
				}
			}
			if _, err := s.Read(ctx, ana, p.Slug); err != nil {
				t.Errorf("the team does not see it: %v", err)
			}
		}
		seen(false)
		for _, hidden := range []bool{false, true, false} {
			before := stamp()
			if _, err := s.Hide(ctx, ben, p.Slug, hidden); err != nil {
				t.Fatal(err)
			}
			if stamp() == before {
				t.Error("kept pages do not hear of it")
			}
			seen(!hidden)
		}
		if _, err := s.Hide(ctx, member, p.Slug, true); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody else hides it: %v", err)
		}
		if q, err := s.Add(ctx, ana, says("Our flummery rules")); err != nil || q.Slug == p.Slug || !strings.HasPrefix(q.Slug, p.Slug) {
			t.Errorf("a second page of the name: %+v, %v", q, err)
		}
		for title, want := range map[string]string{"New": "page-new", "رفاق الطريق": "رفاق-الطريق", "!": "page", strings.Repeat("long ", 30): ""} {
			q, err := s.Add(ctx, ana, Details{Title: strings.TrimSpace(title)[:min(len(strings.TrimSpace(title)), 110)], Body: "<p>x"})
			if err != nil || want != "" && q.Slug != want || len(q.Slug) > 100 {
				t.Errorf("%q: %+v, %v", title, q, err)
			}
		}
		if err := s.shelveAll(ctx); err != nil {
			t.Fatal(err)
		}
		if got := found(t, s, visitor, "accessibility"); got == "" {
			t.Error("the house's pages are not found")
		}
	})
}

func TestValidate(t *testing.T) {
	for want, d := range map[string]Details{
		"title": {Title: " \u200b ", Body: "<p>x"}, "text": {Title: "T", Body: "<p> <br> </p><script>x</script>"},
		"": {Title: " a \n b ", Body: `<div onclick=x>one<br><br>two</div>`},
	} {
		err := d.Validate()
		if want == "" {
			if err != nil || d.Title != "a b" || d.Body != "<p>one</p><p>two</p>" {
				t.Errorf("%+v, %v", d, err)
			}
			continue
		}
		if err == nil || fault.Of(err).Problems[0].Field != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	long := Details{Title: "T", Body: "<p>" + strings.Repeat("ا", maxBody+1)}
	if err := long.Validate(); !fault.Is(err, fault.Invalid) {
		t.Errorf("too long: %v", err)
	}
}

var aDay = 24 * time.Hour
