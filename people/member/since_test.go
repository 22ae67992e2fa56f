package member

import (
	"context"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
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

// Whoever looks after others and was away is new again: nobody saw them meanwhile. Who
// says that they stay is not, and of whom is no more than a member nothing changes.
func TestRoleSinceComingBack(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		add(t, s, "ana", access.Team) // somebody is there while others are not
		write := func(fn func(ctx context.Context, tx *db.Tx) error) error { return s.db.Write(ctx, fn) }
		leave := func(v *access.Viewer, away bool) error {
			return write(func(ctx context.Context, tx *db.Tx) error { return s.Leave(ctx, tx, v.Member, away) })
		}
		rest := func(v *access.Viewer) error {
			return write(func(ctx context.Context, tx *db.Tx) error { return setStanding(ctx, tx, v.Member, access.Lapsed) })
		}
		stay := func(v *access.Viewer) error { return s.Stay(ctx, v) }
		today := db.Day(time.Now())
		for name, x := range map[string]struct {
			role      access.Role
			goes, now func(v *access.Viewer) error
			anew      bool
		}{
			"a pause":              {access.Moderator, func(v *access.Viewer) error { return s.Pause(ctx, v) }, stay, true},
			"a pause of the team":  {access.Team, func(v *access.Viewer) error { return s.Pause(ctx, v) }, stay, true},
			"rest":                 {access.Moderator, rest, stay, true},
			"rest, by command":     {access.Moderator, rest, func(v *access.Viewer) error { return s.SetRole(ctx, v.Acting.(acting).Email, access.Moderator) }, true},
			"about to leave":       {access.Team, func(v *access.Viewer) error { return leave(v, true) }, func(v *access.Viewer) error { return leave(v, false) }, true},
			"stays":                {access.Moderator, stay, stay, false},
			"was not about to":     {access.Moderator, stay, func(v *access.Viewer) error { return leave(v, false) }, false},
			"a member after pause": {access.Member, func(v *access.Viewer) error { return s.Pause(ctx, v) }, stay, false},
		} {
			s.on(today)
			v := s.here(t, id.New(ctx), x.role)
			if err := x.goes(v); err != nil {
				t.Fatal(name, err)
			}
			s.on(today.AddDate(0, 0, 30).Add(9 * time.Hour))
			if err := x.now(v); err != nil {
				t.Fatal(name, err)
			}
			want := today
			if x.anew {
				want = today.AddDate(0, 0, 30)
			}
			if o, err := s.Owner(ctx, s.db, v.Persona); err != nil || !o.RoleSince.Equal(want) || o.Works == (x.role == access.Member) {
				t.Errorf("%s: in the role since %v, not %v; works: %v; %v", name, o.RoleSince, want, o.Works, err)
			}
		}
	})
}
