package claim

import (
	"context"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// One of the team lets nobody in by their own word where nobody looks after the
// group, and leaves no group without anybody: the others see it and say no,
// or agree.
func TestSecond(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		spokenFor := func(who string) *Claim {
			c := r.begins(who, "bare", OfGroup)
			r.must(r.decides("team", c, talk, "We met."))
			if d, err := r.Desk(ctx, r.as("team2")); err != nil || len(d.Waiting) != 1 || !agreeable(d.Waiting[0].Claim, *d.Waiting[0].Of, d.Waiting[0].Events) {
				t.Fatalf("the others don't see it: %+v, %v", d, err)
			}
			r.is(r.decides("team", c, agree, "Me again."), fault.Denied)
			r.is(r.decides("cleo", c, agree, "Not theirs."), fault.Denied)
			return c
		}
		c := spokenFor("zoe")
		r.must(r.decides("team2", c, refuse, "Nobody there knows them."))
		c = spokenFor("zoe")
		r.must(r.decides("team2", c, agree, "I was there."))
		r.is(r.decides("team2", c, agree, "Once more."), fault.Conflict)
		if !r.organises("zoe", "bare") {
			t.Fatal(r.state(c.ID))
		}

		// Taken back by one alone it is not, and its claimer reads who tries.
		takes := func(who string, gone bool) {
			t.Helper()
			r.must(r.decides(who, c, revoke, "grumblewort"))
			if r.organises("zoe", "bare") == gone || (r.state(c.ID) == Revoked) != gone {
				t.Errorf("gone, want %v: %s", gone, r.state(c.ID))
			}
		}
		r.people.to = nil
		takes("team", false)
		takes("team", false)
		r.work()
		if mine, err := r.Mine(ctx, r.as("zoe")); err != nil || len(r.people.to) != 1 {
			t.Errorf("told: %v, %v", r.people.to, err)
		} else if e, is := wished(mine[0].Events); mine[0].State != Held || !is || e.Words != "grumblewort" {
			t.Errorf("what they read: %+v", mine[0])
		}
		if d, err := r.Desk(ctx, r.as("team2")); err != nil || len(d.Objected) != 1 {
			t.Errorf("%+v, %v", d, err)
		}
		r.is(r.decides("team", c, goOn, "After all."), fault.Denied) // they spoke for them
		r.must(r.decides("team2", c, goOn, "No reason to."))
		takes("team", false) // from the beginning
		r.at = r.at.Add(secondFor - time.Second)
		takes("team", false)
		takes("team2", true)

		c = spokenFor("yan")
		r.at = r.at.Add(waitFor)
		r.must(r.Settle(ctx))
		if r.organises("yan", "bare") {
			t.Fatal("one of the team alone brought somebody in")
		}
		r.must(r.decides("team2", c, agree, "I know them, too."))
		takes2 := func(want bool) {
			t.Helper()
			r.must(r.decides("team", c, revoke, "They left."))
			if r.organises("yan", "bare") != want {
				t.Errorf("looks after it, want %v", want)
			}
		}
		takes2(true)
		r.at = r.at.Add(secondFor)
		takes2(false)
	})
}

// byHand is a claim that rests on one of the team alone, by each way there is.
var byHand = map[string]func(r *room) *Claim{
	"a talk": func(r *room) *Claim {
		c := r.begins("zoe", "mailed", OfGroup)
		r.must(r.decides("team", c, talk, "We met."))
		return c
	},
	"a letter": func(r *room) *Claim {
		c := r.begins("zoe", "mailed", OfGroup)
		code, err := r.Decide(r.t.Context(), r.as("team"), "mailed", c.ID, Decision{What: letter})
		r.must(err)
		r.must(r.TryCode(r.t.Context(), r.as("zoe"), "mailed", code))
		return c
	},
	// A mail that is asked for does not make the letter's code the group's.
	"a letter, and a mail besides": func(r *room) *Claim {
		c := r.begins("zoe", "mailed", OfGroup)
		code, err := r.Decide(r.t.Context(), r.as("team"), "mailed", c.ID, Decision{What: letter})
		r.must(err)
		r.must(r.SendCode(r.t.Context(), r.as("zoe"), "mailed"))
		r.must(r.TryCode(r.t.Context(), r.as("zoe"), "mailed", code))
		return c
	},
	"a printed invitation": func(r *room) *Claim {
		code, err := r.Invite(r.t.Context(), r.as("team"), "waits", false)
		r.must(err)
		return r.comes(code)
	},
	"an invitation to an address of last week": func(r *room) *Claim {
		r.street.since["waits"] = r.at.AddDate(0, 0, -7)
		return r.comes(r.invited())
	},
	"an invitation to an address that changed after it": func(r *room) *Claim {
		code := r.invited()
		r.street.since["waits"] = r.at.AddDate(0, 0, 1)
		r.at = r.at.AddDate(0, 0, 33)
		return r.comes(code)
	},
	"an invitation to an address of who sent it": func(r *room) *Claim {
		r.street.since["waits"], r.street.by["waits"] = r.at.AddDate(-1, 0, 0), "team, too"
		return r.comes(r.invited())
	},
	"an invitation to an address of who comes with it": func(r *room) *Claim {
		r.street.by["waits"] = "zoe, too"
		return r.comes(r.invited())
	},
}

