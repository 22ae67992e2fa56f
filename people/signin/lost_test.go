package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
)

// desk knows who works here, and remembers who looked at whose.
type desk struct {
	works  []string
	gone   []string // from the team
	others bool     // there are others on it
	looked []string
}

func (d *desk) Works(_ context.Context, member string) (bool, error) {
	return slices.Contains(d.works, member), nil
}

func (d *desk) TeamAll(context.Context, db.Querier) (int, error) {
	if d.others {
		return 2, nil
	}
	return 1, nil
}

func (d *desk) OnTeam(_ context.Context, _ db.Querier, personas []string) (int, error) {
	people := map[string]bool{}
	for _, p := range personas {
		if _, who, _ := strings.Cut(p, " of "); who != "" && !slices.Contains(d.gone, who) {
			people[who] = true
		}
	}
	return len(people), nil
}

func (d *desk) Names(_ context.Context, _ *access.Viewer, personas []string) (map[string]string, error) {
	out := map[string]string{}
	for _, p := range personas {
		out[p] = "called " + p
	}
	return out, nil
}

func (d *desk) SubjectOf(_ context.Context, member string) (kit.Subject, error) {
	return kit.Subject{Member: member, Personas: []string{"persona of " + member, "another name of " + member}}, nil
}

func (d *desk) Looked(_ context.Context, v *access.Viewer, member, what string) error {
	d.looked = append(d.looked, v.Member+" "+member+" "+what)
	return nil
}

func team(name string) *access.Viewer {
	return &access.Viewer{Member: name, Persona: "persona of " + name, Role: access.Team}
}

const found = "ana@found.example" // where she can be written to

// lost has somebody ask for an account, and gives the wish.
func (s *room) lost(from, to string) string {
	s.t.Helper()
	if _, err := s.AskLost(s.t.Context(), from, to, "The Tuesday table.", "en", client); err != nil {
		s.t.Fatal(err)
	}
	x, err := db.One(s.t.Context(), s.db, db.Text, `SELECT id FROM signin_lost WHERE old_email = $1 AND new_email = $2 AND state = 'waiting'`, from, to)
	if err != nil {
		s.t.Fatal(err)
	}
	return x
}

func (s *room) yes(id, who string) error {
	return s.DecideLost(s.t.Context(), team(who), id, lostYes, "We talked.", time.Now())
}

// running has the team say yes, and gives the key of the letter to the old
// address.
func (s *room) running(id string) (stop string) {
	s.t.Helper()
	if err := s.yes(id, "tea"); err != nil {
		s.t.Fatal(err)
	}
	to, path := s.letters(lostStopJob, s.mailStop)
	stop, ok := strings.CutPrefix(path, "/sign-in/stop/")
	if to != ana || !ok {
		s.t.Fatalf("a letter to %s, %s", to, path)
	}
	return stop
}

// aWeek lets the seven days of a wish be over.
func (s *room) aWeek() { s.exec(`UPDATE signin_lost SET due = $1`, time.Now().Add(-time.Second)) }

// send does the work that sends a link to the new address, and gives its key.
func (s *room) send() string {
	s.t.Helper()
	to, path := s.letters(lostLinkJob, s.mailFound)
	key, ok := strings.CutPrefix(path, "/sign-in/found/")
	if to != found || !ok {
		s.t.Fatalf("a letter to %s, %s", to, path)
	}
	return key
}

