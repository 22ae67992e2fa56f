package group

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/job"
	"withus.example/platform/record"
	"withus.example/platform/search"
)

// Life is where a group is in its life. A group that stops is not deleted for
// it: its page stays as its memory, as the group wished.
type Life string

// The lives.
const (
	Active  Life = "active"
	Resting Life = "resting" // nobody is reminded of anything; the page says so
	Ended   Life = "ended"   // the page is its memory, and in no list of groups to go to
)

var lives = []string{string(Active), string(Resting), string(Ended)}

// Ending is how a group rests or ends.
type Ending struct {
	Life     Life
	Farewell string // what the page says then, in the group's own words
	Keeper   string // the memory keeper, and how to reach them: for the organisers and the network team
}

func (e *Ending) validate() error {
	var p fault.Problems
	p.Choice("life", string(e.Life), lives...)
	p.Text("farewell", &e.Farewell, maxWords, fault.Optional)
	p.Line("keeper", &e.Keeper, maxLine, fault.Optional)
	if e.Life != Active && e.Keeper == "" {
		p.Add("keeper", "group.keeper.missing")
	}
	return p.Err()
}

// SetLife lets a group rest, end, or go on. The organisers' to do, and the
// network team's while it has none. A group that rests or ends names somebody
// who keeps its memory.
func (s *Service) SetLife(ctx context.Context, v *access.Viewer, slug string, e Ending) (*Group, error) {
	var out *Group
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.forEdit(ctx, tx, v, slug)
		if err == nil {
			err = e.validate()
		}
		if err != nil {
			return err
		}
		g.Life, g.Farewell, g.keeper = e.Life, e.Farewell, e.Keeper
		out = g
		if err := setLife(ctx, tx, g); err != nil {
			return err
		}
		return s.shelve(ctx, tx, g)
	})
	return out, err
}

// What takes two organisers, or one and a day: nobody alone, on a bad evening
// or with a gun to their head, opens what was closed or deletes what was
// everyone's.
const (
	wishOpen   = "open"
	wishDelete = "delete"
	wishMerge  = "merge" // one organiser's yes to being put together with another group
	aDay       = 24 * time.Hour

	// wishFor is how long a wish waits for a second organiser: three of the mails
	// that they get once a month. Later nobody may remember it, and one press of
	// somebody who doesn't would do what takes two.
	wishFor = 90 * aDay
)

// forOrganiser gives the group at an address to one of its organisers.
func forOrganiser(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (*Group, error) {
	g, err := bySlug(ctx, q, v.ByAddress(), slug)
	if err != nil {
		return nil, err
	}
	return g, v.Need(edit, g.ID)
}

// CloseCurtains hides a group from everyone but its organisers, from the next
// request on: pages, lists, searches, feeds. One organiser is enough.
func (s *Service) CloseCurtains(ctx context.Context, v *access.Viewer, slug string) (*Group, error) {
	var out *Group
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := forOrganiser(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		out = g
		if err := dropWish(ctx, tx, g.ID, wishOpen); err != nil {
			return err
		}
		return s.hide(ctx, tx, g, true)
	})
	return out, err
}

func (s *Service) hide(ctx context.Context, tx *db.Tx, g *Group, hidden bool) error {
	g.Hidden = hidden
	if err := setHidden(ctx, tx, g); err != nil {
		return err
	}
	return s.shelve(ctx, tx, g)
}

// OpenCurtains shows a hidden group again once two organisers wished it, or one
// did a day before; until then it notes the wish. It says whether the group is
// open now.
func (s *Service) OpenCurtains(ctx context.Context, v *access.Viewer, slug string) (g *Group, open bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err = forOrganiser(ctx, tx, v, slug)
		if err != nil || !g.Hidden {
			open = err == nil
			return err
		}
		if open, err = agreed(ctx, tx, v, g.ID, wishOpen, time.Now()); err != nil || !open {
			return err
		}
		// Whoever opens it means it to stay.
		if err := dropWish(ctx, tx, g.ID, wishOpen, wishDelete); err != nil {
			return err
		}
		return s.hide(ctx, tx, g, false)
	})
	return g, open && err == nil, err
}

// agreed notes a wish, and says whether it holds: somebody else wished it
// before, or the same person did a day ago.
func agreed(ctx context.Context, tx *db.Tx, v *access.Viewer, group, what string, now time.Time) (bool, error) {
	if err := insertWish(ctx, tx, group, what, v.Persona, now); err != nil {
		return false, err
	}
	w, err := wishOf(ctx, tx, group, what)
	return w.asker != v.Persona || !now.Before(w.At.Add(aDay)), err
}

// Wish is what one organiser wants and a second one did not agree to yet.
type Wish struct {
	What  string
	At    time.Time
	asker string
}

// Mine says whether it is the viewer's own.
func (w Wish) Mine(v *access.Viewer) bool { return w.asker == v.Persona }

// Due is when the one who wished it needs nobody else any more.
func (w Wish) Due() time.Time { return w.At.Add(aDay) }

// Wishes are what waits for a second organiser, by what it is.
func (s *Service) Wishes(ctx context.Context, v *access.Viewer, g *Group) (map[string]Wish, error) {
	if !v.May(edit, g.ID) {
		return nil, nil
	}
	ws, err := wishes(ctx, s.db, g.ID)
	out := map[string]Wish{}
	for _, w := range ws {
		out[w.What] = w
	}
	return out, err
}

// Delete deletes a group once two organisers wished it, or one did a day
// before. The first wish hides it; opening the curtains takes the wish back. It
// says whether the group is gone now.
func (s *Service) Delete(ctx context.Context, v *access.Viewer, slug string) (gone bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := forOrganiser(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		if gone, err = agreed(ctx, tx, v, g.ID, wishDelete, time.Now()); err != nil {
			return err
		}
		if !gone {
			return s.hide(ctx, tx, g, true)
		}
		return s.remove(ctx, tx, g)
	})
	return gone && err == nil, err
}

// sweepWishes takes back what no second organiser agreed to. What was hidden for it
// stays hidden: silence shows nobody.
func (s *Service) sweepWishes(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := dropOldWishes(ctx, tx, time.Now().Add(-wishFor))
		if err == nil && n > 0 {
			tx.Changed("group")
		}
		return err
	})
}

// remove deletes everything that is kept of a group, and of those it stands for.
func (s *Service) remove(ctx context.Context, tx *db.Tx, g *Group) error {
	gone, err := record.Merges(ctx, tx, "group", []string{g.ID})
	for _, m := range gone {
		err = errors.Join(err, s.remove(ctx, tx, &Group{ID: m.Gone}))
	}
	if err != nil {
		return err
	}
	if err := s.letGo(ctx, tx, g.ID); err != nil {
		return err
	}
	if err := remove(ctx, tx, g.ID); err != nil {
		return err
	}
	if err := search.Drop(ctx, tx, docKind, "group", g.ID); err != nil {
		return err
	}
	waiting, err := record.Suggestions(ctx, tx, "group", []string{g.ID})
	if err != nil {
		return err
	}
	for _, x := range waiting {
		if x.Author == "" {
			continue
		}
		if err := s.speakers.Unsay(ctx, tx, x.Author); err != nil {
			return err
		}
	}
	if err := record.Forget(ctx, tx, thing(g.ID)); err != nil {
		return err
	}
	if err := access.Close(ctx, tx, g.ID); err != nil {
		return err
	}
	if err := fact.Tell(ctx, tx, fact.Gone{Room: "group", ID: g.ID}); err != nil {
		return err
	}
	return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "group"})
}
