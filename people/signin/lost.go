package signin

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/web"
)

// Somebody has lost everything that lets them in: the mailbox and the password,
// or the second step with its codes. Nothing opens by itself. They tell the team,
// which talks with them; a yes starts seven days in which the owner is told in
// every way there is and can stop it in each of them. Only then does a link go to
// the address that was named: regain.go.

// Team is what the room asks of whoever knows who works here.
type Team interface {
	// Works says whether an account is the network team's or a moderator's, even
	// if it is away at the moment.
	Works(ctx context.Context, member string) (bool, error)
	// TeamAll is how many accounts are of the network team, be they there now or not.
	TeamAll(ctx context.Context, q db.Querier) (int, error)
	// OnTeam is how many people of the network team, as it is now, are behind
	// personas.
	OnTeam(ctx context.Context, q db.Querier, personas []string) (int, error)
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
	// SubjectOf is an account with every persona it has; NotFound if it is gone.
	SubjectOf(ctx context.Context, member string) (kit.Subject, error)
}

// Watch is what the room asks of whoever writes down who looks at what.
type Watch interface {
	// Looked notes that the viewer looked at something of a person's that is not
	// for everybody; what is a locale key.
	Looked(ctx context.Context, v *access.Viewer, member, what string) error
}

// Meet tells the room whom it asks: they are there after it.
func (s *Service) Meet(team Team, watch Watch) { s.team, s.watch = team, watch }

type lostState string

const (
	lostWaiting lostState = "waiting" // for the team, or for a second one of it
	lostRunning lostState = "running" // the owner has time to stop it
	lostOpen    lostState = "open"    // a link went to the new address
	lostDone    lostState = "done"    // it was used
	lostRefused lostState = "refused" // by the team
	lostStopped lostState = "stopped" // on its way
	lostSilent  lostState = "silent"  // nobody answered
	lostOver    lostState = "over"    // nobody used the link
)

const (
	lostDelay = 7 * 24 * time.Hour   // from the letter to the old address on
	lostFor   = 3 * 24 * time.Hour   // how long links go to the new one
	lostWait  = 30 * 24 * time.Hour  // for the team
	lostKept  = 400 * 24 * time.Hour // once it ended
	lostWords = 2000                 // characters, of a wish and of a reason
	lostPage  = 24                   // on a page of the desk
)

// Lost is a wish to be let in by the team.
type Lost struct {
	ID, From, To, Lang, Words string
	State                     lostState
	Told                      bool // the old address was written to
	Asked, Changed            time.Time
	Due                       time.Time // while it is running: when the link goes; while open: until when it can be used

	owner string // the account, once the team said yes
	key   string // what the sign-in name looks like it is about; empty: it is about an address
}

// byCode says whether somebody comes in by a code of theirs: they have no address.
func (x Lost) byCode() bool { return !mailed(x.To) }

// delay is how long the owner has to stop it. Who signs in by a name may have
// nothing but their own pages that tells them so.
func (x Lost) delay() time.Duration {
	if mailed(x.From) {
		return lostDelay
	}
	return 2 * lostDelay
}

// open is how long it can be used then: a code longer than a link, since nothing
// tells somebody that it can.
func (x Lost) open() time.Duration {
	if x.byCode() {
		return 2 * lostDelay
	}
	return lostFor
}

// Happening is something that was done with a wish.
type Happening struct {
	At     time.Time
	What   string
	Talked time.Time // the day of the talk; 1970: none
	Why    string
	Actor  string // persona; empty: nobody of the team, or somebody who left
}

// never is the day of a talk that was not.
var never = time.Unix(0, 0).UTC()

// What the team says to a wish, and what else happens with it.
const (
	lostAsked     = "asked"
	lostYes       = "yes"
	lostNo        = "no"
	lostStop      = "stop"
	lostWritten   = "written" // to the old address
	lostSent      = "sent"    // the link
	byLetter      = "by-letter"
	byPage        = "by-page"
	bySigningIn   = "by-signing-in"
	byChange      = "by-change" // of the address or the second step
	lookedAtALost = "signin.looked.lost"
)

