package claim

import (
	"cmp"
	"context"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
)

// What the team, or a group's organisers, can do with a claim.
const (
	object = "object" // organisers: it stops, and the team decides
	talk   = "talk"   // the team: it talked with the claimer
	goOn   = "go-on"  // the team, after an objection: it goes on, or holds
	agree  = "agree"  // another of the team, where nobody looks after the group: it may hold
	refuse = "refuse" // either: it is over
	revoke = "revoke" // either: it held, and is taken back
	letter = "letter" // the team: a code to print, for the group's postal address
)

var verbs = []string{object, talk, goOn, agree, refuse, revoke, letter}

// Decision is one of these, with a reason in writing.
type Decision struct {
	What  string
	Words string
	Day   time.Time // of a talk
}

func (d *Decision) validate(now time.Time) error {
	var p fault.Problems
	p.Choice("what", d.What, verbs...)
	p.Text("words", &d.Words, maxWords, d.What != letter)
	if d.What == talk && (d.Day.IsZero() || d.Day.After(now) || d.Day.Before(now.AddDate(-1, 0, 0))) {
		p.Add("day", "claim.day.wrong")
	}
	return p.Err()
}

// Decide does it. Nobody decides on their own claim. Of a letter it gives the
// code.
func (s *Service) Decide(ctx context.Context, v *access.Viewer, slug, claim string, d Decision) (code string, err error) {
	invalid := d.validate(s.now())
	at, err := s.forDeciding(ctx, s.db, v, slug)
	if err != nil {
		return "", err
	}
	err = s.with(ctx, claim, func(ctx context.Context, tx *db.Tx, c *Claim, g Group) error {
		if c.Group != at.ID {
			return fault.Missing()
		}
		if own, err := s.oneOf(ctx, tx, v, c.Claimer); err != nil {
			return err
		} else if own {
			return fault.New(fault.Denied, "claim.own")
		}
		if invalid != nil {
			return invalid
		}
		team := v.May(inviting, "")
		ours := slices.Contains(g.Organisers, v.Persona)
		if !shown(v, c, g) {
			return fault.Missing()
		}
		switch {
		case d.What == object && ours:
			return s.object(ctx, tx, c, v.Persona, d.Words)
		case d.What == talk && team:
			return s.talked(ctx, tx, c, g, v.Persona, d)
		case d.What == goOn && team:
			return s.goOn(ctx, tx, c, g, v, d.Words)
		case d.What == agree && team:
			return s.agree(ctx, tx, c, g, v, d.Words)
		case d.What == refuse && (team || ours):
			return s.end(ctx, tx, c, Refused, v.Persona, d.Words)
		case d.What == revoke && (team || ours):
			return s.revoke(ctx, tx, c, g, v, d.Words)
		case d.What == letter && team:
			code, err = s.letter(ctx, tx, c, g, v.Persona)
			return err
		}
		return fault.New(fault.Denied, "")
	})
	return code, err
}

