package group

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/search"
	"withus.example/platform/ui"
)

// docKind is what groups are called among everything that can be found.
const docKind = "group"

// facets are what the list can be filtered by, in the order they are shown.
var facets = []string{"support", "community", "country", "language", "form", "open", "online"}

// facetTerms are what a group is counted under.
func (g *Group) facetTerms() (out []string) {
	add := func(facet string, values ...string) {
		for _, v := range values {
			if v != "" {
				out = append(out, facet+":"+v)
			}
		}
	}
	add("support", g.Support...)
	add("community", g.For...)
	add("country", g.Country)
	add("language", g.Languages...)
	add("form", g.Form)
	if g.Open {
		add("open", "yes")
	}
	if g.Online {
		add("online", "yes")
	}
	if g.Life == Ended {
		add("life", string(Ended))
	}
	return out
}

// shelve writes what is found of a group. What it may be found by is what its
// page says: a confidential place is not among it, since it is not kept.
func (s *Service) shelve(ctx context.Context, tx *db.Tx, g *Group) error {
	tx.Changed("group")
	if !g.findable() {
		return search.Drop(ctx, tx, docKind, "group", g.ID)
	}
	v, err := s.vocabularyIn(ctx, tx)
	if err != nil {
		return err
	}
	doc := search.Doc{Room: "group", ID: g.ID, Kind: docKind, Scope: access.Public, Title: g.Name}
	if g.Audience == Members {
		doc.Scope = access.Network
	}
	words := append(append(slices.Clone(g.OtherNames), g.registerWords()...), g.About, g.ForWords, g.SupportWords, g.Place, g.Area, g.Access, g.Welcome, g.Reach)
	for _, l := range s.langs.Langs { // found in any language of the house
		for _, k := range g.For {
			words = append(words, v.Say(l, k))
		}
		for _, k := range g.Support {
			words = append(words, l.T("group.support."+k))
		}
		for _, k := range g.Languages {
			words = append(words, l.Language(k))
		}
		if g.Online {
			words = append(words, l.T("group.online"))
		}
		words = append(words, l.Country(g.Country), l.T("group.form."+g.Form))
	}
	doc.Text = strings.Join(words, "\n")
	doc.Terms = g.facetTerms()
	doc.Spot = s.spot(g)
	doc.Dates = search.Dates{"checked": later(g.Checked, g.Changed), "new": g.added}
	return search.Put(ctx, tx, doc)
}

// vocabularyIn is the vocabulary as the transaction sees it.
func (s *Service) vocabularyIn(ctx context.Context, tx *db.Tx) (*Vocabulary, error) {
	changed, err := terms(ctx, tx)
	return newVocabulary(changed), err
}

// reshelveJob writes anew what is found of the groups that chose a term, when
// its words have changed.
const reshelveJob = "group.reshelve"

// reshelve does that job: a few groups at a time, each as it is then.
func (s *Service) reshelve(ctx context.Context, body json.RawMessage) error {
	var term string
	if err := json.Unmarshal(body, &term); err != nil {
		return job.Gone(err)
	}
	return s.reshelveAll(ctx, func(g *Group) bool { return slices.Contains(g.For, term) })
}

// shelveAll writes anew what is found of every group.
func (s *Service) shelveAll(ctx context.Context) error {
	return s.reshelveAll(ctx, func(*Group) bool { return true })
}

