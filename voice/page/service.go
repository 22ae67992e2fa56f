package page

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/prose"
	"withus.example/platform/record"
	"withus.example/platform/search"
	"withus.example/platform/ui"
)

// Who may do what with pages. Seeing is no permission: it is in every query.
var (
	read = access.Permission{Name: "page.read", Anyone: true}
	edit = access.Permission{Name: "page.edit", Roles: []access.Role{access.Team}}
)

// Service is the room.
type Service struct {
	db     *db.DB
	langs  *i18n.Catalog
	people People
	site   *ui.Site
	serves func(path string) bool
	shown  db.Memo[*shown]
	uses   uses
	now    func() time.Time
}

// People is what the room asks of whoever keeps the personas.
type People interface {
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
}

// New opens the room. site is asked for the rooms' own links when menus are
// made; serves says whether something stands at a path.
func New(d *db.DB, langs *i18n.Catalog, people People, site *ui.Site, serves func(path string) bool) *Service {
	s := &Service{db: d, langs: langs, people: people, site: site, serves: serves, now: time.Now}
	s.shown.Rooms = []string{"page"}
	s.shown.Make = s.make
	return s
}

// thing is a page in a language as its history knows it.
func thing(page, lang string) record.Thing { return record.Thing{Room: "page", ID: page + "/" + lang} }

// everyone is what the room itself sees: every page, hidden or not.
var everyone = []string{access.Public, access.Desk}

// Read gives the page at an address; NotFound if there is none, or none that the
// viewer may see.
func (s *Service) Read(ctx context.Context, v *access.Viewer, slug string) (*Page, error) {
	return bySlug(ctx, s.db, v.Scopes(), slug)
}

// All are all pages, hidden or not, by their addresses: the network team's to see.
func (s *Service) All(ctx context.Context, v *access.Viewer) ([]*Page, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	ps, err := all(ctx, s.db, v.Scopes(), maxPages)
	slices.SortStableFunc(ps, func(a, b *Page) int { return ordinary(a) - ordinary(b) })
	return ps, err
}

// ordinary is where a page stands among the ordinary ones; the others come after.
func ordinary(p *Page) int {
	if i := slices.Index(Ordinary, p.Slug); i >= 0 {
		return i
	}
	return len(Ordinary)
}

// forEdit gives a page, hidden or not, to the network team.
func forEdit(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (*Page, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	return bySlug(ctx, q, v.Scopes(), slug)
}

// Add makes a page in the network's first language. It is hidden until somebody
// shows it. Its title gives it its address, which it keeps.
func (s *Service) Add(ctx context.Context, v *access.Viewer, d Details) (*Page, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	var out *Page
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = &Page{ID: id.New(ctx), Slug: slug(d.Title), Hidden: true, Texts: map[string]*Text{}}
		return s.create(ctx, tx, out, v.Persona, &Text{Details: d, Lang: s.langs.Langs[0].Code})
	})
	return out, err
}

// create makes a page with its first text.
func (s *Service) create(ctx context.Context, tx *db.Tx, p *Page, author string, t *Text) error {
	n, err := count(ctx, tx)
	if err != nil {
		return err
	}
	if n >= maxPages {
		return fault.Wrong("title", "page.too-many", "max", maxPages)
	}
	for wish := p.Slug; ; p.Slug = wish + "-" + id.New(ctx)[:4] {
		taken, err := slugTaken(ctx, tx, p.Slug)
		if err != nil {
			return err
		}
		if !taken {
			break
		}
	}
	if err := insert(ctx, tx, p); err != nil {
		return err
	}
	return s.save(ctx, tx, p, author, t)
}

// Change is an edit of a page in one language.
type Change struct {
	Details
	Revision int  // that it was made from; 0: it was not written yet
	Same     bool // it says the same as the network's first language
	Source   int  // in that one's revision
}

// Edit changes what a page says in a language. If somebody else changed it since
// the revision the change was made from, it is a Conflict and nothing is changed.
func (s *Service) Edit(ctx context.Context, v *access.Viewer, slug, lang string, c Change) (*Page, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return s.change(ctx, v, slug, lang, c.Revision, "page.changed-meanwhile", func(_ context.Context, _ *db.Tx, _ *Page, t *Text) error {
		t.Details = c.Details
		if c.Same {
			t.Against = c.Source
		}
		return nil
	})
}

