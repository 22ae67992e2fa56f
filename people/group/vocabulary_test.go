package group

import (
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/fault"
)

// The network says what its words mean; words about ourselves are explained, and
// no group is filed under them.
func TestWords(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx, en, ar := t.Context(), s.langs.Langs[0], s.langs.Get("ar")
		team := &access.Viewer{Member: "m", Persona: "p", Role: access.Team}
		v, err := s.Vocabulary(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if v.Has("survivor") || !v.Has("voices") || v.Means(en, "survivor") == "" || v.Users(ar, "survivor") == "" {
			t.Errorf("at first: %v, %q", v.Has("survivor"), v.Means(en, "survivor"))
		}
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		g := one(t, s, "Open Door")
		g.For = []string{"survivor"}
		if err := g.Details.Validate(v, time.Now()); !fault.Is(err, fault.Invalid) {
			t.Errorf("a group for survivors by that key: %v", err)
		}
		err = s.ChangeTerm(ctx, team, Term{Key: "survivor", Words: map[string]string{"en": "Ex-patient"}, Means: map[string]string{"en": "One of us who got out.", "ar": " "}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AddTerm(ctx, team, Term{Kind: "experience", Words: map[string]string{"en": "Sectioned"}, Means: map[string]string{"en": "Kept in hospital by law."}}); err != nil {
			t.Fatal(err)
		}
		if v, err = s.Vocabulary(ctx); err != nil {
			t.Fatal(err)
		}
		if v.Say(en, "survivor") != "Ex-patient" || v.Means(en, "survivor") != "One of us who got out." || v.Means(ar, "survivor") != house(ar, "group.means.", "survivor") {
			t.Errorf("changed: %q, %q, %q", v.Say(en, "survivor"), v.Means(en, "survivor"), v.Means(ar, "survivor"))
		}
		if !v.Has("sectioned") || v.Means(en, "sectioned") != "Kept in hospital by law." || v.Means(ar, "sectioned") != "" {
			t.Errorf("added: %v, %q", v.Has("sectioned"), v.Means(en, "sectioned"))
		}
		if err := s.ChangeTerm(ctx, &access.Viewer{Member: "m", Persona: "p", Role: access.Member}, Term{Key: "survivor"}); !fault.Is(err, fault.Denied) {
			t.Errorf("a member changes a word: %v", err)
		}
	})
}
