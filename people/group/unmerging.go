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
	"withus.example/platform/record"
)

// Merged is a merge as those see it who may undo it, and others who look after
// groups.
type Merged struct {
	record.Merge
	Name, Lang string   // of the page that is gone
	Into       Brief    // what stands for it now
	Last       bool     // no later one has to be undone first
	Since      []string // fields that changed since, which stay
	May        bool     // the viewer may undo it
}

// Merges are those a group stands for, the newest first, for whoever may edit
// it.
func (s *Service) merges(ctx context.Context, v *access.Viewer, g *Group) (out []Merged, err error) {
	ms, err := record.Merges(ctx, s.db, "group", []string{g.ID})
	if err != nil || len(ms) == 0 {
		return nil, err
	}
	all, err := s.mergedOf(ctx, ms, []Brief{g.brief()})
	for i := range all {
		all[i].May = MayEdit(v, g)
		if all[i].Last = all[i].Last && all[i].Kept == g.ID; !all[i].Last {
			continue
		}
		body, err := record.Get(ctx, s.db, thing(g.ID), all[i].N)
		if err != nil {
			return nil, err
		}
		after, err := details(body.Body)
		if err != nil {
			return nil, err
		}
		all[i].Since = since(after, g)
	}
	return all, err
}

// brief is what a list shows of a group.
func (g *Group) named() Named { return Named{g.ID, g.Slug, g.Name, g.WrittenIn} }

func (g *Group) brief() Brief {
	return Brief{Named: g.named(), About: g.About, Form: g.Form, Area: g.Area, Country: g.Country, Support: g.Support, Online: g.Online, Life: g.Life}
}