func (s *room) state(id string) lostState {
	s.t.Helper()
	x, err := lostOne(s.t.Context(), s.db, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return x.State
}

// The whole way: a wish, a talk, a letter to the old address, seven days, a link
// to the new one; and nothing opens what it opened before.
func TestLost(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		before := s.in(ana, password)
		s.secondFor("ana")
		s.exec(`INSERT INTO signin_passkey (id, owner_member_id, public, uses, device, day) VALUES ('k', 'ana', '', 0, '', $1)`, time.Now())
		wish := s.lost(ana, found)
		if s.people[ana] == "" || s.state(wish) != lostWaiting || len(s.tray.Letters()) != 0 {
			t.Fatal("asking alone did something")
		}
		s.running(wish)
		// Until the days are over no link goes out, whoever sets the work going.
		body, err := json.Marshal(lostWork{wish})
		if err == nil {
			err = s.mailFound(ctx, body)
		}
		if err != nil || s.state(wish) != lostRunning || len(s.tray.Letters()) != 1 {
			t.Fatalf("%v, %s, %d letters", err, s.state(wish), len(s.tray.Letters()))
		}
		if n := s.count(`SELECT count(*) FROM signin_lost WHERE due > $1`, time.Now().Add(lostDelay-time.Minute)); n != 1 {
			t.Error("there are no seven days")
		}
		if n := s.count(`SELECT count(*) FROM job_job WHERE kind = $1 AND due > $2`, lostLinkJob, time.Now().Add(lostDelay-time.Minute)); n != 1 {
			t.Error("the link does not wait seven days")
		}
		if runs, err := lostRuns(ctx, s.db, "ana"); err != nil || runs.State != lostRunning {
			t.Error("the owner's own page says nothing", err)
		}
		waiting := s.link(ana, "")
		s.aWeek()
		key := s.send()
		if n := s.count(`SELECT count(*) FROM web_box WHERE name = $1 OR body = $1`, key); n != 0 {
			t.Error("the table holds the key")
		}
		in, err := s.Regain(ctx, key, client, agent)
		if err != nil || s.who(in.Token) != "ana" {
			t.Fatalf("%+v, %v", in, err)
		}
		if s.people[ana] != "" || s.people[found] == "" || s.state(wish) != lostDone {
			t.Errorf("%v, %s", s.people, s.state(wish))
		}
		if s.who(before) != "" {
			t.Error("a session of before goes on")
		}
		for _, table := range []string{"signin_second", "signin_recovery", "signin_passkey", "signin_password", "signin_link"} {
			if n := s.count(`SELECT count(*) FROM ` + table + ` WHERE owner_member_id = 'ana'`); n != 0 {
				t.Errorf("%s still opens", table)
			}
		}
		if _, err := s.WithLink(ctx, waiting, client, agent); err == nil {
			t.Error("a link to the old address opens")
		}
		if _, err := s.Regain(ctx, key, client, agent); !fault.Is(err, fault.NotFound) {
			t.Errorf("the link works twice: %v", err)
		}
		if to, path := s.letters(lostLetterJob, s.mailLost); to != ana || path != "" {
			t.Errorf("the old address is told: %s, %s", to, path)
		}
		past, err := happenings(ctx, s.db, wish)
		var what []string
		for _, h := range past {
			what = append(what, h.What)
		}
		if err != nil || strings.Join(what, " ") != "asked yes written sent done" {
			t.Errorf("it is written down: %v, %v", what, err)
		}
	})
}

// With the same address only what opened the account is set anew.
func TestLostSecondStep(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		s.secondFor("ana")
		wish := s.lost(ana, ana)
		s.running(wish)
		s.aWeek()
		_, path := s.letters(lostLinkJob, s.mailFound)
		in, err := s.Regain(t.Context(), strings.TrimPrefix(path, "/sign-in/found/"), client, agent)
		if err != nil || s.who(in.Token) != "ana" || s.people[ana] == "" {
			t.Fatalf("%+v, %v", in, err)
		}
	})
}

// The owner stops it in every way there is, before the link goes and after.
func TestLostStopped(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		ways := map[string]func(stop string) error{
			byLetter: func(stop string) error { return s.StopByLetter(ctx, stop, client) },
			byPage:   func(string) error { return s.StopLost(ctx, viewer("ana")) },
			bySigningIn: func(string) error {
				_, err := s.WithPassword(ctx, ana, password, "", client, agent, false)
				return err
			},
			bySigningIn + " ": func(string) error {
				_, err := s.WithLink(ctx, s.link(ana, ""), client, agent)
				return err
			},
			byChange: func(string) error {
				s.secondFor("ana")
				s.exec(`DELETE FROM signin_second`)
				return nil
			},
			lostStop: func(string) error {
				x, err := db.One(ctx, s.db, db.Text, `SELECT id FROM signin_lost WHERE state IN ('running', 'open')`)
				if err != nil {
					return err
				}
				return s.DecideLost(ctx, team("tom"), x, lostStop, "I know them.", time.Time{})
			},
		}
		for name, stop := range ways {
			for _, gone := range []bool{false, true} {
				s.exec(`DELETE FROM web_limit`)
				s.exec(`DELETE FROM job_job`)
				wish := s.lost(ana, found)
				letter, key := s.running(wish), ""
				if gone {
					s.aWeek()
					key = s.send()
				}
				if err := stop(letter); err != nil || s.state(wish) != lostStopped {
					t.Fatalf("%s: %v, %s", name, err, s.state(wish))
				}
				past, err := happenings(ctx, s.db, wish)
				if last := past[len(past)-1]; err != nil || last.What != strings.TrimSpace(name) || (last.Actor != "") != (name == lostStop) {
					t.Errorf("%s: written down as %+v, %v", name, last, err)
				}
				if gone {
					if _, err := s.Regain(ctx, key, client, agent); !fault.Is(err, fault.NotFound) {
						t.Errorf("%s: the link that went still opens: %v", name, err)
					}
				}
				s.aWeek()
				if err := s.mailFound(ctx, json.RawMessage(fmt.Sprintf(`{"ID": %q}`, wish))); err != nil || s.state(wish) != lostStopped {
					t.Errorf("%s: it goes on, %v", name, err)
				}
				if err := s.StopLost(ctx, viewer("ana")); !fault.Is(err, fault.Conflict) {
					t.Errorf("%s: it stops twice: %v", name, err)
				}
			}
		}
		if s.people[ana] == "" {
			t.Error("the address changed")
		}
	})
}

