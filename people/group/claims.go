package group

import (
	"context"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/record"
)

// What is asked of this room by whoever decides who may look after a group: see
// the interfaces in people/claim.

// claimed is a group as that room needs to know it. It is another name for a
// bare struct, and no type of its own: rooms do not import each other, and this
// way both mean the same.
type claimed = struct {
	ID, Slug, Name, Lang, Area string

	Email      string // as its page gives it, or the list it came with
	Waits      bool   // not shown, and nobody's yet: the network team sees it
	Closed     bool   // not shown, or hidden: its organisers alone see it
	Ended      bool
	Organisers []string    // personas
	Removed    []string    // personas who were, until somebody else ended that
	Says       [][2]string // what its page says: a locale key, and the words
}

// ClaimedAt gives the group at an address as far as a viewer may see it;
// NotFound otherwise.
func (s *Service) ClaimedAt(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (claimed, error) {
	g, err := bySlug(ctx, q, v.ByAddress(), slug)
	if err != nil {
		return claimed{}, err
	}
	all, err := s.claimed(ctx, q, []*Group{g})
	if err != nil {
		return claimed{}, err
	}
	return all[0], nil
}

// Claimed gives groups by their ids, whoever may see them: the asker knows who
// has a part in them, and shows them to nobody else.
func (s *Service) Claimed(ctx context.Context, q db.Querier, ids []string) ([]claimed, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	gs, err := anyByIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	return s.claimed(ctx, q, gs)
}

// HoldClaimed gives one group and keeps it, and who its organisers are, from
// being changed until the transaction ends; NotFound if it is gone.
func (s *Service) HoldClaimed(ctx context.Context, tx *db.Tx, id string) (claimed, error) {
	gs, err := holdByIDs(ctx, tx, []string{id})
	if err == nil && len(gs) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return claimed{}, err
	}
	all, err := s.claimed(ctx, tx, gs)
	if err != nil {
		return claimed{}, err
	}
	return all[0], nil
}

