package finding

import (
	"testing"
	"time"

	"withus.example/platform/fault"
)

// Whoever is alone makes a second account, and is one person all the same: the new
// one neither asks nor agrees for a month, and says no at once.
func TestNewOnesAreNotTwo(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		if err := h.Publish(ctx, h.as("tam"), grounds); err != nil {
			t.Fatal(err)
		}
		h.at = h.at.Add(time.Hour)
		h.comes("vic", false)
		raised := func(name string, ago time.Duration) {
			o := h.street.owners["p-"+name]
			o.RoleSince = h.at.Add(-ago)
			h.street.owners["p-"+name] = o
		}
		ask := Ask{Words: "I will come to your house.", Place: "/talk/1", Name: "vic", Ground: "threat", Reason: "They mean somebody here, by name."}
		for _, x := range []struct {
			asker, second time.Duration // how long they look after the network
			asks, agrees  bool
		}{
			{time.Hour, 2 * newFor, false, false},
			{2 * newFor, time.Hour, true, false},
			{2 * newFor, newFor - time.Hour, true, false},
			{newFor, newFor, true, true},
		} {
			raised("mo", x.asker)
			raised("bea", x.second)
			if day, early, err := h.Early(ctx, h.as("mo")); err != nil || early == x.asks || !day.Equal(h.at.Add(newFor-x.asker)) {
				t.Errorf("%v: early is %v, until %v: %v", x, early, day, err)
			}
			wish, err := h.Ask(ctx, h.as("mo"), ask)
			if (err == nil) != x.asks || err != nil && !fault.Is(err, fault.Conflict) {
				t.Fatalf("%v: asked: %v", x, err)
			}
			if err != nil {
				continue
			}
			err = h.Decide(ctx, h.as("bea"), wish, Answer{What: agree, Words: "Yes, I see it."})
			if (err == nil) != x.agrees || err != nil && !fault.Is(err, fault.Conflict) {
				t.Errorf("%v: agreed: %v", x, err)
			}
			seen, err := h.Wish(ctx, h.as("mo"), wish)
			if err != nil || (seen.State == Found) != x.agrees {
				t.Errorf("%v: it is %s: %v", x, seen.State, err)
			}
		}
		// Who asked became new in between: they were somebody else for a while.
		raised("mo", 2*newFor)
		raised("bea", 2*newFor)
		wish, err := h.Ask(ctx, h.as("mo"), ask)
		if err != nil {
			t.Fatal(err)
		}
		raised("mo", time.Minute)
		if err := h.Decide(ctx, h.as("bea"), wish, Answer{What: agree, Words: "Yes, I see it."}); fault.Of(err).Key != "finding.early-asker" {
			t.Errorf("with who is new: %v", err)
		}
		raised("bea", time.Minute)
		if err := h.Decide(ctx, h.as("bea"), wish, Answer{What: disagree, Words: "This is a joke."}); err != nil {
			t.Errorf("a no has to wait: %v", err)
		}
	})
}