// The first step alone is no way in: whoever has lost the second one, and tries,
// stops nothing. Nor does anybody stop what only waits: that would tell when they
// are here.
func TestLostGoesOn(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		waits := s.lost(ana, "ana@other.example")
		s.in(ana, password)
		if s.state(waits) != lostWaiting {
			t.Error("signing in stops a wish that waits")
		}
		s.secondFor("ana")
		wish := s.lost(ana, found)
		s.running(wish)
		if in, err := s.WithPassword(ctx, ana, password, "", client, agent, false); err != nil || in.Half == "" || s.state(wish) != lostRunning {
			t.Errorf("%+v, %v, %s", in, err, s.state(wish))
		}
		if err := s.yes(waits, "tom"); !fault.Is(err, fault.Conflict) {
			t.Errorf("two are on their way into an account: %v", err)
		}
	})
}

// What each of the team can say, and what nobody can alone.
func TestLostDecided(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		wish := s.lost(ana, found)
		for _, v := range []*access.Viewer{{}, viewer("ana"), {Member: "mo", Persona: "p", Role: access.Moderator}} {
			_, _, _, err1 := s.LostDesk(ctx, v, "")
			_, err2 := s.LostCase(ctx, v, wish)
			if err := s.DecideLost(ctx, v, wish, lostYes, "Why not", time.Now()); !fault.Is(err, fault.Denied) || !fault.Is(err1, fault.Denied) || !fault.Is(err2, fault.Denied) {
				t.Errorf("%+v: %v, %v, %v", v, err, err1, err2)
			}
		}
		for _, x := range []struct {
			what, why string
			day       time.Time
		}{{lostYes, "", time.Now()}, {lostYes, "We talked.", time.Time{}}, {lostYes, "We talked.", time.Now().AddDate(0, 0, 3)}, {lostYes, "We talked.", time.Now().AddDate(0, -3, 0)}, {"maybe", "We talked.", time.Now()}, {lostNo, "", time.Time{}}} {
			if err := s.DecideLost(ctx, team("tea"), wish, x.what, x.why, x.day); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", x, err)
			}
		}
		if err := s.yes(wish, "ana"); !fault.Is(err, fault.Denied) {
			t.Errorf("about one's own account: %v", err)
		}
		if err := s.DecideLost(ctx, team("tea"), wish, lostStop, "No", time.Time{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("what waits is stopped: %v", err)
		}
		if err := s.yes(s.lost(ana, ben), "tea"); !fault.Is(err, fault.Conflict) {
			t.Errorf("to an address that has an account: %v", err)
		}
		none := s.lost(nobody, found)
		if err := s.yes(none, "tea"); !fault.Is(err, fault.Conflict) {
			t.Errorf("an address that nobody has: %v", err)
		}
		if err := s.DecideLost(ctx, team("tea"), none, lostNo, "Nobody by that address.", time.Time{}); err != nil || s.state(none) != lostRefused {
			t.Error(err)
		}
		if to, path := s.letters(lostLetterJob, s.mailLost); to != found || path != "" || !s.tray.Letters()[0].Letter.Nameless {
			t.Errorf("a letter to %s, %s", to, path)
		}
		// Whoever works here: two, by whichever of their names, and not once more by one.
		s.desk.works = []string{"ana"}
		if err := s.yes(wish, "tea"); err != nil || s.state(wish) != lostWaiting {
			t.Fatalf("one is enough: %v", err)
		}
		again := team("tea")
		again.Persona = "another name of tea"
		if err := s.DecideLost(ctx, again, wish, lostYes, "We talked.", time.Now()); !fault.Is(err, fault.Conflict) || s.state(wish) != lostWaiting {
			t.Fatalf("by another name one is two: %v", err)
		}
		c, err := s.LostCase(ctx, team("tea"), wish)
		if err != nil || !c.Two || !c.Said || !c.Here || c.Names["persona of tea"] == "" {
			t.Errorf("%+v, %v", c, err)
		}
		if err := s.yes(wish, "tom"); err != nil || s.state(wish) != lostRunning {
			t.Fatalf("two are not: %v", err)
		}
		if !slices.Contains(s.desk.looked, "tea ana "+lookedAtALost) {
			t.Errorf("that somebody looked is not written down: %v", s.desk.looked)
		}
		if c, err := s.LostCase(ctx, team("tea"), none); err != nil || c.Here {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// One yes is not enough for whoever has begun to work here in the seven days; and
// a letter that did not leave starts none.
func TestLostMeanwhile(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		wish := s.lost(ana, found)
		if err := s.yes(wish, "tea"); err != nil {
			t.Fatal(err)
		}
		s.aWeek()
		if err := s.mailFound(ctx, json.RawMessage(fmt.Sprintf(`{"ID": %q}`, wish))); err != nil || s.state(wish) != lostRunning {
			t.Errorf("nobody told the owner, and a link goes: %v", err)
		}
		s.letters(lostStopJob, s.mailStop)
		s.aWeek()
		key := s.send()
		s.desk.works = []string{"ana"}
		if _, err := s.Regain(ctx, key, client, agent); !fault.Is(err, fault.Conflict) || s.people[ana] == "" {
			t.Errorf("one of the team lets somebody in: %v", err)
		}
	})
}

