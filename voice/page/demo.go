package page

import (
	"context"
	_ "embed"
	"slices"

	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/prose"
)

// demoPages are invented, by address and language: a title, and the text as
// somebody types it.
//
//go:embed demo/pages.json
var demoPages []byte

// demoMoved are addresses of the site that the invented network had before.
var demoMoved = []Moved{
	{Old: "/about-us.html", Target: "/about"}, {Old: "/find-a-group.html", Target: "/groups"}, {Old: "/index.php?page=privacy", Target: "/privacy"},
	{Old: "/rules.html", Target: "/pages/house-rules"}, {Old: "/urgent", Target: "/help"},
}

// demo lets the invented network's team write its pages: one translation is
// behind, one page waits, two languages of another are missing.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	var in map[string]map[string][2]string
	if err := i18n.Unmarshal(demoPages, &in); err != nil {
		return err
	}
	author := ""
	for _, p := range d.People {
		if p.Role == "team" {
			author = p.Persona
		}
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, slug := range append(slices.Clone(Ordinary), "house-rules", "new-flyer") {
			for _, l := range s.langs.Langs {
				words, ok := in[slug][l.Code]
				if !ok {
					continue
				}
				t := &Text{Details: Details{words[0], prose.FromPlain(words[1]).HTML()}, Lang: l.Code, Against: 1}
				if err := t.Validate(); err != nil {
					return err
				}
				if err := s.demoText(ctx, tx, slug, author, t); err != nil {
					return err
				}
			}
		}
		tx.Changed("page")
		for _, m := range demoMoved {
			if err := putMoved(ctx, tx, m); err != nil {
				return err
			}
		}
		m := &Menu{Top: []string{"/groups", "/about", "/pages/house-rules"}, Foot: []string{"/our-language", "/who-runs-this", "/privacy", "/accessibility"},
			Words: map[string]map[string]string{"/about": {"en": "About us", "es": "Sobre la red", "fr": "Le réseau", "ar": "من نحن"}, "/privacy": {"en": "Privacy", "es": "Privacidad", "fr": "Vie privée", "ar": "الخصوصية"},
				"/accessibility": {"en": "Accessibility", "es": "Accesibilidad", "fr": "Accessibilité", "ar": "سهولة الاستخدام"}},
			Known: []string{"/groups", "/about", "/pages/house-rules", "/pages/new-flyer", "/our-language", "/who-runs-this", "/privacy", "/accessibility"}}
		return s.saveMenu(ctx, tx, m, author)
	})
	if err != nil {
		return err
	}
	return s.shelveAll(ctx)
}

// demoText writes a page in one language, making the page if it is not there.
func (s *Service) demoText(ctx context.Context, tx *db.Tx, slug, author string, t *Text) error {
	p, err := bySlug(ctx, tx, everyone, slug)
	if err != nil {
		p = &Page{ID: id.New(ctx), Slug: slug, Hidden: slug == "new-flyer", Texts: map[string]*Text{}}
		return s.create(ctx, tx, p, author, t)
	}
	if err := s.save(ctx, tx, p, author, t); err != nil || slug != "our-language" || t.Lang != s.langs.Langs[0].Code {
		return err
	}
	return s.save(ctx, tx, p, author, t) // looked through once more: its translations are behind
}