// mergedOf puts the names to merges, of those whose survivor is among some.
func (s *Service) mergedOf(ctx context.Context, ms []record.Merge, into []Brief) (out []Merged, err error) {
	var ids []string
	for _, m := range ms {
		ids = append(ids, m.Gone)
	}
	gone, err := anyByIDs(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	latest := map[string]int{}
	for _, m := range ms {
		latest[m.Kept] = max(latest[m.Kept], m.N)
	}
	for _, m := range ms {
		x := Merged{Merge: m, Last: m.Stands == m.Kept && m.N == latest[m.Kept]}
		for _, g := range gone {
			if g.ID == m.Gone {
				x.Name, x.Lang = g.Name, g.WrittenIn
			}
		}
		for _, b := range into {
			if b.ID == m.Stands {
				x.Into = b
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// mostMerges is how many merges the team looks back on.
const mostMerges = 20

// LatestMerges are the newest merges, as far as the team may see what became of
// them. They undo those whose page has no organisers; the others are for the
// organisers to undo.
func (s *Service) LatestMerges(ctx context.Context, v *access.Viewer) ([]Merged, error) {
	if err := v.Need(editFree, ""); err != nil {
		return nil, err
	}
	ms, err := record.LatestMerges(ctx, s.db, "group", mostMerges)
	if err != nil || len(ms) == 0 {
		return nil, err
	}
	var ids []string
	for _, m := range ms {
		ids = append(ids, m.Stands)
	}
	// All into the same page, or which is the last is not to be told.
	if ms, err = record.Merges(ctx, s.db, "group", ids); err != nil {
		return nil, err
	}
	gs, err := listedByIDs(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	var into []Brief
	free := map[string]bool{}
	for _, g := range gs {
		into = append(into, g.brief())
		free[g.ID] = MayEdit(v, g)
	}
	all, err := s.mergedOf(ctx, ms[:min(len(ms), mostMerges)], into)
	for i := range all {
		all[i].May = free[all[i].Stands]
	}
	return all, err
}

// Unmerge takes two groups apart again: both are as they were, but what was
// changed since stays with the page that was kept. Whoever may edit that may do
// it. It gives both.
func (s *Service) Unmerge(ctx context.Context, v *access.Viewer, slug, gone string) (kept, back *Group, err error) {
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if kept, err = s.forEdit(ctx, tx, v, slug); err != nil {
			return err
		}
		gs, err := holdByIDs(ctx, tx, []string{kept.ID, gone})
		if err != nil {
			return err
		}
		back = nil
		for _, g := range gs {
			switch g.ID {
			case kept.ID:
				kept = g
			case gone:
				back = g
			}
		}
		if back == nil || !back.merged || !MayEdit(v, kept) {
			return fault.New(fault.Conflict, "group.unmerge.gone")
		}
		return s.unmerge(ctx, tx, kept, back, vocabulary, v.Persona)
	})
	return kept, back, err
}

func (s *Service) unmerge(ctx context.Context, tx *db.Tx, kept, back *Group, vocabulary *Vocabulary, author string) error {
	if kept.Hidden { // one organiser alone does not open what is closed
		return fault.New(fault.Conflict, "group.unmerge.hidden")
	}
	m, err := record.Part(ctx, tx, "group", back.ID)
	switch {
	case errors.Is(err, record.ErrLater):
		return fault.New(fault.Conflict, "group.unmerge.later")
	case errors.Is(err, db.ErrNone) || err == nil && m.Kept != kept.ID:
		return fault.New(fault.Conflict, "group.unmerge.gone")
	case err != nil:
		return err
	}
	var n notes
	if err := json.Unmarshal(m.Body, &n); err != nil {
		return err
	}
	before, err := revision(ctx, tx, kept.ID, m.N-1)
	if err != nil {
		return err
	}
	after, err := revision(ctx, tx, kept.ID, m.N)
	if err != nil {
		return err
	}
	was := *kept
	if err := apart(kept, before, after, n); err != nil {
		return err
	}
	if err := kept.Validate(vocabulary, time.Now()); err != nil {
		return fault.New(fault.Conflict, "group.unmerge.not-so")
	}
	if err := s.write(ctx, tx, &was, kept, author, time.Now()); err != nil {
		return err
	}
	if err := s.leave(ctx, tx, kept, back); err != nil {
		return err
	}
	if err := s.stepBack(ctx, tx, back, false); err != nil {
		return err
	}
	// Who was kept out since then was kept out of both.
	narrowed := was.Audience != n.Now.Audience && narrower(was.Audience, back.Audience) != back.Audience
	if old := *back; narrowed || back.Published && !was.Published {
		back.Audience, back.Published = narrower(was.Audience, back.Audience), was.Published && back.Published
		if err := s.write(ctx, tx, &old, back, author, time.Now()); err != nil {
			return err
		}
	}
	// What was put together with it before stands behind it again, too.
	with, err := record.Merges(ctx, tx, "group", []string{back.ID})
	if err != nil {
		return err
	}
	for _, id := range append(gone(with), back.ID) {
		if err := fact.Tell(ctx, tx, fact.Merged{Room: "group", ID: id}); err != nil {
			return err
		}
	}
	if len(n.Suggestions) > 0 {
		if _, err := record.MoveSuggestions(ctx, tx, thing(kept.ID), thing(back.ID), n.Suggestions); err != nil {
			return err
		}
	}
	return s.partPictures(ctx, tx, kept, back, n)
}

// gone are the groups that others stand for.
func gone(ms []record.Merge) (out []string) {
	for _, m := range ms {
		out = append(out, m.Gone)
	}
	return out
}

// revision is what a group said of itself in one.
func revision(ctx context.Context, q db.Querier, group string, n int) (*Group, error) {
	r, err := record.Get(ctx, q, thing(group), n)
	if err != nil {
		return nil, err
	}
	return details(r.Body)
}

// leave lets those go who became organisers by the merge. Who stepped down from
// the page that stood for both has stepped down from both.
func (s *Service) leave(ctx context.Context, tx *db.Tx, kept, back *Group) error {
	joined, err := takeJoined(ctx, tx, back.ID)
	if err != nil {
		return err
	}
	for _, p := range joined {
		from := kept.ID
		held, err := access.Revoke(ctx, tx, p, kept.ID, access.Organiser)
		if err == nil && !held {
			from = back.ID
			held, err = access.Revoke(ctx, tx, p, back.ID, access.Organiser)
		}
		if err == nil && held {
			err = countOrganiser(ctx, tx, from, -1, 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// partPictures gives both their pictures back. A picture that was replaced or
// removed since is gone for good, as pictures are; the one that made room for it
// goes, too, since the page has another.
func (s *Service) partPictures(ctx context.Context, tx *db.Tx, kept, back *Group, n notes) error {
	if !n.Swapped {
		return nil
	}
	now, err := maybePicture(ctx, tx, kept.ID)
	if err != nil {
		return err
	}
	if now == nil && n.Picture == "" || now != nil && now.key == n.Picture {
		return swapPictures(ctx, tx, kept.ID, back.ID)
	}
	return s.letGo(ctx, tx, back.ID)
}
