package group

import (
	"errors"
	"sync"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/record"
)

// Of two who merge at once, one does; the other is told.
func TestMergeRace(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		m := both(t, s, "Open Door", "Open Doors")
		other := both(t, s, "Tidewater Peers", "Open Doors")
		tries := []*merging{m, {Kept: m.Gone, Gone: m.Kept}, other, m}
		errs := make([]error, len(tries))
		var wait sync.WaitGroup
		for i, x := range tries {
			wait.Go(func() {
				_, _, errs[i] = s.Merge(ctx, team, x.Kept.Slug, x.Gone.Slug, Choices{"name": Kept}, rev(x))
			})
		}
		wait.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound):
				t.Error(err)
			}
		}
		stands, err := record.Stands(ctx, s.db, "group")
		if err != nil || done != 1 || len(stands) != 1 {
			t.Errorf("%d were done, %v: %v, %v", done, stands, errs, err)
		}
	})
}

// An organiser edits while the team merges: either the edit is on the page that
// is kept, or it is refused and nothing of it is lost.
func TestMergeWhileEdited(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		m := both(t, s, "Open Door", "Open Doors")
		c := Change{Details: m.Gone.Details, Audience: Everyone, Published: true, Revision: m.Gone.Revision}
		c.Welcome = "Ask for the potato peeler"
		var edited, merged error
		var wait sync.WaitGroup
		wait.Go(func() { _, edited = s.Edit(ctx, team, m.Gone.Slug, c) })
		wait.Go(func() { _, _, merged = s.Merge(ctx, team, m.Kept.Slug, m.Gone.Slug, nil, rev(m)) })
		wait.Wait()
		if (edited == nil) == (merged == nil) {
			t.Errorf("both or neither: %v, %v", edited, merged)
		}
		for _, err := range []error{edited, merged} {
			if f := fault.Of(err); err != nil && f.Kind != fault.Conflict && f.To == "" {
				t.Error(err)
			}
		}
		if g := byID(t, s, m.Gone.ID); edited == nil && g.Welcome != c.Welcome || errors.Is(edited, db.ErrUnknown) {
			t.Errorf("the edit is lost: %+v", g)
		}
	})
}
