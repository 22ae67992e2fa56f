package claim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// Who comes in by which way, and when.
func TestWays(t *testing.T) {
	code := func(r *room, c *Claim) error {
		if err := r.SendCode(r.t.Context(), r.as(c.Claimer), c.Group); err != nil {
			return err
		}
		r.work()
		return r.TryCode(r.t.Context(), r.as(c.Claimer), c.Group, strings.ToLower(r.inMail()))
	}
	groups := func(by map[string]string) func(r *room, c *Claim) error {
		return func(r *room, c *Claim) error { r.vouch(c, by); return nil }
	}
	talked := func(r *room, c *Claim) error { return r.decides("team", c, talk, "We met.") }
	letterOf := func(r *room, c *Claim) error {
		code, err := r.Decide(r.t.Context(), r.as("team"), c.Group, c.ID, Decision{What: letter})
		r.must(err)
		return r.TryCode(r.t.Context(), r.as(c.Claimer), c.Group, code)
	}
	for _, x := range []struct {
		name, group string
		part        Part
		removed     bool
		way         func(r *room, c *Claim) error
		want        State
		refused     bool
	}{
		{name: "a code to a group with an address", group: "mailed", way: code, want: Waiting},
		{name: "a code to a group with organisers", group: "run", way: code, want: Waiting},
		{name: "a code where there is no address", group: "bare", way: code, want: Open, refused: true},
		{name: "a code for somebody sent away", group: "mailed", removed: true, way: code, want: Open, refused: true},
		{name: "a code for somebody who is something else", group: "mailed", part: Else, way: code, want: Open, refused: true},
		{name: "one group", group: "bare", way: groups(map[string]string{"one": "bea"}), want: Open},
		{name: "two groups", group: "bare", way: groups(map[string]string{"one": "bea", "two": "cleo"}), want: Held},
		{name: "two groups, and there is an address", group: "mailed", way: groups(map[string]string{"one": "bea", "two": "cleo"}), want: Waiting},
		{name: "two groups that one person runs", group: "bare", way: groups(map[string]string{"both": "dora", "pair": "fay"}), want: Open},
		{name: "two groups that one person runs, and a third", group: "bare", way: groups(map[string]string{"both": "dora", "pair": "fay", "one": "bea"}), want: Held},
		{name: "two groups, for somebody sent away", group: "bare", removed: true, way: groups(map[string]string{"one": "bea", "two": "cleo"}), want: Held},
		{name: "two groups, for something else", group: "mailed", part: Else, way: groups(map[string]string{"one": "bea", "two": "cleo"}), want: Waiting},
		{name: "a talk", group: "bare", way: talked, want: Waiting},
		{name: "a letter", group: "bare", way: letterOf, want: Waiting},
		{name: "a talk, and there are organisers", group: "run", way: talked, want: Waiting},
		{name: "a talk with somebody sent away", group: "mailed", removed: true, way: talked, want: Waiting},
	} {
		t.Run(x.name, func(t *testing.T) {
			run(t, func(t *testing.T, r *room) {
				if x.removed {
					r.street.removed[x.group] = []string{"zoe"}
				}
				if x.part == "" {
					x.part = OfGroup
				}
				c := r.begins("zoe", x.group, x.part)
				if err := x.way(r, c); (err != nil) != x.refused {
					t.Fatalf("refused: %v", err)
				}
				if got := r.state(c.ID); got != x.want || r.organises("zoe", x.group) != (x.want == Held) {
					t.Errorf("%s, organiser: %v", got, r.organises("zoe", x.group))
				}
			})
		})
	}
}

// Of a group that was deleted nothing is left, whatever became of its claims.
func TestGone(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.begins("zoe", "one", OfGroup)
		c := r.begins("yan", "one", OfGroup)
		r.must(r.AskGroup(ctx, r.as("yan"), "one", "two"))
		r.must(r.decides("bea", c, refuse, "snurfle"))
		kept := r.begins("zoe", "run", OfGroup)
		r.must(r.gone(ctx, fact.Gone{Room: "group", ID: "one"}))
		if all := r.everything(); strings.Contains(all, "one") || strings.Contains(all, "snurfle") || !strings.Contains(all, kept.ID) {
			t.Errorf("left: %s", all)
		}
	})
}

