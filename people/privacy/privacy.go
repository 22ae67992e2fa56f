// Package privacy is leaving: what becomes of everything is said first; whoever
// asks is hidden at the next request, has two weeks to change their mind, and is
// then forgotten by every room. Or at once, if they say so.
package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// graceDays is how long somebody may still change their mind.
const graceDays = 14

var mine = access.Permission{Name: "privacy.mine", Roles: access.Everybody}

// House is what the room asks of the roof, which knows every room.
type House interface {
	// Erase forgets a person everywhere, at once and for good.
	Erase(ctx context.Context, s kit.Subject) error
}

// People is what the room asks of whoever keeps the accounts.
type People interface {
	// SubjectOf is an account with every persona it has; NotFound if it is gone.
	SubjectOf(ctx context.Context, member string) (kit.Subject, error)
	// Leave hides somebody who is about to leave, or lets them back. The last
	// of the network team can't: a Conflict.
	Leave(ctx context.Context, tx *db.Tx, member string, away bool) error
	// Write sends a letter to the owner of an account.
	Write(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error
}

// Doors is what the room asks of whoever lets people in.
type Doors interface {
	// Fresh leads whoever has not signed in lately to do so, and then back.
	Fresh(r *web.Request, back string) error
}

// Service is the room.
type Service struct {
	db     *db.DB
	people People
	doors  Doors
	house  House
	fates  []kit.Fate
	now    func() time.Time
}

// New opens the room.
func New(d *db.DB, people People, doors Doors, house House) *Service {
	return &Service{db: d, people: people, doors: doors, house: house, now: time.Now}
}

// Offer says what becomes of the things of a room.
func (s *Service) Offer(all ...kit.Fate) { s.fates = append(s.fates, all...) }

// Leaving is when somebody will be forgotten; NotFound if they have not asked.
func (s *Service) Leaving(ctx context.Context, v *access.Viewer) (due time.Time, err error) {
	if err := v.Need(mine, ""); err != nil {
		return due, err
	}
	return dueOf(ctx, s.db, v.Member)
}

const letterJob = "privacy.letter"

type letter struct{ Member string }

// Ask has the viewer forgotten in two weeks. They are hidden from now on.
func (s *Service) Ask(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.ask(ctx, tx, v.Member, s.now()); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: letterJob, Key: v.Member, Whom: v.Member, Body: letter{v.Member}})
	})
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, member string, now time.Time) error {
	fresh, err := insert(ctx, tx, member, now, now.AddDate(0, 0, graceDays))
	if err != nil || !fresh {
		return err
	}
	return s.people.Leave(ctx, tx, member, true)
}

// Stay takes that back, as long as there is something to take back.
func (s *Service) Stay(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if n, err := stays(ctx, tx, v.Member); err != nil || n == 0 {
			return err
		}
		return s.people.Leave(ctx, tx, v.Member, false)
	})
}

// Now forgets the viewer at once.
func (s *Service) Now(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.forget(ctx, v.Member)
}

func (s *Service) forget(ctx context.Context, member string) error {
	sub, err := s.people.SubjectOf(ctx, member)
	if fault.Is(err, fault.NotFound) {
		return nil // somebody else has seen to it
	}
	if err != nil {
		return err
	}
	return s.house.Erase(ctx, sub)
}

// leave forgets those whose time has come. One that fails keeps none of the
// others, and is tried again with the next round.
func (s *Service) leave(ctx context.Context) error {
	all, err := dueBy(ctx, s.db, s.now())
	for _, member := range all {
		goes, gerr := s.goes(ctx, member)
		if err = errors.Join(err, gerr); goes {
			err = errors.Join(err, s.forget(ctx, member))
		}
	}
	return err
}

// goes says whether somebody is still leaving, now that their time has come; from
// then on they can't stay.
func (s *Service) goes(ctx context.Context, member string) (is bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		is, err = goes(ctx, tx, member, s.now())
		return err
	})
	return is, err
}

// mailLetter tells somebody that they have asked, in case it was not them.
func (s *Service) mailLetter(ctx context.Context, body json.RawMessage) error {
	var l letter
	if err := json.Unmarshal(body, &l); err != nil {
		return job.Gone(err)
	}
	due, err := dueOf(ctx, s.db, l.Member)
	if err == nil {
		err = s.people.Write(ctx, l.Member, func(l *i18n.Lang, origin string) mail.Letter {
			return mail.Letter{
				Subject:    l.T("privacy.mail.subject"),
				Paragraphs: []string{l.T("privacy.mail.text", "day", due)},
				Link:       &mail.Link{Label: l.T("privacy.mail.look"), URL: origin + "/you/leave?lang=" + l.Code},
			}
		})
	}
	if fault.Is(err, fault.NotFound) {
		return nil // they stay, or are gone, or nobody ever wrote to them
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return job.Gone(err)
	}
	return err
}

func (s *Service) export(ctx context.Context, sub kit.Subject) (any, error) {
	due, err := dueOf(ctx, s.db, sub.Member)
	if fault.Is(err, fault.NotFound) {
		return map[string]any{"leaves": nil}, nil
	}
	return map[string]any{"leaves": due}, err
}

func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	_, err := remove(ctx, tx, sub.Member)
	return errors.Join(err, job.Forget(ctx, tx, sub.Member))
}