// Where there are two of the team, it takes two for every account; and the yes of
// somebody who is on it no more does not count, neither for the second yes nor
// when the link is followed.
func TestLostTwo(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.desk.others = true
		wish := s.lost(ana, found)
		if err := s.yes(wish, "tea"); err != nil || s.state(wish) != lostWaiting {
			t.Fatalf("one is enough: %v", err)
		}
		s.desk.gone = []string{"tea"}
		if err := s.yes(wish, "tom"); err != nil || s.state(wish) != lostWaiting {
			t.Fatalf("the yes of somebody who left counts: %v", err)
		}
		if c, err := s.LostCase(ctx, team("tim"), wish); err != nil || !c.Two {
			t.Errorf("%+v, %v", c, err)
		}
		if err := s.yes(wish, "tim"); err != nil || s.state(wish) != lostRunning {
			t.Fatalf("two are not: %v", err)
		}
		s.letters(lostStopJob, s.mailStop)
		s.aWeek()
		key := s.send()
		s.desk.gone = []string{"tea", "tom"}
		if _, err := s.Regain(ctx, key, client, agent); !fault.Is(err, fault.Conflict) || s.people[ana] == "" {
			t.Errorf("one of the team lets somebody in: %v", err)
		}
		s.desk.gone = []string{"tea"}
		if _, err := s.Regain(ctx, key, client, agent); err != nil || s.people[found] == "" {
			t.Errorf("two do not: %v", err)
		}
	})
}

