package signin

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// Another address: asked for by who has just signed in, confirmed at the new
// one, and taken back for a week from the old one.

// Addresses is what the room asks of whoever keeps them.
type Addresses interface {
	// Login is what the owner of an account signs in by: the address, or else a
	// name; and the name they have besides, if they do. NotFound if it is gone.
	Login(ctx context.Context, member string) (by, name string, err error)
	// SetEmail gives an account another address, or a name in place of it; a
	// Conflict if it has another one by now than the one before, or if somebody
	// else has the new one.
	SetEmail(ctx context.Context, tx *db.Tx, member, before, after string) error
	// Invent makes a sign-in name in a language, from a seed: the same one each time.
	Invent(lang, seed string) string
	// Write sends the owner of an account a letter about it, or keeps it here as a
	// message; NotFound if neither can be.
	Write(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error
	// Warn sends it to the address, too, of whoever reads here in place of mail;
	// nothing if they have none.
	Warn(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error
}

const (
	emailJob = "signin.email" // the letter to the new address
	undoJob  = "signin.undo"  // the letter to the old one

	undoLife = 7 * 24 * time.Hour
)

// moving is an account that goes from one address to another, or stays where it
// is with a second step it did not have.
type moving struct {
	Member, From, To, Lang string
	Session                string // that asked, by its key: the wish ends with it
	Second                 string // the second step that was there then, as a hash
	Lost                   string // the wish of somebody who lost everything
	Until                  time.Time
}

// What the letters hold the keys of.
var (
	moves web.Box = "email"
	undos web.Box = "email-undo"
)

// AskEmail has a link sent to an address that the viewer wants to have here.
// Whether somebody else has it is found out later, by the job: the answer is the
// same. Where no letter can go to an address of before, it takes the password.
func (s *Service) AskEmail(ctx context.Context, v *access.Viewer, to, old, here, client string) error {
	var p fault.Problems
	p.Email("email", &to, fault.Required)
	if err := p.Err(); err != nil {
		return err
	}
	to = address(to)
	from, _, err := s.addresses.Login(ctx, v.Member)
	if err != nil {
		return err
	}
	if from == to {
		return fault.Wrong("email", "signin.email.same")
	}
	if err := s.checkUnwritten(ctx, v, old); err != nil {
		return err
	}
	until, err := movedUntil(ctx, s.db, v.Member, time.Now())
	if err != nil {
		return err
	}
	if !until.IsZero() {
		return fault.New(fault.Conflict, "signin.email.lately", "day", until)
	}
	if err := takeBoth(ctx, s.db, sendClient, client, sendMove, v.Member); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return job.Add(ctx, tx, job.Job{Kind: emailJob, Key: id.New(ctx), Whom: v.Member, Body: moving{Member: v.Member, From: from, To: to, Session: id.Hash(here)}})
	})
}

// sendMove counts by who asks: nobody uses up what is another's.
var sendMove = web.Limit{Name: "signin.move", Most: 5, Per: time.Hour}

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
	return s.sendKey(ctx, moves, m, linkLife, m.To, "/sign-in/email/", "signin.mail.button", "signin.email.mail", "signin.mail.once", "signin.mail.not-you")
}

func (s *Service) mailUndo(ctx context.Context, body json.RawMessage) error {
	var m moving
	if err := json.Unmarshal(body, &m); err != nil {
		return job.Gone(err)
	}
	text := "signin.undo.mail"
	if m.From == m.To {
		text = "signin.undo.mail-second"
	}
	return s.sendKey(ctx, undos, m, undoLife, m.From, "/sign-in/undo/", "signin.undo.mail-button", text, "signin.undo.mail-week")
}

// sendKey puts something into a box, and sends the link that opens it: words are
// the locale keys of what stands on it, and of the paragraphs before it. The
// token is made here, so that it stands in no list of things to do. One that
// reached nobody is not left lying about.
func (s *Service) sendKey(ctx context.Context, box web.Box, m moving, life time.Duration, to, path string, words ...string) error {
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
	l := s.langs.For(m.Lang)
	letter := mail.Letter{
		To: to, Lang: l.Code, Dir: l.Dir, Nameless: plain, Subject: l.T("signin.mail.subject"),
		Link: &mail.Link{Label: l.T(words[0]), URL: s.origin + path + token + "?lang=" + l.Code},
	}
	for _, key := range words[1:] {
		letter.Paragraphs = append(letter.Paragraphs, l.T(key))
	}
	err = s.send(ctx, letter)
	if err == nil {
		return nil
	}
	if derr := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := box.Drop(ctx, tx, token)
		return err
	}); derr != nil {
		return errors.Join(err, derr)
	}
	return sent(err)
}

