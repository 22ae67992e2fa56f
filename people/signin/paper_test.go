package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
)

const (
	named   = "willow kettle 4827" // signs in by a name: of the account that is called so
	another = "another three words"
)

// name makes an account without an address, and gives its codes.
func (s *room) name() (paper []string) {
	s.t.Helper()
	s.people[named] = "en"
	sealed, paper, err := s.Cut(s.t.Context(), "password", password)
	if err == nil {
		err = s.db.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.KeepCut(ctx, tx, named, sealed, paper) })
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return paper
}

// told says what somebody is told of their doors since, and does that work.
func (s *room) told() (texts []string) {
	s.t.Helper()
	all, err := db.All(s.t.Context(), s.db, db.Text, `SELECT body FROM job_job WHERE kind = $1 ORDER BY id`, noticeJob)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, body := range all {
		var n notice
		if err := json.Unmarshal([]byte(body), &n); err != nil || n.Member != named {
			s.t.Fatal(body, err)
		}
		texts = append(texts, strings.TrimPrefix(n.Text, "signin.notice."))
		if err := s.Service.tell(s.t.Context(), []byte(body)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.exec(`DELETE FROM job_job WHERE kind = $1`, noticeJob)
	return texts
}

// byPaper gets somebody in by a code.
func (s *room) byPaper(login, code string) (In, error) {
	s.t.Helper()
	s.exec(`DELETE FROM web_limit`)
	return s.WithPaper(s.t.Context(), login, code, another, client, agent)
}

// B4, B5, B2: a code works once, for its owner alone, however it is written; who
// has a second step is asked for it.
func TestInByPaper(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		paper := s.name()
		before := s.in(named, password)
		if in, err := s.byPaper(strings.ToUpper(named), strings.ToLower(spaced(paper[0]))); err != nil || s.who(in.Token) != named {
			t.Fatalf("%+v, %v", in, err)
		}
		if s.who(before) != "" {
			t.Error("a session outlives the password")
		}
		s.in(named, another)
		if got := s.told(); !slices.Equal(got, []string{"paper"}) {
			t.Errorf("told: %v", got)
		}
		made := s.hash.made.Load()
		for _, c := range [][2]string{{named, paper[0]}, {named, "AAAABBBBCCCCDDDD"}, {named, ""}, {ana, paper[1]}, {"nobody 2222", paper[1]}, {"", ""}} {
			if in, err := s.byPaper(c[0], c[1]); !fault.Is(err, fault.Invalid) || in.Token+in.Half != "" {
				t.Errorf("%v: %+v, %v", c, in, err)
			}
			if made++; s.hash.made.Load() != made {
				t.Errorf("%v takes %d hashes more", c, s.hash.made.Load()-made)
			}
		}
		if n := s.count(`SELECT count(*) FROM signin_recovery WHERE owner_member_id = $1`, named); n != paperCodes-1 {
			t.Errorf("%d codes are left", n)
		}
		secret, _ := s.secondBy(named, another)
		if secret == "" {
			t.Fatal("no second step")
		}
		in, err := s.byPaper(named, paper[2])
		if err != nil || in.Token != "" || in.Half == "" {
			t.Fatalf("%+v, %v", in, err)
		}
		if _, err := s.Second(t.Context(), in.Half, paper[3]); !fault.Is(err, fault.Invalid) {
			t.Errorf("a code for the account is one for the second step: %v", err)
		}
		for _, no := range []string{"", "short", "          "} {
			if _, err := s.WithPaper(t.Context(), named, paper[4], no, client, agent); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q becomes a password: %v", no, err)
			}
		}
	})
}

// B5: tries end, by the account however its name is written; the password is a way
// in all the while.
func TestPaperLimits(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		paper := s.name()
		for i := range tryPaper.Most + 1 {
			login := named
			if i%2 == 1 {
				login = strings.ToUpper(named)
			}
			_, err := s.WithPaper(t.Context(), login, "AAAA", another, fmt.Sprint("192.0.2.", i), agent)
			if fault.Is(err, fault.Limited) != (i == tryPaper.Most) {
				t.Errorf("number %d: %v", i, err)
			}
		}
		s.in(named, password)
		if _, err := s.byPaper(named, paper[0]); err != nil { // once it is over
			t.Error(err)
		}
	})
}

