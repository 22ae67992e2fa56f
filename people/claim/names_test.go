package claim

import (
	"context"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// Two names of one person are one: they vouch once, for nobody they are
// themselves, and are no second one of the team.
func TestTwoNames(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		seat := func(group, persona string) {
			t.Helper()
			r.write(func(ctx context.Context, tx *db.Tx) error { return r.street.Seat(ctx, tx, group, persona) })
		}
		for _, id := range []string{"twin", "quiet"} {
			r.street.groups[id] = Group{ID: id, Slug: id, Name: id}
		}
		seat("twin", "cleo, too") // two is cleo's
		c := r.begins("zoe", "bare", OfGroup)
		r.vouch(c, map[string]string{"two": "cleo", "twin": "cleo, too"})
		if r.state(c.ID) != Open {
			t.Fatal("one person with two names was enough")
		}
		// Nor if somebody else of that group says it.
		seat("both", "cleo, too")
		r.must(r.AskGroup(ctx, r.as("zoe"), "bare", "both"))
		r.must(r.Answer(ctx, r.as("dora"), c.ID, "both", true))
		if r.state(c.ID) != Open {
			t.Fatal("groups that one person runs by two names were enough")
		}
		seat("three", "zoe, too")
		r.is(r.AskGroup(ctx, r.as("zoe"), "bare", "three"), fault.Conflict)
		r.must(r.AskGroup(ctx, r.as("zoe"), "bare", "pair"))
		seat("pair", "zoe, too")
		r.is(r.Answer(ctx, r.as("zoe, too"), c.ID, "pair", true), fault.NotFound)
		r.must(r.Answer(ctx, r.as("fay"), c.ID, "pair", true))
		if r.state(c.ID) != Open {
			t.Fatal("the claimer's own group, by another name of theirs, counts")
		}
		r.must(r.AskGroup(ctx, r.as("zoe"), "bare", "one"))
		r.must(r.Answer(ctx, r.as("bea"), c.ID, "one", true))
		if r.state(c.ID) == Open {
			t.Fatal("two groups with nobody in common were not enough")
		}
		// The team: nobody agrees with themselves, nor decides on their own claim.
		d := r.begins("yan", "quiet", OfGroup)
		r.must(r.decides("team", d, talk, "We met."))
		r.is(r.decides("team, too", d, agree, "Me again."), fault.Denied)
		r.must(r.decides("team2", d, agree, "I was there."))
		r.must(r.decides("team", d, revoke, "They left."))
		r.must(r.decides("team, too", d, revoke, "So I hear."))
		if r.state(d.ID) != Held {
			t.Error("one of the team left a group empty, by two names")
		}
		e := r.begins("team2", "mailed", OfGroup)
		r.is(r.decides("team2, too", e, talk, "I met me."), fault.Denied)
	})
}

// What a group's code does not do for a name it does for none of the same
// person's, and whoever decides sees nothing of it.
func TestCodeForAnotherName(t *testing.T) {
	for what, spoil := range map[string]func(r *room){
		"was sent away":           func(r *room) { r.street.removed["mailed"] = []string{"zoe"} },
		"is from an institution":  func(r *room) { r.begins("zoe", "run", Institution) },
		"has written the address": func(r *room) { r.street.since["mailed"], r.street.by["mailed"] = r.at.AddDate(-1, 0, 0), "zoe" },
	} {
		t.Run(what, func(t *testing.T) {
			run(t, func(t *testing.T, r *room) {
				ctx := t.Context()
				c := r.begins("zoe, too", "mailed", OfGroup)
				code := r.coded("zoe, too", "mailed")
				spoil(r)
				r.is(r.SendCode(ctx, r.as("zoe, too"), "mailed"), fault.Conflict)
				before := r.everything()
				r.is(r.TryCode(ctx, r.as("zoe, too"), "mailed", code), fault.Conflict)
				if r.everything() != before {
					t.Error("that it did nothing is to be seen")
				}
				if letter, err := r.Decide(ctx, r.as("team"), "mailed", c.ID, Decision{What: letter}); err != nil || letter == "" {
					t.Errorf("the team is told: %v", err)
				}
				r.must(r.decides("team", c, talk, "We met.")) // the other ways are open
				if r.state(c.ID) != Waiting {
					t.Error(r.state(c.ID))
				}
				r.street.removed["waits"] = r.street.removed["mailed"]
				code, err := r.Invite(ctx, r.as("team"), "waits", false)
				r.must(err)
				if _, _, err := r.BeginInvited(ctx, r.as("zoe, too"), code, Ask{OfGroup, ""}); (err == nil) != (what == "has written the address") || err != nil && !fault.Is(err, fault.Conflict) {
					t.Errorf("by an invitation: %v", err)
				}
			})
		})
	}
}

// Who looks after a page does not ask for it under another name.
func TestYoursByAnotherName(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		_, err := r.Begin(t.Context(), r.as("ana, too"), "run", Ask{OfGroup, ""})
		r.is(err, fault.Conflict)
	})
}
