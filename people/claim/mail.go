package claim

import (
	"context"
	"encoding/json"
	"errors"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
)

const (
	tellJob   = "claim.tell"   // one letter to somebody here
	codeJob   = "claim.code"   // the code, to the group's address
	toldJob   = "claim.told"   // that a claim waits, to the group's address
	inviteJob = "claim.invite" // the invitation, to the group's address
)

// told is a letter to somebody here. It says that there is something, and not
// what: that is on their own page.
type told struct {
	Persona string
	What    string // news: of their own claim; theirs: of their group; asked: whether they know somebody
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, what string, personas ...string) error {
	for _, p := range personas {
		if err := job.Add(ctx, tx, job.Job{Kind: tellJob, Key: what + " " + p, Whom: p, Body: told{p, what}}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) mailTold(ctx context.Context, body json.RawMessage) error {
	var t told
	if err := json.Unmarshal(body, &t); err != nil {
		return job.Gone(err)
	}
	err := s.people.Deliver(ctx, t.Persona, func(l *i18n.Lang, origin string) mail.Letter {
		return mail.Letter{
			Subject:    l.T("claim.mail.subject"),
			Paragraphs: []string{l.T("claim.mail." + t.What), l.T("claim.mail.silence")},
			Link:       &mail.Link{Label: l.T("claim.mail.look"), URL: origin + "/claims?lang=" + l.Code},
		}
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return sent(err)
}

// sent says which errors of sending are worth another try.
func sent(err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return job.Gone(err)
	}
	return err
}

// speaks is the language a group is written to: its own, if the house speaks it.
func (s *Service) speaks(g Group) *i18n.Lang {
	return s.langs.For(g.Lang)
}

// toGroup sends a letter to the address a group's page gives.
func (s *Service) toGroup(ctx context.Context, g Group, l *i18n.Lang, letter mail.Letter) error {
	letter.To, letter.Lang, letter.Dir, letter.Subject = g.Email, l.Code, l.Dir, l.T("claim.mail.subject")
	return sent(s.mail.Send(ctx, letter))
}

// job reads what a job is about: nil if that is gone, or needs no mail any more.
func (s *Service) job(ctx context.Context, body json.RawMessage, state State) (*Claim, Group, error) {
	var claim string
	if err := json.Unmarshal(body, &claim); err != nil {
		return nil, Group{}, job.Gone(err)
	}
	c, err := byID(ctx, s.db, claim)
	if fault.Is(err, fault.NotFound) {
		return nil, Group{}, nil
	}
	if err != nil || c.State != state {
		return nil, Group{}, err
	}
	gs, err := s.groups.Claimed(ctx, s.db, []string{c.Group})
	if err != nil || len(gs) == 0 || gs[0].Email == "" {
		return nil, Group{}, err
	}
	return c, gs[0], nil
}

// key makes the link that objects to a claim.
func (s *Service) key(ctx context.Context, tx *db.Tx, c *Claim) (token string, err error) {
	token = id.Secret()
	return token, insertKey(ctx, tx, id.Hash(token), c.ID, s.now())
}

// mailCode sends a code to the group. Each try makes a new one: what is kept of
// it can't be sent again.
func (s *Service) mailCode(ctx context.Context, body json.RawMessage) error {
	c, g, err := s.job(ctx, body, Open)
	if err != nil || c == nil {
		return err
	}
	// What let it be asked for may be another now.
	if err := s.mayHaveCode(ctx, s.db, c, g); err != nil {
		if fault.Is(err, fault.Conflict) {
			return nil
		}
		return err
	}
	code, token := newCode(), ""
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		open, err := putCode(ctx, tx, c.ID, hash(code), s.now().Add(codeFor))
		if err != nil || !open {
			return err
		}
		token, err = s.key(ctx, tx, c)
		return err
	})
	if err != nil || token == "" { // it is over meanwhile
		return err
	}
	l := s.speaks(g)
	return s.toGroup(ctx, g, l, mail.Letter{
		Paragraphs: append(s.about(l, c, g), l.T("claim.mail.code", "code", code, "day", s.now().Add(codeFor)), l.T("claim.mail.code.give")),
		Link:       s.objectLink(l, token),
		Foot:       []string{l.T("claim.mail.foot")},
	})
}

// mailWaiting tells the group that a claim waits, and until when it can object.
func (s *Service) mailWaiting(ctx context.Context, body json.RawMessage) error {
	c, g, err := s.job(ctx, body, Waiting)
	if err != nil || c == nil {
		return err
	}
	token, says := "", "claim.mail.waits"
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		es, err := events(ctx, tx, []string{c.ID})
		if err != nil {
			return err
		}
		if agreeable(c, g, es) {
			says = "claim.mail.waits-team"
		}
		token, err = s.key(ctx, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	l := s.speaks(g)
	return s.toGroup(ctx, g, l, mail.Letter{
		Paragraphs: append(s.about(l, c, g), l.T(says, "way", l.T("claim.way."+string(c.Way)), "day", c.Due)),
		Link:       s.objectLink(l, token),
		Foot:       []string{l.T("claim.mail.foot")},
	})
}

// about says who asks for what, in their own words.
func (s *Service) about(l *i18n.Lang, c *Claim, g Group) []string {
	out := []string{l.T("claim.mail.about", "name", g.Name)}
	if c.Words != "" {
		out = append(out, l.T("claim.mail.words", "words", c.Words))
	}
	return out
}

func (s *Service) objectLink(l *i18n.Lang, token string) *mail.Link {
	return &mail.Link{Label: l.T("claim.mail.object"), URL: s.origin + "/claims/objection/" + token + "?lang=" + l.Code}
}

// mailInvite sends an invitation to a group that waits.
func (s *Service) mailInvite(ctx context.Context, body json.RawMessage) error {
	var group string
	if err := json.Unmarshal(body, &group); err != nil {
		return job.Gone(err)
	}
	i, err := inviteTo(ctx, s.db, group)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	gs, err := s.groups.Claimed(ctx, s.db, []string{group})
	if err != nil || len(gs) == 0 || !gs[0].Waits || gs[0].Email == "" {
		return err
	}
	code := newCode()
	if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return putInvite(ctx, tx, i, hash(code)) }); err != nil {
		return err
	}
	l := s.speaks(gs[0])
	return s.toGroup(ctx, gs[0], l, mail.Letter{
		Paragraphs: []string{l.T("claim.mail.invite", "name", gs[0].Name), l.T("claim.mail.invite.hidden"), l.T("claim.mail.invite.code", "code", code, "day", i.Made.Add(inviteFor))},
		Link:       &mail.Link{Label: l.T("claim.mail.invite.look"), URL: s.origin + "/claims/invited/" + code + "?lang=" + l.Code},
		Foot:       []string{l.T("claim.mail.invite.foot")},
	})
}
