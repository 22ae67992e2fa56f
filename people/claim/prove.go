package claim

import (
	"context"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/job"
	"withus.example/platform/web"
)

// codeLimit is how many codes one group is sent by all who claim it: its
// mailbox is no place to flood.
var codeLimit = web.Limit{Name: "claim.code", Most: 6, Per: 7 * 24 * time.Hour}

// SendCode sends a code to the address that a group's page gives, if that stood
// there before the claim, long enough to be seen, and was not put there by the
// claimer.
func (s *Service) SendCode(ctx context.Context, v *access.Viewer, slug string) error {
	c, g, err := s.own(ctx, s.db, v, slug)
	if err == nil {
		err = s.mayHaveCode(ctx, s.db, c, g)
	}
	if err == nil {
		err = s.codeDoes(ctx, v, g)
	}
	if err == nil && c.codes >= mostCodes { // before it counts for the group
		err = fault.New(fault.Conflict, "claim.code.enough")
	}
	if err == nil {
		err = codeLimit.Take(ctx, s.db, g.ID, s.now())
	}
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		may, err := countCode(ctx, tx, c.ID)
		if err == nil && !may {
			err = fault.New(fault.Conflict, "claim.code.enough")
		}
		if err != nil {
			return err
		}
		if err := s.note(ctx, tx, c, "code-sent", v.Persona, ""); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: codeJob, Key: c.ID, Whom: c.Claimer, Body: c.ID})
	})
}

// mayHaveCode says why a code can't go to a group for a claim, if so.
func (s *Service) mayHaveCode(ctx context.Context, q db.Querier, c *Claim, g Group) error {
	if c.State != Open {
		return fault.New(fault.Conflict, "claim.not-open")
	}
	weak, err := s.weak(ctx, q, c, g)
	if err != nil {
		return err
	}
	if weak {
		return fault.New(fault.Conflict, "claim.code.not-alone")
	}
	if g.Email == "" {
		return fault.New(fault.Conflict, "claim.code.no-address")
	}
	since, by, err := s.groups.EmailSince(ctx, q, g.ID)
	if err == nil && (by == c.Claimer || since.After(c.Begun) || !since.IsZero() && s.now().Sub(since) < settled) {
		err = fault.New(fault.Conflict, "claim.code.fresh-address")
	}
	return err
}

// TryCode takes the code that came to the group. A wrong one counts, whatever
// becomes of the rest.
func (s *Service) TryCode(ctx context.Context, v *access.Viewer, slug, code string) error {
	c, g, err := s.own(ctx, s.db, v, slug)
	if err == nil {
		err = s.codeDoes(ctx, v, g)
	}
	if err != nil {
		return err
	}
	var want string
	err = s.db.Write(db.Apart(ctx), func(ctx context.Context, tx *db.Tx) error {
		want, err = tryCode(ctx, tx, c.ID, s.now())
		return err
	})
	if errors.Is(err, db.ErrNone) {
		return fault.Wrong("code", "claim.code.none")
	}
	if err != nil {
		return err
	}
	if !same(want, hash(code)) {
		return fault.Wrong("code", "claim.code.wrong")
	}
	return s.with(ctx, c.ID, func(ctx context.Context, tx *db.Tx, c *Claim, g Group) error {
		if c.State != Open || !same(c.code, want) {
			return fault.New(fault.Conflict, "claim.not-open")
		}
		if _, err := putCode(ctx, tx, c.ID, "", never); err != nil {
			return err
		}
		c.Coded = s.now()
		if err := s.note(ctx, tx, c, "code", v.Persona, ""); err != nil {
			return err
		}
		return s.advance(ctx, tx, c, g)
	})
}

// with does something to a claim while it and its group are held as they are.
func (s *Service) with(ctx context.Context, claim string, fn func(ctx context.Context, tx *db.Tx, c *Claim, g Group) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := byID(ctx, tx, claim)
		if err != nil {
			return err
		}
		g, err := s.groups.HoldClaimed(ctx, tx, c.Group)
		if err != nil {
			return err
		}
		// Read again: it may have moved on before the group was held.
		if c, err = byID(ctx, tx, claim); err != nil {
			return err
		}
		return fn(ctx, tx, c, g)
	})
}

// advance writes what a claim has by now, and lets it go on if that proves it.
// The group is held.
func (s *Service) advance(ctx context.Context, tx *db.Tx, c *Claim, g Group) error {
	from := c.State
	if from != Open {
		_, err := update(ctx, tx, c, from)
		return err
	}
	vs, err := vouches(ctx, tx, []string{c.ID})
	if err != nil {
		return err
	}
	groups, err := s.groups.Claimed(ctx, tx, groupsOf(vs))
	if err != nil {
		return err
	}
	weak, err := s.weak(ctx, tx, c, g)
	if err != nil {
		return err
	}
	said := words(c, vs, groups)
	owners, err := s.people.Owners(ctx, tx, append(access.Speakers(said), c.Claimer))
	if err != nil {
		return err
	}
	c.Way = c.proof(weak, access.Vouched(said, owners[c.Claimer], owners))
	switch {
	case c.Way == "":
		_, err = update(ctx, tx, c, from)
		return err
	case c.Way == ByGroups && !hasContacts(g):
		return s.hold(ctx, tx, c, g, "", "")
	}
	c.State, c.Changed, c.Due = Waiting, s.now(), s.now().Add(waitFor)
	if did, err := update(ctx, tx, c, from); err != nil || !did {
		return err
	}
	es, err := events(ctx, tx, []string{c.ID})
	if err != nil {
		return err
	}
	what := "waiting"
	if agreeable(c, g, es) {
		what = "waiting-team"
	}
	if err := s.note(ctx, tx, c, what, "", ""); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, "news", c.Claimer); err != nil {
		return err
	}
	if g.Email != "" {
		if err := job.Add(ctx, tx, job.Job{Kind: toldJob, Key: c.ID, Whom: c.Claimer, Body: c.ID}); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, "theirs", g.Organisers...)
}