// When a page is put together with another, claims on it end, and their
// claimers are told; what held holds.
func TestMerged(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		c := r.begins("zoe", "run", OfGroup)
		other := r.begins("zoe", "one", OfGroup)
		hear := func(id string) { r.must(r.merged(t.Context(), fact.Merged{Room: "group", ID: id})) }
		hear("run") // taken apart again before it was heard
		if got := r.state(c.ID); got != Open {
			t.Errorf("it is %s", got)
		}
		r.street.stands["run"] = "one"
		hear("run")
		hear("run")
		if got := r.state(c.ID); got != Merged {
			t.Errorf("it is %s", got)
		}
		if got := r.state(other.ID); got != Open {
			t.Errorf("the other is %s", got)
		}
		r.people.to = nil
		r.work()
		if len(r.people.to) != 1 || !strings.HasPrefix(r.people.to[0], "zoe: ") {
			t.Errorf("told: %q", r.people.to)
		}
	})
}

// What can't be asked for at all, and by whom.
func TestBegin(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ask := Ask{OfGroup, ""}
		for group, k := range map[string]fault.Kind{"hidden": fault.NotFound, "waits": fault.NotFound, "nothing": fault.NotFound, "ended": fault.Conflict} {
			_, err := r.Begin(t.Context(), r.as("zoe"), group, ask)
			r.is(err, k)
		}
		_, err := r.Begin(t.Context(), r.as("ana"), "run", ask)
		r.is(err, fault.Conflict)
		_, err = r.Begin(t.Context(), r.as("team"), "waits", ask)
		r.is(err, fault.Denied)
		_, err = r.Begin(t.Context(), r.as("zoe"), "bare", Ask{"everything", ""})
		r.is(err, fault.Invalid)
		r.begins("zoe", "bare", OfGroup)
		_, err = r.Begin(t.Context(), r.as("zoe"), "bare", ask)
		r.is(err, fault.Conflict)
		r.begins("yan", "bare", OfGroup) // somebody else may ask, too
	})
}

// Somebody from an institution gets nothing, and is remembered: saying
// something else a moment later does not let a code do.
func TestInstitution(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		for range 2 {
			if c := r.begins("zoe", "mailed", Institution); c.State != KeptOut {
				t.Fatal(c.State)
			}
		}
		r.begins("zoe", "mailed", OfGroup)
		r.is(r.SendCode(t.Context(), r.as("zoe"), "mailed"), fault.Conflict)
		if mine, err := r.Mine(t.Context(), r.as("zoe")); err != nil || len(mine) != 2 {
			t.Errorf("%d, %v", len(mine), err)
		}
	})
}

// A code: five tries, seven days, three of them, to an address that stood there
// and was not put there by who asks.
func TestCode(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("zoe", "mailed", OfGroup)
		for what, set := range map[string]func(){
			"it came a week ago": func() { r.street.since["mailed"] = r.at.AddDate(0, 0, -7) },
			"it came after":      func() { r.street.since["mailed"] = r.at.AddDate(0, 0, 1) },
			"it is by who asks":  func() { r.street.since["mailed"], r.street.by["mailed"] = r.at.AddDate(-1, 0, 0), "zoe" },
		} {
			set()
			if err := r.SendCode(ctx, r.as("zoe"), "mailed"); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", what, err)
			}
			delete(r.street.by, "mailed")
		}
		r.street.since["mailed"] = r.at.AddDate(0, 0, -31)
		first := r.coded("zoe", "mailed")
		for range mostTries {
			r.is(r.TryCode(ctx, r.as("zoe"), "mailed", "AAAA-BBBB-CCCC"), fault.Invalid)
		}
		r.is(r.TryCode(ctx, r.as("zoe"), "mailed", first), fault.Invalid) // tried too often
		second := r.coded("zoe", "mailed")
		r.is(r.TryCode(ctx, r.as("zoe"), "mailed", first), fault.Invalid)
		r.at = r.at.Add(codeFor)
		r.is(r.TryCode(ctx, r.as("zoe"), "mailed", second), fault.Invalid) // too old
		third := r.coded("zoe", "mailed")
		r.is(r.SendCode(ctx, r.as("zoe"), "mailed"), fault.Conflict)
		r.is(r.TryCode(ctx, r.as("yan"), "mailed", third), fault.NotFound) // it is nobody else's
		r.must(r.TryCode(ctx, r.as("zoe"), "mailed", " "+strings.ReplaceAll(third, "-", " ")))
		if r.state(c.ID) != Waiting {
			t.Error(r.state(c.ID))
		}
		for _, code := range []string{first, second, third} {
			if strings.Contains(r.everything(), code) || strings.Contains(r.everything(), id.PlainCode(code)) {
				t.Error("a code stands in the database")
			}
		}
	})
}