// forDeciding gives a group to its organisers and to the network team, as far
// as they can see it; a closed one to the team too, while somebody objects to a
// claim of it.
func (s *Service) forDeciding(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (Group, error) {
	g, err := s.groups.ClaimedAt(ctx, q, v, slug)
	if fault.Is(err, fault.NotFound) && v.May(inviting, "") {
		return s.closedAt(ctx, q, slug)
	}
	if err == nil && !v.May(deciding, g.ID) {
		err = fault.New(fault.Denied, "")
	}
	return g, err
}

// closedAt gives the group at an address if somebody objects to a claim of it.
func (s *Service) closedAt(ctx context.Context, q db.Querier, slug string) (Group, error) {
	cs, err := objectedTo(ctx, q, mostAtOnce)
	if err != nil {
		return Group{}, err
	}
	var ids []string
	for _, c := range cs {
		ids = append(ids, c.Group)
	}
	gs, err := s.groups.Claimed(ctx, q, ids)
	i := slices.IndexFunc(gs, func(g Group) bool { return g.Slug == slug })
	if err != nil || i < 0 {
		return Group{}, db.Missing(cmp.Or(err, db.ErrNone))
	}
	return gs[i], nil
}

// object stops a claim, live or just held: the team decides. The words are for
// the team alone.
func (s *Service) object(ctx context.Context, tx *db.Tx, c *Claim, actor, words string) error {
	if !c.live() && c.State != Held {
		return fault.New(fault.Conflict, "claim.over")
	}
	from := c.State
	c.Objected = true
	if c.live() && from != Stopped {
		c.State, c.Changed = Stopped, s.now()
	}
	if did, err := update(ctx, tx, c, from); err != nil || !did {
		return err
	}
	if err := s.note(ctx, tx, c, "objected", actor, words); err != nil {
		return err
	}
	if from == Stopped || from == Held {
		return nil // they know, or the team tells them if it comes to that
	}
	return s.tell(ctx, tx, "news", c.Claimer)
}

// ObjectByLink objects with the link of a mail to the group, once. Who has it
// reads the group's mail, and that is enough to be heard.
func (s *Service) ObjectByLink(ctx context.Context, token, words string) error {
	var p fault.Problems
	p.Text("words", &words, maxWords, fault.Optional)
	claim, err := byKey(ctx, s.db, id.Hash(token), s.now().Add(-keyFor))
	if err == nil {
		err = p.Err()
	}
	if err != nil {
		return err
	}
	return s.with(ctx, claim, func(ctx context.Context, tx *db.Tx, c *Claim, g Group) error {
		if _, err := byKey(ctx, tx, id.Hash(token), s.now().Add(-keyFor)); err != nil {
			return err
		}
		if err := dropKey(ctx, tx, id.Hash(token)); err != nil {
			return err
		}
		return s.object(ctx, tx, c, "", words)
	})
}

// talked notes that the team talked with a claimer, on which day, and what it
// knows from that.
func (s *Service) talked(ctx context.Context, tx *db.Tx, c *Claim, g Group, actor string, d Decision) error {
	if c.State != Open && c.State != Stopped {
		return fault.New(fault.Conflict, "claim.not-open")
	}
	c.Talked = db.Day(d.Day)
	if err := s.note(ctx, tx, c, "talked", actor, d.Words); err != nil {
		return err
	}
	return s.advance(ctx, tx, c, g)
}

// goOn sets an objection aside. What was proven holds; what was not goes on
// being open. Whoever spoke for the claimer leaves that to another of the team.
func (s *Service) goOn(ctx context.Context, tx *db.Tx, c *Claim, g Group, v *access.Viewer, why string) error {
	if !c.Objected {
		return fault.New(fault.Conflict, "claim.not-stopped")
	}
	if err := s.needSecond(ctx, tx, c, v); err != nil {
		return err
	}
	c.Objected = false
	if c.State == Stopped && (c.Way != "" || happened(c.Talked)) {
		if c.Way == "" {
			c.Way = ByTalk
		}
		return s.hold(ctx, tx, c, g, v.Persona, why)
	}
	// One that holds goes on since when it held: by that is told who came first.
	did, err := false, error(nil)
	if c.State == Stopped {
		did, err = s.move(ctx, tx, c, Open)
	} else {
		did, err = update(ctx, tx, c, c.State)
	}
	if err != nil || !did {
		return err
	}
	if err := s.note(ctx, tx, c, "went-on", v.Persona, why); err != nil {
		return err
	}
	return s.tell(ctx, tx, "news", c.Claimer)
}

// end ends a live claim, with a reason its claimer reads. They may ask again.
func (s *Service) end(ctx context.Context, tx *db.Tx, c *Claim, to State, actor, why string) error {
	if to == Refused && !c.live() {
		return fault.New(fault.Conflict, "claim.over")
	}
	c.Objected = false
	if did, err := s.move(ctx, tx, c, to); err != nil || !did {
		return err
	}
	if err := s.note(ctx, tx, c, string(to), actor, why); err != nil {
		return err
	}
	return s.tell(ctx, tx, "news", c.Claimer)
}

// gone hears that a group was deleted for good.
func (s *Service) gone(ctx context.Context, f fact.Gone) error {
	if f.Room != "group" {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := dropAbout(ctx, tx, f.ID); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "claim"})
	})
}

// merged hears that a group was put together with another. What was shown for
// the one page is not shown for the other, which has people of its own: claims
// on it end, and their claimers are told.
func (s *Service) merged(ctx context.Context, f fact.Merged) error {
	if f.Room != "group" {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := s.groups.StandsFor(ctx, tx, f.ID)
		if err != nil || now == f.ID {
			return err
		}
		cs, err := about(ctx, tx, []string{f.ID}, mostAtOnce)
		for _, c := range cs {
			if err == nil && c.live() {
				err = s.end(ctx, tx, c, Merged, "", "")
			}
		}
		return err
	})
}