var (
	helping = access.Permission{Name: "signin.lost", Roles: []access.Role{access.Team}}

	// By the day: whoever lost everything asks once.
	lostClient  = web.Limit{Name: "signin.lost.client", Most: 5, Per: time.Hour}
	lostAddress = web.Limit{Name: "signin.lost", Most: 3, Per: 24 * time.Hour}

	errLostOver = fault.New(fault.Conflict, "signin.lost.decided")
)

// AskLost puts a wish on the team's desk. Nothing is looked up for it: the answer
// and the time it takes are the same for every address and every name. Who names no
// new address gets a code, which lets them in once the team has said yes and its
// days are over; of an account with an address only a link does.
func (s *Service) AskLost(ctx context.Context, from, to, words, lang, client string) (code string, err error) {
	from, err = signsBy("email", from)
	var p fault.Problems
	p.Email("new", &to, mailed(from))
	p.Text("words", &words, lostWords, address(to) == "") // how else are they found for a talk
	if err := errors.Join(err, p.Err()); err != nil {
		return "", err
	}
	key := ""
	if !mailed(from) {
		key = s.people.Canonical(from)
	}
	if to = address(to); to == "" {
		code = newPaper()[0]
		to = "#" + id.Hash(code)
	}
	if err := takeBoth(ctx, s.db, lostClient, client, lostAddress, s.people.Canonical(from)); err != nil {
		return "", err
	}
	// Nobody is written to more often because others name their address as new.
	if err := lostAddress.Take(ctx, s.db, "new "+to, time.Now()); err != nil {
		return "", err
	}
	return code, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := time.Now()
		x := Lost{ID: id.New(ctx), From: from, To: to, key: key, Lang: lang, Words: words, State: lostWaiting, Asked: now, Due: now.Add(lostWait), Changed: now}
		if fresh, err := insertLost(ctx, tx, x); err != nil || !fresh {
			return err
		}
		return note(ctx, tx, x.ID, Happening{What: lostAsked}, &access.Viewer{}, now)
	})
}

// LostDesk is what waits or is on its way, the oldest first, from after a given
// one on, and what ended lately. more says whether others wait.
func (s *Service) LostDesk(ctx context.Context, v *access.Viewer, after string) (alive, ended []Lost, more bool, err error) {
	if err := v.Need(helping, ""); err != nil {
		return nil, nil, false, err
	}
	if alive, err = lostAlive(ctx, s.db, after, lostPage+1); err != nil {
		return nil, nil, false, err
	}
	if len(alive) > lostPage {
		alive, more = alive[:lostPage], true
	}
	ended, err = lostEnded(ctx, s.db, lostPage)
	return alive, ended, more, err
}

// LostCase is a wish with all that the team knows of it.
type LostCase struct {
	Lost
	Here  bool // an account has the address
	Two   bool // it takes two of the team
	Own   bool // it is the viewer's own account
	Said  bool // the viewer has said yes
	Past  []Happening
	Names map[string]string
}

// LostCase is one wish, for the team; NotFound if it is gone. It is written down
// that they looked. Nothing in it leads from the account to its names.
func (s *Service) LostCase(ctx context.Context, v *access.Viewer, id string) (c LostCase, err error) {
	if err := v.Need(helping, ""); err != nil {
		return c, err
	}
	if c.Lost, err = lostOne(ctx, s.db, id); err != nil {
		return c, err
	}
	owner := c.owner
	if owner == "" { // also of one that was refused: it says something of whose address it is
		if owner, _, err = s.people.Known(ctx, c.From); err != nil && !fault.Is(err, fault.NotFound) {
			return c, err
		}
	}
	if c.Here = owner != ""; c.Here {
		c.Own = owner == v.Member
		if c.Two, err = s.two(ctx, s.db, c.From, owner); err == nil {
			err = s.watch.Looked(ctx, v, owner, lookedAtALost)
		}
		if err != nil {
			return c, err
		}
	}
	if c.Past, err = happenings(ctx, s.db, id); err != nil {
		return c, err
	}
	if c.Said, err = s.said(ctx, c.Past, v); err != nil {
		return c, err
	}
	var actors []string
	for _, h := range c.Past {
		if h.Actor != "" {
			actors = append(actors, h.Actor)
		}
	}
	c.Names, err = s.team.Names(ctx, v, actors)
	return c, err
}