// Restore brings back what a page said in an earlier revision, as a new one. Who
// may see it stays as it is: words come back, never an audience. If there is a
// newer revision than the one it was asked from, it is a Conflict.
func (s *Service) Restore(ctx context.Context, v *access.Viewer, slug, lang string, n, from int) (*Page, error) {
	return s.change(ctx, v, slug, lang, from, "page.changed-history", func(ctx context.Context, tx *db.Tx, p *Page, t *Text) error {
		old, err := record.Get(ctx, tx, thing(p.ID, lang), n)
		if errors.Is(err, db.ErrNone) {
			return fault.Missing()
		}
		if err == nil {
			err = json.Unmarshal(old.Body, &t.Details)
		}
		if err == nil {
			err = t.Validate()
		}
		return err
	})
}

// change is the one way what a page says changes.
func (s *Service) change(ctx context.Context, v *access.Viewer, slug, lang string, from int, conflict string, to func(ctx context.Context, tx *db.Tx, p *Page, t *Text) error) (*Page, error) {
	var out *Page
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := forEdit(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		if s.langs.Get(lang) == nil {
			return fault.Missing()
		}
		if err := hold(ctx, tx, p.ID); err != nil {
			return err
		}
		if p, err = forEdit(ctx, tx, v, slug); err != nil {
			return err
		}
		t := &Text{Lang: lang}
		if was := p.Texts[lang]; was != nil {
			now := *was
			t = &now
		}
		if t.Revision != from {
			return fault.New(fault.Conflict, conflict)
		}
		if err := to(ctx, tx, p, t); err != nil {
			return err
		}
		out = p
		return s.save(ctx, tx, p, v.Persona, t)
	})
	return out, err
}

// save writes a text, its history and what is found of its page.
func (s *Service) save(ctx context.Context, tx *db.Tx, p *Page, author string, t *Text) error {
	now := s.now()
	t.Revision++
	t.Changed = now.UTC().Truncate(24 * time.Hour)
	if t.Lang == s.langs.Langs[0].Code {
		t.Against = t.Revision
	}
	tx.Changed("page")
	if err := putText(ctx, tx, p.ID, t); err != nil {
		return err
	}
	body, err := json.Marshal(t.Details)
	if err != nil {
		return err
	}
	if err := record.Add(ctx, tx, thing(p.ID, t.Lang), record.Revision{N: t.Revision, Author: author, At: now, Body: body}); err != nil {
		return err
	}
	p.Texts[t.Lang] = t
	return s.shelve(ctx, tx, p)
}

// Hide takes a page from everybody but the network team, or shows it again.
func (s *Service) Hide(ctx context.Context, v *access.Viewer, slug string, hidden bool) (*Page, error) {
	var out *Page
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := forEdit(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		if err := hold(ctx, tx, p.ID); err != nil {
			return err
		}
		if p, err = forEdit(ctx, tx, v, slug); err != nil {
			return err
		}
		out, p.Hidden = p, hidden
		tx.Changed("page")
		if err := setHidden(ctx, tx, p); err != nil {
			return err
		}
		return s.shelve(ctx, tx, p)
	})
	return out, err
}

// docKind is the kind of a page's document in search.
const docKind = "page"

// shelve lets a page be found by its words in every language; while it is hidden
// it is not found at all.
func (s *Service) shelve(ctx context.Context, tx *db.Tx, p *Page) error {
	if p.Hidden {
		return search.Drop(ctx, tx, docKind, "page", p.ID)
	}
	d := search.Doc{Room: "page", ID: p.ID, Kind: docKind, Scope: p.scope()}
	seen := map[string]bool{}
	for _, l := range s.langs.Langs {
		t := p.In(l.Code, s.langs)
		if seen[t.Lang] {
			continue
		}
		if seen[t.Lang] = true; d.Title == "" {
			d.Title = t.Title
		}
		d.Text += t.Title + "\n" + prose.FromHTML(t.Body).Words() + "\n"
	}
	return search.Put(ctx, tx, d)
}

// shelveAll is shelve for every page: the house's words, and the languages of
// the network, are others after an upgrade.
func (s *Service) shelveAll(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ps, err := all(ctx, tx, everyone, maxPages)
		if err != nil {
			return err
		}
		for _, p := range ps {
			if !p.Hidden {
				if err := s.shelve(ctx, tx, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Cards are how pages look in a list, in a reader's language.
func (s *Service) Cards(ctx context.Context, v *access.Viewer, l *i18n.Lang, ids []string) (map[string]ui.Card, error) {
	ps, err := byIDs(ctx, s.db, v.Scopes(), ids)
	out := map[string]ui.Card{}
	for _, p := range ps {
		t := p.In(l.Code, s.langs)
		out[p.ID] = ui.Card{Path: p.Path(), Title: t.Title, Lang: t.Lang, Text: prose.FromHTML(t.Body).First(160), Note: l.T("page.card")}
	}
	return out, err
}
