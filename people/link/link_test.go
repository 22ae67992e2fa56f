package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
)

// street are the groups of these tests, and the people of that name. Whoever
// has a group's scope sees it; hidden are those whose curtains are closed.
type street struct {
	groups map[string]Group
	hidden map[string]bool
	wanted map[string]bool   // by scope network alone
	stands map[string]string // for what was merged
}

func (s *street) sees(v *access.Viewer, g Group) bool {
	return v.Holds(g.ID, access.Organiser) || !s.hidden[g.ID] && (!s.wanted[g.ID] || v.SignedIn())
}

func (s *street) Linked(_ context.Context, _ db.Querier, v *access.Viewer, ids []string) (map[string]Group, error) {
	out := map[string]Group{}
	for _, id := range ids {
		if g, ok := s.groups[id]; ok && s.sees(v, g) {
			g.Shown = !s.hidden[id]
			out[id] = g
		}
	}
	return out, nil
}

func (s *street) LinkedAt(_ context.Context, _ db.Querier, v *access.Viewer, slug string) (Group, error) {
	if g, ok := s.groups[slug]; ok && s.sees(v, g) {
		g.Shown = !s.hidden[slug]
		return g, nil
	}
	return Group{}, fault.Missing()
}

func (s *street) StandsFor(_ context.Context, _ db.Querier, id string) (string, error) {
	return cmp.Or(s.stands[id], id), nil
}

func (s *street) FindLinked(context.Context, *access.Viewer, string, int) ([]Group, error) {
	return nil, errors.New("not asked here")
}

func (s *street) Names(_ context.Context, _ *access.Viewer, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "Name of " + id
	}
	return out, nil
}

func (s *street) Faces(_ context.Context, _ *access.Viewer, ids []string) (map[string]*ui.Face, error) {
	out := map[string]*ui.Face{}
	for _, id := range ids {
		out[id] = &ui.Face{Path: "/face-of-" + id}
	}
	return out, nil
}

// run gives groups a, b, c and m, each organised by a person of its name; e,
// which has ended, and o, both organised by nobody.
func run(t *testing.T, fn func(t *testing.T, s *Service, w *street)) {
	t.Helper()
	rooms := []db.Migrations{access.Ground, job.Ground, {Room: "link", Files: migrations}}
	dbtest.Run(t, rooms, func(t *testing.T, d *db.DB) {
		w := &street{groups: map[string]Group{}, hidden: map[string]bool{}, wanted: map[string]bool{}, stands: map[string]string{}}
		for _, id := range []string{"a", "b", "c", "m", "e", "o"} {
			w.groups[id] = Group{ID: id, Slug: id, Path: "/groups/" + id, Name: "Group " + id, Lang: "en", Life: "active", Email: id + "@x.example", Organised: id != "e" && id != "o"}
		}
		e := w.groups["e"]
		e.Life = ended
		w.groups["e"] = e
		s := New(d, w, w)
		for _, id := range []string{"a", "b", "c", "m"} {
			grant(t, s, "p-"+id, id)
		}
		fn(t, s, w)
		remembers(t, s)
	})
}

