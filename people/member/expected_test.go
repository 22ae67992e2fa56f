package member

import (
	"context"
	"slices"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// Whoever is expected arrives as what the list said, or as less; as more only where
// everybody who asks for it is in at once.
func TestArrivesAs(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		write := func(fn func(ctx context.Context, tx *db.Tx) error) error { return s.db.Write(t.Context(), fn) }
		for i, c := range []struct {
			was, kind, met string
			open, in       bool
		}{
			{"member", "member", byTeam, true, true},
			{"member", "supporter", byTeam, true, true},
			{"supporter", "supporter", byTeam, true, true},
			{"supporter", "member", byTeam, true, false},
			{"supporter", "member", byTalk, true, false},
			{"supporter", "member", atOnce, false, false},
			{"supporter", "member", atOnce, true, true},
			{"member", "team", atOnce, true, false},
			{"supporter", "", atOnce, true, false},
		} {
			s.exec(t, `UPDATE member_kind SET met = $1, open = $2 WHERE kind = 'member'`, c.met, c.open)
			x := Newcomer{Email: string(rune('a'+i)) + "@old.example", Kind: c.was, Lang: "en", Since: s.now()}
			var member string
			if err := write(func(ctx context.Context, tx *db.Tx) (err error) {
				member, err = s.Expect(ctx, tx, x)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			x.Kind = c.kind
			err := write(func(ctx context.Context, tx *db.Tx) error { return s.Arrive(ctx, tx, member, x, false) })
			if c.in != (err == nil) || err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
}

// Who is expected and about to leave still waits, and is not asked to come.
func TestWaitsWhileLeaving(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		var all []string
		for _, email := range []string{"a@old.example", "b@old.example", "c@old.example"} {
			if err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				m, err := s.Expect(ctx, tx, Newcomer{Email: email, Kind: string(access.Member), Lang: "en", Since: s.now()})
				all = append(all, m)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		s.exec(t, `UPDATE member_member SET standing = 'in' WHERE id = $1`, all[1])
		s.exec(t, `UPDATE member_member SET leaving = TRUE WHERE id = $1`, all[2])
		waits, err := s.Waits(t.Context(), s.db, all)
		slices.Sort(waits)
		want := []string{all[0], all[2]}
		slices.Sort(want)
		if err != nil || !slices.Equal(waits, want) {
			t.Error(waits, err)
		}
		if still, err := s.Expected(t.Context(), s.db, all); err != nil || len(still) != 1 || still[all[0]].Email == "" {
			t.Error(still, err)
		}
	})
}
