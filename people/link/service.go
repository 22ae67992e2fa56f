package link

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// Who may do what. Seeing is no permission: it is asked of the groups.
var (
	see  = access.Permission{Name: "link.see", Anyone: true}
	tend = access.Permission{Name: "link.tend", Relation: []access.Relation{access.Organiser}}
	// answerFree is the network team's, for groups that nobody organises.
	answerFree = access.Permission{Name: "link.answer-free", Roles: []access.Role{access.Team}}
	// tending is either; which of the two, the verb decides once it knows the group.
	tending = access.Permission{Name: "link.tending", Roles: answerFree.Roles, Relation: tend.Relation}
)

// Groups is what the room asks of whoever keeps the groups.
type Groups interface {
	// Linked gives those of some groups that a viewer may find now, and those
	// they organise, by id.
	Linked(ctx context.Context, q db.Querier, v *access.Viewer, ids []string) (map[string]Group, error)
	// LinkedAt gives the group at an address; NotFound if there is none, or
	// none that the viewer may see.
	LinkedAt(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (Group, error)
	// StandsFor gives the id of the group that stands for one now: another, if
	// the two were put together, or itself.
	StandsFor(ctx context.Context, q db.Querier, id string) (string, error)
	// FindLinked gives the best matches for words among those a viewer may find.
	FindLinked(ctx context.Context, v *access.Viewer, words string, most int) ([]Group, error)
}

// People is what the room asks of whoever keeps the personas.
type People interface {
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
	// Faces gives the pictures of those that have one, to the same.
	Faces(ctx context.Context, v *access.Viewer, personas []string) (map[string]*ui.Face, error)
}

// Service is the room.
type Service struct {
	db     *db.DB
	groups Groups
	people People
	waits  db.Memo[*waits]
}

// New opens the room.
func New(d *db.DB, groups Groups, people People) *Service {
	s := &Service{db: d, groups: groups, people: people}
	s.waits.Rooms = []string{"link"}
	s.waits.Make = func(ctx context.Context) (*waits, error) { return readWaits(ctx, d) }
	return s
}

// offerLimit keeps a group from flooding others with offers.
var offerLimit = web.Limit{Name: "link.offer", Most: 20, Per: 24 * time.Hour}

// mayAnswer says whether the viewer speaks for a group: its organisers, and the
// network team where there are none.
func mayAnswer(v *access.Viewer, g Group) bool {
	return g.ID != "" && (v.May(tend, g.ID) || !g.Organised && v.May(answerFree, ""))
}

// other gives the group at an address to somebody who may find it: what is in
// no list has no links offered to it.
func (s *Service) other(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (Group, error) {
	g, err := s.groups.LinkedAt(ctx, q, v, slug)
	if err == nil && !g.Shown {
		err = fault.Missing()
	}
	return g, err
}

// mine gives a group of the viewer's, by id: Denied if they do not organise it.
func (s *Service) mine(ctx context.Context, q db.Querier, v *access.Viewer, id string) (Group, error) {
	if err := v.Need(tend, id); err != nil {
		return Group{}, err
	}
	gs, err := s.groups.Linked(ctx, q, v, []string{id})
	if g, ok := gs[id]; ok || err != nil {
		return g, err
	}
	return Group{}, fault.Missing()
}

// Offer offers the group at an address a link with a group the viewer
// organises. If the other group has offered the same, both have agreed.
func (s *Service) Offer(ctx context.Context, v *access.Viewer, slug, mine, way string) (k Link, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		other, err := s.other(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		me, err := s.mine(ctx, tx, v, mine)
		if err != nil {
			return err
		}
		if k, err = read(way, me.ID, other.ID); err != nil {
			return err
		}
		if !me.Shown {
			return fault.Wrong("group", "link.not-shown", "name", me.Name)
		}
		if !other.Organised && !k.needsNobody(other) {
			return fault.Wrong("way", "link.nobody", "name", other.Name)
		}
		k.ID, k.Day, k.offerer = id.New(ctx), db.Day(time.Now()), v.Persona
		fresh, err := offer(ctx, tx, k)
		if errors.Is(err, db.ErrNone) {
			return s.already(ctx, tx, k)
		}
		if err != nil {
			return err
		}
		k = fresh
		what := "offered"
		if k.Agreed {
			what = "agreed"
		}
		return note(ctx, tx, past(ctx, k, me.ID, what, v.Persona))
	})
	return k, err
}

// already says what there is instead of an offer.
func (s *Service) already(ctx context.Context, tx *db.Tx, k Link) error {
	was, err := byPair(ctx, tx, k)
	if err != nil {
		return err
	}
	switch {
	case was.Agreed:
		return fault.New(fault.Conflict, "link.agreed-already")
	case was.From != k.From:
		return fault.New(fault.Conflict, "link.other-way")
	}
	return fault.New(fault.Conflict, "link.offered-already")
}

func past(ctx context.Context, k Link, by, what, persona string) Past {
	return Past{Kind: k.Kind, From: k.From, To: k.To, By: by, What: what, Day: db.Day(time.Now()), id: id.New(ctx), actor: persona}
}

// known gives a link with the groups of it that the viewer may see; NotFound
// for whoever speaks for neither.
func (s *Service) known(ctx context.Context, q db.Querier, v *access.Viewer, id string) (Link, map[string]Group, error) {
	k, err := byID(ctx, q, id)
	if err != nil {
		return k, nil, err
	}
	gs, err := s.groups.Linked(ctx, q, v, []string{k.From, k.To})
	if err == nil && !mayAnswer(v, gs[k.From]) && !mayAnswer(v, gs[k.To]) {
		err = fault.Missing()
	}
	return k, gs, err
}

// Answer agrees to an offer, or declines it: whoever speaks for the group that
// was asked. What was answered already is a Conflict.
func (s *Service) Answer(ctx context.Context, v *access.Viewer, link string, yes bool) (k Link, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var gs map[string]Group
		if k, gs, err = s.known(ctx, tx, v, link); err != nil {
			return err
		}
		if gs[k.By].ID == "" { // its curtains are closed
			return fault.Missing()
		}
		if !mayAnswer(v, gs[k.Asked()]) {
			return fault.New(fault.Denied, "")
		}
		what, done := "agreed", false
		if yes {
			done, err = agree(ctx, tx, k.ID, v.Persona, db.Day(time.Now()))
		} else {
			what = "declined"
			done, err = drop(ctx, tx, k.ID, false)
		}
		if err == nil && !done {
			err = fault.New(fault.Conflict, "link.answered")
		}
		if err != nil {
			return err
		}
		k.Agreed = yes
		return note(ctx, tx, past(ctx, k, k.Asked(), what, v.Persona))
	})
	return k, err
}

