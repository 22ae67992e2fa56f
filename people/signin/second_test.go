package signin

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
)

// app gives the code an app shows, some steps from now.
func app(t *testing.T, secret string, steps int64) string {
	t.Helper()
	code, err := hotp.GenerateCode(secret, uint64(time.Now().Unix()/stepSeconds+steps))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// secondFor gives somebody a second step, and the codes on their paper.
func (s *room) secondFor(name string) (secret string, paper []string) {
	s.t.Helper()
	return s.secondBy(name, password)
}

// secondBy does it for whoever has a password.
func (s *room) secondBy(name, old string) (secret string, paper []string) {
	s.t.Helper()
	secret = newSecret()
	paper, err := s.SetSecond(s.t.Context(), viewer(name), old, secret, app(s.t, secret, -1), "")
	if err != nil || len(paper) != paperCodes {
		s.t.Fatalf("%d codes, %v", len(paper), err)
	}
	return secret, paper
}

// RFC 6238's own figures, of its SHA1 key, the last six digits.
func TestCodesOfTheStandard(t *testing.T) {
	secret := noPadding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if step, fits := fitting(secret, want, time.Unix(at, 0)); !fits || step != at/stepSeconds {
			t.Errorf("%s at %d: step %d, %v", want, at, step, fits)
		}
		if _, fits := fitting(secret, want, time.Unix(at+2*stepSeconds, 0)); fits {
			t.Errorf("%s fits a minute later", want)
		}
	}
}

// B7: every way in asks for the second step; B5: a code is used once, of the app
// and on paper.
func TestEveryWayAsksForTheSecondStep(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		secret, paper := s.secondFor("ana")
		ways := map[string]func() (In, error){
			"password": func() (In, error) { return s.WithPassword(ctx, ana, password, "/groups", client, agent, false) },
			"link":     func() (In, error) { return s.WithLink(ctx, s.link(ana, "/groups"), client, agent) },
		}
		code := map[string]string{"password": app(t, secret, 0), "link": strings.ToLower(spaced(paper[3]))}
		for name, way := range ways {
			in, err := way()
			if err != nil || in.Token != "" || in.Half == "" {
				t.Fatalf("%s opens %+v, %v", name, in, err)
			}
			if s.who(in.Half) != "" {
				t.Errorf("%s: a half-open door is a session", name)
			}
			for _, wrong := range []string{"", "000000", app(t, secret, 40), paper[0][:15]} {
				if _, err := s.Second(ctx, in.Half, wrong); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s: %q: %v", name, wrong, err)
				}
			}
			got, err := s.Second(ctx, in.Half, code[name])
			if err != nil || s.who(got.Token) != "ana" || got.Next != "/groups" {
				t.Fatalf("%s: %+v, %v", name, got, err)
			}
			if _, err := s.Second(ctx, in.Half, paper[1]); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: the same door opened twice: %v", name, err)
			}
			again, err := way()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Second(ctx, again.Half, code[name]); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: a code was used twice: %v", name, err)
			}
		}
		if left, err := paperLeft(ctx, s.db, "ana", opensSecond); left != paperCodes-1 || err != nil {
			t.Errorf("%d codes are left, %v", left, err)
		}
		// Ben has none, and is asked for none.
		if in, err := s.WithLink(ctx, s.link(ben, ""), client, agent); err != nil || s.who(in.Token) != "ben" {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

// Of many who come with the same code at once one gets in.
func TestSameCodeAtOnce(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		secret, _ := s.secondFor("ana")
		var halves []string
		for range 6 {
			in, err := s.WithLink(t.Context(), s.link(ana, ""), client, agent)
			if err != nil {
				t.Fatal(err)
			}
			halves = append(halves, in.Half)
		}
		code := app(t, secret, 0)
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for _, h := range halves {
			wg.Go(func() {
				_, err := s.Second(t.Context(), h, code)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					in++
				} else if !fault.Is(err, fault.Invalid) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Errorf("%d got in", in)
		}
	})
}