// Everything lost, by a name: two of the team, fourteen days, and the code that was
// given when it was asked for; nothing is mailed.
func TestLostByName(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		paper := s.name()
		s.secondFor(named)
		ask := func() (code, wish string) {
			s.exec(`DELETE FROM web_limit`)
			code, err := s.AskLost(ctx, named, "", "Nobody but us knows the soup.", "en", client)
			if err != nil {
				t.Fatal(err)
			}
			wish, err = db.One(ctx, s.db, db.Text, `SELECT id FROM signin_lost WHERE state = 'waiting' ORDER BY asked DESC LIMIT 1`)
			if err != nil {
				t.Fatal(err)
			}
			return code, wish
		}
		code, wish := ask()
		if n := s.count(`SELECT count(*) FROM signin_lost WHERE new_email = $1 OR words = $1`, code); n != 0 {
			t.Error("the table holds the code")
		}
		no := func(when string) {
			t.Helper()
			if _, err := s.byPaper(named, code); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s the code gives: %v", when, err)
			}
		}
		no("before anybody answers")
		if err := s.yes(wish, "tea"); err != nil || s.state(wish) != lostWaiting {
			t.Fatalf("one yes is enough: %v, %s", err, s.state(wish))
		}
		if err := s.yes(wish, "tea"); !fault.Is(err, fault.Conflict) {
			t.Errorf("one of the team says yes twice: %v", err)
		}
		if err := s.yes(wish, "urn"); err != nil || s.state(wish) != lostRunning {
			t.Fatalf("%v, %s", err, s.state(wish))
		}
		if to, _ := s.letters(lostStopJob, s.mailStop); to != "" {
			t.Errorf("a letter to %q", to)
		}
		if got := s.told(); !slices.Equal(got, []string{"lost"}) && !slices.Equal(got, []string{"second", "lost"}) && !slices.Equal(got, []string{"lost", "second"}) {
			t.Errorf("told: %v", got)
		}
		if n := s.count(`SELECT count(*) FROM signin_lost WHERE id = $1 AND due > $2`, wish, time.Now().Add(2*lostDelay-time.Minute)); n != 1 {
			t.Error("there are no fourteen days")
		}
		if runs, err := lostRuns(ctx, s.db, named); err != nil || runs.Due.Before(time.Now().Add(2*lostDelay-time.Minute)) {
			t.Errorf("the owner's own page says %v, %v", runs.Due, err)
		}
		no("in the fourteen days")
		s.aWeek()
		no("before it is open")
		if to, _ := s.letters(lostLinkJob, s.mailFound); to != "" || s.state(wish) != lostOpen {
			t.Fatalf("a letter to %q, %s", to, s.state(wish))
		}
		in, err := s.byPaper(named, code)
		if err != nil || s.who(in.Token) != named || s.state(wish) != lostDone {
			t.Fatalf("%+v, %v, %s", in, err, s.state(wish))
		}
		for _, table := range []string{"signin_second", "signin_recovery", "signin_passkey"} {
			if n := s.count(`SELECT count(*) FROM `+table+` WHERE owner_member_id = $1`, named); n != 0 {
				t.Errorf("%s still opens", table)
			}
		}
		if _, err := s.byPaper(named, paper[0]); err == nil {
			t.Error("a code of before opens")
		}
		no("once it was used")

		// Its owner stops it by signing in.
		code, wish = ask()
		if err := s.yes(wish, "tea"); err != nil {
			t.Fatal(err)
		}
		if err := s.yes(wish, "urn"); err != nil {
			t.Fatal(err)
		}
		s.in(named, another)
		if s.state(wish) != lostStopped {
			t.Errorf("it is %s", s.state(wish))
		}
		s.aWeek()
		no("once it was stopped")
		if n := len(s.tray.Letters()); n != 0 {
			t.Errorf("%d letters were sent", n)
		}
		if _, err := s.AskLost(ctx, ana, "", "", "en", client); !fault.Is(err, fault.Invalid) {
			t.Errorf("an account with an address goes by a code: %v", err)
		}
		sub := kit.Subject{Member: named, Login: named}
		if _, wish = ask(); wish == "" {
			t.Fatal("nothing asked")
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }); err != nil {
			t.Fatal(err)
		}
		if n := s.count(`SELECT count(*) FROM signin_lost`) + s.count(`SELECT count(*) FROM signin_recovery`); n != 0 {
			t.Errorf("%d rows are left of somebody who was erased", n)
		}
	})
}

// A backup that was put back ends sessions, and leaves the ways in.
func TestPutBackByName(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		paper := s.name()
		before := s.in(named, password)
		if err := s.PutBack(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.who(before) != "" {
			t.Error("a session goes on")
		}
		s.in(named, password)
		if _, err := s.byPaper(named, paper[0]); err != nil {
			t.Error(err)
		}
	})
}

// The address goes only from who can get in without it, knows the password, and
// did not just change it; and is back by the letter, with nothing opening that was
// made since.
func TestLeaveEmail(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		paper := newPaper()
		if err := s.LeaveEmail(ctx, viewer("ana"), "", "ana", paper); !fault.Is(err, fault.Conflict) {
			t.Errorf("without a way in: %v", err)
		}
		s.give("ana", password)
		if err := s.LeaveEmail(ctx, viewer("ana"), "not it", "ana", paper); !fault.Is(err, fault.Invalid) {
			t.Errorf("without the password: %v", err)
		}
		if err := s.LeaveEmail(ctx, viewer("ana"), password, "ana", paper); err != nil {
			t.Fatal(err)
		}
		if s.people[ana] != "" || s.people["ana"] == "" {
			t.Fatal(s.people)
		}
		// Nobody can be warned by a letter now: it takes the password to change doors.
		if err := s.AskEmail(ctx, viewer("ana"), "x@elsewhere.example", "not it", "", client); !fault.Is(err, fault.Invalid) {
			t.Errorf("an address, without the password: %v", err)
		}
		secret := newSecret()
		if _, err := s.SetSecond(ctx, viewer("ana"), "", secret, app(t, secret, 0), ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("a second step, without the password: %v", err)
		}
		if _, has, err := secondOf(ctx, s.db, "ana"); has || err != nil {
			t.Error("a second step is there:", err)
		}
		if err := s.AskEmail(ctx, viewer("ana"), "x@elsewhere.example", password, "", client); !fault.Is(err, fault.Conflict) {
			t.Errorf("and another one at once: %v", err)
		}
		to, path := s.letters(undoJob, s.mailUndo)
		key, ok := strings.CutPrefix(path, "/sign-in/undo/")
		if to != ana || !ok {
			t.Fatalf("a letter to %s, %s", to, path)
		}
		if err := s.Undo(ctx, key, client); err != nil || s.people[ana] == "" {
			t.Fatal(err, s.people)
		}
		if _, err := s.byPaper(ana, paper[0]); !fault.Is(err, fault.Invalid) {
			t.Errorf("a code of before opens: %v", err)
		}
	})
}