func (s *Service) claimed(ctx context.Context, q db.Querier, gs []*Group) (out []claimed, err error) {
	var ids []string
	for _, g := range gs {
		ids = append(ids, g.ID)
	}
	organise, err := access.HoldersOf(ctx, q, ids, access.Organiser)
	if err != nil {
		return nil, err
	}
	gone, err := removed(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for _, g := range gs {
		away := !g.Published || g.Hidden
		c := claimed{ID: g.ID, Slug: g.Slug, Name: g.Name, Lang: g.WrittenIn, Area: g.Area, Email: g.Email,
			Waits: away && g.organisers == 0, Closed: away && g.organisers > 0, Ended: g.Life == Ended, Says: g.says()}
		c.Organisers, c.Removed = holding(organise, g.ID), holding(gone, g.ID)
		out = append(out, c)
	}
	return out, nil
}

func holding(all []access.Holder, group string) (out []string) {
	for _, h := range all {
		if h.Scope == group {
			out = append(out, h.Persona)
		}
	}
	return out
}

// says is what a group's page says, for those who are asked whether it is right
// before anybody sees it.
func (g *Group) says() (out [][2]string) {
	add := func(key, words string) {
		if words != "" {
			out = append(out, [2]string{key, words})
		}
	}
	add("group.field.about", g.About)
	add("group.area", g.Area)
	add("group.place", g.Place)
	add("group.field.email", g.Email)
	add("group.field.phone", g.Phone)
	add("group.field.website", g.Website)
	add("group.field.reach", g.Reach)
	for _, r := range g.Registers {
		add("group.register", r.String())
	}
	return out
}

// mostLooked is how many changes of a page are looked through for where its
// address came from.
const mostLooked = 200

// EmailSince says when the address that a group's page gives came there, and by
// whose hand: empty is a list, or somebody who has left. The zero time: it was
// there from the beginning.
func (s *Service) EmailSince(ctx context.Context, q db.Querier, group string) (since time.Time, by string, err error) {
	rs, err := record.List(ctx, q, thing(group), 0, mostLooked)
	if err != nil || len(rs) == 0 {
		return time.Time{}, "", err
	}
	now, err := emailIn(rs[0])
	for _, r := range rs {
		if err != nil {
			return time.Time{}, "", err
		}
		var email string
		if email, err = emailIn(r); email != now {
			break
		}
		since, by = r.At, r.Author
		if r.N == 1 {
			since = time.Time{}
		}
	}
	return since, by, err
}

// FindClaimed finds groups by their names and register numbers, as far as a
// viewer may find them at all.
func (s *Service) FindClaimed(ctx context.Context, v *access.Viewer, words string) ([]claimed, error) {
	l, err := s.List(ctx, v, words, nil, nil, "", "")
	if err != nil || len(l.Groups) == 0 {
		return nil, err
	}
	var ids []string
	for _, b := range l.Groups {
		ids = append(ids, b.ID)
	}
	all, err := s.Claimed(ctx, s.db, ids)
	return db.InOrder(ids, all, func(g claimed) string { return g.ID }), err
}

// Propose keeps a group that somebody says should be here. It waits for the
// network team, as one from a list does.
func (s *Service) Propose(ctx context.Context, tx *db.Tx, name, area, reach string) error {
	g := &Group{Details: Details{Name: name, Area: area, Reach: reach}, Audience: Everyone}
	v, err := s.vocabularyIn(ctx, tx)
	if err != nil {
		return err
	}
	now := time.Now()
	if err := g.Validate(v, now); err != nil {
		return err
	}
	return s.create(ctx, tx, g, now)
}

// Seat makes a persona an organiser of a group. Whoever calls it has decided
// that they may be one.
func (s *Service) Seat(ctx context.Context, tx *db.Tx, group, persona string) error {
	if err := takeBackRemoval(ctx, tx, group, persona); err != nil {
		return err
	}
	return s.addOrganiser(ctx, tx, &Group{ID: group}, persona)
}

// Unseat ends that, and remembers it: somebody whom a group once sent away does
// not come back by a letter alone.
func (s *Service) Unseat(ctx context.Context, tx *db.Tx, group, persona string) error {
	held, err := access.Revoke(ctx, tx, persona, group, access.Organiser)
	if err != nil || !held {
		return err
	}
	if err := putRemoved(ctx, tx, group, persona, db.Day(time.Now())); err != nil {
		return err
	}
	tx.Changed("group")
	if err := dropWish(ctx, tx, group, wishOpen, wishDelete, wishMerge); err != nil {
		return err // it may be theirs, and nobody agrees with somebody sent away
	}
	return countOrganiser(ctx, tx, group, -1, 0)
}

// TakeOff deletes a group that was never shown, and remembers it so that no
// import brings it back. Whoever calls it has seen that somebody of the group
// wants that. A group that others may have made something of is deleted by two.
func (s *Service) TakeOff(ctx context.Context, tx *db.Tx, group string) error {
	gs, err := holdByIDs(ctx, tx, []string{group})
	if err != nil {
		return err
	}
	if len(gs) == 0 {
		return fault.Missing()
	}
	g := gs[0]
	if !g.mayGo() {
		return fault.New(fault.Conflict, "group.off.not")
	}
	if err := putOff(ctx, tx, offKeys(g)); err != nil {
		return err
	}
	return s.remove(ctx, tx, g)
}

// mayGo says whether one person alone may take the group off the list.
func (g *Group) mayGo() bool { return !g.Published && !g.shown && g.organisers <= 1 }

// offKeys are what a group that was taken off the list is remembered by: its
// register numbers; its name and place where it has none.
func offKeys(g *Group) (out []string) {
	for _, r := range g.Registers {
		out = append(out, id.Hash(registerKey(r)))
	}
	if len(out) == 0 {
		out = append(out, id.Hash(newKnownGroup(g).hereKey()))
	}
	return out
}

// anyOffKeys are all that a row of a list may be remembered by.
func (k *knownGroup) anyOffKeys() []string {
	out := []string{id.Hash(k.hereKey())}
	for _, r := range k.registers {
		out = append(out, id.Hash(registerKey(r)))
	}
	return out
}

// Publish shows a group that waits to whom its audience says: an organiser's to
// do. Nobody else's yes is a group's yes.
func (s *Service) Publish(ctx context.Context, v *access.Viewer, slug string) (*Group, error) {
	var out *Group
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := forOrganiser(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		out = g
		if g.Published {
			return nil
		}
		was := *g
		g.Published = true
		return s.save(ctx, tx, &was, g, v.Persona, time.Now())
	})
	return out, err
}

// TakeOffOwn is TakeOff by an organiser.
func (s *Service) TakeOffOwn(ctx context.Context, v *access.Viewer, slug string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := forOrganiser(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		return s.TakeOff(ctx, tx, g.ID)
	})
}

// registerWords are a group's register numbers as people look for them.
func (g *Group) registerWords() (out []string) {
	for _, r := range g.Registers {
		out = append(out, r.ID)
	}
	return out
}