// invited has an invitation sent by mail, and gives its code.
func (r *room) invited() string {
	r.t.Helper()
	_, err := r.Invite(r.t.Context(), r.as("team"), "waits", true)
	r.must(err)
	r.work()
	return r.inMail()
}

func (r *room) comes(code string) *Claim {
	r.t.Helper()
	c, _, err := r.BeginInvited(r.t.Context(), r.as("zoe"), code, Ask{OfGroup, ""})
	r.must(err)
	return c
}

// One of the team alone, with a second account of their own, comes into no group
// whose mailbox nobody reads: another one agrees besides the wait, whichever comes
// first. Whoever reads the mailbox can object in it.
func TestMailboxThatNobodyReads(t *testing.T) {
	for name, way := range byHand {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, r *room) {
				ctx := t.Context()
				c := way(r)
				if got := r.state(c.ID); got != Waiting {
					t.Fatal(got)
				}
				r.work()
				if said := r.tray.Letters()[0].Letter.Plain(); !strings.Contains(said, "a second one of the network team agrees") {
					t.Errorf("the group is told: %s", said)
				}
				in := func(want bool) {
					t.Helper()
					r.must(r.Settle(ctx))
					if r.organises("zoe", c.Group) != want {
						t.Fatalf("in, want %v: %s", want, r.state(c.ID))
					}
				}
				r.is(r.decides("team", c, agree, "Me again."), fault.Denied)
				r.is(r.decides("team, too", c, agree, "Me again."), fault.Denied)
				for range 5 {
					r.at = r.at.Add(waitFor)
					in(false)
				}
				r.must(r.decides("team2", c, agree, "I called them."))
				in(true)
			})
		})
	}
	run(t, func(t *testing.T, r *room) {
		c := byHand["a letter"](r)
		r.people.to = nil
		r.must(r.decides("team2", c, agree, "I called them."))
		r.work()
		if len(r.people.to) != 1 {
			t.Errorf("told: %q", r.people.to)
		}
		r.is(r.decides("team2", c, agree, "Once more."), fault.Conflict)
		r.must(r.Settle(t.Context()))
		if r.organises("zoe", "mailed") {
			t.Error("the mailbox had no time to object")
		}
		r.at = r.at.Add(waitFor)
		r.must(r.Settle(t.Context()))
		if !r.organises("zoe", "mailed") {
			t.Error(r.state(c.ID))
		}
	})
}

// Who has nobody else on the team waits for long, and is not locked out. Who has
// somebody waits for them, however long, also if one of the two claims: nobody
// agrees to their own.
func TestTeamOfOne(t *testing.T) {
	for name, x := range map[string]struct {
		team []string
		by   string
		want bool
	}{"alone": {[]string{"team"}, "zoe", true}, "two": {[]string{"team", "team2"}, "zoe", false}, "two, and one of them asks": {[]string{"team", "team2"}, "team2", true}} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, r *room) {
				r.people.team = x.team
				c := r.begins(x.by, "bare", OfGroup)
				r.must(r.decides("team", c, talk, "We met."))
				settles := func(wait time.Duration, want bool) {
					t.Helper()
					r.at = r.at.Add(wait)
					r.must(r.Settle(t.Context()))
					if r.organises(x.by, "bare") != want {
						t.Errorf("in, want %v", want)
					}
				}
				settles(waitFor, false)
				settles(aloneFor-waitFor-time.Hour, false)
				settles(2*time.Hour, x.want)
				if !x.want { // the other one leaves, and said nothing
					r.people.team = []string{"team"}
					settles(askFor, true)
				}
			})
		})
	}
}

// Organisers are asked, and know who is one of them: where there are some, nobody
// else of the team is needed; also if they came meanwhile. Where the last of them
// has gone, another one is.
func TestOrganisersAreEnough(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c := r.begins("zoe", "run", OfGroup)
		r.must(r.decides("team", c, talk, "We met."))
		r.is(r.decides("team2", c, agree, "I know them, too."), fault.Conflict)
		r.write(func(ctx context.Context, tx *db.Tx) error { return r.street.Unseat(ctx, tx, "run", "ana") })
		r.at = r.at.Add(waitFor)
		r.must(r.Settle(ctx))
		if r.organises("zoe", "run") {
			t.Error("nobody was left to object")
		}
		r.write(func(ctx context.Context, tx *db.Tx) error { return r.street.Seat(ctx, tx, "run", "eve") })
		r.at = r.at.Add(aloneFor)
		r.must(r.Settle(ctx))
		if !r.organises("zoe", "run") {
			t.Error(r.state(c.ID))
		}
	})
}