// The words two groups can't give.
func TestVouching(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("bea", "bare", OfGroup) // organises one
		for group, k := range map[string]fault.Kind{"one": fault.Conflict, "bare": fault.Conflict, "mailed": fault.Conflict, "hidden": fault.NotFound, "waits": fault.NotFound} {
			r.is(r.AskGroup(ctx, r.as("bea"), "bare", group), k)
		}
		r.is(r.AskGroup(ctx, r.as("yan"), "bare", "two"), fault.NotFound)
		r.must(r.AskGroup(ctx, r.as("bea"), "bare", "two"))
		r.must(r.AskGroup(ctx, r.as("bea"), "bare", "two")) // once more is once
		for _, who := range []string{"yan", "eve", "team", "bea"} {
			r.is(r.Answer(ctx, r.as(who), c.ID, "two", true), fault.NotFound)
		}
		r.is(r.Answer(ctx, r.as("eve"), c.ID, "three", true), fault.NotFound) // was not asked
		r.must(r.Answer(ctx, r.as("cleo"), c.ID, "two", false))
		r.must(r.Answer(ctx, r.as("cleo"), c.ID, "two", false))              // once more
		r.is(r.Answer(ctx, r.as("cleo"), c.ID, "two", true), fault.Conflict) // it has answered
		r.must(r.AskGroup(ctx, r.as("bea"), "bare", "three"))
		r.must(r.Answer(ctx, r.as("eve"), c.ID, "three", true))
		if r.state(c.ID) != Open {
			t.Error("one yes and one no are enough")
		}
		r.must(r.AskGroup(ctx, r.as("bea"), "bare", "pair"))
		r.work()
		if to := strings.Join(r.people.to, "\n"); strings.Count(to, "dora") != 1 || strings.Count(to, "cleo") != 1 || strings.Contains(to, "bea") {
			t.Errorf("who was asked: %s", to)
		}
		asked, err := r.Asked(ctx, r.as("fay"))
		if err != nil || len(asked) != 1 || asked[0].Of.Name != "bare" || asked[0].Events != nil {
			t.Errorf("%+v, %v", asked, err)
		}
		// Who takes over one of the groups in between vouches for nobody.
		r.write(func(ctx context.Context, tx *db.Tx) error { return r.street.Seat(ctx, tx, "three", "bea") })
		r.must(r.Answer(ctx, r.as("fay"), c.ID, "pair", true))
		if r.state(c.ID) != Open {
			t.Error("the claimer's own group counts")
		}
	})
}

// A claim waits seven days, in which its group is told, and holds then.
func TestWait(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("zoe", "run", OfGroup)
		r.must(r.TryCode(ctx, r.as("zoe"), "run", r.coded("zoe", "run")))
		r.work()
		if to := strings.Join(r.people.to, "\n"); !strings.Contains(to, "ana: Somebody asks") {
			t.Errorf("the organiser was not told: %s", to)
		}
		l := r.tray.Letters()[0].Letter
		if len(r.tray.Letters()) != 2 || l.To != "us@run.example" || !strings.Contains(l.Link.URL, "/claims/objection/") || strings.Contains(l.Subject, "run") {
			t.Errorf("the group was not told: %+v", r.tray.Letters())
		}
		for _, x := range []struct {
			after time.Duration
			want  State
		}{{waitFor - time.Second, Waiting}, {time.Second, Held}} {
			r.at = r.at.Add(x.after)
			r.must(r.Settle(ctx))
			if got := r.state(c.ID); got != x.want || r.organises("zoe", "run") != (x.want == Held) {
				t.Fatalf("%s, want %s", got, x.want)
			}
		}
	})
}

