package signin

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// From the team's yes to being in again: the owner has seven days to stop it,
// counted from the letter to the old address; then a link goes to the new one.

const (
	lostStopJob   = "signin.lost.stop"   // the letter to the old address
	lostLinkJob   = "signin.lost.link"   // the one to the new address
	lostLetterJob = "signin.lost.letter" // what came of it
)

type lostWork struct{ ID string }

// lostLetter is one that holds a text and no link.
type lostLetter struct{ Member, To, Lang, Text string }

// What the two letters hold the keys of.
var (
	stops  web.Box = "lost-stop"
	founds web.Box = "lost-found"
)

var errNothingToStop = fault.New(fault.Conflict, "signin.lost.nothing")

// mailStop writes to the old address, with a link that stops it. The days count
// from the moment the letter is handed over, or is refused for good: a mailbox
// that is gone is why they are here.
func (s *Service) mailStop(ctx context.Context, body json.RawMessage) error {
	x, err := s.lostWork(ctx, body)
	if err != nil || x.State != lostRunning || x.Told {
		return err
	}
	if !mailed(x.From) {
		return s.toldHere(ctx, x)
	}
	_, lang, err := s.people.Known(ctx, x.From)
	if fault.Is(err, fault.NotFound) {
		return nil // they are gone
	}
	if err != nil {
		return err
	}
	// The link outlives what it stops.
	err = s.sendKey(ctx, stops, moving{Member: x.owner, From: x.From, To: x.To, Lang: lang}, lostDelay+lostFor+24*time.Hour, x.From, "/sign-in/stop/",
		"signin.lost.stop-go", "signin.lost.mail-stop", "signin.lost.mail-stop-how", "signin.lost.mail-stop-you")
	if err != nil {
		return err
	}
	return s.told(ctx, x)
}

// toldHere tells the owner of an account whose name was given: on their own pages,
// and at their address if they have one after all.
func (s *Service) toldHere(ctx context.Context, x Lost) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return notify(ctx, tx, x.owner, "signin.notice.lost") })
	return errors.Join(err, s.told(ctx, x))
}

// told notes that the owner knows; the days count from now on.
func (s *Service) told(ctx context.Context, x Lost) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := time.Now()
		due := now.Add(x.delay())
		if fresh, err := toldLost(ctx, tx, x.ID, due); err != nil || !fresh {
			return err
		}
		return errors.Join(note(ctx, tx, x.ID, Happening{What: lostWritten}, &access.Viewer{}, now),
			job.Add(ctx, tx, job.Job{Kind: lostLinkJob, Key: x.ID, Whom: x.owner, Body: lostWork{x.ID}, At: due}))
	})
}

// lostWork is the wish that a job is about; one that is gone has no state.
func (s *Service) lostWork(ctx context.Context, body json.RawMessage) (Lost, error) {
	var w lostWork
	if err := json.Unmarshal(body, &w); err != nil {
		return Lost{}, job.Gone(err)
	}
	x, err := lostOne(ctx, s.db, w.ID)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return x, err
}

// mailFound sends the link to the new address once the days are over, and again
// when somebody asks for another one.
func (s *Service) mailFound(ctx context.Context, body json.RawMessage) error {
	x, err := s.lostWork(ctx, body)
	if err != nil || x.State == "" {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := time.Now()
		if first, err := openLost(ctx, tx, x.ID, now.Add(x.open()), now); err != nil || !first {
			return err
		}
		return note(ctx, tx, x.ID, Happening{What: lostSent}, &access.Viewer{}, now)
	})
	if err == nil {
		x, err = lostOne(ctx, s.db, x.ID)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	now := time.Now()
	if err != nil || x.byCode() || x.State != lostOpen || !x.Due.After(now) {
		return err
	}
	// The box outlives the link in it: what is too old brings a new one.
	return s.sendKey(ctx, founds, moving{Member: x.owner, From: x.From, To: x.To, Lang: x.Lang, Lost: x.ID, Until: now.Add(linkLife)}, x.Due.Sub(now), x.To, "/sign-in/found/",
		"signin.mail.button", "signin.lost.mail-found", "signin.lost.mail-found-once", "signin.mail.not-you")
}

