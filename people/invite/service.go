package invite

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

var (
	anyone   = access.Permission{Name: "invite.open", Anyone: true}
	inviting = access.Permission{Name: "invite.ask", Roles: []access.Role{access.Member, access.Moderator, access.Team}}
	ofDesk   = access.Permission{Name: "invite.desk", Roles: []access.Role{access.Team}}
)

// How many invitations somebody may make, how many letters one address gets of
// all of them, and how many codes one client may try.
var (
	mostOwn   = web.Limit{Name: "invite.own", Most: 5, Per: 24 * time.Hour}
	mostTeam  = web.Limit{Name: "invite.team", Most: 60, Per: 24 * time.Hour}
	toAddress = web.Limit{Name: "invite.address", Most: 2, Per: 7 * 24 * time.Hour}
	tryCode   = web.Limit{Name: "invite.code", Most: 20, Per: time.Hour}
)

// Inviter is who is behind a persona, as far as this room needs to know: their
// account, their role (none while they are not in the network), and the name
// others may see. It is another name for a bare struct: rooms do not import each
// other.
type Inviter = struct {
	Member string
	Role   access.Role
	Name   string
}

// People is what the room asks of whoever keeps the personas.
type People interface {
	// Inviter gives who is behind a persona; NotFound if nobody is.
	Inviter(ctx context.Context, q db.Querier, persona string) (Inviter, error)
	// BringInvitation begins the way in, or goes on with it, with an invitation.
	BringInvitation(r *web.Request, key string) error
}

// Doors is what the room asks of whoever lets people in.
type Doors interface {
	// Fresh leads whoever has not signed in lately to do so.
	Fresh(r *web.Request, back string) error
}

// Invitation is what an invitation opens. The room of those who join means the
// same by it.
type Invitation = struct {
	Role   access.Role
	Team   bool   // it is the network team's
	AtOnce bool   // nobody is asked whether they may come in
	Bound  string // hash of the one address that may use it; empty: any
}

// Service is the room.
type Service struct {
	db     *db.DB
	people People
	doors  Doors
	mail   mail.Sender
	langs  *i18n.Catalog
	origin string // of the links in mails
	now    func() time.Time
}

// New opens the room. origin is the address of the network.
func New(d *db.DB, people People, doors Doors, m mail.Sender, langs *i18n.Catalog, origin string) *Service {
	return &Service{db: d, people: people, doors: doors, mail: m, langs: langs, origin: origin, now: time.Now}
}

var errClosed = fault.New(fault.Denied, "invite.closed")

// Make makes an invitation, and gives its code where it is handed over. Whether
// an address has an account here is asked nowhere: the answer is the same.
func (s *Service) Make(ctx context.Context, v *access.Viewer, w Wish) (code string, err error) {
	limit, roles := mostOwn, intoNetwork
	if w.Team {
		if err := v.Need(ofDesk, ""); err != nil {
			return "", err
		}
		limit = mostTeam
		if highRole(w.Role) {
			roles = intoTeam
		}
	} else if err := s.mayOwn(ctx, v); err != nil {
		return "", err
	}
	if err := w.validate(roles); err != nil {
		return "", err
	}
	now := s.now()
	if err := limit.Take(ctx, s.db, v.Member, now); err != nil {
		return "", err
	}
	x := Invite{ID: id.New(ctx), Inviter: v.Persona, ByTeam: w.Team, Role: w.Role, AtOnce: w.Team && (w.AtOnce || highRole(w.Role)),
		State: Open, Mailed: w.Email != "", Note: w.Note, email: w.Email, lang: w.Lang, Made: db.Day(now), Ends: db.Day(now).Add(life)}
	switch {
	case highRole(w.Role):
		x.State, x.bound = Asked, id.Hash(w.Email)
	case !x.Mailed:
		code = newCode()
		x.key = hash(code)
	}
	return code, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := insert(ctx, tx, x); err != nil || x.State != Open || !x.Mailed {
			return err
		}
		return s.post(ctx, tx, x)
	})
}

// mayOwn says whether somebody may invite in their own name.
func (s *Service) mayOwn(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(inviting, ""); err != nil {
		return err
	}
	on, err := members(ctx, s.db)
	if err == nil && !on {
		err = errClosed
	}
	return err
}

