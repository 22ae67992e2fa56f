package group

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/record"
)

// merging is two groups as somebody looks at them to put them together.
type merging struct {
	Kept, Gone *Group
	Choices    Choices
}

// Revisions are those that somebody decided by: if either page changed since,
// nothing is done.
type Revisions struct{ Kept, Gone int }

func (m *merging) revisions() Revisions { return Revisions{m.Kept.Revision, m.Gone.Revision} }

// outcome is the page that is kept, as it would be.
func (m *merging) outcome(v *Vocabulary, now time.Time) (*Group, error) {
	g, err := combine(m.Kept, m.Gone, m.Choices)
	if err != nil {
		return nil, err
	}
	return g, g.Validate(v, now)
}

// asks says whether organisers are asked: nobody else decides about their page,
// or lets people into their group.
func (m *merging) asks() bool { return m.Kept.organisers+m.Gone.organisers > 0 }

// two reads two groups the network team may put together; NotFound if either is
// not among them. In a transaction they are held until its end.
func two(ctx context.Context, q db.Querier, a, b string) (x, y *Group, err error) {
	gs, err := listedBySlug(ctx, q, []string{a, b})
	if err != nil {
		return nil, nil, err
	}
	for _, g := range gs {
		switch g.Slug {
		case a:
			x = g
		case b:
			y = g
		}
	}
	if x == nil || y == nil {
		return nil, nil, fault.Missing()
	}
	return x, y, nil
}

// Compare gives two groups beside each other, with their pictures; for the
// network team.
func (s *Service) Compare(ctx context.Context, v *access.Viewer, a, b string) (x, y *Group, err error) {
	if err := v.Need(editFree, ""); err != nil {
		return nil, nil, err
	}
	x, y, err = two(ctx, s.db, a, b)
	if err == nil {
		err = errors.Join(s.picture(ctx, x), s.picture(ctx, y))
	}
	return x, y, err
}

// Merge puts two groups together, or asks their organisers where they have any.
// It gives the page that is kept, and says whether that is all: false, it waits
// for organisers.
func (s *Service) Merge(ctx context.Context, v *access.Viewer, kept, gone string, ch Choices, r Revisions) (g *Group, done bool, err error) {
	if err := v.Need(editFree, ""); err != nil {
		return nil, false, err
	}
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, false, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m := &merging{Choices: ch}
		if err := hold(ctx, tx, kept, gone); err != nil {
			return err
		}
		if m.Kept, m.Gone, err = two(ctx, tx, kept, gone); err != nil {
			return err
		}
		g = m.Kept
		if m.revisions() != r {
			return fault.New(fault.Conflict, "group.merge.changed")
		}
		waits, err := questionsOf(ctx, tx, []string{m.Kept.ID, m.Gone.ID})
		if err == nil && len(waits) > 0 {
			err = fault.New(fault.Conflict, "group.merge.waits")
		}
		if err != nil {
			return err
		}
		if done = !m.asks(); done {
			return s.merge(ctx, tx, m, vocabulary, v.Persona, time.Now())
		}
		if _, err := m.outcome(vocabulary, time.Now()); err != nil {
			return err
		}
		return insertProposal(ctx, tx, &proposal{kept: m.Kept.ID, gone: m.Gone.ID, id: id.New(ctx), choices: ch, at: time.Now()})
	})
	return g, done, err
}

// Withdraw takes the question to organisers back.
func (s *Service) Withdraw(ctx context.Context, v *access.Viewer, a, b string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, y, err := s.forTeam(ctx, tx, v, a, b)
		if err != nil {
			return err
		}
		return dropProposal(ctx, tx, x.ID, y.ID)
	})
}

func (s *Service) forTeam(ctx context.Context, tx *db.Tx, v *access.Viewer, a, b string) (x, y *Group, err error) {
	if err := v.Need(editFree, ""); err != nil {
		return nil, nil, err
	}
	return two(ctx, tx, a, b)
}

// TellApart notes that two groups are two, or takes that back. They are not
// brought up again until one of them has another name or place.
func (s *Service) TellApart(ctx context.Context, v *access.Viewer, a, b string, are bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, y, err := s.forTeam(ctx, tx, v, a, b)
		if err != nil {
			return err
		}
		if are {
			return tellApart(ctx, tx, x, y, apartTeam)
		}
		return tellApart(ctx, tx, x, y, "")
	})
}

// tellApart notes who says that two groups are two; "": nobody does any more.
func tellApart(ctx context.Context, tx *db.Tx, x, y *Group, who string) error {
	a, b := newTraits(x), newTraits(y)
	why := a.like(b)
	if why < 0 && who == "" {
		return dropPair(ctx, tx, keyOf(x.ID, y.ID))
	}
	if why < 0 {
		why = byHand
	}
	return putPair(ctx, tx, keyOf(x.ID, y.ID), pair{why: why, apart: who, said: told(a, b)})
}

