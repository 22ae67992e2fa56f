package member

import (
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// It is known since when somebody has their role, whichever way it changes; saying it
// again changes nothing.
func TestRoleSince(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		a, p := add(t, s, "ana", access.Team)
		b, _ := add(t, s, "ben", access.Member)
		team := &access.Viewer{Member: a.ID, Persona: p.ID, Role: access.Team}
		since := func(member string) time.Time {
			t.Helper()
			a, err := byID(ctx, s.db, member)
			if err != nil {
				t.Fatal(err)
			}
			return a.RoleSince
		}
		today := db.Day(time.Now())
		if !since(a.ID).Equal(today) || !since(b.ID).Equal(today) {
			t.Fatalf("of new accounts: %v, %v", since(a.ID), since(b.ID))
		}
		day := today.AddDate(0, 2, 0)
		s.now = func() time.Time { return day.Add(9 * time.Hour) }
		if _, err := s.ChangeRole(ctx, team, b.ID, access.Moderator); err != nil {
			t.Fatal(err)
		}
		if !since(b.ID).Equal(day) || !since(a.ID).Equal(today) {
			t.Errorf("on the desk: %v", since(b.ID))
		}
		o, err := s.Owner(ctx, s.db, p.ID)
		if err != nil || !o.RoleSince.Equal(today) {
			t.Errorf("%+v, %v", o, err)
		}
		before := day
		day = day.AddDate(0, 1, 0)
		if err := s.SetRole(ctx, b.Email, access.Moderator); err != nil || !since(b.ID).Equal(before) {
			t.Errorf("said again: %v, %v", since(b.ID), err)
		}
		if err := s.SetRole(ctx, b.Email, access.Team); err != nil || !since(b.ID).Equal(day) {
			t.Errorf("by command: %v, %v", since(b.ID), err)
		}
	})
}