// AnotherFound has a new link sent in place of one that is too old, to the same
// address.
func (s *Service) AnotherFound(ctx context.Context, token, client string) error {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return err
	}
	m, err := key(ctx, s.db, founds, token)
	if err != nil {
		return err
	}
	if err := takeBoth(ctx, s.db, sendClient, client, sendLink, m.To); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := spendKey(ctx, tx, founds, token)
		if err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: lostLinkJob, Key: m.Lost, Whom: m.Member, Body: lostWork{m.Lost}})
	})
}

// Regain lets somebody into the account they had lost, by the link to the new
// address. Everything that opened it before is gone; they set up anew.
func (s *Service) Regain(ctx context.Context, token, client, agent string) (in In, err error) {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return in, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := time.Now()
		m, err := spendKey(ctx, tx, founds, token)
		if err == nil && !m.Until.After(now) {
			err = errDead
		}
		if err == nil {
			err = turn(ctx, tx, m.Member)
		}
		if err != nil {
			return err
		}
		x, err := useLost(ctx, tx, m.Lost, now)
		if fault.Is(err, fault.NotFound) {
			err = errDead
		}
		if err != nil {
			return err
		}
		if err := s.stillEnough(ctx, tx, x); err != nil {
			return err
		}
		at, _, err := s.addresses.Login(ctx, x.owner)
		if err == nil && mailed(x.From) && at != x.From {
			err = errDead // it has another address by now
		}
		if err == nil && at != x.To {
			err = s.addresses.SetEmail(ctx, tx, x.owner, at, x.To)
		}
		if err != nil {
			return err
		}
		if err := errors.Join(shut(ctx, tx, x.owner), job.Forget(ctx, tx, id.Hash(x.From))); err != nil {
			return err
		}
		if err := errors.Join(note(ctx, tx, x.ID, Happening{What: string(lostDone)}, &access.Viewer{}, now),
			tellLost(ctx, tx, x, x.From, "signin.lost.mail-done"), fact.Tell(ctx, tx, fact.AddressProven{Member: x.owner})); err != nil {
			return err
		}
		in, err = open(ctx, tx, half{Member: x.owner, Device: device(agent), Way: "lost"})
		return err
	})
	if err != nil {
		in = In{} // what was opened was undone
	}
	return in, err
}

// stillEnough refuses a link for which fewer of the team stand now than it takes:
// its owner has begun to look after something since, or the team is another.
func (s *Service) stillEnough(ctx context.Context, tx *db.Tx, x Lost) error {
	enough, err := s.enough(ctx, tx, x, x.owner)
	if err == nil && !enough {
		err = fault.New(fault.Conflict, "signin.lost.fewer")
	}
	return err
}

// StopByLetter stops what is on its way, by the link in the letter to the old
// address.
func (s *Service) StopByLetter(ctx context.Context, token, client string) error {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := spendKey(ctx, tx, stops, token)
		if err != nil {
			return err
		}
		return stopNow(ctx, tx, m.Member, byLetter)
	})
}

// StopLost stops what is on its way into the viewer's account.
func (s *Service) StopLost(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return stopNow(ctx, tx, v.Member, byPage) })
}

func stopNow(ctx context.Context, tx *db.Tx, member, what string) error {
	did, err := stopLost(ctx, tx, member, what, time.Now())
	if err == nil && !did {
		err = errNothingToStop
	}
	return err
}

// mailLost says what came of a wish. Whoever has no account here may be anybody:
// that letter does not name the network.
func (s *Service) mailLost(ctx context.Context, body json.RawMessage) error {
	var x lostLetter
	if err := json.Unmarshal(body, &x); err != nil {
		return job.Gone(err)
	}
	plain := true
	if x.Member != "" {
		var err error
		if plain, err = s.plain(ctx, x.Member); fault.Is(err, fault.NotFound) {
			return nil
		} else if err != nil {
			return err
		}
	}
	l := s.langs.For(x.Lang)
	return sent(s.send(ctx, mail.Letter{To: x.To, Lang: l.Code, Dir: l.Dir, Nameless: plain, Subject: l.T("signin.lost.mail-subject"), Paragraphs: []string{l.T(x.Text)}}))
}
