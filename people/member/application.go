package member

import (
	"context"
	"encoding/json"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/mail"
)

// State is where an application stands.
type State string

// The states.
const (
	Waiting  State = "waiting"  // for an answer
	Welcomed State = "welcomed" // in the network
	Refused  State = "refused"  // with a reason; they may ask again
)

// Application is somebody's wish to be in the network. The team sees what they
// say in it, and how to reach them; not what others call them here: who
// welcomes people could otherwise tell who writes what later on.
type Application struct {
	ID      string
	Kind    access.Role
	Met     string // how it is met, as it was when they asked
	State   State
	Talked  bool   // the team has talked with them
	Words   string // theirs
	Reason  string // of a no
	Asked   time.Time
	Changed time.Time
	Brings  NewGroup // of those who bring a group
	Invited string   // of whom they had an invitation: member, team; not whose

	Email   string // to reach them, if they have one; on their own page and the team's alone
	Does    []string
	Own     string
	Country string
	Lang    string // they are written to in

	member  string
	decider string // persona, where answers are listed; empty: other groups, a command, or somebody who has left
}

var (
	welcoming = access.Permission{Name: "member.welcome", Roles: []access.Role{access.Team}}
	applying  = access.Permission{Name: "member.apply", Roles: access.Everybody}
)

// mostWaiting is how many applications a page of the desk shows.
const mostWaiting = 24

// Desk is what waits for the team: the oldest first, from after a given one on.
// more says whether there are others.
func (s *Service) Desk(ctx context.Context, v *access.Viewer, after string) (all []Application, more bool, err error) {
	if err := v.Need(welcoming, ""); err != nil {
		return nil, false, err
	}
	all, err = applications(ctx, s.db, after, mostWaiting+1)
	if len(all) > mostWaiting {
		all, more = all[:mostWaiting], true
	}
	return all, more, err
}

// Application is one, for the team that answers it; NotFound if it is gone. It is
// written down that they looked.
func (s *Service) Application(ctx context.Context, v *access.Viewer, id string) (Application, error) {
	if err := v.Need(welcoming, ""); err != nil {
		return Application{}, err
	}
	x, err := application(ctx, s.db, id)
	if err == nil && x.State == Withdrawn {
		err = fault.Missing()
	}
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "member.withdrawn")
	}
	if err != nil {
		return Application{}, err
	}
	return x, s.watch.Looked(ctx, v, x.member, "member.looked.application")
}

// Talked notes that the team has talked with somebody who asks to join.
func (s *Service) Talked(ctx context.Context, v *access.Viewer, id string) error {
	return s.answer(ctx, v, id, func(x *Application) error {
		if x.Met != byTalk {
			return fault.Wrong("what", "error.choice")
		}
		x.Talked = true
		return nil
	})
}

// Welcome lets somebody into the network.
func (s *Service) Welcome(ctx context.Context, v *access.Viewer, id string) error {
	return s.answer(ctx, v, id, func(x *Application) error {
		if x.Met == byTalk && !x.Talked {
			return fault.Wrong("what", "member.talk-first")
		}
		x.State = Welcomed
		return nil
	})
}

// Refuse says no to somebody, with a reason they read. They may ask again.
func (s *Service) Refuse(ctx context.Context, v *access.Viewer, id, reason string) error {
	var p fault.Problems
	if p.Text("reason", &reason, maxWords, fault.Required); p.Err() != nil {
		return p.Err()
	}
	return s.answer(ctx, v, id, func(x *Application) error {
		x.State, x.Reason = Refused, reason
		return nil
	})
}

// answer is the one way an application is answered. If somebody else of the team
// was first, or whoever asked has taken it back, it is a Conflict.
func (s *Service) answer(ctx context.Context, v *access.Viewer, id string, decide func(x *Application) error) error {
	if err := v.Need(welcoming, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := application(ctx, tx, id)
		if fault.Is(err, fault.NotFound) || err == nil && x.State == Withdrawn {
			return errWithdrawn
		}
		if err != nil {
			return err
		}
		if x.State != Waiting {
			return errAnswered
		}
		if err := decide(&x); err != nil {
			return err
		}
		return s.decide(ctx, tx, x, v.Persona)
	})
}

// decide writes what is said to an application, and does what follows.
func (s *Service) decide(ctx context.Context, tx *db.Tx, x Application, decider string) error {
	x.Changed = time.Now()
	member, err := decideApplication(ctx, tx, x, decider)
	if err != nil || x.State == Waiting {
		return err
	}
	if x.State == Welcomed {
		if err := comeIn(ctx, tx, member, x.Changed); err != nil {
			return err
		}
		if err := s.found(ctx, tx, member, x); err != nil {
			return err
		}
	}
	return job.Add(ctx, tx, job.Job{Kind: answerJob, Key: member, Whom: member, Body: answered{member}})
}

var errAnswered = fault.New(fault.Conflict, "member.answered")

// answered is a letter that says that there is an answer, and not which: that is
// on their own page.
type answered struct{ Member string }

// news is work that tells somebody, in the words of a key, that there is something
// for them, and not what: that is on their own page.
func (s *Service) news(text string) job.Handler {
	return func(ctx context.Context, body json.RawMessage) error {
		var t answered
		if err := json.Unmarshal(body, &t); err != nil {
			return job.Gone(err)
		}
		err := s.Write(ctx, t.Member, func(l *i18n.Lang, origin string) mail.Letter {
			return mail.Letter{
				Subject:    l.T("member.answer.subject"),
				Paragraphs: []string{l.T(text)},
				Link:       &mail.Link{Label: l.T("member.answer.look"), URL: origin + "/you?lang=" + l.Code},
			}
		})
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return sent(err)
	}
}

// Again asks once more, after a no, with words for the team.
func (s *Service) Again(ctx context.Context, v *access.Viewer, words string) error {
	if err := v.Need(applying, ""); err != nil {
		return err
	}
	var p fault.Problems
	if p.Text("words", &words, maxWords, fault.Required); p.Err() != nil {
		return p.Err()
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := askAgain(ctx, tx, v.Member, words, time.Now())
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "member.not-refused")
		}
		if err != nil {
			return err
		}
		// Groups are asked anew: what they said was before the no, and these words
		// are for the team.
		tx.Changed("member")
		return forgetVouches(ctx, tx, v.Member)
	})
}