// Links: an hour, then they bring new ones, for three days.
func TestLostLink(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		wish := s.lost(ana, found)
		s.running(wish)
		s.aWeek()
		key := s.send()
		late := func(token string) {
			t.Helper()
			err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return founds.Put(ctx, tx, token, moving{Member: "ana", From: ana, To: found, Lost: wish, Until: time.Now()}, time.Now().Add(time.Hour))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		late(key)
		if _, err := s.Regain(ctx, key, client, agent); !fault.Is(err, fault.NotFound) || s.people[ana] == "" {
			t.Errorf("after an hour: %v", err)
		}
		s.exec(`DELETE FROM job_job`)
		if err := s.AnotherFound(ctx, key, client); err != nil {
			t.Fatal(err)
		}
		fresh := s.send()
		if err := s.AnotherFound(ctx, key, client); !fault.Is(err, fault.NotFound) {
			t.Errorf("an old link brings two: %v", err)
		}
		s.exec(`UPDATE signin_lost SET due = $1`, time.Now().Add(-time.Second))
		if _, err := s.Regain(ctx, fresh, client, agent); !fault.Is(err, fault.NotFound) || s.people[ana] == "" {
			t.Errorf("after three days: %v", err)
		}
		letters := len(s.tray.Letters())
		if err := s.mailFound(ctx, json.RawMessage(fmt.Sprintf(`{"ID": %q}`, wish))); err != nil || len(s.tray.Letters()) != letters {
			t.Errorf("after three days another link goes: %v", err)
		}
		if err := s.tidy(ctx); err != nil || s.state(wish) != lostOver {
			t.Errorf("%v, %s", err, s.state(wish))
		}
		s.exec(`UPDATE signin_lost SET changed = $1`, time.Now().Add(-lostKept-time.Hour))
		if err := s.tidy(ctx); err != nil || s.count(`SELECT count(*) FROM signin_lost`)+s.count(`SELECT count(*) FROM signin_lost_event`) != 0 {
			t.Errorf("it is kept for good: %v", err)
		}
	})
}

// What nobody answers is let go of after 30 days, and whoever asked is told.
func TestLostSilence(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		wish, young := s.lost(ana, found), s.lost(ben, "ben@found.example")
		s.exec(`UPDATE signin_lost SET asked = $1 WHERE id = $2`, time.Now().Add(-lostWait-time.Minute), wish)
		if err := s.tidy(t.Context()); err != nil || s.state(wish) != lostSilent || s.state(young) != lostWaiting {
			t.Fatalf("%v, %s, %s", err, s.state(wish), s.state(young))
		}
		if to, _ := s.letters(lostLetterJob, s.mailLost); to != found {
			t.Errorf("a letter to %s", to)
		}
		if err := s.yes(wish, "tea"); !fault.Is(err, fault.Conflict) {
			t.Errorf("it is answered after all: %v", err)
		}
	})
}

// B4, G4: known and unknown addresses get the same, with the same work; limits
// hold by client, by account and by new address; the same wish waits once.
func TestLostLimits(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ask := func(from, to, client string) (int64, error) {
			ctx, n := db.Counted(t.Context())
			_, err := s.AskLost(ctx, from, to, "", "en", client)
			return n.Load(), err
		}
		known, err1 := ask(ana, found, client)
		unknown, err2 := ask(nobody, "x@found.example", client)
		if err := errors.Join(err1, err2); err != nil || known != unknown {
			t.Errorf("%v; %d and %d statements", err, known, unknown)
		}
		if _, err := ask(ana, found, client); err != nil || s.count(`SELECT count(*) FROM signin_lost WHERE old_email = $1`, ana) != 1 {
			t.Error("the same wish waits twice", err)
		}
		for i := range 2 {
			if _, err := ask(ana, "y@found.example", fmt.Sprint("192.0.2.", 100+i)); (err != nil) != (i == 1) || err != nil && !fault.Is(err, fault.Limited) {
				t.Errorf("number %d about an account: %v", 3+i, err)
			}
		}
		for i := range 3 {
			if _, err := ask(fmt.Sprint(i, "@withus.example"), found, fmt.Sprint("192.0.2.", 200+i)); (err != nil) != (i > 0) || err != nil && !fault.Is(err, fault.Limited) {
				t.Errorf("number %d to an address: %v", 3+i, err)
			}
		}
		for i := range 3 {
			if _, err := ask(fmt.Sprint("c", i, "@withus.example"), fmt.Sprint("c", i, "@found.example"), client); (err != nil) != (i == 2) || err != nil && !fault.Is(err, fault.Limited) {
				t.Errorf("number %d by a client: %v", 4+i, err)
			}
		}
		for _, x := range [][3]string{{"", found, ""}, {ana, "", ""}, {"no@body", found, ""}, {ana, found, strings.Repeat("x", lostWords+1)}} {
			if _, err := s.AskLost(t.Context(), x[0], x[1], x[2], "en", "198.51.100.9"); !fault.Is(err, fault.Invalid) {
				t.Errorf("%.40q: %v", x, err)
			}
		}
	})
}