// While a group's curtains are closed nothing goes on, and its name is nobody's
// but its organisers'.
func TestClosed(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("zoe", "run", OfGroup)
		r.must(r.decides("team", c, talk, "We met."))
		g := r.street.groups["run"]
		g.Closed = true
		r.street.groups["run"] = g
		r.at = r.at.Add(2 * waitFor)
		r.must(r.Settle(ctx))
		if r.state(c.ID) != Waiting {
			t.Error(r.state(c.ID))
		}
		if due, err := dueBy(ctx, r.db, r.at, 10); err != nil || len(due) > 0 {
			t.Errorf("it stands in the way of others: %v, %v", due, err)
		}
		mine, err := r.Mine(ctx, r.as("zoe"))
		if err != nil || len(mine) != 1 || mine[0].Of != nil {
			t.Errorf("%+v, %v", mine, err)
		}
		if d, err := r.Desk(ctx, r.as("team")); err != nil || len(d.Waiting) != 1 || d.Waiting[0].Of != nil {
			t.Errorf("the team is told which: %+v, %v", d, err)
		}
		r.is(r.decides("team", c, refuse, "No."), fault.NotFound)
		_, err = r.Own(ctx, r.as("zoe"), "run")
		r.is(err, fault.NotFound)
		r.must(r.decides("ana", c, refuse, "We are resting."))
		if r.state(c.ID) != Refused {
			t.Error(r.state(c.ID))
		}
	})
}

// Who came in by a lie and closes the curtains is not safe behind them: where
// somebody objects, the team can take it back.
func TestClosedBehindThem(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		c := r.begins("zoe", "bare", OfGroup)
		r.must(r.decides("team", c, talk, "We met."))
		r.must(r.decides("team2", c, agree, "I know them, too."))
		g := r.street.groups["bare"]
		g.Closed = true
		r.street.groups["bare"] = g
		r.is(r.decides("team", c, revoke, "Nobody knows them."), fault.NotFound)
		r.write(func(ctx context.Context, tx *db.Tx) error { return insertKey(ctx, tx, id.Hash("link"), c.ID, r.at) })
		r.must(r.ObjectByLink(t.Context(), "link", "Who is that?"))
		if d, err := r.Desk(t.Context(), r.as("team")); err != nil || len(d.Objected) != 1 || d.Objected[0].Of == nil {
			t.Fatalf("%+v, %v", d, err)
		}
		r.must(r.decides("team", c, revoke, "Nobody knows them."))
		if r.organises("zoe", "bare") {
			t.Error("they are still in")
		}
	})
}