// revoke takes back a claim that held. An organiser who came after its claimer
// can't: else whoever comes last could send everybody away. Nor can one of the
// team alone, if nobody would be left.
func (s *Service) revoke(ctx context.Context, tx *db.Tx, c *Claim, g Group, v *access.Viewer, why string) error {
	if c.State != Held {
		return fault.New(fault.Conflict, "claim.over")
	}
	if !v.May(inviting, "") {
		theirs, err := about(ctx, tx, []string{g.ID}, mostAtOnce)
		if err != nil {
			return err
		}
		for _, x := range theirs {
			if x.Claimer == v.Persona && x.State == Held && !x.Changed.Before(c.Changed) {
				return fault.New(fault.Denied, "claim.came-later")
			}
		}
	}
	if slices.Equal(g.Organisers, []string{c.Claimer}) {
		if may, err := s.mayLeaveEmpty(ctx, tx, c, v, why); err != nil || !may {
			return err
		}
	}
	if err := s.groups.Unseat(ctx, tx, g.ID, c.Claimer); err != nil {
		return err
	}
	return s.end(ctx, tx, c, Revoked, v.Persona, why)
}

// letter makes a code to be printed and posted to the group.
func (s *Service) letter(ctx context.Context, tx *db.Tx, c *Claim, g Group, actor string) (string, error) {
	if c.State != Open {
		return "", fault.New(fault.Conflict, "claim.not-open")
	}
	weak, err := s.weak(ctx, tx, c, g)
	if err == nil && weak {
		err = fault.New(fault.Conflict, "claim.code.not-alone")
	}
	if err != nil {
		return "", err
	}
	may, err := countCode(ctx, tx, c.ID)
	if err == nil && !may {
		err = fault.New(fault.Conflict, "claim.code.enough")
	}
	if err != nil {
		return "", err
	}
	code := newCode()
	if _, err := putCode(ctx, tx, c.ID, hash(code), s.now().Add(codeFor)); err != nil {
		return "", err
	}
	return code, s.note(ctx, tx, c, "letter", actor, "")
}

// Invite writes to a group that waits. By mail, it is sent to the address that
// came with the list; as a letter, the code is given, to be printed.
func (s *Service) Invite(ctx context.Context, v *access.Viewer, slug string, byMail bool) (code string, err error) {
	if err := v.Need(inviting, ""); err != nil {
		return "", err
	}
	return code, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.forInviting(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		tx.Changed("claim")
		i := Invite{Group: g.ID, Sender: v.Persona, Made: s.now(), Mailed: byMail}
		if !byMail {
			code = newCode()
			return putInvite(ctx, tx, i, hash(code))
		}
		if g.Email == "" {
			return fault.Wrong("how", "claim.code.no-address")
		}
		if err := putInvite(ctx, tx, i, ""); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: inviteJob, Key: g.ID, Body: g.ID})
	})
}

// forInviting gives the team a group that waits.
func (s *Service) forInviting(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (Group, error) {
	g, err := s.groups.ClaimedAt(ctx, q, v, slug)
	if err == nil && !g.Waits {
		err = fault.New(fault.Conflict, "claim.invite.not")
	}
	return g, err
}

// Invited gives the one group that a code opens; NotFound if it opens none.
func (s *Service) Invited(ctx context.Context, code string) (Group, error) {
	return s.invited(ctx, s.db, code)
}

func (s *Service) invited(ctx context.Context, q db.Querier, code string) (Group, error) {
	i, err := inviteByKey(ctx, q, hash(code), s.now().Add(-inviteFor))
	if err != nil {
		return Group{}, db.Missing(err)
	}
	gs, err := s.groups.Claimed(ctx, q, []string{i.Group})
	if err != nil || len(gs) == 0 || !gs[0].Waits {
		return Group{}, db.Missing(cmp.Or(err, db.ErrNone))
	}
	return gs[0], nil
}

// TakeOffInvited deletes the group that a code opens: whoever the list said it
// is does not want to be on it.
func (s *Service) TakeOffInvited(ctx context.Context, code string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.invited(ctx, tx, code)
		if err != nil {
			return err
		}
		if err := s.groups.TakeOff(ctx, tx, g.ID); err != nil {
			return err
		}
		return dropAbout(ctx, tx, g.ID)
	})
}