// Guessing ends soon, and ends by itself; right codes use nothing up.
func TestGuessingCodes(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		_, paper := s.secondFor("ana")
		in, err := s.WithLink(ctx, s.link(ana, ""), client, agent)
		if err != nil {
			t.Fatal(err)
		}
		for range trySecond.Most {
			if _, err := s.Second(ctx, in.Half, "123456"); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		if _, err := s.Second(ctx, in.Half, paper[0]); !fault.Is(err, fault.Limited) {
			t.Errorf("guessing goes on: %v", err)
		}
		s.exec(`UPDATE web_limit SET ends = $1`, time.Now().Add(-time.Second))
		if _, err := s.Second(ctx, in.Half, paper[0]); err != nil {
			t.Errorf("it never ends: %v", err)
		}
	})
}

// B3: with a second step, and without it again, every other session ends; a key
// that the app does not show has set nothing.
func TestSecondStepEndsOthers(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		here, other, bens := s.in(ana, password), s.in(ana, password), ""
		if in, err := s.WithLink(ctx, s.link(ben, ""), client, agent); err == nil {
			bens = in.Token
		}
		waiting := s.link(ana, "")
		secret := newSecret()
		for _, bad := range []struct{ secret, code string }{{secret, "000000"}, {"", "000000"}, {"A", app(t, secret, 0)}, {strings.Repeat("A", 200), "000000"}} {
			if _, err := s.SetSecond(ctx, viewer("ana"), "", bad.secret, bad.code, here); err == nil {
				t.Errorf("%q was taken", bad.secret)
			}
		}
		if s.who(other) != "ana" {
			t.Error("a mistake ended a session")
		}
		paper, err := s.SetSecond(ctx, viewer("ana"), "", secret, app(t, secret, 0), here)
		if err != nil {
			t.Fatal(err)
		}
		if s.who(here) != "ana" || s.who(other) != "" || s.who(bens) != "ben" {
			t.Errorf("here %q, elsewhere %q, ben %q", s.who(here), s.who(other), s.who(bens))
		}
		if _, err := s.WithLink(ctx, waiting, client, agent); !fault.Is(err, fault.NotFound) {
			t.Errorf("a link of before: %v", err)
		}
		if _, err := s.NewPaper(ctx, viewer("ana"), "000000"); !fault.Is(err, fault.Invalid) {
			t.Errorf("new codes for no code: %v", err)
		}
		if err := s.DropSecond(ctx, viewer("ana"), "000000", here); !fault.Is(err, fault.Invalid) {
			t.Errorf("it was switched off without a code: %v", err)
		}
		mine := newSecret()
		if _, err := s.SetSecond(ctx, viewer("ana"), "", mine, app(t, mine, 0), here); !fault.Is(err, fault.Conflict) {
			t.Errorf("another took its place: %v", err)
		}
		fresh, err := s.NewPaper(ctx, viewer("ana"), paper[1])
		if err != nil || fresh[0] == paper[0] {
			t.Fatal(err)
		}
		if _, err := s.NewPaper(ctx, viewer("ben"), "000000"); !fault.Is(err, fault.NotFound) {
			t.Errorf("codes for who has no second step: %v", err)
		}
		in, err := s.WithPassword(ctx, ana, password, "", client, agent, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Second(ctx, in.Half, paper[0]); !fault.Is(err, fault.Invalid) {
			t.Errorf("paper of before opens: %v", err)
		}
		if err := s.DropSecond(ctx, viewer("ana"), fresh[2], here); err != nil {
			t.Fatal(err)
		}
		if in, err := s.WithPassword(ctx, ana, password, "", client, agent, false); err != nil || in.Token == "" {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

// Those with a role that looks after others have a second step, or are here as
// members until they do.
func TestRolesThatNeedIt(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		role := access.Team
		since := time.Now().Add(-grace - time.Hour)
		s.Service.people = roles{s.people, &role, &since}
		in, err := s.WithLink(ctx, s.link(ana, ""), client, agent)
		if err != nil {
			t.Fatal(err)
		}
		as := func() *access.Viewer {
			v, err := s.Identify(request(in.Token))
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := as(); v.Role != access.Member || !v.Lacks {
			t.Errorf("without it, one of the team is %s, lacks %v", v.Role, v.Lacks)
		}
		since = time.Now().Add(-time.Hour)
		if v := as(); v.Role != access.Team || v.Lacks {
			t.Errorf("in the first days, one of the team is %s", v.Role)
		}
		since = time.Now().Add(-grace - time.Hour)
		secret := newSecret()
		paper, err := s.SetSecond(ctx, viewer("ana"), "", secret, app(t, secret, 0), in.Token)
		if err != nil {
			t.Fatal(err)
		}
		if v := as(); v.Role != access.Team || v.Lacks {
			t.Errorf("with it, one of the team is %s, lacks %v", v.Role, v.Lacks)
		}
		if err := s.DropSecond(ctx, as(), paper[0], in.Token); !fault.Is(err, fault.Conflict) {
			t.Errorf("they switched it off: %v", err)
		}
		role = access.Member
		if err := s.DropSecond(ctx, as(), paper[0], in.Token); err != nil {
			t.Error(err)
		}
	})
}

// roles are people with a role, since a time.
type roles struct {
	people
	role  *access.Role
	since *time.Time
}

func (p roles) Viewer(ctx context.Context, member string) (*access.Viewer, error) {
	v, err := p.people.Viewer(ctx, member)
	if err == nil {
		v.Role, v.Since = *p.role, *p.since
	}
	return v, err
}

// move has a letter about another address sent, and gives where its link leads.
func (s *room) letters(kind string, do job.Handler) (to, path string) {
	s.t.Helper()
	body, err := db.One(s.t.Context(), s.db, db.Text, `SELECT body FROM job_job WHERE kind = $1`, kind)
	if err != nil {
		s.t.Fatal(err)
	}
	before := len(s.tray.Letters())
	if err := do(s.t.Context(), []byte(body)); err != nil {
		s.t.Fatal(err)
	}
	s.exec(`DELETE FROM job_job WHERE kind = $1`, kind)
	if len(s.tray.Letters()) == before {
		return "", ""
	}
	l := s.tray.Letters()[0].Letter
	if l.Link == nil {
		return l.To, ""
	}
	path, _, _ = strings.Cut(strings.TrimPrefix(l.Link.URL, "https://house.example"), "?")
	return l.To, path
}

// B1, B2: another address counts once its owner has pressed the link there;
// links that went to the old one are dead, and the old one can take it back,
// with everybody signed out.
func TestAnotherAddress(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		const fresh = "ana@elsewhere.example"
		s.give("ana", password)
		here := s.in(ana, password)
		for _, bad := range []string{"", "ana", ana, strings.ToUpper(ana)} {
			if err := s.AskEmail(ctx, viewer("ana"), bad, "", here, client); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		// Somebody else's address gets no letter, and the answer is the same.
		if err := s.AskEmail(ctx, viewer("ana"), ben, "", here, client); err != nil {
			t.Fatal(err)
		}
		if to, _ := s.letters(emailJob, s.mailEmail); to != "" {
			t.Errorf("a letter to %s", to)
		}
		if err := s.AskEmail(ctx, viewer("ana"), "Ana@Elsewhere.example", "", here, client); err != nil {
			t.Fatal(err)
		}
		to, path := s.letters(emailJob, s.mailEmail)
		token, ok := strings.CutPrefix(path, "/sign-in/email/")
		if to != fresh || !ok {
			t.Fatalf("a letter to %s, %s", to, path)
		}
		if s.people[ana] == "" || s.people[fresh] != "" {
			t.Error("it changed before anybody pressed the link")
		}
		waiting := s.link(ana, "")
		if err := s.Move(ctx, token, client); err != nil {
			t.Fatal(err)
		}
		if s.people[ana] != "" || s.people[fresh] == "" {
			t.Error("it did not change")
		}
		if err := s.Move(ctx, token, client); !fault.Is(err, fault.NotFound) {
			t.Errorf("the link works twice: %v", err)
		}
		if _, err := s.WithLink(ctx, waiting, client, agent); !fault.Is(err, fault.NotFound) {
			t.Errorf("a link to the old address: %v", err)
		}
		to, path = s.letters(undoJob, s.mailUndo)
		undo, ok := strings.CutPrefix(path, "/sign-in/undo/")
		if to != ana || !ok {
			t.Fatalf("the old address got %s to %s", path, to)
		}
		if err := s.Move(ctx, undo, client); !fault.Is(err, fault.NotFound) {
			t.Errorf("one letter's link opens the other's box: %v", err)
		}
		if s.who(here) != "ana" {
			t.Error("whoever changed it was signed out")
		}
		if err := s.Undo(ctx, undo, client); err != nil {
			t.Fatal(err)
		}
		if s.people[ana] == "" || s.people[fresh] != "" || s.who(here) != "" {
			t.Errorf("taken back: %v, somebody is signed in: %q", s.people, s.who(here))
		}
		if _, err := s.WithPassword(ctx, ana, password, "", client, agent, false); err == nil {
			t.Error("the password of whoever changed it still opens")
		}
		for _, row := range []string{token, undo, fresh} {
			if n := s.count(`SELECT count(*) FROM web_box WHERE body = $1 OR name = $1`, row); n != 0 {
				t.Errorf("the table holds %q", row)
			}
		}
		if n := s.count(`SELECT count(*) FROM web_box`); n != 0 {
			t.Errorf("%d boxes are left", n)
		}
	})
}

// change asks for another address and gives the token of the link to it.
func (s *room) change(to, here string) string {
	s.t.Helper()
	if err := s.AskEmail(s.t.Context(), viewer("ana"), to, "", here, client); err != nil {
		s.t.Fatal(err)
	}
	_, path := s.letters(emailJob, s.mailEmail)
	return strings.TrimPrefix(path, "/sign-in/email/")
}

// Whoever has a session for a while can't keep the account: the address changes
// once, the old one can take it back, and a wish for another dies with the
// session that had it.
func TestAddressesInARow(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		thief, owner := s.in(ana, password), s.in(ana, password)
		first, second := s.change("ana@one.example", thief), s.change("ana@two.example", thief)
		third := s.change("ana@three.example", thief)
		if err := s.EndOthers(ctx, viewer("ana"), owner); err != nil {
			t.Fatal(err)
		}
		if err := s.Move(ctx, first, client); !fault.Is(err, fault.NotFound) || s.people[ana] == "" {
			t.Errorf("a wish outlives its session: %v", err)
		}
		thief = s.in(ana, password)
		again := s.change("ana@one.example", thief)
		if err := s.Move(ctx, again, client); err != nil {
			t.Fatal(err)
		}
		_, path := s.letters(undoJob, s.mailUndo)
		if err := s.AskEmail(ctx, viewer("ana"), "ana@four.example", "", thief, client); !fault.Is(err, fault.Conflict) {
			t.Errorf("it may change further: %v", err)
		}
		if err := s.Undo(ctx, strings.TrimPrefix(path, "/sign-in/undo/"), client); err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{second, third} {
			if err := s.Move(ctx, token, client); !fault.Is(err, fault.NotFound) || s.people[ana] == "" {
				t.Errorf("after it was taken back it changes: %v", err)
			}
		}
	})
}

