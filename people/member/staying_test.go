package member

import (
	"context"
	"errors"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
)

// The link of a letter says yes, once, and nothing more once they have answered.
func TestStayByLink(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		day := db.Day(time.Now().AddDate(1, 0, 1))
		dead := func(what, token string) {
			t.Helper()
			if err := s.StayBy(ctx, token); !errors.Is(err, errOld) {
				t.Errorf("%s: %v", what, err)
			}
		}
		dead("a link nobody sent", "AAAA")
		people := map[string]*access.Viewer{}
		for _, name := range []string{"ana", "ben", "cy", "dee", "eve", "fay", "gus"} {
			people[name] = s.here(t, name, access.Member)
		}
		s.on(day)
		s.renewed(t)
		token := func(name string) string { return key(s.sentTo(people[name])[0]) }
		if err := s.StayBy(ctx, token("ana")); err != nil {
			t.Fatal(err)
		}
		if x, err := askedOf(ctx, s.db, people["ana"].Member); x != nil || err != nil {
			t.Errorf("she is asked on: %+v, %v", x, err)
		}
		dead("a link that was used", token("ana"))
		if err := s.Stay(ctx, people["ben"]); err != nil {
			t.Fatal(err)
		}
		dead("a link of somebody who has answered", token("ben"))
		if err := s.Pause(ctx, people["cy"]); err != nil {
			t.Fatal(err)
		}
		dead("a link of somebody who has paused", token("cy"))
		leave := func(tx func(ctx context.Context, tx *db.Tx) error) {
			t.Helper()
			if err := s.db.Write(ctx, tx); err != nil {
				t.Fatal(err)
			}
		}
		leave(func(ctx context.Context, tx *db.Tx) error { return s.Leave(ctx, tx, people["dee"].Member, true) })
		dead("a link of somebody who leaves", token("dee"))
		leave(func(ctx context.Context, tx *db.Tx) error {
			return s.erase(ctx, tx, kit.Subject{Member: people["eve"].Member, Personas: []string{people["eve"].Persona}})
		})
		dead("a link of somebody who is gone", token("eve"))
		s.exec(t, `UPDATE member_member SET standing = 'lapsed' WHERE id = $1`, people["fay"].Member)
		if err := s.StayBy(ctx, token("fay")); err != nil || !s.viewer(t, people["fay"].Member).In() {
			t.Error("whose membership rests does not come back by it:", err)
		}
		s.on(day.Add(stayLife + time.Hour))
		dead("a link that is too old", token("gus"))
		for name, v := range people {
			for _, found := range s.sentTo(v) {
				if n, err := db.All(ctx, s.db, db.Text, `SELECT body FROM web_box WHERE name = $1 OR body LIKE $2`, key(found), "%"+v.Member+"%"); len(n) != 0 || err != nil {
					t.Errorf("%s: the database can open the link: %v, %v", name, n, err)
				}
			}
		}
	})
}