// key reads what a link of one of those letters stands for: NotFound once it
// was used, or is too old.
func key(ctx context.Context, q db.Querier, box web.Box, token string) (m moving, err error) {
	_, err = box.Get(ctx, q, token, time.Now(), &m)
	if errors.Is(err, db.ErrNone) {
		err = errDead
	}
	return m, err
}

// Move gives an account the address whose link somebody follows, while the
// session that asked for it stands. Links that went to the old one are dead, and
// a letter there says how to go back. Until that can be done no more, the address
// changes no further.
func (s *Service) Move(ctx context.Context, token, client string) error {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return err
	}
	now := time.Now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := spendKey(ctx, tx, moves, token)
		if err != nil {
			return err
		}
		if err := turn(ctx, tx, m.Member); err != nil {
			return err
		}
		until, err := movedUntil(ctx, tx, m.Member, now)
		if err == nil && !until.IsZero() {
			err = fault.New(fault.Conflict, "signin.email.lately", "day", until)
		}
		if err != nil {
			return err
		}
		if err := standsStill(ctx, tx, m.Session, now); err != nil {
			return errDead
		}
		if err := s.addresses.SetEmail(ctx, tx, m.Member, m.From, m.To); err != nil {
			return err
		}
		if _, err := stopLost(ctx, tx, m.Member, byChange, now); err != nil {
			return err
		}
		if !mailed(m.From) { // there is no address to take it back from; the name stays a way in
			return dropLinks(ctx, tx, m.Member)
		}
		return s.moved(ctx, tx, m, now)
	})
}

// moved sees to it that a change of address can be taken back from the old one.
func (s *Service) moved(ctx context.Context, tx *db.Tx, m moving, now time.Time) error {
	if err := errors.Join(dropLinks(ctx, tx, m.Member), job.Forget(ctx, tx, id.Hash(m.From)), setMoved(ctx, tx, m.Member, now.Add(undoLife))); err != nil {
		return err
	}
	sec, has, err := secondOf(ctx, tx, m.Member)
	if err != nil {
		return err
	}
	if has {
		m.Second = id.Hash(sec.secret)
	}
	return job.Add(ctx, tx, job.Job{Kind: undoJob, Key: id.New(ctx), Whom: m.Member, Body: m})
}

// tellSecond tells the address of an account that there is a second step now,
// and how to take it away if somebody else has set it.
func (s *Service) tellSecond(ctx context.Context, tx *db.Tx, member string) error {
	at, _, err := s.addresses.Login(ctx, member)
	if err != nil {
		return err
	}
	if !mailed(at) {
		return notify(ctx, tx, member, "signin.notice.second")
	}
	_, lang, err := s.people.Known(ctx, at)
	if err != nil {
		return err
	}
	return job.Add(ctx, tx, job.Job{Kind: undoJob, Key: id.New(ctx), Whom: member, Body: moving{Member: member, From: at, To: at, Lang: lang}})
}

// Undo gives an account its old address back, or takes a second step away that
// its owner did not set. Whoever did may have the account in their hands: every
// session ends, links are dead, the password and all passkeys are gone, and a
// second step that was not there before. One that was is the owner's, and stays.
func (s *Service) Undo(ctx context.Context, token, client string) error {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := spendKey(ctx, tx, undos, token)
		if err != nil {
			return err
		}
		if err := turn(ctx, tx, m.Member); err != nil {
			return err
		}
		if m.From != m.To {
			err = s.addresses.SetEmail(ctx, tx, m.Member, m.To, m.From)
		}
		if err != nil {
			return err
		}
		if _, err := stopLost(ctx, tx, m.Member, byChange, time.Now()); err != nil {
			return err
		}
		sec, has, err := secondOf(ctx, tx, m.Member)
		if err == nil && has && id.Hash(sec.secret) != m.Second {
			err = dropSecond(ctx, tx, m.Member)
		}
		return errors.Join(err, dropMoved(ctx, tx, m.Member), dropPaper(ctx, tx, m.Member, opensAccount), dropPassword(ctx, tx, m.Member), dropPasskeys(ctx, tx, m.Member),
			dropLinks(ctx, tx, m.Member), endOthers(ctx, tx, m.Member, ""))
	})
}

// spendKey takes what a link of one of those letters stands for, so that nobody
// else can.
func spendKey(ctx context.Context, tx *db.Tx, box web.Box, token string) (moving, error) {
	m, err := key(ctx, tx, box, token)
	if err != nil {
		return m, err
	}
	held, err := box.Drop(ctx, tx, token)
	if err == nil && !held {
		err = errDead
	}
	return m, err
}