// merge puts two groups together. The transaction holds both, and who asks is
// settled.
func (s *Service) merge(ctx context.Context, tx *db.Tx, m *merging, v *Vocabulary, author string, now time.Time) error {
	was := *m.Kept
	next, err := m.outcome(v, now)
	if err != nil {
		return err
	}
	n := notes{Was: was.outside(), Now: next.outside()}
	if err := s.join(ctx, tx, m); err != nil {
		return err
	}
	if next.Confidential && m.Gone.Place != "" {
		if err := dropPlaces(ctx, tx, m.Gone.ID); err != nil {
			return err
		}
	}
	if err := s.stepBack(ctx, tx, m.Gone, true); err != nil {
		return err
	}
	if err := s.write(ctx, tx, &was, next, author, now); err != nil {
		return err
	}
	*m.Kept = *next
	if n.Suggestions, err = record.MoveSuggestions(ctx, tx, thing(m.Gone.ID), thing(m.Kept.ID), nil); err != nil {
		return err
	}
	if n.Picture, n.Swapped, err = choosePicture(ctx, tx, m); err != nil {
		return err
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := fact.Tell(ctx, tx, fact.Merged{Room: "group", ID: m.Gone.ID}); err != nil {
		return err
	}
	return record.Join(ctx, tx, "group", record.Merge{Gone: m.Gone.ID, Kept: m.Kept.ID, Address: m.Gone.Slug, N: next.Revision, At: now, Body: body})
}

// write saves a page that was put together or taken apart. That is no looking
// through it: the day it was last checked stays.
func (s *Service) write(ctx context.Context, tx *db.Tx, was, g *Group, author string, now time.Time) error {
	checked := was.Checked
	if err := s.save(ctx, tx, was, g, author, now); err != nil {
		return err
	}
	g.Checked = checked
	return errors.Join(setChecked(ctx, tx, g), setLife(ctx, tx, g), s.shelve(ctx, tx, g))
}

// stepBack lets nobody see a group any more, or those again who saw it before.
func (s *Service) stepBack(ctx context.Context, tx *db.Tx, g *Group, merged bool) error {
	if g.merged = merged; merged {
		if err := dropProposal(ctx, tx, g.ID, g.ID); err != nil {
			return err
		}
	}
	if err := setMerged(ctx, tx, g); err != nil {
		return err
	}
	return s.shelve(ctx, tx, g)
}

// join makes the organisers of the one organisers of the other.
func (s *Service) join(ctx context.Context, tx *db.Tx, m *merging) error {
	holders, err := access.HoldersOf(ctx, tx, []string{m.Gone.ID}, access.Organiser)
	if err != nil {
		return err
	}
	for _, h := range holders {
		fresh, err := access.Grant(ctx, tx, h.Persona, m.Kept.ID, access.Organiser)
		if err == nil && fresh {
			err = errors.Join(countOrganiser(ctx, tx, m.Kept.ID, +1, 0), insertJoined(ctx, tx, m.Gone.ID, h.Persona))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dropPlaces takes the meeting place of a group that stands for itself no more
// out of its page and its history: the page that stands for it says that it is
// told in person only.
func dropPlaces(ctx context.Context, tx *db.Tx, group string) error {
	if err := dropPlaceOf(ctx, tx, group); err != nil {
		return err
	}
	if err := record.Amend(ctx, tx, thing(group), dropPlace); err != nil {
		return err
	}
	return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "place"})
}

// forgetPlaces takes a meeting place that became confidential out of a group's
// history, and out of the pages that are part of it.
func forgetPlaces(ctx context.Context, tx *db.Tx, group string) error {
	if err := record.Amend(ctx, tx, thing(group), dropPlace); err != nil {
		return err
	}
	gone, err := record.Merges(ctx, tx, "group", []string{group})
	for _, m := range gone {
		err = errors.Join(err, dropPlaces(ctx, tx, m.Gone))
	}
	if err != nil {
		return err
	}
	return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "place"})
}

// choosePicture puts the other page's picture on the one that is kept, if that
// was chosen, and what was there where it came from. It gives the key of what
// the page shows then.
func choosePicture(ctx context.Context, tx *db.Tx, m *merging) (key string, swapped bool, err error) {
	if m.Kept.Picture, err = maybePicture(ctx, tx, m.Kept.ID); err != nil {
		return "", false, err
	}
	if m.Gone.Picture, err = maybePicture(ctx, tx, m.Gone.ID); err != nil || m.Choices.picture(m.Kept, m.Gone) == Kept {
		return "", false, err
	}
	if m.Gone.Picture != nil {
		key = m.Gone.Picture.key
	}
	return key, true, swapPictures(ctx, tx, m.Kept.ID, m.Gone.ID)
}

// swapPictures lets two groups change pictures; having none is one, too.
func swapPictures(ctx context.Context, tx *db.Tx, a, b string) error {
	tx.Changed("group")
	x, err1 := maybePicture(ctx, tx, a)
	y, err2 := maybePicture(ctx, tx, b)
	if err := errors.Join(err1, err2, deletePicture(ctx, tx, a), deletePicture(ctx, tx, b)); err != nil {
		return err
	}
	if x != nil {
		if err := insertPicture(ctx, tx, b, x); err != nil {
			return err
		}
	}
	if y != nil {
		return insertPicture(ctx, tx, a, y)
	}
	return nil
}

func maybePicture(ctx context.Context, q db.Querier, group string) (*Picture, error) {
	p, err := pictureOf(ctx, q, group)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	return p, err
}
