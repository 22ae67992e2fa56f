package group

import (
	"slices"
	"strings"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/fault"
)

// What the room of links is told of a group is what its viewer may find; their
// own groups always.
func TestLinked(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		door, tide := one(t, s, "Open Door"), one(t, s, "Tidewater Peers")
		ana, visitor := organiser(t, s, "ana", door.Slug), &access.Viewer{}
		see := func(v *access.Viewer) string {
			t.Helper()
			gs, err := s.Linked(ctx, s.db, v, []string{door.ID, tide.ID, "nothing"})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, g := range gs {
				out = append(out, g.Name)
			}
			slices.Sort(out)
			return strings.Join(out, ", ")
		}
		if got := see(visitor); got != "Open Door, Tidewater Peers" {
			t.Error(got)
		}
		if _, err := s.CloseCurtains(ctx, ana, door.Slug); err != nil {
			t.Fatal(err)
		}
		if got := see(visitor); got != "Tidewater Peers" {
			t.Error(got)
		}
		if got := see(ana); got != "Open Door, Tidewater Peers" {
			t.Error(got)
		}
		if _, err := s.LinkedAt(ctx, s.db, visitor, door.Slug); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		g, err := s.LinkedAt(ctx, s.db, ana, door.Slug)
		if err != nil || g.Shown || !g.Organised {
			t.Errorf("%+v, %v", g, err)
		}
		if found, err := s.FindLinked(ctx, visitor, "open door", 5); err != nil || len(found) != 0 {
			t.Error(found, err)
		}
		if found, err := s.FindLinked(ctx, visitor, "tidewater", 5); err != nil || len(found) != 1 || found[0].Organised {
			t.Error(found, err)
		}
	})
}

// Lists call a movement by many words.
func TestMovementsInLists(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, "name,form\nOne,Network\nTwo,red de grupos\nThree,Mouvement\nFour,شبكة مجموعات\nFive,movement\n", ImportOptions{Publish: true})
		for _, name := range []string{"One", "Two", "Three", "Four", "Five"} {
			if g := one(t, s, name); g.Form != "movement" {
				t.Errorf("%s is read as %q", name, g.Form)
			}
		}
	})
}