// A second step that somebody else has set is taken away from the mailbox; one
// that was there before stays.
func TestUndoASecondStep(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		undo := func() string {
			t.Helper()
			to, path := s.letters(undoJob, s.mailUndo)
			token, ok := strings.CutPrefix(path, "/sign-in/undo/")
			if to != ana || !ok {
				t.Fatalf("a letter to %s, %s", to, path)
			}
			return token
		}
		s.secondFor("ana")
		if err := s.Undo(ctx, undo(), client); err != nil {
			t.Fatal(err)
		}
		if in, err := s.WithLink(ctx, s.link(ana, ""), client, agent); err != nil || s.who(in.Token) != "ana" {
			t.Fatalf("the owner does not get in: %+v, %v", in, err)
		}
		_, paper := s.secondFor("ana")
		undo()
		in, err := s.WithLink(ctx, s.link(ana, ""), client, agent)
		if err == nil {
			in, err = s.Second(ctx, in.Half, paper[0])
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Move(ctx, s.change("ana@one.example", in.Token), client); err != nil {
			t.Fatal(err)
		}
		if err := s.Undo(ctx, undo(), client); err != nil {
			t.Fatal(err)
		}
		if in, err := s.WithLink(ctx, s.link(ana, ""), client, agent); err != nil || in.Token != "" {
			t.Errorf("the owner's own second step is gone: %+v, %v", in, err)
		}
	})
}