// Agree is the yes of a second one of the team, who is somebody else: not the
// same person under another name. The letter goes then.
func (s *Service) Agree(ctx context.Context, v *access.Viewer, id string) error {
	if err := v.Need(ofDesk, ""); err != nil {
		return err
	}
	waits, err := s.asked(ctx, s.db, id)
	if err != nil {
		return err
	}
	// Others may have used up what the address gets: it waits on, and is not spent
	// without a letter.
	if err := toAddress.Take(ctx, s.db, waits.email, s.now()); fault.Is(err, fault.Limited) {
		return fault.New(fault.Conflict, "invite.full", "day", s.now().Add(fault.Of(err).After+24*time.Hour))
	} else if err != nil {
		return err
	}
	agreed := false
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := s.asked(ctx, tx, id)
		if err != nil {
			return err
		}
		first, err := s.people.Inviter(ctx, tx, x.Inviter)
		if err == nil && first.Member == v.Member {
			err = fault.New(fault.Denied, "invite.second")
		}
		if err == nil && first.Role != access.Team {
			err = fault.New(fault.Conflict, "invite.late")
		}
		if err != nil {
			return err
		}
		if agreed, err = agree(ctx, tx, id, v.Persona, s.now()); err != nil || !agreed {
			return err
		}
		return s.post(ctx, tx, x)
	})
	if err != nil || !agreed {
		err = errors.Join(err, toAddress.Back(ctx, s.db, waits.email))
	}
	return err
}

// asked is an invitation that waits for a second one's yes.
func (s *Service) asked(ctx context.Context, q db.Querier, id string) (Invite, error) {
	x, err := byID(ctx, q, id)
	if err == nil && x.Stands(s.now()) != Asked {
		err = fault.New(fault.Conflict, "invite.late")
	}
	return x, err
}

// Withdraw takes an invitation back: whoever made it may, and of the team's each
// of the team. ofTeam says which it was.
func (s *Service) Withdraw(ctx context.Context, v *access.Viewer, id string) (ofTeam bool, err error) {
	if err := v.Need(inviting, ""); err != nil {
		return false, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := byID(ctx, tx, id)
		if err == nil && (x.ByTeam && !v.May(ofDesk, "") || !x.ByTeam && x.Inviter != v.Persona) {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		ofTeam = x.ByTeam
		did, err := false, error(nil)
		if x.Stands(s.now()) == x.State && x.waits() {
			did, err = move(ctx, tx, id, x.State, Withdrawn, db.Day(s.now()))
		}
		if err == nil && !did {
			err = fault.New(fault.Conflict, "invite.late")
		}
		return err
	})
	return ofTeam, err
}

// Mine are those the viewer made under the name that acts, and whether they may
// make more.
func (s *Service) Mine(ctx context.Context, v *access.Viewer) (all []Invite, on bool, err error) {
	if err := v.Need(inviting, ""); err != nil {
		return nil, false, err
	}
	if on, err = members(ctx, s.db); err != nil {
		return nil, false, err
	}
	all, err = of(ctx, s.db, v.Persona)
	return all, on, err
}

// Team are the network team's, and whether members may invite.
func (s *Service) Team(ctx context.Context, v *access.Viewer) (all []Invite, on bool, err error) {
	if err := v.Need(ofDesk, ""); err != nil {
		return nil, false, err
	}
	if on, err = members(ctx, s.db); err != nil {
		return nil, false, err
	}
	all, err = ofTeam(ctx, s.db)
	return all, on, err
}

// SetMembers says whether members may invite. Taken back, theirs that wait open
// nothing from then on.
func (s *Service) SetMembers(ctx context.Context, v *access.Viewer, on bool) error {
	if err := v.Need(ofDesk, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setMembers(ctx, tx, on) })
}

// Slip is an invitation to hand over, for whoever made it and has its code;
// NotFound for anybody else.
func (s *Service) Slip(ctx context.Context, v *access.Viewer, code string) (Invite, error) {
	if err := v.Need(inviting, ""); err != nil {
		return Invite{}, err
	}
	x, err := byKey(ctx, s.db, hash(code), s.now())
	if err == nil && (x.Inviter != v.Persona || x.Mailed) {
		err = fault.Missing()
	}
	return x, err
}

// errDead is all that is said of a code that opens nothing, whatever the reason.
var errDead = fault.New(fault.NotFound, "invite.dead")