// An objection stops a claim. The team decides, and says why; what the objector
// said is for the team alone.
func TestObjection(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("zoe", "run", OfGroup)
		r.must(r.decides("team", c, talk, "We met."))
		r.is(r.decides("cleo", c, object, "Not theirs to say."), fault.Denied)
		r.is(r.decides("ana", c, goOn, "Not theirs to decide."), fault.Denied)
		r.is(r.decides("ana", c, object, ""), fault.Invalid)
		r.work()
		link := r.tray.Letters()[0].Letter.Link.URL
		token := link[strings.LastIndex(link, "/")+1:]
		token, _, _ = strings.Cut(token, "?")
		if _, err := r.Objecting(ctx, token); err != nil {
			t.Fatal(err)
		}
		r.must(r.ObjectByLink(ctx, token, "snurfle"))
		r.is(r.ObjectByLink(ctx, token, "again"), fault.NotFound)
		r.must(r.decides("ana", c, object, "grumblewort"))
		if r.state(c.ID) != Stopped {
			t.Fatal(r.state(c.ID))
		}
		r.at = r.at.Add(2 * waitFor)
		r.must(r.Settle(ctx))
		if r.state(c.ID) != Stopped {
			t.Error("it holds all the same")
		}
		for who, want := range map[string][2]bool{"team": {true, true}, "ana": {false, true}, "zoe": {}} {
			var vs []View
			var err error
			if who == "zoe" {
				vs, err = r.Mine(ctx, r.as(who))
			} else {
				_, vs, err = r.About(ctx, r.as(who), "run")
			}
			all := fmt.Sprintf("%+v", vs)
			if err != nil || len(vs) != 1 || strings.Contains(all, "snurfle") != want[0] || strings.Contains(all, "grumblewort") != want[1] {
				t.Errorf("%s reads %s, %v", who, all, err)
			}
		}
		out, err := r.export(ctx, kit.Subject{Personas: []string{"zoe"}})
		if all := fmt.Sprint(kit.HeldJSON(out, nil)); err != nil || strings.Contains(all, "snurfle") || strings.Contains(all, "grumblewort") || !strings.Contains(all, "kettle") {
			t.Errorf("%s, %v", all, err)
		}
		if d, err := r.Desk(ctx, r.as("team")); err != nil || len(d.Objected) != 1 {
			t.Errorf("%+v, %v", d, err)
		}
		r.is(r.decides("team", c, goOn, "I met them myself."), fault.Denied)
		r.must(r.decides("team2", c, goOn, "They are sisters."))
		if r.state(c.ID) != Held || !r.organises("zoe", "run") {
			t.Error(r.state(c.ID))
		}
		// An objection that comes too late is heard, too.
		r.must(r.decides("ana", c, object, "Too late?"))
		if d, err := r.Desk(ctx, r.as("team")); err != nil || len(d.Objected) != 1 || r.state(c.ID) != Held {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// What held is taken back with a reason, by the team or by who was there
// before; they read why, and may ask again, but not by a code.
func TestRevoke(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		hold := func(who string) *Claim {
			c := r.begins(who, "run", OfGroup)
			r.must(r.decides("team", c, talk, "We met."))
			r.at = r.at.Add(waitFor)
			r.must(r.Settle(ctx))
			if !r.organises(who, "run") {
				t.Fatal("it does not hold")
			}
			return c
		}
		zoe, yan := hold("zoe"), hold("yan")
		r.is(r.decides("yan", zoe, revoke, "I am new here."), fault.Denied)
		r.is(r.decides("yan", yan, revoke, "Myself."), fault.Denied)
		// An objection that the team sets aside does not make the first the last.
		r.at = r.at.Add(time.Hour)
		r.must(r.decides("yan", zoe, object, "I would like to be alone here."))
		r.must(r.decides("team2", zoe, goOn, "They were here first."))
		r.is(r.decides("yan", zoe, revoke, "I am new here."), fault.Denied)
		r.is(r.decides("cleo", yan, revoke, "Not ours."), fault.Denied)
		r.is(r.decides("zoe", yan, revoke, ""), fault.Invalid)
		r.must(r.decides("zoe", yan, revoke, "They left in May."))
		r.must(r.decides("ana", zoe, revoke, "Nobody knows them."))
		if r.organises("yan", "run") || r.organises("zoe", "run") || r.state(zoe.ID) != Revoked {
			t.Error("they still look after it")
		}
		mine, err := r.Mine(ctx, r.as("zoe"))
		if err != nil || len(reasons(mine[0])) != 1 || reasons(mine[0])[0].Words != "Nobody knows them." {
			t.Errorf("%+v, %v", mine, err)
		}
		r.begins("zoe", "run", OfGroup)
		r.is(r.SendCode(ctx, r.as("zoe"), "run"), fault.Conflict)
		own := r.begins("team", "mailed", OfGroup)
		r.is(r.decides("team", own, talk, "With myself."), fault.Denied)
		r.must(r.decides("team2", own, talk, "We met."))
	})
}

// An invitation opens one group, for a while; who comes with it has the group's
// code, and waits like everybody. It is spent by that.
func TestInvite(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		_, err := r.Invite(ctx, r.as("zoe"), "waits", false)
		r.is(err, fault.Denied)
		_, err = r.Invite(ctx, r.as("team"), "mailed", false)
		r.is(err, fault.Conflict)
		old, err := r.Invite(ctx, r.as("team"), "waits", false)
		r.must(err)
		r.at = r.at.Add(inviteFor)
		_, err = r.Invited(ctx, old)
		r.is(err, fault.NotFound)
		_, err = r.Invite(ctx, r.as("team"), "waits", true)
		r.must(err)
		r.work()
		code := r.inMail()
		for _, wrong := range []string{old, "", "AAAA-AAAA-AAAA"} {
			_, err = r.Invited(ctx, wrong)
			r.is(err, fault.NotFound)
		}
		if g, err := r.Invited(ctx, strings.ToLower(code)); err != nil || g.ID != "waits" {
			t.Fatalf("%+v, %v", g, err)
		}
		_, _, err = r.BeginInvited(ctx, r.as("team"), code, Ask{OfGroup, ""})
		r.is(err, fault.Denied) // who sent it does not come in by it
		_, _, err = r.BeginInvited(ctx, r.as("team, too"), code, Ask{OfGroup, ""})
		r.is(err, fault.Denied) // nor under another name of theirs
		if c, _, err := r.BeginInvited(ctx, r.as("zoe"), code, Ask{Institution, ""}); err != nil || c.State != KeptOut {
			t.Fatalf("%+v, %v", c, err)
		}
		c, _, err := r.BeginInvited(ctx, r.as("yan"), code, Ask{OfGroup, ""})
		if err != nil || c.State != Waiting {
			t.Fatalf("%+v, %v", c, err)
		}
		_, _, err = r.BeginInvited(ctx, r.as("xia"), code, Ask{OfGroup, ""})
		r.is(err, fault.NotFound)
		if v, err := r.Own(ctx, r.as("yan"), "waits"); err != nil || v.Of.Name != "waits" {
			t.Errorf("who came by invitation does not see the group: %v", err)
		}
		r.at = r.at.Add(waitFor)
		r.must(r.Settle(ctx))
		if !r.organises("yan", "waits") {
			t.Error("it does not hold")
		}
	})
}