// DecideLost is what one of the team says to a wish: yes or no while it waits,
// stop while it is on its way. A yes wants the day of a talk, and each wants a
// reason. Of two who speak at once to the same end one is a Conflict.
func (s *Service) DecideLost(ctx context.Context, v *access.Viewer, id, what, why string, talked time.Time) error {
	if err := v.Need(helping, ""); err != nil {
		return err
	}
	now := time.Now()
	var p fault.Problems
	p.Choice("what", what, lostYes, lostNo, lostStop)
	p.Text("why", &why, lostWords, fault.Required)
	if old := talked.Before(now.Add(-2 * lostWait)); talked.After(now.Add(24*time.Hour)) || old && (what == lostYes || !talked.IsZero()) {
		p.Add("day", "signin.lost.day-wrong")
	}
	if err := p.Err(); err != nil {
		return err
	}
	h := Happening{What: what, Why: why, Talked: talked}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if what == lostYes {
			return s.agree(ctx, tx, v, id, h, now)
		}
		as, text, from := lostRefused, "signin.lost.mail-refused", []lostState{lostWaiting}
		if what == lostStop {
			as, text, from = lostStopped, "signin.lost.mail-stopped", []lostState{lostRunning, lostOpen}
		}
		if _, err := lostOne(ctx, tx, id); err != nil {
			return err
		}
		x, err := endLost(ctx, tx, id, as, now, from...)
		if fault.Is(err, fault.NotFound) {
			err = errLostOver
		}
		if err == nil {
			err = note(ctx, tx, id, h, v, now)
		}
		if err == nil {
			err = tellLost(ctx, tx, x, x.To, text)
		}
		return err
	})
	if errors.Is(err, db.ErrConflict) {
		err = fault.New(fault.Conflict, "signin.lost.other")
	}
	return err
}

// agree says yes to a wish that waits. It is on its way once enough have.
func (s *Service) agree(ctx context.Context, tx *db.Tx, v *access.Viewer, id string, h Happening, now time.Time) error {
	x, err := lostOne(ctx, tx, id)
	if err != nil {
		return err
	}
	member, err := s.stillAt(ctx, tx, x.From)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Conflict, "signin.lost.nobody")
	}
	if err == nil && member == v.Member {
		err = fault.New(fault.Denied, "signin.lost.own")
	}
	if err != nil {
		return err
	}
	// What the others of the team did stands still from here on.
	if x, err = lostOne(ctx, tx, id); err == nil && x.State != lostWaiting {
		err = errLostOver
	}
	if err != nil {
		return err
	}
	if other, err := s.whose(ctx, x.To); err == nil && other != "" && other != member {
		return fault.New(fault.Conflict, "signin.lost.taken")
	} else if err != nil {
		return err
	}
	past, err := happenings(ctx, tx, id)
	if err != nil {
		return err
	}
	if did, err := s.said(ctx, past, v); err != nil || did {
		return errors.Join(err, fault.New(fault.Conflict, "signin.lost.second"))
	}
	if err := note(ctx, tx, id, h, v, now); err != nil {
		return err
	}
	if enough, err := s.enough(ctx, tx, x, member); err != nil || !enough {
		return err
	}
	if err := startLost(ctx, tx, id, member, now.Add(x.delay()), now); err != nil {
		return err
	}
	return job.Add(ctx, tx, job.Job{Kind: lostStopJob, Key: id, Whom: member, Body: lostWork{id}})
}

// tidyLost ends what nobody answered, and what nobody used; and forgets what
// ended long ago.
func (s *Service) tidyLost(ctx context.Context) error {
	now := time.Now()
	late, err := lostLate(ctx, s.db, now.Add(-lostWait), now)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, x := range late {
			as := lostOver
			if x.State == lostWaiting {
				as = lostSilent
			}
			ended, err := endLost(ctx, tx, x.ID, as, now, x.State)
			if fault.Is(err, fault.NotFound) {
				continue // somebody was first
			}
			if err == nil {
				err = note(ctx, tx, x.ID, Happening{What: string(as)}, &access.Viewer{}, now)
			}
			if err == nil && as == lostSilent {
				err = tellLost(ctx, tx, ended, x.To, "signin.lost.mail-silent")
			}
			if err != nil {
				return err
			}
		}
		return dropOldLost(ctx, tx, now.Add(-lostKept))
	})
}