// Pausing: out at the next request, nothing sent but what is about signing in,
// and back with one press. A11: the last of the team hands over first.
func TestPausing(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		team := func(want int) {
			t.Helper()
			if n, err := s.TeamSize(ctx, s.db); n != want || err != nil {
				t.Fatalf("the team is %d, %v, want %d", n, err, want)
			}
		}
		last := func(err error) {
			t.Helper()
			if !errors.Is(err, errLast) {
				t.Fatalf("the last of the team: %v", err)
			}
		}
		leave := func(v *access.Viewer, away bool) error {
			return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Leave(ctx, tx, v.Member, away) })
		}
		must := func(errs ...error) {
			t.Helper()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
		tim := s.here(t, "tim", access.Team)
		last(s.Pause(ctx, tim))
		tom := s.here(t, "tom", access.Team)
		must(s.Pause(ctx, tom), s.Pause(ctx, tom))
		team(1)
		if v := s.viewer(t, tom.Member); v.In() || v.Role != access.Paused {
			t.Errorf("he is %+v", v)
		}
		last(s.Pause(ctx, tim))
		last(leave(tim, true))
		must(leave(tom, true))
		if err := errors.Join(s.Stay(ctx, tom)); !fault.Is(err, fault.Conflict) {
			t.Error("who leaves comes back by another door:", err)
		}
		must(leave(tom, false))
		team(1)
		must(s.Stay(ctx, tom), s.Stay(ctx, tom))
		team(2)
		must(s.Pause(ctx, tom), s.SetRole(ctx, "tom@withus.example", access.Member))
		team(1)
		if v := s.viewer(t, tom.Member); !v.In() {
			t.Error("made a member, he is not in")
		}
		must(s.SetRole(ctx, "tom@withus.example", access.Team), s.Pause(ctx, tom))
		sub, err := s.Subject(ctx, "tom@withus.example")
		must(err, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }))
		team(1)

		ana := s.here(t, "ana", access.Member)
		day := time.Now().AddDate(1, 0, 1)
		s.on(day)
		s.renewed(t)
		must(s.Pause(ctx, ana))
		sent := len(s.sentTo(ana))
		s.on(day.AddDate(4, 0, 0))
		s.renewed(t)
		write := func(*i18n.Lang, string) mail.Letter { return mail.Letter{Subject: "s"} }
		if err := s.Deliver(ctx, ana.Persona, write); !fault.Is(err, fault.NotFound) || len(s.sentTo(ana)) != sent {
			t.Errorf("while she pauses there are %d letters more, %v", len(s.sentTo(ana))-sent, err)
		}
		must(s.Write(ctx, ana.Member, write))
		if len(s.sentTo(ana)) != sent+1 {
			t.Error("a letter about her account did not reach her")
		}
		must(s.Stay(ctx, ana))
		s.renewed(t)
		if v := s.viewer(t, ana.Member); !v.In() || len(s.sentTo(ana)) != sent+1 {
			t.Error("she came back, and is asked at once")
		}
		for _, standing := range []access.Role{access.Pending, access.Lapsed} {
			s.exec(t, `UPDATE member_member SET standing = $2 WHERE id = $1`, ana.Member, string(standing))
			if err := s.Pause(ctx, ana); !fault.Is(err, fault.Conflict) {
				t.Errorf("who is %s pauses: %v", standing, err)
			}
		}
		s.exec(t, `UPDATE member_member SET standing = 'pending' WHERE id = $1`, ana.Member)
		if err := s.Stay(ctx, ana); !fault.Is(err, fault.Conflict) || s.viewer(t, ana.Member).In() {
			t.Error("who waits for an answer lets themselves in:", err)
		}
	})
}

// What the table of kinds says counts for questions that are asked already.
func TestKindsRenew(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		ana, sam := s.here(t, "ana", access.Member), s.here(t, "sam", access.Supporter)
		team := &access.Viewer{Member: "m", Persona: "p-team", Role: access.Team}
		set := func(kind access.Role, months int) error {
			return s.SetKind(ctx, team, Kind{Kind: kind, Revision: s.changed(t, kind), Open: true, Met: byTeam, Renews: months})
		}
		if err := set(access.Member, 7); !fault.Is(err, fault.Invalid) {
			t.Error("any number of months will do:", err)
		}
		day := time.Now().AddDate(0, 6, 3)
		if err := set(access.Supporter, 6); err != nil {
			t.Fatal(err)
		}
		s.on(day)
		s.renewed(t)
		if len(s.sentTo(ana)) != 0 || len(s.sentTo(sam)) != 1 {
			t.Fatalf("%d and %d letters", len(s.sentTo(ana)), len(s.sentTo(sam)))
		}
		s.on(day.AddDate(0, 7, 0))
		s.renewed(t)
		if err := set(access.Supporter, 0); err != nil {
			t.Fatal(err)
		}
		s.on(day.AddDate(5, 0, 0))
		s.renewed(t)
		if x, err := askedOf(ctx, s.db, sam.Member); x != nil || err != nil || len(s.sentTo(sam)) != 2 || !s.viewer(t, sam.Member).In() {
			t.Errorf("he is asked on: %+v, %v", x, err)
		}
		if x, err := askedOf(ctx, s.db, ana.Member); x == nil || err != nil {
			t.Errorf("the question to members is gone, too: %v", err)
		}
	})
}

// People of the team are counted as people, and as of now.
func TestOnTeam(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		tea, tom, ana := s.here(t, "tea", access.Team), s.here(t, "tom", access.Team), s.here(t, "ana", access.Member)
		if err := s.AddPersona(t.Context(), tea, Persona{Name: "Tea Elsewhere"}); err != nil {
			t.Fatal(err)
		}
		all := []string{tom.Persona, ana.Persona, ""}
		mine, err := s.Personas(t.Context(), tea)
		for _, p := range mine {
			all = append(all, p.ID)
		}
		for _, x := range []struct {
			standing string
			want     int
		}{{"in", 2}, {"paused", 1}} {
			s.exec(t, `UPDATE member_member SET standing = $1 WHERE id = $2`, x.standing, tom.Member)
			if n, nerr := s.OnTeam(t.Context(), s.db, all); err != nil || nerr != nil || n != x.want || len(all) != 5 {
				t.Errorf("%s: %d of %d, %v, %v", x.standing, n, len(all), err, nerr)
			}
		}
	})
}
