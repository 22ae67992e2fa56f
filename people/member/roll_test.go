package member

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// Two of the team for whatever makes or unmakes who decides with them; one for
// the rest; nobody for themselves.
func TestChangeRole(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		one := s.here(t, "one", access.Team)
		ana := s.here(t, "ana", access.Member)
		change := func(v *access.Viewer, of *access.Viewer, to access.Role) (bool, error) {
			return s.ChangeRole(ctx, v, of.Member, to)
		}
		is := func(of *access.Viewer, want access.Role) {
			t.Helper()
			if a, err := byID(ctx, s.db, of.Member); err != nil || a.Role != want {
				t.Errorf("is %s, not %s: %v", a.Role, want, err)
			}
		}
		for _, role := range []access.Role{access.Member, access.Supporter, access.Moderator} {
			if _, err := change(s.here(t, "x"+string(role), role), ana, access.Supporter); !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %v", role, err)
			}
		}
		if _, err := change(one, ana, "boss"); !fault.Is(err, fault.Invalid) {
			t.Error("a role that is none:", err)
		}
		if _, err := change(one, &access.Viewer{Member: "nobody"}, access.Member); !fault.Is(err, fault.NotFound) {
			t.Error("nobody:", err)
		}
		if _, err := change(one, one, access.Member); !fault.Is(err, fault.Conflict) {
			t.Error("the last one steps down:", err)
		}
		// Alone, one of the team is all of it.
		two := s.here(t, "two", access.Member)
		if waits, err := change(one, two, access.Team); waits || err != nil {
			t.Fatal(waits, err)
		}
		is(two, access.Team)
		two = s.viewer(t, two.Member)
		body, _ := json.Marshal(answered{two.Member})
		if err := s.news("member.role.changed")(ctx, body); err != nil || len(s.sentTo(two)) != 1 {
			t.Error("nobody told them:", err)
		}

		// From now on it takes both.
		for range 2 { // twice by the same one is once
			if waits, err := change(one, ana, access.Moderator); !waits || err != nil {
				t.Fatal(waits, err)
			}
		}
		is(ana, access.Member)
		if ws, err := s.Wishes(ctx, two); err != nil || len(ws) != 1 || ws[0].Member != ana.Member || ws[0].Role != access.Moderator {
			t.Fatal(ws, err)
		}
		// Their other name is the same person.
		if err := s.AddPersona(ctx, one, Persona{Name: "Other name of one"}); err != nil {
			t.Fatal(err)
		}
		ps, err := personasOf(ctx, s.db, one.Member)
		if err != nil || len(ps) != 2 {
			t.Fatal(ps, err)
		}
		if err := s.ActAs(ctx, one, ps[slices.IndexFunc(ps, func(p Persona) bool { return p.ID != one.Persona })].ID); err != nil {
			t.Fatal(err)
		}
		if waits, err := change(s.viewer(t, one.Member), ana, access.Moderator); !waits || err != nil {
			t.Error("one person agrees with themselves:", waits, err)
		}
		if _, err := change(two, ana, access.Team); !fault.Is(err, fault.Conflict) {
			t.Error("another wish takes its place:", err)
		}
		// The other of the team has paused: who is left is not all of it.
		s.exec(t, `UPDATE member_member SET standing = 'paused' WHERE id = $1`, two.Member)
		s.exec(t, `UPDATE member_team SET n = n - 1`)
		if waits, err := change(one, ana, access.Moderator); !waits || err != nil {
			t.Error("one alone, while the other has paused:", waits, err)
		}
		s.exec(t, `UPDATE member_member SET standing = 'in' WHERE id = $1`, two.Member)
		s.exec(t, `UPDATE member_team SET n = n + 1`)
		if waits, err := change(two, ana, access.Moderator); waits || err != nil {
			t.Fatal(waits, err)
		}
		is(ana, access.Moderator)
		if ws, _ := s.Wishes(ctx, two); len(ws) != 0 {
			t.Error("the wish stands on:", ws)
		}
		if _, err := change(s.viewer(t, ana.Member), ana, access.Team); !fault.Is(err, fault.Denied) {
			t.Error("a moderator raises themselves:", err)
		}

		// A wish lasts two weeks, and is worth what its wisher is by then.
		day := time.Now()
		if waits, err := change(one, ana, access.Team); !waits || err != nil {
			t.Fatal(waits, err)
		}
		s.on(day.Add(roleWishFor + 24*time.Hour))
		if waits, err := change(two, ana, access.Team); !waits || err != nil {
			t.Error("an old wish counts:", waits, err)
		}
		s.on(day)
		if err := s.DropWish(ctx, two, ana.Member); err != nil {
			t.Fatal(err)
		}
		three := s.here(t, "three", access.Team)
		if waits, err := change(three, ana, access.Team); !waits || err != nil {
			t.Fatal(waits, err)
		}
		if waits, err := change(three, three, access.Member); waits || err != nil {
			t.Fatal("steps down:", waits, err)
		}
		if waits, err := change(one, ana, access.Team); !waits || err != nil {
			t.Error("the wish of somebody who is not on the team any more counts:", waits, err)
		}
		// Whose address is another may be somebody else.
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.SetEmail(ctx, tx, ana.Member, ana.Acting.(acting).Email, "another@withus.example")
		}); err != nil {
			t.Fatal(err)
		}
		if waits, err := change(two, ana, access.Team); !waits || err != nil {
			t.Error("a wish outlives the address:", waits, err)
		}
		if err := s.DropWish(ctx, two, ana.Member); err != nil {
			t.Fatal(err)
		}
		if waits, err := change(two, ana, access.Team); !waits || err != nil {
			t.Error("a wish that was dropped counts:", waits, err)
		}
		// Sending away from the team is heavy, from moderating it is not.
		if waits, err := change(two, one, access.Member); !waits || err != nil {
			t.Error(waits, err)
		}
		is(one, access.Team)
		if waits, err := change(two, ana, access.Supporter); waits || err != nil {
			t.Error(waits, err)
		}
		is(ana, access.Supporter)

		// Who asks to join is answered there, and who leaves is left.
		s.exec(t, `UPDATE member_member SET standing = 'pending' WHERE id = $1`, ana.Member)
		if _, err := change(one, ana, access.Member); !fault.Is(err, fault.Conflict) {
			t.Error("past the application:", err)
		}
		s.exec(t, `UPDATE member_member SET standing = 'expected' WHERE id = $1`, ana.Member)
		if _, err := change(one, ana, access.Member); !fault.Is(err, fault.Conflict) {
			t.Error("who has not come yet:", err)
		}
		s.exec(t, `UPDATE member_member SET standing = 'in', leaving = TRUE WHERE id = $1`, ana.Member)
		if _, err := change(one, ana, access.Member); !fault.Is(err, fault.Conflict) {
			t.Error("who leaves:", err)
		}
		if n, err := teamSize(ctx, s.db); err != nil || n != 2 {
			t.Errorf("%d are on the team: %v", n, err)
		}
	})
}