// A group that does not want to be listed says so with the code alone.
func TestInvitedOff(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		code, err := r.Invite(t.Context(), r.as("team"), "waits", false)
		r.must(err)
		r.is(r.TakeOffInvited(t.Context(), "AAAA-AAAA-AAAA"), fault.NotFound)
		r.must(r.TakeOffInvited(t.Context(), code))
		if _, there := r.street.groups["waits"]; there || strings.Contains(r.everything(), "waits") {
			t.Error("something of it is left")
		}
	})
}

// Taken back, a request leaves no words, and whoever was asked is asked no
// more. The way is open again.
func TestWithdraw(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("zoe", "run", OfGroup)
		r.must(r.AskGroup(ctx, r.as("zoe"), "run", "two"))
		r.must(r.decides("ana", c, object, "grumblewort"))
		r.is(r.Withdraw(ctx, r.as("yan"), c.ID), fault.NotFound)
		r.must(r.Withdraw(ctx, r.as("zoe"), c.ID))
		r.is(r.Withdraw(ctx, r.as("zoe"), c.ID), fault.Conflict)
		for _, word := range []string{"kettle", "grumblewort"} {
			if strings.Contains(r.everything(), word) {
				t.Errorf("%q is left", word)
			}
		}
		if asked, err := r.Asked(ctx, r.as("cleo")); err != nil || len(asked) != 0 {
			t.Errorf("%+v, %v", asked, err)
		}
		if d, err := r.Desk(ctx, r.as("team")); err != nil || len(d.Objected)+len(d.Open) != 0 {
			t.Errorf("%+v, %v", d, err)
		}
		r.begins("zoe", "run", OfGroup)
	})
}

// Two who claim at once: the second waits anew from when the first came in.
func TestTwoClaimers(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		first, second := r.begins("zoe", "run", OfGroup), r.begins("yan", "run", OfGroup)
		r.must(r.decides("team", first, talk, "We met."))
		r.at = r.at.Add(time.Hour)
		r.must(r.decides("team", second, talk, "We met."))
		r.at = r.at.Add(waitFor)
		r.work()
		r.people.to = nil
		r.must(r.Settle(ctx))
		if r.state(first.ID) != Held || r.state(second.ID) != Waiting {
			t.Fatalf("%s, %s", r.state(first.ID), r.state(second.ID))
		}
		r.work()
		if told := strings.Join(r.people.to, "\n"); !strings.Contains(told, "zoe: Somebody asks to look after a page with you.") || !strings.Contains(told, "yan: There is news") {
			t.Errorf("who is one more to be asked is not: %s", told)
		}
		r.must(r.decides("zoe", second, object, "I don't know them."))
		// Where nobody could be asked before, there is somebody now.
		a, b := r.begins("zoe", "bare", OfGroup), r.begins("yan", "bare", OfGroup)
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, c := range []*Claim{a, b} {
			wait.Go(func() {
				r.must(r.decides("team", c, talk, "We met."))
				errs[i] = r.decides("team2", c, agree, "I know them, too.")
			})
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !fault.Is(errors.Join(errs...), fault.Conflict) {
			t.Errorf("who can be asked was not: %v", errs)
		}
		if got := string(r.state(a.ID) + " " + r.state(b.ID)); got != "held waiting" && got != "waiting held" {
			t.Errorf("both at once: %s", got)
		}
	})
}

