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
// any group that nobody looks after.

const (
	// secondFor is how long one of the team waits to take back what no other does.
	secondFor = 24 * time.Hour
	// aloneFor is how long a claim waits that needs a second one of the team, where
	// there is none: a team of one is not locked out, and in a month others come by
	// and see it.
	aloneFor = 30 * 24 * time.Hour
	// askFor is how often it is looked after that whether there still is one.
	askFor = 24 * time.Hour
)

// spoke says whether one of the team spoke for a claim: had the talk, or wrote to
// the group.
func spoke(es []Event, persona string) bool {
	return slices.ContainsFunc(es, func(e Event) bool { return e.speaks() && e.Actor == persona })
}

func (e Event) speaks() bool { return e.What == "talked" || e.What == "mailed" || e.handed() }

// handed says whether one of the team had a code in their hands, or may have had it.
func (e Event) handed() bool { return e.What == "letter" || e.What == "invited" }

// byTeam says whether nothing but one of the team proves a claim.
func byTeam(c *Claim, es []Event) bool {
	return c.Way == ByTalk || c.Way == ByCode && slices.ContainsFunc(es, Event.handed)
}

// oneOf says whether the viewer is behind one of some personas: who has two names
// is one person, and does nothing twice. Only the viewer may learn it.
func (s *Service) oneOf(ctx context.Context, q db.Querier, v *access.Viewer, personas ...string) (bool, error) {
	owners, err := s.people.Owners(ctx, q, personas)
	return slices.Contains(personas, v.Persona) || slices.Contains(slices.Collect(maps.Values(owners)), v.Member), err
}

// agreeable says whether a claim waits for another of the team. Where organisers
// are asked, it does not: they know who is one of them. A mailbox may be read by
// nobody.
func agreeable(c *Claim, g Group, es []Event) bool {
	return c.State == Waiting && len(g.Organisers) == 0 && byTeam(c, es) && !slices.ContainsFunc(es, func(e Event) bool { return e.What == "agreed" })
}

// agree lets a claim hold that another of the team spoke for, once the group's
// mailbox had its days.
func (s *Service) agree(ctx context.Context, tx *db.Tx, c *Claim, g Group, v *access.Viewer, why string) error {
	es, err := events(ctx, tx, []string{c.ID})
	if err == nil && !agreeable(c, g, es) {
		err = fault.New(fault.Conflict, "claim.not-open")
	}
	if err == nil {
		err = s.needSecond(ctx, tx, c, v)
	}
	if err != nil {
		return err
	}
	if g.Email == "" || !s.now().Before(c.Changed.Add(waitFor)) {
		return s.hold(ctx, tx, c, g, v.Persona, why)
	}
	if did, err := update(ctx, tx, c, Waiting); err != nil || !did {
		return err
	}
	if err := s.note(ctx, tx, c, "agreed", v.Persona, why); err != nil {
		return err
	}
	return s.tell(ctx, tx, "news", c.Claimer)
}

// waitsOn lets a claim whose days are over wait on, and says so, if another of the
// team has to agree and there is one.
func (s *Service) waitsOn(ctx context.Context, tx *db.Tx, c *Claim, g Group) (bool, error) {
	es, err := events(ctx, tx, []string{c.ID})
	if err != nil || !agreeable(c, g, es) {
		return false, err
	}
	until := c.Changed.Add(aloneFor)
	if !s.now().Before(until) {
		if is, err := s.another(ctx, tx, c, es); err != nil || !is {
			return false, err
		}
		until = s.now().Add(askFor)
	}
	c.Due = until
	_, err = update(ctx, tx, c, Waiting)
	return true, err
}

// another says whether anybody is on the team besides those who spoke for a claim
// and whoever made it.
func (s *Service) another(ctx context.Context, q db.Querier, c *Claim, es []Event) (bool, error) {
	n, err := s.people.TeamAll(ctx, q)
	if err != nil {
		return false, err
	}
	not, err := s.people.OnTeam(ctx, q, append(speakers(es), c.Claimer))
	return n > not, err
}

// speakers are those of the team who spoke for a claim.
func speakers(es []Event) (out []string) {
	for _, e := range es {
		if e.speaks() {
			out = append(out, e.Actor)
		}
	}
	return out
}

// toItself says whether an invitation went to the group and nobody else: by mail,
// to an address that stood there long enough to be seen, and that neither who sent
// it nor who comes with it put there.
func (s *Service) toItself(ctx context.Context, q db.Querier, i Invite, claimer string) (bool, error) {
	if !i.Mailed {
		return false, nil
	}
	since, by, err := s.groups.EmailSince(ctx, q, i.Group)
	if err != nil || !since.IsZero() && i.Made.Sub(since) < settled {
		return false, err
	}
	if by == "" {
		return true, nil // a list
	}
	owners, err := s.people.Owners(ctx, q, []string{by, i.Sender, claimer})
	return err == nil && by != i.Sender && by != claimer && owners[by] != owners[i.Sender] && owners[by] != owners[claimer], err
}

// needSecond refuses whoever spoke for a claim themselves.
func (s *Service) needSecond(ctx context.Context, tx *db.Tx, c *Claim, v *access.Viewer) error {
	es, err := events(ctx, tx, []string{c.ID})
	if err != nil {
		return err
	}
	own, err := s.oneOf(ctx, tx, v, speakers(es)...)
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
