package signin

import (
	"context"
	"regexp"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// code has a code sent to an address, and gives it with what the browser holds;
// "" where no letter was sent.
func (s *room) code(email string, short bool) (secret, code string) {
	s.t.Helper()
	secret, err := s.AskCode(s.t.Context(), email, "/groups", client, short)
	if err != nil {
		s.t.Fatal(err)
	}
	body, err := db.One(s.t.Context(), s.db, db.Text, `SELECT body FROM job_job WHERE kind = $1`, codeJob)
	if err != nil {
		s.t.Fatal(err)
	}
	before := len(s.tray.Letters())
	if err := s.mailCode(s.t.Context(), []byte(body)); err != nil {
		s.t.Fatal(err)
	}
	s.exec(`DELETE FROM job_job WHERE kind = $1`, codeJob)
	if len(s.tray.Letters()) == before {
		return secret, ""
	}
	l := s.tray.Letters()[0].Letter
	if l.Link != nil || l.To != email {
		s.t.Errorf("a letter to %s with %+v", l.To, l.Link)
	}
	return secret, regexp.MustCompile(`\d{4} \d{4}`).FindString(l.Plain())
}

// A code opens the browser that asked for it, once; an address that nobody has
// is answered the same, and gets no letter.
func TestCode(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		secret, code := s.code(ana, false)
		other, bens := s.code(ben, false)
		if code == "" || bens == "" {
			t.Fatal("no letter")
		}
		if other, none := s.code(nobody, false); none != "" || other == "" {
			t.Errorf("an unknown address got %q", none)
		}
		for what, try := range map[string][2]string{
			"another browser": {other, code}, "another's code": {secret, bens}, "no browser": {"", code}, "no code": {secret, ""}, "the browser's own": {secret, secret},
		} {
			if in, err := s.WithCode(ctx, try[0], try[1], client, agent); err == nil || in.Token != "" {
				t.Errorf("%s opens", what)
			}
		}
		in, err := s.WithCode(ctx, secret, code, client, agent)
		if err != nil || s.who(in.Token) != "ana" || in.Next != "/groups" {
			t.Fatalf("%+v, %v", in, err)
		}
		if _, err := s.WithCode(ctx, secret, code, client, agent); !fault.Is(err, fault.NotFound) {
			t.Errorf("it opens twice: %v", err)
		}
		// The second step is asked for here, too.
		_, paper := s.secondFor("ben")
		in, err = s.WithCode(ctx, other, bens, client, agent)
		if err != nil || in.Token != "" {
			t.Fatalf("%+v, %v", in, err)
		}
		if in, err = s.Second(ctx, in.Half, paper[0]); err != nil || s.who(in.Token) != "ben" {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

// Guessing a code ends after ten, in the browser that guesses.
func TestGuessingMailedCodes(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		secret, code := s.code(ana, false)
		for range tryCode.Most {
			if _, err := s.WithCode(ctx, secret, "00000000", client, agent); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		if _, err := s.WithCode(ctx, secret, code, client, agent); !fault.Is(err, fault.Limited) {
			t.Errorf("it goes on: %v", err)
		}
		// Whoever guesses elsewhere uses up nothing of their own.
		own, fresh := s.code(ana, false)
		if _, err := s.WithCode(ctx, own, fresh, client, agent); err != nil {
			t.Errorf("their own code: %v", err)
		}
		if _, err := s.WithLink(ctx, s.link(ana, ""), client, agent); err != nil {
			t.Errorf("the other ways are shut, too: %v", err)
		}
	})
}

// On a device that others use a session ends after two hours, used or not.
func TestSharedDevice(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		in, err := s.WithPassword(ctx, ana, password, "", client, agent, true)
		if err != nil || !in.Short {
			t.Fatalf("%+v, %v", in, err)
		}
		secret, code := s.code(ana, true)
		byCode, err := s.WithCode(ctx, secret, code, client, agent)
		if err != nil || !byCode.Short {
			t.Fatalf("%+v, %v", byCode, err)
		}
		long := s.in(ana, password)
		ends, err := db.All(ctx, s.db, func(scan db.Scan) (x time.Time, err error) {
			err = scan(&x)
			return x, err
		}, `SELECT ends FROM signin_session WHERE short = TRUE`)
		if err != nil || len(ends) != 2 {
			t.Fatal(ends, err)
		}
		for _, e := range ends {
			if d := time.Until(e); d > shortLife || d < shortLife-time.Minute {
				t.Errorf("it ends in %s", d)
			}
		}
		// A day later using it makes a session longer; but not this one.
		s.exec(`UPDATE signin_session SET day = $1`, today(time.Now()).AddDate(0, 0, -1))
		if s.who(in.Token) != "ana" || s.who(long) != "ana" {
			t.Error("a session ended too early")
		}
		n := s.count(`SELECT count(*) FROM signin_session WHERE ends > $1`, time.Now().Add(shortLife))
		if n != 1 {
			t.Errorf("%d sessions are long", n)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE signin_session SET ends = $1 WHERE short = TRUE`, time.Now().Add(-time.Second))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if s.who(in.Token) != "" || s.who(byCode.Token) != "" || s.who(long) != "ana" {
			t.Error("it does not end")
		}
	})
}