// open finds what a key opens at this moment, and who made it. Whoever made it
// has to be able to give it still: a word of the team is nobody's who has left it,
// nor a member's where members invite no more.
func (s *Service) open(ctx context.Context, q db.Querier, key string) (x Invite, from Inviter, err error) {
	x, err = byKey(ctx, q, key, s.now())
	if err == nil {
		from, err = s.people.Inviter(ctx, q, x.Inviter)
	}
	allowed := err == nil && from.Role == access.Team
	if err == nil && !x.ByTeam {
		on, cerr := members(ctx, q)
		err, allowed = cerr, on && (from.Role == access.Member || from.Role == access.Moderator || from.Role == access.Team)
	}
	if err == nil && allowed && highRole(x.Role) {
		second, serr := s.people.Inviter(ctx, q, x.Second)
		err, allowed = serr, second.Role == access.Team
	}
	if fault.Is(err, fault.NotFound) || err == nil && !allowed {
		err = errDead
	}
	return x, from, err
}

// Invited is what the invitation of a key opens at this moment; NotFound if
// nothing.
func (s *Service) Invited(ctx context.Context, q db.Querier, key string) (Invitation, error) {
	x, _, err := s.open(ctx, q, key)
	return Invitation{Role: x.Role, Team: x.ByTeam, AtOnce: x.AtOnce, Bound: x.bound}, err
}

// Use spends it. Of two who come with the same one is told that it is NotFound.
func (s *Service) Use(ctx context.Context, tx *db.Tx, key string) error {
	x, _, err := s.open(ctx, tx, key)
	if err != nil {
		return err
	}
	did, err := move(ctx, tx, x.ID, Open, Used, x.Ends) // the day it was used is told nobody
	if err == nil && !did {
		err = errDead
	}
	return err
}

const letterJob = "invite.letter"

// post has the letter sent. Whom lets it go with whoever has the address, should
// they be erased.
func (s *Service) post(ctx context.Context, tx *db.Tx, x Invite) error {
	return job.Add(ctx, tx, job.Job{Kind: letterJob, Key: x.ID, Whom: id.Hash(x.email), Body: x.ID})
}

// mailLetter sends an invitation. Each try makes a new code: of the one before
// there is only a hash. An address that had its share gets no more, and nobody is
// told: it would say that others have invited them. Of a role of the team that was
// looked at when the second one said yes, who read that it can't go yet.
func (s *Service) mailLetter(ctx context.Context, body json.RawMessage) error {
	var of string
	if err := json.Unmarshal(body, &of); err != nil {
		return job.Gone(err)
	}
	x, err := byID(ctx, s.db, of)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || x.Stands(s.now()) != Open || x.email == "" {
		return err
	}
	gone := func(err error) error {
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Limited) {
			return err // worth another try
		}
		return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropEmail(ctx, tx, x.ID) })
	}
	counted := highRole(x.Role) // when the second one said yes
	if !counted {
		if err := toAddress.Take(ctx, s.db, x.email, s.now()); err != nil {
			return gone(err)
		}
	}
	code, fits := newCode(), false
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		fits, err = putKey(ctx, tx, x.ID, hash(code))
		return err
	})
	if err != nil || !fits {
		return err
	}
	l := s.langs.For(x.lang)
	err = s.mail.Send(ctx, mail.Letter{
		// Whoever looks over a shoulder learns nothing: who invites, and to what,
		// stands behind the link.
		To: x.email, Lang: l.Code, Dir: l.Dir, Nameless: true, Subject: l.T("invite.mail.subject"),
		Paragraphs: []string{l.T("invite.mail.text"), l.T("invite.mail.once", "day", x.Ends)},
		Link:       &mail.Link{Label: l.T("invite.mail.look"), URL: s.origin + "/invited/" + code + "?lang=" + l.Code},
		Foot:       []string{l.T("invite.mail.foot")},
	})
	if err != nil && !counted && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Denied) {
		if berr := toAddress.Back(ctx, s.db, x.email); berr != nil {
			return berr
		}
	}
	return gone(err)
}

// tidy lets go of what ended a month ago.
func (s *Service) tidy(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropOld(ctx, tx, s.now().Add(-keptFor)) })
}

// PutBack follows a backup that was put back: what is open there may have been
// used or taken back since. Nothing of it opens anything any more.
func (s *Service) PutBack(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return withdrawAll(ctx, tx, s.now()) })
}