// Who knows somebody's address can't use up what is theirs: codes and links are
// counted apart, and so are tries by another way.
func TestNobodyShutsOut(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		_, paper := s.secondFor("ana")
		s.give("ana", password)
		for range 8 {
			if _, err := s.AskCode(ctx, ana, "", client, false); err != nil && !fault.Is(err, fault.Limited) {
				t.Fatal(err)
			}
			if err := s.AskEmail(ctx, viewer("ben"), ana, "", "", client); err != nil && !fault.Is(err, fault.Limited) {
				t.Fatal(err)
			}
		}
		if err := s.AskLink(ctx, ana, "", client); err != nil {
			t.Errorf("no link any more: %v", err)
		}
		in, err := s.WithPassword(ctx, ana, password, "", client, agent, false)
		if err != nil {
			t.Fatal(err)
		}
		for range trySecond.Most + 1 {
			s.Second(ctx, in.Half, "000000")
		}
		in, err = s.WithLink(ctx, s.link(ana, ""), client, agent)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Second(ctx, in.Half, paper[0]); err != nil {
			t.Errorf("by a link it is shut, too: %v", err)
		}
	})
}

// Of somebody who signs in just while a second step is set, nobody gets in
// without it.
func TestSecondStepSetMeanwhile(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		for range 12 {
			s.exec(`DELETE FROM web_limit`)
			s.exec(`DELETE FROM signin_second`)
			s.exec(`DELETE FROM signin_session`)
			here, err := s.WithLink(ctx, s.link(ana, ""), client, agent)
			if err != nil {
				t.Fatal(err)
			}
			var links []string
			for range 3 {
				links = append(links, s.link(ana, ""))
			}
			var wg sync.WaitGroup
			for _, l := range links {
				wg.Go(func() { s.WithLink(ctx, l, client, agent) })
			}
			secret := newSecret()
			code := app(t, secret, 0)
			wg.Go(func() {
				if _, err := s.SetSecond(ctx, viewer("ana"), "", secret, code, here.Token); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if n := s.count(`SELECT count(*) FROM signin_session WHERE owner_member_id = 'ana' AND key <> $1`, id.Hash(here.Token)); n != 0 {
				t.Fatalf("%d sessions have passed no second step", n)
			}
		}
	})
}

// A letter that is refused leaves nothing behind, no key and no work.
func TestLetterThatFails(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		s.Service.mail = mail.None{}
		err := s.sendKey(t.Context(), moves, moving{Member: "ana"}, time.Hour, ana, "/sign-in/email/", "signin.mail.button", "signin.email.mail")
		if err != nil || s.count(`SELECT count(*) FROM web_box`) != 0 {
			t.Errorf("%v; %d boxes", err, s.count(`SELECT count(*) FROM web_box`))
		}
	})
}

// Who has not signed in lately counts as just signed in no more.
func TestFresh(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		s.give("ana", password)
		token := s.in(ana, password)
		until, err := freshUntil(t.Context(), s.db, id.Hash(token))
		if d := time.Until(until); err != nil || d > freshLife || d < freshLife-time.Minute {
			t.Errorf("fresh for %s, %v", d, err)
		}
		if _, err := freshUntil(t.Context(), s.db, id.Hash("nobody")); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}