// Whichever comes first at the moment the wait ends, it is one or the other.
func TestObjectionAtTheLastMoment(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		for i := range 6 {
			who := fmt.Sprint("zoe", i)
			c := r.begins(who, "run", OfGroup)
			r.must(r.decides("team", c, talk, "We met."))
			r.at = r.at.Add(waitFor)
			var wait sync.WaitGroup
			wait.Go(func() { r.must(r.Settle(ctx)) })
			wait.Go(func() { r.must(r.decides("ana", c, object, "No.")) })
			wait.Wait()
			now, err := byID(ctx, r.db, c.ID)
			r.must(err)
			if !now.Objected || r.organises(who, "run") != (now.State == Held) || now.State != Held && now.State != Stopped {
				t.Errorf("%+v, organiser: %v", now, r.organises(who, "run"))
			}
			if now.State == Stopped {
				continue
			}
			// Two who take it back at once do it once.
			errs := make([]error, 2)
			for j, by := range []string{"ana", "team"} {
				wait.Go(func() { errs[j] = r.decides(by, c, revoke, "We said no.") })
			}
			wait.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || r.organises(who, "run") {
				t.Errorf("%v, organiser: %v", errs, r.organises(who, "run"))
			}
		}
	})
}

// One letter, two people: one of them comes in.
func TestOneLetter(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		code, err := r.Invite(t.Context(), r.as("team"), "waits", false)
		r.must(err)
		errs := make([]error, 4)
		var wait sync.WaitGroup
		for i := range errs {
			v := r.as(fmt.Sprint("zoe", i))
			wait.Go(func() { _, _, errs[i] = r.BeginInvited(t.Context(), v, code, Ask{OfGroup, ""}) })
		}
		wait.Wait()
		in := 0
		for _, err := range errs {
			if err == nil {
				in++
			} else if !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		}
		if in != 1 {
			t.Errorf("%d came in", in)
		}
	})
}

// Everything a person left is given to them, and goes with them; reasons stay
// without their author.
func TestExportAndErase(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("zoe", "run", OfGroup)
		r.must(r.AskGroup(ctx, r.as("zoe"), "run", "two"))
		r.must(r.Answer(ctx, r.as("cleo"), c.ID, "two", true))
		other := r.begins("yan", "run", OfGroup)
		r.must(r.decides("ana", other, object, "grumblewort"))
		_, err := r.Invite(ctx, r.as("team"), "waits", false)
		r.must(err)
		r.must(r.decides("team", other, refuse, "A reason that stays."))
		for who, word := range map[string]string{"zoe": "kettle", "ana": "grumblewort", "cleo": "answered", "team": "invited:[map[when:2026"} {
			out, err := r.export(ctx, kit.Subject{Personas: []string{who}})
			if all := fmt.Sprint(kit.HeldJSON(out, nil)); err != nil || !strings.Contains(all, word) {
				t.Errorf("%s: %s, %v", who, all, err)
			}
		}
		for _, who := range []string{"zoe", "ana", "cleo", "team"} {
			r.write(func(ctx context.Context, tx *db.Tx) error {
				return r.erase(ctx, tx, kit.Subject{Personas: []string{who}})
			})
		}
		all := r.everything()
		for _, word := range []string{"zoe", "ana", "cleo", "team", "kettle with", "grumblewort"} {
			if strings.Contains(strings.ReplaceAll(all, "I am yan with the kettle", ""), word) {
				t.Errorf("%q is left in\n%s", word, all)
			}
		}
		if !strings.Contains(all, "A reason that stays.") {
			t.Error("the reason went, too")
		}
	})
}

// everything is all that the room's tables and the jobs hold, as text.
func (r *room) everything() string {
	r.t.Helper()
	var b strings.Builder
	for _, q := range []string{
		`SELECT id || ' ' || group_id || ' ' || claimer_persona_id || ' ' || words || ' ' || code FROM claim_claim`,
		`SELECT claim_id || ' ' || group_id || ' ' || answerer_persona_id FROM claim_vouch`,
		`SELECT claim_id || ' ' || actor_persona_id || ' ' || words FROM claim_event`,
		`SELECT claim_id || ' ' || key FROM claim_key`,
		`SELECT group_id || ' ' || sender_persona_id || ' ' || key FROM claim_invite`,
		`SELECT key || ' ' || whom FROM job_job`,
	} {
		rows, err := db.All(r.t.Context(), r.db, db.Text, q)
		r.must(err)
		b.WriteString(strings.Join(rows, "\n") + "\n")
	}
	return b.String()
}