func groupsOf(vs []Vouch) (out []string) {
	for _, v := range vs {
		out = append(out, v.Group)
	}
	return out
}

// hold makes the claimer an organiser, in the same transaction. Whoever else
// claims the group waits anew: the new organiser is one more to be asked. The
// group is held; why is the team's reason, empty where nobody had to decide.
func (s *Service) hold(ctx context.Context, tx *db.Tx, c *Claim, g Group, actor, why string) error {
	c.Objected = false
	did, err := s.move(ctx, tx, c, Held)
	if err != nil || !did {
		return err
	}
	if err := s.groups.Seat(ctx, tx, g.ID, c.Claimer); err != nil {
		return err
	}
	others, err := waitAgain(ctx, tx, g.ID, s.now().Add(waitFor))
	if err != nil {
		return err
	}
	if len(others) > 0 {
		if err := errors.Join(s.tell(ctx, tx, "theirs", c.Claimer), s.tell(ctx, tx, "news", others...)); err != nil {
			return err
		}
	}
	if _, err := putCode(ctx, tx, c.ID, "", never); err != nil {
		return err
	}
	if err := s.note(ctx, tx, c, "held", actor, why); err != nil {
		return err
	}
	return s.tell(ctx, tx, "news", c.Claimer)
}

// mostAtOnce is how many claims are gone through in one round.
const mostAtOnce = 200

// Settle lets those claims hold whose wait has ended without an objection, and
// that need no second one of the team. It comes round every hour.
func (s *Service) Settle(ctx context.Context) error {
	due, err := dueBy(ctx, s.db, s.now(), mostAtOnce)
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range due {
		err := s.with(ctx, c.ID, func(ctx context.Context, tx *db.Tx, c *Claim, g Group) error {
			if c.State != Waiting || c.Due.After(s.now()) {
				return nil // somebody was quicker
			}
			if g.Closed { // it rests while the group's curtains are closed, behind those that don't
				c.Due = s.now().Add(time.Hour)
				_, err := update(ctx, tx, c, Waiting)
				return err
			}
			if on, err := s.waitsOn(ctx, tx, c, g); err != nil || on {
				return err
			}
			return s.hold(ctx, tx, c, g, "", "")
		})
		if fault.Is(err, fault.NotFound) { // the group is gone
			err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropAbout(ctx, tx, c.Group) })
		}
		failed = append(failed, err) // one does not keep the others waiting
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := dropOldInvites(ctx, tx, s.now().Add(-inviteFor)); err != nil {
			return err
		}
		if err := dropOldKeys(ctx, tx, s.now().Add(-keyFor)); err != nil {
			return err
		}
		return s.dropPast(ctx, tx)
	})
}

// AskGroup asks another group whether it knows the viewer.
func (s *Service) AskGroup(ctx context.Context, v *access.Viewer, slug, other string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, _, err := s.own(ctx, tx, v, slug)
		if err == nil && c.State != Open {
			err = fault.New(fault.Conflict, "claim.not-open")
		}
		if err != nil {
			return err
		}
		g, err := s.groups.ClaimedAt(ctx, tx, v, other)
		if err != nil {
			return err
		}
		own, err := s.oneOf(ctx, tx, v, g.Organisers...)
		if err == nil && (own || !mayVouch(c, g)) {
			err = fault.New(fault.Conflict, "claim.vouch.not")
		}
		if err != nil {
			return err
		}
		vs, err := vouches(ctx, tx, []string{c.ID})
		if err == nil && len(vs) >= mostAsked {
			err = fault.New(fault.Conflict, "claim.vouch.enough", "n", mostAsked)
		}
		if err != nil {
			return err
		}
		fresh, err := insertVouch(ctx, tx, Vouch{Claim: c.ID, Group: g.ID, Asked: s.now()})
		if err != nil || !fresh {
			return err
		}
		if err := s.note(ctx, tx, c, "asked", v.Persona, ""); err != nil {
			return err
		}
		return s.tell(ctx, tx, "asked", g.Organisers...)
	})
}

// Answer says for a group that it knows a claimer, or that it can't say. Any of
// its organisers may, but the claimer.
func (s *Service) Answer(ctx context.Context, v *access.Viewer, claim, group string, yes bool) error {
	if !v.Holds(group, access.Organiser) {
		return fault.Missing()
	}
	return s.with(ctx, claim, func(ctx context.Context, tx *db.Tx, c *Claim, g Group) error {
		vs, err := vouches(ctx, tx, []string{c.ID})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(vs, func(x Vouch) bool { return x.Group == group })
		if i < 0 {
			return fault.Missing()
		}
		if own, err := s.oneOf(ctx, tx, v, c.Claimer); err != nil {
			return err
		} else if own {
			return fault.Missing()
		}
		if c.State != Open {
			return fault.New(fault.Conflict, "claim.not-open")
		}
		x := Vouch{Claim: c.ID, Group: group, Answer: "no", Answerer: v.Persona}
		if yes {
			x.Answer = "yes"
		}
		if vs[i].Answer == x.Answer {
			return nil // once more
		}
		did, err := answerVouch(ctx, tx, x)
		if err == nil && !did {
			err = fault.New(fault.Conflict, "claim.answer.already")
		}
		if err != nil {
			return err
		}
		if err := s.note(ctx, tx, c, "answered", v.Persona, ""); err != nil {
			return err
		}
		return s.advance(ctx, tx, c, g)
	})
}