// reshelveAll writes anew what is found of some groups, however many.
func (s *Service) reshelveAll(ctx context.Context, of func(*Group) bool) error {
	for last := ""; ; {
		gs, err := anyAfter(ctx, s.db, last, 200)
		if err != nil || len(gs) == 0 {
			return err
		}
		last = gs[len(gs)-1].ID
		var ids []string
		for _, g := range gs {
			if of(g) {
				ids = append(ids, g.ID)
			}
		}
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			now, err := holdByIDs(ctx, tx, ids)
			for _, g := range now {
				if err == nil {
					err = s.shelve(ctx, tx, g)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
}

// List is a page of groups.
type List struct {
	Groups     []Brief
	Total      int
	Capped     bool // not all matches for words were looked at, or only the nearest
	Counts     map[string]map[string]int
	Prev, Next string
}

// pageSize is how many groups a page lists.
const pageSize = 24

// orders are what a list can be sorted by, beside the usual order: all by their
// names, or the best matches for words, or the nearest to a place.
var orders = []string{"title", "checked", "new"}

// List gives a page of the groups a viewer may find, narrowed by filters and in
// one of the orders; any other is the usual.
func (s *Service) List(ctx context.Context, v *access.Viewer, words string, near *Near, filters map[string][]string, order, page string) (*List, error) {
	f, err := s.browse(ctx, v, words, near, filters, order, page)
	if err != nil {
		return nil, err
	}
	gs, err := s.briefs(ctx, v, f.IDs)
	away(gs, f)
	return &List{gs, f.Total, f.Capped, f.Counts, f.Prev, f.Next}, err
}

func (s *Service) browse(ctx context.Context, v *access.Viewer, words string, near *Near, filters map[string][]string, order, page string) (*search.Found, error) {
	q := search.Query{Kind: docKind, Words: words, Near: near.query(), Filters: filters, Page: page, Size: pageSize}
	q.Except = notEnded(filters)
	if slices.Contains(orders, order) {
		q.Sort = order
	}
	return s.index.Browse(ctx, v, q)
}

// notEnded keeps the groups that have ended out of what tells people where to
// go, unless it is them that is asked for.
func notEnded(filters map[string][]string) map[string][]string {
	if len(filters["life"]) > 0 {
		return nil
	}
	return map[string][]string{"life": {string(Ended)}}
}

// briefs reads what a list shows of groups, in the order of their ids, as far
// as the viewer may see them now.
func (s *Service) briefs(ctx context.Context, v *access.Viewer, ids []string) ([]Brief, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	gs, err := briefs(ctx, s.db, v.Scopes(), ids)
	return db.InOrder(ids, gs, func(b Brief) string { return b.ID }), err
}

// Groups reads groups by their ids, in that order, as far as the viewer may
// find them now.
func (s *Service) Groups(ctx context.Context, v *access.Viewer, ids []string) ([]*Group, error) {
	gs, err := byIDs(ctx, s.db, v.Scopes(), ids)
	return db.InOrder(ids, gs, func(g *Group) string { return g.ID }), err
}

// Mine is what somebody organises.
type Mine struct {
	Groups []Named // by name
	Asked  []*Question
}

// Mine gives what a viewer organises, from memory while no group changes.
func (s *Service) Mine(ctx context.Context, v *access.Viewer) (m Mine, err error) {
	ids := v.Held(access.Organiser)
	if len(ids) == 0 {
		return m, nil
	}
	return s.mine.Get(ctx, s.db, strings.Join(ids, " "), func(ctx context.Context) (m Mine, err error) {
		if m.Groups, err = held(ctx, s.db, ids); err != nil {
			return m, err
		}
		search.SortBy(m.Groups, func(n Named) string { return n.Name })
		m.Asked, err = s.Questions(ctx, v, ids)
		return m, err
	})
}

// Cards show groups in lists of any room.
func (s *Service) Cards(ctx context.Context, v *access.Viewer, l *i18n.Lang, ids []string) (map[string]ui.Card, error) {
	gs, err := s.briefs(ctx, v, ids)
	out := map[string]ui.Card{}
	for i := range gs {
		out[gs[i].ID] = gs[i].card(l)
	}
	return out, err
}

func (b *Brief) card(l *i18n.Lang) ui.Card {
	c := ui.Card{Path: b.Path(), Title: b.Name, Lang: b.WrittenIn, Text: summary(b.About)}
	for _, k := range b.Support {
		c.Tags = append(c.Tags, l.T("group.support."+k))
	}
	var where []string
	if b.Away != nil {
		where = append(where, awayText(l, *b.Away))
	}
	where = append(where, l.T("group.form."+b.Form))
	for _, w := range []string{b.Area, l.Country(b.Country)} {
		if w != "" {
			where = append(where, l.Isolate(w))
		}
	}
	if b.Online {
		where = append(where, l.T("group.online"))
	}
	if b.Life != Active {
		where = append([]string{l.T("group.life." + string(b.Life))}, where...)
	}
	c.Note = strings.Join(where, l.T("i18n.comma"))
	return c
}

// Path is the group's address.
func (g *Group) Path() string { return "/groups/" + g.Slug }
