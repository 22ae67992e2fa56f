package group

import (
	"context"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/record"
)

// organiser is somebody who organises groups, as they come to a page.
func organiser(t *testing.T, s *Service, persona string, slugs ...string) *access.Viewer {
	t.Helper()
	for _, slug := range slugs {
		if err := s.AddOrganiser(t.Context(), slug, persona); err != nil {
			t.Fatal(err)
		}
	}
	v, err := access.With(t.Context(), s.db, "account of "+persona, persona, access.Member)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// found is how many groups a visitor finds in the list.
func found(t *testing.T, s *Service, filters map[string][]string) int {
	t.Helper()
	l, err := s.List(t.Context(), &access.Viewer{}, "", nil, filters, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return l.Total
}

// One organiser closes the curtains; opening takes two, or one and a day.
func TestCurtains(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx, visitor := t.Context(), &access.Viewer{}
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		slug := one(t, s, "Open Door").Slug
		all := found(t, s, nil)
		ana, ben := organiser(t, s, "ana", slug), organiser(t, s, "ben", slug)
		for _, v := range []*access.Viewer{visitor, organiser(t, s, "eve"), {Member: "t", Persona: "t", Role: access.Team}} {
			if _, err := s.CloseCurtains(ctx, v, slug); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else closes them: %v", err)
			}
		}
		closed := func(want bool) {
			t.Helper()
			_, err := s.Read(ctx, visitor, slug)
			_, own := s.Read(ctx, ben, slug)
			less := 0
			if want {
				less = 1
			}
			if fault.Is(err, fault.NotFound) != want || own != nil || found(t, s, nil) != all-less {
				t.Fatalf("closed is not %v: %v, %v, %d of %d in the list", want, err, own, found(t, s, nil), all)
			}
		}
		closing := func() {
			t.Helper()
			if _, err := s.CloseCurtains(ctx, ana, slug); err != nil {
				t.Fatal(err)
			}
			closed(true)
		}
		open := func(v *access.Viewer, want bool) {
			t.Helper()
			if _, got, err := s.OpenCurtains(ctx, v, slug); err != nil || got != want {
				t.Fatalf("opened: %v, %v", got, err)
			}
			closed(!want)
		}
		closing()
		open(ana, false)
		open(ana, false) // again is no second person
		open(ben, true)
		open(ben, true) // it is open

		closing()
		open(ben, false)
		closing() // takes the wish back
		open(ana, false)
		yesterday(t, s)
		open(ana, true)
	})
}

// A wish that everybody has forgotten is no half of two: neither the one who had it
// nor a second one opens or deletes a group by one press long after.
func TestWishesGo(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		slug := one(t, s, "Open Door").Slug
		ana, ben := organiser(t, s, "ana", slug), organiser(t, s, "ben", slug)
		for _, x := range []struct {
			age  time.Duration
			gone bool
		}{{wishFor + time.Hour, false}, {wishFor - time.Hour, true}} {
			if err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return forgetWishes(ctx, tx, []string{"ana", "ben"}) }); err != nil {
				t.Fatal(err)
			}
			if gone, err := s.Delete(t.Context(), ana, slug); err != nil || gone {
				t.Fatalf("by one alone: %v, %v", gone, err)
			}
			wishedAgo(t, s, x.age)
			if err := s.sweepWishes(t.Context()); err != nil {
				t.Fatal(err)
			}
			if g, err := s.Read(t.Context(), ana, slug); err != nil || !g.Hidden {
				t.Errorf("silence shows it: %v", err)
			}
			if gone, err := s.Delete(t.Context(), ben, slug); err != nil || gone != x.gone {
				t.Errorf("a second one after %v: %v, %v", x.age, gone, err)
			}
		}
	})
}

// yesterday lets every wish be a day old.
func yesterday(t *testing.T, s *Service) {
	t.Helper()
	wishedAgo(t, s, aDay)
}

// wishedAgo lets every wish be of an age.
func wishedAgo(t *testing.T, s *Service, age time.Duration) {
	t.Helper()
	err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE group_wish SET at = $1`, time.Now().Add(-age))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A group that rests says so; one that ended is its memory, out of the list of
// where to go. Both name who keeps it.
func TestLife(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		slug := one(t, s, "Open Door").Slug
		all := found(t, s, nil)
		ana := organiser(t, s, "ana", slug)
		if _, err := s.SetLife(ctx, ana, slug, Ending{Life: Ended}); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a keeper: %v", err)
		}
		for life, want := range map[Life]int{Resting: all, Ended: all - 1, Active: all} {
			if _, err := s.SetLife(ctx, ana, slug, Ending{life, "Thank you all.", "Bev, 01632 960114"}); err != nil {
				t.Fatal(err)
			}
			g, err := s.Read(ctx, &access.Viewer{}, slug)
			if err != nil || g.Life != life || g.Farewell != "Thank you all." || found(t, s, nil) != want {
				t.Errorf("%s: %+v, %v, %d in the list", life, g, err, found(t, s, nil))
			}
			if n := found(t, s, map[string][]string{"life": {"ended"}}); n != all-want {
				t.Errorf("%s: %d have ended", life, n)
			}
		}
	})
}

// Deleting takes two, or one and a day, and leaves nothing; opening the
// curtains takes the wish back.
func TestDelete(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		g := one(t, s, "Open Door")
		ana, ben := organiser(t, s, "ana", g.Slug), organiser(t, s, "ben", g.Slug)
		del := func(v *access.Viewer, want bool) {
			t.Helper()
			if gone, err := s.Delete(ctx, v, g.Slug); err != nil || gone != want {
				t.Fatalf("deleted: %v, %v", gone, err)
			}
		}
		del(ana, false)
		if _, err := s.Read(ctx, &access.Viewer{}, g.Slug); !fault.Is(err, fault.NotFound) {
			t.Errorf("it is still to be seen: %v", err)
		}
		for _, v := range []*access.Viewer{ben, ana} {
			if _, _, err := s.OpenCurtains(ctx, v, g.Slug); err != nil {
				t.Fatal(err)
			}
		}
		del(ben, false) // the wish from before is gone
		del(ana, true)
		if _, err := s.Read(ctx, ana, g.Slug); !fault.Is(err, fault.NotFound) {
			t.Errorf("it is still there: %v", err)
		}
		rs, err := record.List(ctx, s.db, thing(g.ID), 0, 9)
		held, herr := access.Held(ctx, s.db, "ana", access.Organiser)
		refs, ferr := s.index.Find(ctx, ana, "Open Door", 9)
		if len(rs)+len(held)+len(refs) != 0 || err != nil || herr != nil || ferr != nil {
			t.Errorf("left over: %v %v %v, %v %v %v", rs, held, refs, err, herr, ferr)
		}
	})
}
