package group

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"withus.example/platform/access"
	"withus.example/platform/atlas"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/mail"
	"withus.example/platform/media"
	"withus.example/platform/place"
	"withus.example/platform/record"
	"withus.example/platform/search"
)

// Who may do what with groups. Seeing is no permission: it is in every query.
var (
	read      = access.Permission{Name: "group.read", Anyone: true}
	edit      = access.Permission{Name: "group.edit", Relation: []access.Relation{access.Organiser}}
	editFree  = access.Permission{Name: "group.edit-free", Roles: []access.Role{access.Team}} // groups without organisers
	editWords = access.Permission{Name: "group.words", Roles: []access.Role{access.Team}}
	speak     = access.Permission{Name: "group.speak", Roles: access.Everybody}
	remindMe  = access.Permission{Name: "group.remind", Roles: access.Everybody}
	// editing is either; which of the two, the verb decides once it knows the group.
	editing = access.Permission{Name: "group.editing", Roles: editFree.Roles, Relation: edit.Relation}
)

// Service is the room.
type Service struct {
	db         *db.DB
	index      *search.Index
	langs      *i18n.Catalog
	vocabulary db.Memo[*Vocabulary]
	proposed   db.Memo[map[string]bool]
	mine       db.Memos[string, Mine]
	plans      db.Memos[string, *plan]
	people     People
	speakers   Speakers
	pictures   media.Shelf
	places     *place.Gazetteer
	maps       atlas.Atlas
	rooms      []room        // that ask organisers, too
	taking     chan struct{} // held while the whole list is written for somebody
}

// People is what the room asks of whoever keeps the personas.
type People interface {
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
	// Deliver sends a letter to whoever is behind a persona, in their language;
	// NotFound if nobody is, or no address of theirs is proven.
	Deliver(ctx context.Context, persona string, write func(l *i18n.Lang, origin string) mail.Letter) error
	// Away says whether somebody is not, or not now, to do anything here.
	Away(ctx context.Context, persona string) (bool, error)
}

// New opens the room.
func New(d *db.DB, index *search.Index, langs *i18n.Catalog, people People, speakers Speakers, pictures media.Store) *Service {
	s := &Service{db: d, index: index, langs: langs, people: people, speakers: speakers, places: place.New(langs), taking: make(chan struct{}, 4),
		pictures: media.Shelf{DB: d, Store: pictures, Sides: media.Sides, Job: pictureJob, Kept: pictureKept}}
	s.vocabulary.Rooms = []string{"group"}
	s.vocabulary.Make = func(ctx context.Context) (*Vocabulary, error) {
		changed, err := terms(ctx, d)
		return newVocabulary(changed), err
	}
	s.mine.Rooms, s.mine.Most = []string{"group"}, 1000
	s.plans.Rooms, s.plans.Most = []string{search.Counter(docKind)}, mostPlans
	s.proposed.Rooms = []string{"group"}
	s.proposed.Make = func(ctx context.Context) (map[string]bool, error) { return proposed(ctx, d) }
	return s
}

// thing is a group as its history knows it.
func thing(id string) record.Thing { return record.Thing{Room: "group", ID: id} }

// Read gives the group at an address; NotFound if there is none, or none that
// the viewer may see.
func (s *Service) Read(ctx context.Context, v *access.Viewer, slug string) (*Group, error) {
	return bySlug(ctx, s.db, v.ByAddress(), slug)
}

// MayEdit says whether the viewer may edit a group they can see: its
// organisers, and the network team while it has none.
func MayEdit(v *access.Viewer, g *Group) bool {
	return v.May(edit, g.ID) || g.organisers == 0 && v.May(editFree, "")
}

// forEdit gives the group at an address to someone who may edit it.
func (s *Service) forEdit(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (*Group, error) {
	g, err := bySlug(ctx, q, v.ByAddress(), slug)
	if err != nil {
		return nil, err
	}
	if !MayEdit(v, g) {
		return nil, fault.New(fault.Denied, "")
	}
	return g, nil
}

// Change is an edit of a group.
type Change struct {
	Details
	Audience  Audience `json:"audience" enum:"everyone,members,unlisted"`
	Published bool     `json:"published"`
	Revision  int      `json:"revision" doc:"the revision this change was made from; if there is a newer one, nothing is changed"`
}

// Edit changes a group. If somebody else changed it since the revision the
// change was made from, it is a Conflict and nothing is changed.
func (s *Service) Edit(ctx context.Context, v *access.Viewer, slug string, c Change) (*Group, error) {
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.validate(vocabulary); err != nil {
		return nil, err
	}
	var out *Group
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.forEdit(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		if g.Revision != c.Revision {
			return fault.New(fault.Conflict, "group.changed-meanwhile")
		}
		was := *g
		g.Details, g.Audience, g.Published = c.Details, c.Audience, c.Published
		out = g
		return s.save(ctx, tx, &was, g, v.Persona, time.Now())
	})
	return out, err
}

func (c *Change) validate(v *Vocabulary) error {
	err := c.Details.Validate(v, time.Now())
	var p fault.Problems
	p.Choice("audience", string(c.Audience), audiences...)
	if f := fault.Of(err); f != nil {
		if f.Kind != fault.Invalid {
			return err
		}
		p = append(p, f.Problems...)
	}
	return p.Err()
}

