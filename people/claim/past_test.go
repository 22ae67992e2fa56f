package claim

import (
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
)

// A code is there while it opens something, and no longer.
func TestCodesGo(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		codes := func() []string {
			t.Helper()
			all, err := db.All(t.Context(), r.db, db.Text, `SELECT id FROM claim_claim WHERE code <> ''`)
			r.must(err)
			return all
		}
		r.begins("zoe", "mailed", OfGroup)
		code := r.coded("zoe", "mailed")
		r.begins("yan", "run", OfGroup)
		r.coded("yan", "run")
		if n := len(codes()); n != 2 {
			t.Fatalf("%d codes are on their way", n)
		}
		if err := r.TryCode(t.Context(), r.as("zoe"), "mailed", code); err != nil {
			t.Fatal(err)
		}
		if n := len(codes()); n != 1 {
			t.Errorf("%d codes are there, and one has been used", n)
		}
		r.must(r.Settle(t.Context()))
		if n := len(codes()); n != 1 {
			t.Errorf("%d codes are there, and one holds", n)
		}
		r.at = r.at.Add(codeFor + time.Hour)
		r.must(r.Settle(t.Context()))
		if n := len(codes()); n != 0 {
			t.Errorf("%d codes are there, and none holds", n)
		}
	})
}

// What is over goes after its time; of what holds the words go; and that somebody
// works for an institution is known for longer.
func TestPastGoes(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		refused := r.begins("zoe", "run", OfGroup)
		r.must(r.decides("ana", refused, refuse, "nobody knows zoe"))
		held := r.begins("yan", "bare", OfGroup)
		r.vouch(held, map[string]string{"one": "bea", "two": "cleo"})
		open := r.begins("xan", "run", OfGroup)
		doubted := r.begins("wim", "one", OfGroup)
		r.vouch(doubted, map[string]string{"two": "cleo", "three": "eve"})
		r.at = r.at.Add(waitFor + time.Hour)
		r.must(r.Settle(t.Context()))
		r.must(r.decides("bea", doubted, object, "wim is a stranger"))
		office, err := r.Begin(t.Context(), r.as("vic"), "run", Ask{Institution, "the trust's desk"})
		r.must(err)
		if r.state(refused.ID) != Refused || r.state(held.ID) != Held || r.state(doubted.ID) != Held || r.state(office.ID) != KeptOut {
			t.Fatal("not as it should be to begin with")
		}

		r.at = r.at.Add(saidFor - 10*24*time.Hour)
		r.must(r.Settle(t.Context()))
		all := r.everything()
		for _, words := range []string{"zoe with the kettle", "nobody knows zoe", "yan with the kettle", "wim is a stranger"} {
			if !strings.Contains(all, words) {
				t.Errorf("%q is gone too early", words)
			}
		}

		r.at = r.at.Add(11 * 24 * time.Hour)
		r.must(r.Settle(t.Context()))
		all = r.everything()
		for _, words := range []string{refused.ID, "nobody knows zoe", "yan with the kettle", held.ID + " one"} {
			if strings.Contains(all, words) {
				t.Errorf("%q is still there", words)
			}
		}
		// What is not settled stays whole.
		for _, words := range []string{"xan with the kettle", "wim with the kettle", "wim is a stranger"} {
			if !strings.Contains(all, words) {
				t.Errorf("%q is gone, and is still needed", words)
			}
		}
		if r.state(held.ID) != Held || r.state(open.ID) != Open || !r.organises("yan", "bare") {
			t.Error("what holds, or waits, is changed")
		}

		// That it was an institution still counts.
		if said, err := saidInstitution(t.Context(), r.db, "vic", ""); err != nil || !said {
			t.Errorf("an institution is forgotten with the words: %v", err)
		}
		r.at = r.at.Add(institutionFor)
		r.must(r.Settle(t.Context()))
		if said, err := saidInstitution(t.Context(), r.db, "vic", ""); err != nil || said {
			t.Errorf("it is known for ever: %v", err)
		}
	})
}
