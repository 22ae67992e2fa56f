package group

import (
	"context"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// Question is a merge that organisers are asked about, as one side sees it.
type Question struct {
	ID          string
	Mine, Other Named
	Of          Revisions
	Yes         bool // somebody of the viewer's side has said yes; the other side has not
}

func (x *question) asked(v *access.Viewer) *Question {
	if v.May(edit, x.kept.ID) {
		return &Question{x.id, x.kept, x.gone, x.of, x.keptYes}
	}
	return &Question{x.id, x.gone, x.kept, x.of, x.goneYes}
}

// Questions are what the organiser of some groups is asked about them.
func (s *Service) Questions(ctx context.Context, v *access.Viewer, groups []string) (out []*Question, err error) {
	all, err := s.proposed.Get(ctx, s.db)
	if err != nil {
		return nil, err
	}
	groups = slices.DeleteFunc(slices.Clone(groups), func(id string) bool { return !all[id] })
	if len(groups) == 0 {
		return nil, nil
	}
	xs, err := questionsOf(ctx, s.db, groups)
	for i := range xs {
		out = append(out, xs[i].asked(v))
	}
	return out, err
}

// Proposal is such a merge with both pages.
type Proposal struct {
	merging
	*Question
}

// Proposal gives the merge that the organisers of a group are asked about, to
// one of them; NotFound if there is none.
func (s *Service) Proposal(ctx context.Context, v *access.Viewer, slug string) (*Proposal, error) {
	g, err := forOrganiser(ctx, s.db, v, slug)
	if err != nil {
		return nil, err
	}
	p, err := proposalOf(ctx, s.db, v, g.ID)
	if err != nil {
		return nil, err
	}
	return p, errors.Join(s.picture(ctx, p.Kept), s.picture(ctx, p.Gone))
}

func proposalOf(ctx context.Context, q db.Querier, v *access.Viewer, id string) (*Proposal, error) {
	xs, err := questionsOf(ctx, q, []string{id})
	if err != nil {
		return nil, err
	}
	if len(xs) == 0 {
		return nil, fault.Missing()
	}
	x := &xs[0]
	p := &Proposal{Question: x.asked(v)}
	if p.Kept, p.Gone, err = two(ctx, q, x.kept.Slug, x.gone.Slug); err != nil {
		return nil, err
	}
	p.Choices = x.choices
	return p, nil
}

// Answer is what an organiser says to a merge. One no ends it, and says that
// the groups are two. Once a side of each group that has organisers has said
// yes, the two are put together. It gives the page that is theirs then, and
// says whether that was done.
func (s *Service) Answer(ctx context.Context, v *access.Viewer, slug, proposal string, yes bool, r Revisions) (g *Group, done bool, err error) {
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, false, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		done = false
		if g, err = forOrganiser(ctx, tx, v, slug); err != nil {
			return err
		}
		p, err := proposalOf(ctx, tx, v, g.ID)
		if fault.Is(err, fault.NotFound) || err == nil && p.ID != proposal {
			return fault.New(fault.Conflict, "group.merge.answered")
		}
		if err != nil {
			return err
		}
		m := p.merging
		if err := hold(ctx, tx, m.Kept.Slug, m.Gone.Slug); err != nil {
			return err
		}
		if m.Kept, m.Gone, err = two(ctx, tx, m.Kept.Slug, m.Gone.Slug); err != nil {
			return err
		}
		tx.Changed("group")
		if !yes {
			return errors.Join(dropProposal(ctx, tx, m.Kept.ID, m.Gone.ID), tellApart(ctx, tx, m.Kept, m.Gone, apartOrganisers))
		}
		if m.revisions() != r {
			return fault.New(fault.Conflict, "group.merge.changed")
		}
		if done, err = s.agree(ctx, tx, v, &m); err != nil || !done {
			return err
		}
		g = m.Kept
		return s.merge(ctx, tx, &m, vocabulary, v.Persona, time.Now())
	})
	return g, done, err
}

// agree notes the viewer's yes for every side they are an organiser of, and says
// whether all have said it that are asked.
func (s *Service) agree(ctx context.Context, tx *db.Tx, v *access.Viewer, m *merging) (bool, error) {
	all := true
	for _, g := range []*Group{m.Kept, m.Gone} {
		if v.May(edit, g.ID) {
			if err := insertWish(ctx, tx, g.ID, wishMerge, v.Persona, time.Now()); err != nil {
				return false, err
			}
		}
		w, err := wishOf(ctx, tx, g.ID, wishMerge)
		if errors.Is(err, db.ErrNone) {
			all, err = all && g.organisers == 0, nil
		} else if err == nil {
			// Whoever said it still speaks for the group.
			held, herr := access.Held(ctx, tx, w.asker, access.Organiser)
			all, err = all && slices.Contains(held, g.ID), herr
		}
		if err != nil {
			return false, err
		}
	}
	return all, nil
}