// Restore brings back what a group said of itself in an earlier revision, as a
// new one. Who may see the group stays as it is: words come back, never an
// audience. If there is a newer revision than the one it was asked from, it is
// a Conflict.
func (s *Service) Restore(ctx context.Context, v *access.Viewer, slug string, n, from int) (*Group, error) {
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	var out *Group
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.forEdit(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		if g.Revision != from {
			return fault.New(fault.Conflict, "group.changed-history")
		}
		old, err := record.Get(ctx, tx, thing(g.ID), n)
		if errors.Is(err, db.ErrNone) {
			return fault.Missing()
		}
		if err != nil {
			return err
		}
		was := *g
		confidential := g.Confidential
		g.Details = Details{}
		if err := json.Unmarshal(old.Body, &g.Details); err != nil {
			return err
		}
		g.Confidential = g.Confidential || confidential
		if err := g.Validate(vocabulary, time.Now()); err != nil {
			return err
		}
		out = g
		return s.save(ctx, tx, &was, g, v.Persona, time.Now())
	})
	return out, err
}

// save writes a group that was changed, with its history and what is found of
// it. It is the one way a group changes.
func (s *Service) save(ctx context.Context, tx *db.Tx, was, g *Group, author string, now time.Time) error {
	g.Revision, g.Changed = was.Revision+1, db.Day(now)
	if (was.Audience == Unlisted) != (g.Audience == Unlisted) {
		// An address that could be guessed is none for a group that is not
		// listed; and one that can't be is none to print on a poster.
		if err := s.address(ctx, tx, g); err != nil {
			return err
		}
	}
	if err := update(ctx, tx, g); err != nil {
		return err
	}
	if author != "" { // whoever edits a page has looked at it
		g.Checked = db.Day(now)
		if err := setChecked(ctx, tx, g); err != nil {
			return err
		}
	}
	if g.Confidential && !was.Confidential {
		if err := forgetPlaces(ctx, tx, g.ID); err != nil {
			return err
		}
	}
	return s.keep(ctx, tx, g, author, now)
}

// keep writes a group's revision and what is found of it.
func (s *Service) keep(ctx context.Context, tx *db.Tx, g *Group, author string, now time.Time) error {
	body, err := json.Marshal(g.Details)
	if err != nil {
		return err
	}
	if err := record.Add(ctx, tx, thing(g.ID), record.Revision{N: g.Revision, Author: author, At: now, Body: body}); err != nil {
		return err
	}
	return s.shelve(ctx, tx, g)
}

// dropPlace takes a meeting place that became confidential out of a revision.
func dropPlace(body json.RawMessage) (json.RawMessage, error) {
	var d Details
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, err
	}
	d.Place = ""
	return json.Marshal(d)
}

// create makes a group. Imports and the demo call it; who asks is settled by
// them. The details are valid already.
func (s *Service) create(ctx context.Context, tx *db.Tx, g *Group, now time.Time) error {
	if g.ID == "" {
		g.ID = id.New(ctx)
	}
	g.Revision, g.Changed, g.added, g.Life = 1, db.Day(now), db.Day(now), Active
	if err := s.address(ctx, tx, g); err != nil {
		return err
	}
	if err := insert(ctx, tx, g); err != nil {
		return err
	}
	return s.keep(ctx, tx, g, "", now)
}

// address gives a group the last part of its address.
func (s *Service) address(ctx context.Context, tx *db.Tx, g *Group) error {
	g.Slug = slug(g.Name)
	if g.Audience == Unlisted {
		g.Slug += "-" + strings.ReplaceAll(id.New(ctx), "-", "")[:20]
		return nil
	}
	for {
		taken, err := slugTaken(ctx, tx, g.Slug, g.ID)
		if err != nil || !taken {
			return err
		}
		g.Slug = slug(g.Name) + "-" + id.New(ctx)[:4]
	}
}

// slug is a name as part of an address: its letters and digits, in its own
// script.
func slug(name string) string {
	var b strings.Builder
	for _, w := range search.Words(name) {
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(w)
		if utf8.RuneCountInString(b.String()) > 60 {
			break
		}
	}
	if b.Len() == 0 {
		return "group"
	}
	return b.String()
}

// AddOrganiser makes a persona an organiser of a group. Whoever runs the
// network calls it, from the command line.
func (s *Service) AddOrganiser(ctx context.Context, slug, persona string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := anyBySlug(ctx, tx, slug)
		if err != nil {
			return err
		}
		return s.addOrganiser(ctx, tx, g, persona)
	})
}

func (s *Service) addOrganiser(ctx context.Context, tx *db.Tx, g *Group, persona string) error {
	fresh, err := access.Grant(ctx, tx, persona, g.ID, access.Organiser)
	if err != nil || !fresh {
		return err
	}
	return countOrganiser(ctx, tx, g.ID, +1, 0)
}

// StepDown ends the viewer's own part as an organiser. The last one can't by
// mistake: somebody else takes it first.
func (s *Service) StepDown(ctx context.Context, v *access.Viewer, slug string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := bySlug(ctx, tx, v.ByAddress(), slug)
		if err != nil {
			return err
		}
		// Held, so that nobody lets them into another group meanwhile.
		if err := errors.Join(v.Need(edit, g.ID), hold(ctx, tx, slug, slug)); err != nil {
			return err
		}
		held, err := access.Revoke(ctx, tx, v.Persona, g.ID, access.Organiser)
		if err != nil || !held {
			return err
		}
		tx.Changed("group")
		return errors.Join(forgetWish(ctx, tx, g.ID, v.Persona), countOrganiser(ctx, tx, g.ID, -1, 1))
	})
}