// The roll gives everybody once, in an order that says nothing, to the team
// alone; an account is opened in sight of its owner.
func TestRoll(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		team := s.here(t, "team", access.Team)
		var made []string
		for _, name := range strings.Fields("ana ben cy dee eve fay gus") {
			made = append(made, s.here(t, name, access.Member).Member)
		}
		s.here(t, "sue", access.Supporter)
		s.exec(t, `UPDATE member_member SET standing = 'pending' WHERE id = $1`, made[0])
		var found []string
		for after := ""; ; {
			all, err := s.Roll(ctx, team, access.Member, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range all {
				found = append(found, a.ID)
			}
			if len(all) < 2 {
				break
			}
			after = all[1].ID
		}
		want := slices.Sorted(slices.Values(made[1:]))
		if !slices.Equal(found, want) {
			t.Errorf("found %v, not %v", found, want)
		}
		if all, err := s.Roll(ctx, team, "", "", 100); err != nil || len(all) != 8 {
			t.Error(len(all), err)
		}
		member := s.viewer(t, made[1])
		_, err1 := s.Roll(ctx, member, "", "", 100)
		_, _, err2 := s.Open(ctx, member, made[2])
		_, err3 := s.Find(ctx, member, "ana@withus.example")
		_, err4 := s.Wishes(ctx, member)
		for _, err := range []error{err1, err2, err3, err4, s.DropWish(ctx, member, made[1])} {
			if !fault.Is(err, fault.Denied) {
				t.Error("a member reads the roll:", err)
			}
		}
		email := member.Acting.(acting).Email
		if id, err := s.Find(ctx, team, " "+strings.ToUpper(email)); err != nil || id != made[1] {
			t.Error(id, err)
		}
		if _, err := s.Find(ctx, team, email[1:]); !fault.Is(err, fault.NotFound) {
			t.Error("a part of an address is found:", err)
		}
		if _, _, err := s.Open(ctx, team, made[1]); err != nil {
			t.Fatal(err)
		}
		if s.watch.(looks)[team.Persona+" member.looked.account "+made[1]] != 1 {
			t.Error("nobody wrote down who looked:", s.watch)
		}
	})
}

// What a list shows of an address is not enough to write to.
func TestShort(t *testing.T) {
	for in, want := range map[string]string{
		"ana@withus.example": "a…@w….example", "é@ä.org": "é…@ä….org", "a@b": "a…@b…", "": "",
	} {
		if got := short(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}