// End ends a link at once, or takes an offer back: either side alone.
func (s *Service) End(ctx context.Context, v *access.Viewer, link string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		k, gs, err := s.known(ctx, tx, v, link)
		if err != nil {
			return err
		}
		by, what := k.From, "ended"
		if !mayAnswer(v, gs[by]) {
			by = k.To
		}
		if !k.Agreed {
			if by, what = k.By, "withdrawn"; !mayAnswer(v, gs[by]) {
				return fault.New(fault.Denied, "")
			}
		}
		there, err := drop(ctx, tx, k.ID, k.Agreed)
		if err == nil && !there {
			err = fault.New(fault.Conflict, "link.answered")
		}
		if err != nil {
			return err
		}
		return note(ctx, tx, past(ctx, k, by, what, v.Persona))
	})
}

// gone hears that a group was deleted for good.
func (s *Service) gone(ctx context.Context, f fact.Gone) error {
	if f.Room != "group" {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return forgetGroup(ctx, tx, f.ID) })
}

// tidy forgets what is past. It comes round once a day.
func (s *Service) tidy(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := dropPast(ctx, tx, time.Now().Add(-pastLife)); err != nil {
			return err
		}
		n, err := dropIntros(ctx, tx, time.Now().Add(-introLife))
		if err != nil || n == 0 {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "intro"})
	})
}