func grant(t *testing.T, s *Service, persona, group string) {
	t.Helper()
	err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := access.Grant(ctx, tx, persona, group, access.Organiser)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// by is the organiser of a group; "" is a visitor, "team" the network team.
func by(t *testing.T, s *Service, name string) *access.Viewer {
	t.Helper()
	remembers(t, s)
	switch name {
	case "":
		return &access.Viewer{}
	case "team":
		return &access.Viewer{Member: "t", Persona: "p-team", Role: access.Team}
	}
	v, err := access.With(t.Context(), s.db, "account of "+name, "p-"+name, access.Member)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// byMail is whoever has somebody's mail: they hold what that one does, and have
// no account.
func byMail(t *testing.T, s *Service, name string) *access.Viewer {
	t.Helper()
	v, err := access.With(t.Context(), s.db, "", "p-"+name, access.Visitor)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// remembers holds what the room has in memory to what the database says: after
// every verb of a test, since each begins with whoever calls it.
func remembers(t *testing.T, s *Service) {
	t.Helper()
	for {
		before, err := s.db.Stamp(t.Context(), "link")
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.waits.Get(t.Context(), s.db)
		if err != nil {
			t.Fatal(err)
		}
		want, err := readWaits(t.Context(), s.db)
		if err != nil {
			t.Fatal(err)
		}
		after, err := s.db.Stamp(t.Context(), "link")
		if err != nil {
			t.Fatal(err)
		}
		if before != after {
			continue // somebody wrote in between
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("it has in memory that %v waits; there waits %v", got, want)
		}
		return
	}
}

// of is what somebody is shown of a group's links: "part-of m, works-with b".
func of(t *testing.T, s *Service, v *access.Viewer, id string) string {
	t.Helper()
	es, err := s.Of(t.Context(), v, id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		out = append(out, e.Way+" "+e.Other.ID)
	}
	return strings.Join(out, ", ")
}

func offerTo(t *testing.T, s *Service, from, to, way string) Link {
	t.Helper()
	k, err := s.Offer(t.Context(), by(t, s, from), to, from, way)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func linked(t *testing.T, s *Service, from, to, way string) Link {
	t.Helper()
	k := offerTo(t, s, from, to, way)
	if _, err := s.Answer(t.Context(), by(t, s, to), k.ID, true); err != nil {
		t.Fatal(err)
	}
	return k
}

// What a link says of either side.
func TestWays(t *testing.T) {
	for _, way := range ways {
		k, err := read(way, "x", "y")
		if err != nil || k.Way("x") != way {
			t.Errorf("%s is read as %s: %v", way, k.Way("x"), err)
		}
		back, err := read(k.Way("y"), "y", "x")
		if err != nil || back.From != k.From || back.To != k.To || back.Kind != k.Kind || back.pair() != k.pair() {
			t.Errorf("%s from the other side is %+v, and was %+v", way, back, k)
		}
	}
	for _, c := range [][3]string{{"part-of", "x", "x"}, {"friend", "x", "y"}, {"", "x", "y"}, {"works-with.to", "x", "y"}} {
		if _, err := read(c[0], c[1], c[2]); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// Who may offer what to whom.
func TestOffer(t *testing.T) {
	run(t, func(t *testing.T, s *Service, w *street) {
		w.hidden["c"] = true
		for _, c := range []struct {
			who, mine, to, way string
			want               fault.Kind
		}{
			{"", "a", "b", "part-of", fault.Denied},
			{"team", "a", "b", "part-of", fault.Denied},
			{"b", "a", "m", "part-of", fault.Denied},
			{"a", "", "b", "part-of", fault.Denied},
			{"a", "a", "nothing", "part-of", fault.NotFound},
			{"a", "a", "c", "part-of", fault.NotFound},
			{"c", "c", "b", "part-of", fault.Invalid}, // its own curtains are closed
			{"a", "a", "a", "works-with", fault.Invalid},
			{"a", "a", "o", "works-with", fault.Invalid},
			{"a", "a", "e", "grew-from", fault.Invalid},
			{"a", "a", "e", "carries-on.to", fault.Invalid},
			{"a", "a", "b", "owns", fault.Invalid},
		} {
			if _, err := s.Offer(t.Context(), by(t, s, c.who), c.to, c.mine, c.way); !fault.Is(err, c.want) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		k := offerTo(t, s, "a", "b", "part-of")
		if k.Agreed || of(t, s, by(t, s, "a"), "a") != "" || of(t, s, by(t, s, "b"), "b") != "" {
			t.Error("an offer is a link already")
		}
		for _, c := range []struct{ who, to, way, key string }{{"a", "b", "part-of", "link.offered-already"}, {"b", "a", "part-of", "link.other-way"}} {
			if _, err := s.Offer(t.Context(), by(t, s, c.who), c.to, c.who, c.way); !fault.Is(err, fault.Conflict) || fault.Of(err).Key != c.key {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
}

// The other side answers, and either ends it alone.
func TestAnswer(t *testing.T) {
	run(t, func(t *testing.T, s *Service, w *street) {
		ctx := t.Context()
		k := offerTo(t, s, "a", "m", "part-of")
		for who, want := range map[string]fault.Kind{"": fault.NotFound, "team": fault.NotFound, "b": fault.NotFound, "a": fault.Denied} {
			for _, yes := range []bool{true, false} {
				if _, err := s.Answer(ctx, by(t, s, who), k.ID, yes); !fault.Is(err, want) {
					t.Errorf("%q answers: %v", who, err)
				}
			}
		}
		if err := s.End(ctx, by(t, s, "m"), k.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("the asked side takes the offer back: %v", err)
		}
		if _, err := s.Answer(ctx, by(t, s, "m"), k.ID, true); err != nil {
			t.Fatal(err)
		}
		if a, m := of(t, s, by(t, s, ""), "a"), of(t, s, by(t, s, ""), "m"); a != "part-of m" || m != "part-of.to a" {
			t.Errorf("%q and %q", a, m)
		}
		if _, err := s.Answer(ctx, by(t, s, "m"), k.ID, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("answered again: %v", err)
		}
		for _, who := range []string{"", "b", "team"} {
			if err := s.End(ctx, by(t, s, who), k.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q ends it: %v", who, err)
			}
		}
		if err := s.End(ctx, by(t, s, "m"), k.ID); err != nil || of(t, s, by(t, s, ""), "a") != "" {
			t.Errorf("ended: %v", err)
		}
		k = offerTo(t, s, "a", "m", "works-with")
		if _, err := s.Answer(ctx, by(t, s, "m"), k.ID, false); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Answer(ctx, by(t, s, "m"), k.ID, true); !fault.Is(err, fault.NotFound) {
			t.Errorf("agreed to what was declined: %v", err)
		}
		td, err := s.Tended(ctx, by(t, s, "a"))
		if err != nil || len(td.Past) != 5 || len(td.Waiting)+len(td.Links) != 0 {
			t.Errorf("%+v, %v", td, err)
		}
		for _, p := range td.Past {
			if (td.Names[p.actor] != "") != (p.By == "a") {
				t.Errorf("%s by %s is said to be of %q", p.What, p.By, td.Names[p.actor])
			}
		}
	})
}

// A group carries on from one that has ended and has no organisers: the team
// answers, and nobody else.
func TestCarriesOn(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *street) {
		ctx := t.Context()
		k := offerTo(t, s, "a", "e", "carries-on")
		os, err := s.Free(ctx, by(t, s, "team"))
		if err != nil || len(os) != 1 || os[0].Way != "carries-on.to" {
			t.Fatalf("%+v, %v", os, err)
		}
		if _, err := s.Free(ctx, by(t, s, "a")); !fault.Is(err, fault.Denied) {
			t.Error(err)
		}
		if _, err := s.Answer(ctx, by(t, s, "a"), k.ID, true); !fault.Is(err, fault.Denied) {
			t.Errorf("they agree with themselves: %v", err)
		}
		if _, err := s.Answer(ctx, by(t, s, "team"), k.ID, true); err != nil || of(t, s, by(t, s, ""), "e") != "carries-on.to a" {
			t.Error(err, of(t, s, by(t, s, ""), "e"))
		}
	})
}

// Whoever may not see both groups does not see the link, from the next request
// on; whoever organises one can still end it.
func TestCurtains(t *testing.T) {
	run(t, func(t *testing.T, s *Service, w *street) {
		k := linked(t, s, "a", "m", "part-of")
		linked(t, s, "b", "m", "part-of")
		if got := of(t, s, by(t, s, ""), "m"); got != "part-of.to a, part-of.to b" {
			t.Fatal(got)
		}
		count := func(v *access.Viewer) int {
			ms, err := s.Movements(t.Context(), v)
			if err != nil || len(ms) > 1 {
				t.Fatal(ms, err)
			}
			if len(ms) == 0 {
				return 0
			}
			return ms[0].N
		}
		w.wanted["b"] = true // for members
		if a, b := of(t, s, by(t, s, ""), "m"), of(t, s, by(t, s, "c"), "m"); a != "part-of.to a" || b != "part-of.to a, part-of.to b" {
			t.Errorf("%q and %q", a, b)
		}
		if a, b := count(by(t, s, "")), count(by(t, s, "c")); a != 1 || b != 2 {
			t.Errorf("counted %d and %d", a, b)
		}
		w.hidden["a"] = true
		for _, who := range []string{"", "c", "team", "m"} {
			if got := of(t, s, by(t, s, who), "m"); strings.Contains(got, " a") {
				t.Errorf("%q sees %q", who, got)
			}
		}
		if n := count(by(t, s, "")); n != 0 {
			t.Errorf("counted %d", n)
		}
		if got := of(t, s, by(t, s, "a"), "a"); got != "part-of m" {
			t.Errorf("its own organiser sees %q", got)
		}
		td, err := s.Tended(t.Context(), by(t, s, "m"))
		if err != nil || len(td.Links) != 2 || td.Groups["a"].ID != "" {
			t.Errorf("%+v %v", td, err)
		}
		if err := s.End(t.Context(), by(t, s, "m"), k.ID); err != nil {
			t.Error(err)
		}
	})
}

// Both offer each other at once: both have agreed.
func TestBothOffer(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *street) {
		for i, ways := range [][2]string{{"works-with", "works-with"}, {"part-of", "part-of.to"}, {"grew-from.to", "grew-from"}} {
			var wait sync.WaitGroup
			var errs [2]error
			for n, who := range []string{"a", "b"} {
				v := by(t, s, who)
				wait.Go(func() { _, errs[n] = s.Offer(t.Context(), v, map[string]string{"a": "b", "b": "a"}[who], who, ways[n]) })
			}
			wait.Wait()
			if err := errors.Join(errs[:]...); err != nil {
				t.Fatal(err)
			}
			if got := of(t, s, by(t, s, ""), "a"); strings.Count(got, " b") != i+1 {
				t.Errorf("%v: %q", ways, got)
			}
		}
	})
}

// Two organisers answer at once: one of them is heard.
func TestTwoAnswers(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *street) {
		grant(t, s, "p-two", "m")
		for range 4 {
			k := offerTo(t, s, "a", "m", "part-of")
			var wait sync.WaitGroup
			var errs [2]error
			for n, who := range []string{"m", "two"} {
				v := by(t, s, who)
				wait.Go(func() { _, errs[n] = s.Answer(t.Context(), v, k.ID, n == 0) })
			}
			wait.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("%v and %v", errs[0], errs[1])
			}
			if got := of(t, s, by(t, s, ""), "a"); (got != "") != (errs[0] == nil) {
				t.Fatalf("%q after %v", got, errs)
			}
			if errs[0] == nil {
				if err := s.End(t.Context(), by(t, s, "a"), k.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// What waits is told in the one mail of the month: offers and introductions that
// came since the last one. Its page answers offers alone, for who has the mail.
func TestAsks(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *street) {
		ctx := t.Context()
		asks, today := s.asks(), db.Day(time.Now())
		told := func(who, group string, since time.Time) int {
			t.Helper()
			n, err := asks.New(ctx, byMail(t, s, who), []string{group}, since)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		waiting := func() string {
			t.Helper()
			gs, err := asks.Waiting(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(unique(gs), " ")
		}
		if got := waiting(); got != "" || told("m", "m", epoch) != 0 {
			t.Fatalf("%q waits before anything does", got)
		}
		k := offerTo(t, s, "a", "m", "part-of")
		if err := s.Introduce(ctx, by(t, s, "b"), "m", "b", Ask{Words: "secretwords", Contact: "x"}); err != nil {
			t.Fatal(err)
		}
		if got := waiting(); got != "m" || told("m", "m", epoch) != 2 || told("m", "m", today.AddDate(0, 0, 1)) != 0 || told("a", "a", epoch) != 0 {
			t.Errorf("%q waits; told are %d, later %d, others %d", got, told("m", "m", epoch), told("m", "m", today.AddDate(0, 0, 1)), told("a", "a", epoch))
		}
		for _, who := range []string{"a", "c", ""} {
			if _, err := asks.Answer(ctx, byMail(t, s, who), k.ID, "yes"); err == nil {
				t.Errorf("%q answers for m", who)
			}
		}
		if done, err := asks.Answer(ctx, byMail(t, s, "m"), k.ID, "yes"); err != nil || done != "link.agree.done" || of(t, s, by(t, s, ""), "a") != "part-of m" {
			t.Errorf("%q, %v", done, err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			tx.Changed("link")
			_, err := tx.Exec(ctx, `UPDATE link_intro SET asked = $1`, time.Now().Add(-patience))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := waiting(); got != "" {
			t.Errorf("%q is told of what is past", got)
		}
	})
}

// What a group had when it was put together with another is that one's, and its
// own again when they are taken apart, whichever is heard first and however
// often; what ended meanwhile stays ended.
func TestCarried(t *testing.T) {
	run(t, func(t *testing.T, s *Service, w *street) {
		ctx := t.Context()
		linked(t, s, "a", "m", "part-of")
		linked(t, s, "a", "c", "works-with") // c, and c works with b, too
		linked(t, s, "b", "a", "works-with")
		linked(t, s, "b", "c", "works-with")
		offerTo(t, s, "m", "a", "grew-from")
		if err := s.Introduce(ctx, by(t, s, "m"), "a", "m", Ask{Words: "hello", Contact: "x"}); err != nil {
			t.Fatal(err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return stop(ctx, tx, "a", "b") }); err != nil {
			t.Fatal(err)
		}
		before := of(t, s, by(t, s, ""), "a") + "; " + of(t, s, by(t, s, ""), "b") + "; " + of(t, s, by(t, s, ""), "c")
		hear := func(ids ...string) {
			t.Helper()
			for _, id := range ids {
				if err := s.merged(ctx, fact.Merged{Room: "group", ID: id}); err != nil {
					t.Fatal(err)
				}
			}
		}
		is := func(group, want string) {
			t.Helper()
			if got := of(t, s, by(t, s, ""), group); got != want {
				t.Errorf("%s: %q, want %q", group, got, want)
			}
		}
		asked := func(group string, want int) {
			t.Helper()
			offers, intros, err := s.news(ctx, by(t, s, group), []string{group}, epoch)
			if err != nil || len(offers)+intros != want {
				t.Errorf("%s is asked %v, %d, %v", group, offers, intros, err)
			}
		}
		w.stands["a"] = "c"
		hear("a", "a")
		is("c", "part-of m, works-with a, works-with b")
		is("m", "part-of.to c")
		asked("c", 1)
		asked("a", 1) // an introduction is for those to read who were asked
		if stopped, err := hasStopped(ctx, s.db, "c", "b"); err != nil || !stopped {
			t.Error("whom it wanted to hear no more of may ask", err)
		}
		delete(w.stands, "a")
		hear("a", "a")
		if after := of(t, s, by(t, s, ""), "a") + "; " + of(t, s, by(t, s, ""), "b") + "; " + of(t, s, by(t, s, ""), "c"); after != before {
			t.Errorf("%q, and %q before", after, before)
		}
		asked("c", 0)
		asked("a", 2)

		// In a row, heard in the wrong order.
		w.stands["a"], w.stands["c"] = "b", "b"
		hear("c", "a")
		is("b", "part-of m, works-with a, works-with c")
		w.stands["a"] = "c"
		delete(w.stands, "c")
		hear("a", "c", "a")
		is("c", "part-of m, works-with a, works-with b")
		k, err := byPair(ctx, s.db, Link{Kind: PartOf, From: "c", To: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.End(ctx, by(t, s, "m"), k.ID); err != nil {
			t.Fatal(err)
		}
		delete(w.stands, "a")
		hear("c", "a")
		is("a", "works-with b, works-with c")
	})
}

// A group that is gone for good leaves nothing here, and a person what is
// their groups'.
func TestForget(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *street) {
		ctx := t.Context()
		linked(t, s, "a", "m", "part-of")
		if err := s.Introduce(ctx, by(t, s, "b"), "m", "b", Ask{Words: "hello", Contact: "x"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return s.erase(ctx, tx, kit.Subject{Personas: []string{"p-b", "p-m", "p-a"}})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if is, err := introsOf(ctx, s.db, []string{"m"}); err != nil || len(is) != 0 || of(t, s, by(t, s, ""), "a") != "part-of m" {
			t.Error(is, err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return forgetGroup(ctx, tx, "a") }); err != nil {
			t.Fatal(err)
		}
		if ps, err := pastOf(ctx, s.db, []string{"m"}, 9); err != nil || len(ps) != 0 || of(t, s, by(t, s, ""), "m") != "" {
			t.Error(ps, err)
		}
	})
}

// No two names on a drawing lie on one another or on a mark, and none is cut
// off, whatever a web is like; and it is drawn alike each time.
func TestDrawing(t *testing.T) {
	names := []string{"Open Door Collective", "Mmmmmmmmmmmmmmmmmm WWWWWW", "شاي العصر في البيت", "夜市の机と椅子の会とその仲間たち", "Ana", "Les Désobéissantes du Lac", "i"}
	group := func(n int) Group {
		return Group{ID: fmt.Sprint(n), Slug: fmt.Sprint(n), Name: names[n%len(names)]}
	}
	for ring := 1; ring <= mostRing; ring++ {
		for outer := 0; outer <= mostOuter; outer++ {
			var es []End
			var steps []Step
			for i := range ring {
				es = append(es, End{Link{From: "0", To: fmt.Sprint(i + 1), Kind: kinds[i%len(kinds)]}, ways[i%len(ways)], group(i + 1)})
			}
			left := outer
			for i := 0; i < ring && left > 0; i++ {
				st := Step{Group: es[i].Other}
				for range min(mostEnds, left) {
					left--
					n := 100 + left
					st.Ends = append(st.Ends, End{Link{From: st.ID, To: fmt.Sprint(n), Kind: kinds[n%len(kinds)]}, "part-of", group(n)})
				}
				steps = append(steps, st)
			}
			d := draw(group(0), es, steps)
			if other := draw(group(0), es, steps); !slices.EqualFunc(d.Marks, other.Marks, func(a, b Mark) bool { return a == b }) {
				t.Fatal("another drawing of the same web")
			}
			labelled := 0
			for i, m := range d.Marks {
				if m.X-m.R < 0 || m.X+m.R > width || m.Y-m.R < d.Top || m.Y+m.R > d.Top+d.Height {
					t.Errorf("%d and %d: %s is cut off", ring, outer, m.Name)
				}
				for _, o := range d.Marks[i+1:] {
					if m.box.meets(o.box) {
						t.Errorf("%d and %d: two marks on one another: %+v %+v", ring, outer, m, o)
					}
				}
				if m.Label == "" {
					continue
				}
				labelled++
				is := m.said()
				if is.x1 < 0 || is.x2 > width || is.y1 < float64(d.Top) || is.y2 > float64(d.Top+d.Height) {
					t.Errorf("%d and %d: the name %s is cut off", ring, outer, m.Label)
				}
				for j, o := range d.Marks {
					if i != j && (o.Label != "" && is.meets(o.said())) || is.meets(o.box) && i != j {
						t.Errorf("%d and %d: %s lies on %s", ring, outer, m.Label, cmp.Or(o.Label, o.Name))
					}
				}
			}
			if labelled < min(len(d.Marks), ring/2+1) {
				t.Errorf("%d and %d: only %d names", ring, outer, labelled)
			}
		}
	}
}

// said is about where a mark's name stands.
func (m *Mark) said() box {
	w := long(m.Label) - 4
	return box{float64(m.LX) - w/2, float64(m.LY) - fontSize + 2, float64(m.LX) + w/2, float64(m.LY) + 2}
}
