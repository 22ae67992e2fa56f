package group

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// Proposal is a merge that organisers are asked about, as one side sees it.
type Proposal struct {
	merging
	ID   string
	Mine *Group
	Yes  bool // somebody of the viewer's side has said yes; the other side has not
}

// Other is the group on the other side.
func (p *Proposal) Other() *Group {
	if p.Mine == p.Kept {
		return p.Gone
	}
	return p.Kept
}

// Proposals are what the organiser of some groups is asked about them.
func (s *Service) Proposals(ctx context.Context, v *access.Viewer, groups []string) ([]*Proposal, error) {
	return proposalsFor(ctx, s.db, v, groups)
}

func proposalsFor(ctx context.Context, q db.Querier, v *access.Viewer, groups []string) (out []*Proposal, err error) {
	ps, err := proposalsOf(ctx, q, groups)
	if err != nil || len(ps) == 0 {
		return nil, err
	}
	var ids []string
	for _, p := range ps {
		ids = append(ids, p.gone, p.kept)
	}
	gs, err := listedByIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	said, err := wishedOf(ctx, q, ids, wishMerge)
	if err != nil {
		return nil, err
	}
	byID := map[string]*Group{}
	for _, g := range gs {
		byID[g.ID] = g
	}
	for _, p := range ps {
		x := &Proposal{ID: p.id, merging: merging{byID[p.kept], byID[p.gone], p.choices}}
		if x.Kept == nil || x.Gone == nil {
			continue // its curtains were closed between two reads
		}
		x.Mine = x.Kept
		if !v.May(edit, p.kept) {
			x.Mine = x.Gone
		}
		x.Yes = said[x.Mine.ID]
		out = append(out, x)
	}
	return out, err
}

// Proposal gives the merge that the organisers of a group are asked about, to
// one of them; NotFound if there is none.
func (s *Service) Proposal(ctx context.Context, v *access.Viewer, slug string) (*Proposal, error) {
	g, err := forOrganiser(ctx, s.db, v, slug)
	if err != nil {
		return nil, err
	}
	ps, err := s.Proposals(ctx, v, []string{g.ID})
	if err == nil && len(ps) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	return ps[0], errors.Join(s.picture(ctx, ps[0].Kept), s.picture(ctx, ps[0].Gone))
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
		ps, err := proposalsFor(ctx, tx, v, []string{g.ID})
		if err != nil {
			return err
		}
		if len(ps) == 0 || ps[0].ID != proposal {
			return fault.New(fault.Conflict, "group.merge.answered")
		}
		m := ps[0].merging
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
		_, err := wishOf(ctx, tx, g.ID, wishMerge)
		if errors.Is(err, db.ErrNone) {
			all, err = all && g.organisers == 0, nil
		}
		if err != nil {
			return false, err
		}
	}
	return all, nil
}
