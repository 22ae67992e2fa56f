package signin

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// Another address: asked for by who has just signed in, confirmed at the new
// one, and taken back for a week from the old one.

// Addresses is what the room asks of whoever keeps them.
type Addresses interface {
	// Email is the address of an account; NotFound if it is gone.
	Email(ctx context.Context, member string) (string, error)
	// SetEmail gives an account another address; a Conflict if it has another
	// one by now than the one before, or if somebody else has the new one.
	SetEmail(ctx context.Context, tx *db.Tx, member, before, after string) error
}

const (
	emailJob = "signin.email" // the letter to the new address
	undoJob  = "signin.undo"  // the letter to the old one

	undoLife = 7 * 24 * time.Hour
)

// moving is an account that goes from one address to another.
type moving struct {
	Member, From, To, Lang string
	Day                    time.Time // it was done
}

// What the letters hold the keys of.
var (
	moves web.Box = "email"
	undos web.Box = "email-undo"
)

// AskEmail has a link sent to an address that the viewer wants to have here.
// Whether somebody else has it is found out later, by the job: the answer is the
// same.
func (s *Service) AskEmail(ctx context.Context, v *access.Viewer, to, client string) error {
	var p fault.Problems
	p.Email("email", &to, fault.Required)
	if err := p.Err(); err != nil {
		return err
	}
	to = address(to)
	from, err := s.addresses.Email(ctx, v.Member)
	if err != nil {
		return err
	}
	if from == to {
		return fault.Wrong("email", "signin.email.same")
	}
	if err := takeBoth(ctx, s.db, sendClient, client, sendLink, to); err != nil {
		return err
	}
	if err := sendLink.Take(ctx, s.db, v.Member, time.Now()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return job.Add(ctx, tx, job.Job{Kind: emailJob, Key: v.Member + " " + id.Hash(to), Whom: v.Member, Body: moving{Member: v.Member, From: from, To: to}})
	})
}

func (s *Service) mailEmail(ctx context.Context, body json.RawMessage) error {
	var m moving
	if err := json.Unmarshal(body, &m); err != nil {
		return job.Gone(err)
	}
	_, lang, err := s.people.Known(ctx, m.From)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m.Lang = lang
	if _, _, err := s.people.Known(ctx, m.To); err == nil {
		return nil // somebody's already: their mailbox is not told who wants it
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.sendKey(ctx, moves, m, linkLife, m.To, "/sign-in/email/", "signin.email.mail", "signin.mail.once")
}

func (s *Service) mailUndo(ctx context.Context, body json.RawMessage) error {
	var m moving
	if err := json.Unmarshal(body, &m); err != nil {
		return job.Gone(err)
	}
	return s.sendKey(ctx, undos, m, undoLife, m.From, "/sign-in/undo/", "signin.undo.mail", "signin.undo.mail-week")
}

// sendKey puts something into a box, and sends the link that opens it. The
// token is made here, so that it stands in no list of things to do. One that
// reached nobody is not left lying about.
func (s *Service) sendKey(ctx context.Context, box web.Box, m moving, life time.Duration, to, path, text, how string) error {
	plain, err := s.plain(ctx, m.Member)
	if err != nil {
		return err
	}
	token := id.Secret()
	if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return box.Put(ctx, tx, token, m, time.Now().Add(life))
	}); err != nil {
		return err
	}
	l := s.lang(m.Lang)
	err = s.send(ctx, mail.Letter{
		To: to, Lang: l.Code, Dir: l.Dir, Nameless: plain,
		Subject:    l.T("signin.mail.subject"),
		Paragraphs: []string{l.T(text), l.T(how)},
		Link:       &mail.Link{Label: l.T("signin.mail.button"), URL: s.origin + path + token + "?lang=" + l.Code},
		Foot:       []string{l.T("signin.mail.not-you")},
	})
	if err == nil {
		return nil
	}
	if derr := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := box.Drop(ctx, tx, token)
		return err
	}); derr != nil {
		return errors.Join(err, derr)
	}
	return err
}

// key reads what a link of one of those letters stands for: NotFound once it
// was used, or is too old.
func key(ctx context.Context, q db.Querier, box web.Box, token string) (m moving, err error) {
	_, err = box.Get(ctx, q, token, time.Now(), &m)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "signin.link.dead")
	}
	return m, err
}

// Move gives an account the address whose link somebody follows. Links that
// went to the old one are dead; and a letter there says how to go back.
func (s *Service) Move(ctx context.Context, token, client string) error {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := key(ctx, tx, moves, token)
		if err != nil {
			return err
		}
		if held, err := moves.Drop(ctx, tx, token); err != nil || !held {
			return errors.Join(err, fault.New(fault.NotFound, "signin.link.dead"))
		}
		if err := s.addresses.SetEmail(ctx, tx, m.Member, m.From, m.To); err != nil {
			return err
		}
		if err := dropLinks(ctx, tx, m.Member); err != nil {
			return err
		}
		m.Day = today(time.Now())
		return job.Add(ctx, tx, job.Job{Kind: undoJob, Key: m.Member, Whom: m.Member, Body: m})
	})
}

// Undo gives an account its old address back. Whoever changed it may have the
// account in their hands: every session ends, links are dead, the password and
// all passkeys are gone, and a second step that was set since. One from before
// stays: it is the owner's.
func (s *Service) Undo(ctx context.Context, token, client string) error {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := key(ctx, tx, undos, token)
		if err != nil {
			return err
		}
		if held, err := undos.Drop(ctx, tx, token); err != nil || !held {
			return errors.Join(err, fault.New(fault.NotFound, "signin.link.dead"))
		}
		if err := s.addresses.SetEmail(ctx, tx, m.Member, m.To, m.From); err != nil {
			return err
		}
		return errors.Join(dropPassword(ctx, tx, m.Member), dropPasskeys(ctx, tx, m.Member), dropSecondSince(ctx, tx, m.Member, m.Day),
			dropLinks(ctx, tx, m.Member), endOthers(ctx, tx, m.Member, ""))
	})
}
