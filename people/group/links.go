package group

import (
	"context"
	"slices"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/record"
	"withus.example/platform/search"
)

// Linked is what the room of links knows of a group. It has no name of its own
// there or here: two rooms that know nothing of each other write it out alike.
type Linked = struct {
	ID, Slug, Path, Name, Lang string
	Form, Life, Area, Country  string
	Email                      string
	Shown                      bool // in lists and searches, for whoever may see it
	Organised                  bool // somebody could answer for it
}

const linkedColumns = `g.id, g.slug, g.name, g.written_in, g.form, g.life, g.area, g.country, g.email, g.audience, g.published, g.hidden, g.organisers`

func scanLinked(scan db.Scan) (Linked, error) {
	var g Group
	err := scan(&g.ID, &g.Slug, &g.Name, &g.WrittenIn, &g.Form, &g.Life, &g.Area, &g.Country, &g.Email, &g.Audience, &g.Published, &g.Hidden, &g.organisers)
	return Linked{
		ID: g.ID, Slug: g.Slug, Path: g.Path(), Name: g.Name, Lang: g.WrittenIn, Form: g.Form, Life: string(g.Life), Area: g.Area, Country: g.Country,
		Email: g.Email, Shown: g.findable(), Organised: g.organisers > 0,
	}, err
}

// Linked gives those of some groups that a viewer may find now, and those they
// organise, by id. q is the database, or the caller's transaction.
func (s *Service) Linked(ctx context.Context, q db.Querier, v *access.Viewer, ids []string) (map[string]Linked, error) {
	out := map[string]Linked{}
	if len(ids) == 0 {
		return out, nil
	}
	// Of what the viewer holds only what is asked for: each list has to be
	// gone through for every row.
	held := v.Held(access.Organiser)
	scopes := slices.DeleteFunc(v.Scopes(), func(s string) bool { return slices.Contains(held, s) })
	held = slices.DeleteFunc(held, func(id string) bool { return !slices.Contains(ids, id) })
	gs, err := db.All(ctx, q, scanLinked, `SELECT `+linkedColumns+` FROM group_group g WHERE g.id IN ($1) AND (g.scope IN ($2) OR g.id IN ($3)) AND g.merged = FALSE`, ids, scopes, held)
	for _, g := range gs {
		out[g.ID] = g
	}
	return out, err
}

// StandsFor gives the id of the group that stands for one now: another, if the
// two were put together, or itself.
func (s *Service) StandsFor(ctx context.Context, q db.Querier, id string) (string, error) {
	return record.StandsFor(ctx, q, "group", id)
}

// LinkedAt gives the group at an address; NotFound if there is none, or none
// that the viewer may see.
func (s *Service) LinkedAt(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (Linked, error) {
	g, err := db.One(ctx, q, scanLinked, `SELECT `+linkedColumns+` FROM group_group g WHERE g.slug = $1 AND g.scope IN ($2)`, slug, v.ByAddress())
	return g, db.Missing(err)
}

// FindLinked gives the best matches for words among the groups a viewer may
// find, those that have ended too.
func (s *Service) FindLinked(ctx context.Context, v *access.Viewer, words string, most int) ([]Linked, error) {
	f, err := s.index.Browse(ctx, v, search.Query{Kind: docKind, Words: words, Size: most})
	if err != nil {
		return nil, err
	}
	found, err := s.Linked(ctx, s.db, v, f.IDs)
	var out []Linked
	for _, g := range found {
		out = append(out, g)
	}
	return db.InOrder(f.IDs, out, func(g Linked) string { return g.ID }), err
}