// Races: two of the team at once, a link followed twice at once, and the owner who
// stops it in the very moment it is used.
func TestLostRaces(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		// ran is how many of some did what they were to do.
		ran := func(all ...func() error) (n int) {
			var wg sync.WaitGroup
			errs := make([]error, len(all))
			for i, do := range all {
				wg.Go(func() { errs[i] = do() })
			}
			wg.Wait()
			for _, err := range errs {
				if err == nil {
					n++
				} else if fault.Of(err) == nil || fault.Of(err).Kind == fault.Internal {
					t.Error(err)
				}
			}
			return n
		}
		for round := range 8 {
			s.exec(`DELETE FROM web_limit`)
			s.exec(`DELETE FROM job_job`)
			wish := s.lost(ana, found)
			if n := ran(func() error { return s.yes(wish, "tea") }, func() error { return s.yes(wish, "tom") },
				func() error { return s.DecideLost(ctx, team("tim"), wish, lostNo, "No.", time.Time{}) }); n != 1 {
				t.Errorf("%d of the team decided", n)
			}
			if s.state(wish) == lostRefused {
				continue
			}
			_, path := s.letters(lostStopJob, s.mailStop)
			stop := strings.TrimPrefix(path, "/sign-in/stop/")
			s.aWeek()
			key := s.send()
			var in [2]In
			use := func(i int) func() error {
				return func() (err error) {
					in[i], err = s.Regain(ctx, key, client, agent)
					return err
				}
			}
			ways := []func() error{use(0), use(1)}
			if round%2 == 1 {
				ways = append(ways, func() error { return s.StopByLetter(ctx, stop, client) })
			}
			if n := ran(ways...); n != 1 {
				t.Errorf("%d did it at once", n)
			}
			if at := s.state(wish); (at == lostDone) != (in[0].Token+in[1].Token != "") || (at == lostDone) != (s.people[found] != "") {
				t.Errorf("%s, and somebody is in: %+v, %v", at, in, s.people)
			}
			if s.people[found] != "" {
				delete(s.people, found)
				s.people[ana] = "en"
			}
		}
		// An account of somebody who works here, and two who say yes at once.
		s.desk.works = []string{"ana"}
		s.exec(`DELETE FROM web_limit`)
		wish := s.lost(ana, "ana@third.example")
		if n := ran(func() error { return s.yes(wish, "tea") }, func() error { return s.yes(wish, "tea") }); n != 1 || s.state(wish) != lostWaiting {
			t.Errorf("one of the team said yes %d times: %s", n, s.state(wish))
		}
	})
}

// H4, H5: the owner is told that it was wished, and neither the words nor the
// address of whoever did; erasing leaves no wish about them, and no name at what
// they decided.
func TestLostExportAndErase(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.running(s.lost(ana, found))
		s.lost(ben, ana)
		bens := s.lost(ben, found)
		if err := s.DecideLost(ctx, team("ana"), bens, lostNo, "Not Ben.", time.Time{}); err != nil {
			t.Fatal(err)
		}
		sub := kit.Subject{Member: "ana", Email: ana, Personas: []string{"persona of ana"}}
		out, err := s.export(ctx, sub)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(kit.HeldJSON(out, nil))
		if err != nil || !strings.Contains(string(b), `"state":"running"`) || !strings.Contains(string(b), "Not Ben.") {
			t.Errorf("%s, %v", b, err)
		}
		for _, no := range []string{found, "Tuesday", "waiting"} {
			if strings.Contains(string(b), no) {
				t.Errorf("%s says %s", b, no)
			}
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }); err != nil {
			t.Fatal(err)
		}
		if n := s.count(`SELECT count(*) FROM signin_lost WHERE owner_member_id = 'ana' OR old_email = $1 OR new_email = $1`, ana); n != 0 {
			t.Errorf("%d wishes are left", n)
		}
		if n := s.count(`SELECT count(*) FROM signin_lost_event WHERE actor_persona_id = 'persona of ana'`); n != 0 {
			t.Error("who decided is kept")
		}
		if s.state(bens) != lostRefused || s.count(`SELECT count(*) FROM signin_lost_event WHERE lost_id = $1 AND what = 'no'`, bens) != 1 {
			t.Error("what was decided is gone")
		}
	})
}
