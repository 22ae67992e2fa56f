package claim

import (
	"context"
	"maps"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// One of the team is not enough to bring a stranger in by their own word, nor to
// leave a group without anybody: else whoever has two accounts could take over
// any group that nobody looks after. It takes two of them, or one and time in
// which the others see it on their desk.

// secondFor is how long one of the team waits to take back what no other does.
const secondFor = 24 * time.Hour

// spoke says whether one of the team spoke for a claim: had the talk, or had the
// letter with the code in their hands.
func spoke(es []Event, persona string) bool {
	return slices.ContainsFunc(es, func(e Event) bool { return e.speaks() && e.Actor == persona })
}

func (e Event) speaks() bool { return e.What == "talked" || e.What == "letter" || e.What == "invited" }

// oneOf says whether the viewer is behind one of some personas: who has two names
// is one person, and does nothing twice. Only the viewer may learn it.
func (s *Service) oneOf(ctx context.Context, q db.Querier, v *access.Viewer, personas ...string) (bool, error) {
	owners, err := s.people.Owners(ctx, q, personas)
	return slices.Contains(personas, v.Persona) || slices.Contains(slices.Collect(maps.Values(owners)), v.Member), err
}

// agreeable says whether a claim waits only for the others of the team, since
// nobody of the group can be asked.
func agreeable(c *Claim, g Group) bool { return c.State == Waiting && !hasContacts(g) }

// agree lets a claim hold that another of the team spoke for.
func (s *Service) agree(ctx context.Context, tx *db.Tx, c *Claim, g Group, v *access.Viewer, why string) error {
	if !agreeable(c, g) {
		return fault.New(fault.Conflict, "claim.not-open")
	}
	if err := s.needSecond(ctx, tx, c, v); err != nil {
		return err
	}
	return s.hold(ctx, tx, c, g, v.Persona, why)
}

// needSecond refuses whoever spoke for a claim themselves.
func (s *Service) needSecond(ctx context.Context, tx *db.Tx, c *Claim, v *access.Viewer) error {
	es, err := events(ctx, tx, []string{c.ID})
	if err != nil {
		return err
	}
	var spoke []string
	for _, e := range es {
		if e.speaks() {
			spoke = append(spoke, e.Actor)
		}
	}
	own, err := s.oneOf(ctx, tx, v, spoke...)
	if err == nil && own {
		err = fault.New(fault.Denied, "claim.second")
	}
	return err
}

// against are the objections and the wishes of the team to take a claim back,
// since it held or what was said before was set aside.
func against(es []Event) (out []Event) {
	for _, e := range es {
		switch e.What {
		case "held", "went-on":
			out = nil
		case "objected", "revoke-wished":
			out = append(out, e)
		}
	}
	return out
}

// wished is the team's wish to take a claim back that waits for a second one of
// them.
func wished(es []Event) (Event, bool) {
	all := against(es)
	i := slices.IndexFunc(all, func(e Event) bool { return e.What == "revoke-wished" })
	if i < 0 {
		return Event{}, false
	}
	return all[i], true
}

// mayLeaveEmpty says whether one of the team may take back the claim of a
// group's last organiser: somebody else spoke against it too, or they did
// themselves a day ago. If not, it notes the wish, and its claimer reads why.
func (s *Service) mayLeaveEmpty(ctx context.Context, tx *db.Tx, c *Claim, v *access.Viewer, why string) (bool, error) {
	es, err := events(ctx, tx, []string{c.ID})
	if err != nil {
		return false, err
	}
	for _, e := range against(es) {
		own, err := s.oneOf(ctx, tx, v, e.Actor)
		if err != nil {
			return false, err
		}
		if !own || e.What == "revoke-wished" && !s.now().Before(e.At.Add(secondFor)) {
			return true, nil
		}
	}
	if _, is := wished(es); is {
		return false, nil // once more is once
	}
	c.Objected = true
	if did, err := update(ctx, tx, c, Held); err != nil || !did {
		return false, err
	}
	if err := s.note(ctx, tx, c, "revoke-wished", v.Persona, why); err != nil {
		return false, err
	}
	return false, s.tell(ctx, tx, "news", c.Claimer)
}
