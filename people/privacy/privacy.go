// Package privacy is everything of mine in my hands: what is held about me, to
// read and to take away; who of those who work here looked at it; and leaving.
// What becomes of everything is said first; whoever asks is hidden at the next
// request, has two weeks to change their mind, and is then forgotten by every
// room. Or at once, if they say so.
package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
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

var (
	mine     = access.Permission{Name: "privacy.mine", Roles: access.Everybody}
	watching = access.Permission{Name: "privacy.watching", Roles: []access.Role{access.Team}}
)

// House is what the room asks of the roof, which knows every room.
type House interface {
	// Held is everything that is held about a person, as a reader may see it.
	Held(ctx context.Context, v *access.Viewer, l *i18n.Lang, s kit.Subject) (*kit.Held, error)
	// Erase forgets a person everywhere, at once and for good.
	Erase(ctx context.Context, s kit.Subject) error
	// Rounds are how all work stands that comes round, by its name.
	Rounds(ctx context.Context) (map[string]job.Round, error)
}

// People is what the room asks of whoever keeps the accounts.
type People interface {
	// SubjectOf is an account with every persona it has; NotFound if it is gone.
	SubjectOf(ctx context.Context, member string) (kit.Subject, error)
	// All are the ids of every account.
	All(ctx context.Context) ([]string, error)
	// Leave hides somebody who is about to leave, or lets them back. The last
	// of the network team can't: a Conflict.
	Leave(ctx context.Context, tx *db.Tx, member string, away bool) error
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
	// Write sends a letter to the owner of an account.
	Write(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error
}

// Ground is something that a copy of everything rests on: what somebody is here,
// what they agreed to. When it changes, a copy made before can't be fetched.
type Ground interface {
	RestsOn(ctx context.Context, q db.Querier, member string) (string, error)
}

// Yeses is what the room asks of whoever keeps what people agreed to.
type Yeses interface {
	// GoneAgain takes back those yeses that stand and that are gone, by the id of
	// each, since a day; and says how many there were.
	GoneAgain(ctx context.Context, gone func(id string) (time.Time, bool)) (int, error)
}

// Doors is what the room asks of whoever lets people in.
type Doors interface {
	// Fresh leads whoever has not signed in lately to do so, and then back.
	Fresh(r *web.Request, back string) error
}

// Service is the room.
type Service struct {
	db      *db.DB
	people  People
	doors   Doors
	house   House
	yeses   Yeses
	ledger  string // folder
	log     *slog.Logger
	grounds []Ground
	fates   []kit.Fate
	kept    []kit.Retention
	now     func() time.Time
}

// New opens the room. The ledger of erasures is kept in a folder, which is made
// when it is needed.
func New(d *db.DB, people People, doors Doors, house House, yeses Yeses, ledger string, log *slog.Logger, grounds ...Ground) *Service {
	return &Service{db: d, people: people, doors: doors, house: house, yeses: yeses, ledger: ledger, log: log, grounds: grounds, now: time.Now}
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
	return s.Forget(ctx, v.Member)
}

// Forget erases an account everywhere, at once and for good: for a room that has
// asked its owner, or that keeps it no longer. One that is gone is gone.
func (s *Service) Forget(ctx context.Context, member string) error {
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
			err = errors.Join(err, s.Forget(ctx, member))
		}
	}
	return err
}

// PutBack follows a backup that was put back: whoever was leaving then may have
// decided to stay since. They have two weeks more, and are told.
func (s *Service) PutBack(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := leaveLater(ctx, tx, s.now().AddDate(0, 0, graceDays))
		for _, member := range all {
			err = errors.Join(err, job.Add(ctx, tx, job.Job{Kind: letterJob, Key: member, Whom: member, Body: letter{member}}))
		}
		return err
	})
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

// lookDays is how long it is kept who looked at what.
const lookDays = 400

func (s *Service) tidy(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tidy(ctx, tx, s.now(), s.now().AddDate(0, 0, -lookDays))
	})
}

func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	leaving, copies, at, by := kit.Hold("privacy.held.leaving"), kit.Hold("privacy.held.copies"), kit.Hold("privacy.held.looks"), kit.Hold("privacy.held.looked")
	due, err := dueOf(ctx, s.db, sub.Member)
	if err == nil {
		leaving.Line("i18n.held.when", due)
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	ends, err := copyEnds(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	if !ends.IsZero() {
		copies.Line("privacy.held.until", ends)
	}
	theirs, err := looksAt(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	for _, x := range theirs { // who of them it was, the team knows
		at.Line("i18n.held.what", kit.Word(x.What), "i18n.held.when", x.Day)
	}
	own, err := looksBy(ctx, s.db, sub.Personas)
	for _, x := range own {
		by.Line("i18n.held.what", kit.Word(x.What), "i18n.held.when", x.Day)
	}
	return []*kit.Holding{leaving, at, by, copies}, err
}

func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	return errors.Join(forget(ctx, tx, sub.Member, sub.Personas), job.Forget(ctx, tx, sub.Member), insertErased(ctx, tx, ledgerKey(sub.Member), db.Day(s.now())))
}
