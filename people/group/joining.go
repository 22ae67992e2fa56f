package group

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
)

// What is asked of this room by whoever lets groups into the network: see the
// interface in people/member/brings.go.

// newGroup is what somebody says of a group they bring. It is another name for a
// bare struct, as claimed is.
type newGroup = struct {
	Name, Form, About, Area, Country, ForWords string
	For                                        []string
	Lang                                       string // the words are written in
}

// voucher is a group that may vouch for others. It is another name for a bare
// struct, as claimed is.
type voucher = struct {
	ID, Name, Area string
	Organisers     []string // personas
}

// Vouchers are those of some groups that may vouch for others: they can be seen,
// go on, and somebody looks after them.
func (s *Service) Vouchers(ctx context.Context, q db.Querier, ids []string) ([]voucher, error) {
	all, err := s.Claimed(ctx, q, ids)
	return vouchers(all), err
}

// SeenVouchers are those among them that a viewer may find.
func (s *Service) SeenVouchers(ctx context.Context, v *access.Viewer, ids []string) ([]voucher, error) {
	gs, err := byIDs(ctx, s.db, v.Scopes(), ids)
	if err != nil {
		return nil, err
	}
	all, err := s.claimed(ctx, s.db, gs)
	return vouchers(all), err
}

// FindVouchers finds such groups by their names, as far as a viewer may find them.
func (s *Service) FindVouchers(ctx context.Context, v *access.Viewer, words string) ([]voucher, error) {
	all, err := s.FindClaimed(ctx, v, words)
	return vouchers(all), err
}

func vouchers(all []claimed) (out []voucher) {
	for _, c := range all {
		if !c.Waits && !c.Closed && !c.Ended && len(c.Organisers) > 0 {
			out = append(out, voucher{c.ID, c.Name, c.Area, c.Organisers})
		}
	}
	return out
}

func founded(n newGroup) *Group {
	return &Group{Details: Details{Name: n.Name, Form: n.Form, About: n.About, Area: n.Area, Country: n.Country, For: n.For, ForWords: n.ForWords, WrittenIn: n.Lang}, Audience: Everyone}
}

// AskNew are the questions about a new group: what it is, or whom it is for.
func (s *Service) AskNew(ctx context.Context, p *ui.Page, f *ui.Form, whom bool) (templ.Component, []ui.Field, error) {
	if !whom {
		return newView(p, f), newFields(p), nil
	}
	v, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, nil, err
	}
	fields := []ui.Field{text("for", 0), tall(hinted(text("forWords", maxWords)), 3)}
	for _, kind := range kinds {
		fields = append(fields, termQuestion(p, f, v, kind))
	}
	return whomView(p, f, v), fields, nil
}

// newFields are the questions about a new group, on a page and on paper.
func newFields(p *ui.Page) []ui.Field {
	return []ui.Field{required(text("name", maxName)), choice("form", options(p, "group.form.", forms)), tall(hinted(text("about", maxAbout)), 5),
		text("area", maxLine), choice("country", p.Countries(i18n.Countries))}
}

// CheckNew cleans what was said of a new group, and says what is wrong with it.
func (s *Service) CheckNew(ctx context.Context, n *newGroup) error {
	v, err := s.Vocabulary(ctx)
	if err != nil {
		return err
	}
	g := founded(*n)
	err = g.Validate(v, time.Now())
	n.Name, n.Form, n.About, n.Area, n.ForWords, n.For = g.Name, g.Form, g.About, g.Area, g.ForWords, g.For
	return err
}

// SayNew is what was said of a new group, to read.
func (s *Service) SayNew(ctx context.Context, p *ui.Page, n newGroup) ([][2]string, error) {
	v, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	var whom []string
	for _, key := range n.For {
		whom = append(whom, v.Say(p.Lang, key))
	}
	if n.ForWords != "" {
		whom = append(whom, n.ForWords)
	}
	return [][2]string{
		{"group.field.name", n.Name}, {"group.field.form", p.T("group.form." + n.Form)}, {"group.field.about", n.About},
		{"group.field.area", n.Area}, {"group.field.country", p.Country(n.Country)}, {"group.field.for", strings.Join(whom, p.T("i18n.comma"))},
	}, nil
}

// Found makes the page of a group that has joined, for a persona to look after.
// Nobody else sees it until they show it.
func (s *Service) Found(ctx context.Context, tx *db.Tx, n newGroup, organiser string) error {
	v, err := s.vocabularyIn(ctx, tx)
	if err != nil {
		return err
	}
	g, now := founded(n), time.Now()
	// One may have been taken out of the vocabulary since.
	g.For = slices.DeleteFunc(slices.Clone(n.For), func(key string) bool { return !v.Has(key) })
	if err := g.Validate(v, now); err != nil {
		return err
	}
	if err := s.create(ctx, tx, g, now); err != nil {
		return err
	}
	return s.addOrganiser(ctx, tx, g, organiser)
}
