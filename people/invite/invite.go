// Package invite is invitations to join: each works once, for two weeks, and
// opens no more than whoever made it may still give when it is used.
package invite

import (
	"slices"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/id"
)

// State is where an invitation stands.
type State string

// The states. Over is kept nowhere: it follows from the day.
const (
	Asked     State = "asked" // for the yes of a second one of the team
	Open      State = "open"
	Used      State = "used"
	Withdrawn State = "withdrawn"
	Over      State = "over"
)

const (
	life    = 14 * 24 * time.Hour // of an invitation, from the beginning of the day it was made
	keptFor = 30 * 24 * time.Hour // after it ended

	maxNote = 80
)

// Roles one may be invited to: into the network, and to what the team gives
// away alone.
var (
	intoNetwork = []access.Role{access.Member, access.Supporter}
	intoTeam    = []access.Role{access.Moderator, access.Team}
)

// Invite is one invitation.
type Invite struct {
	ID      string
	Inviter string // persona
	Second  string // persona of the team who agreed; empty: nobody had to, or has yet
	ByTeam  bool
	Role    access.Role // no more than this
	AtOnce  bool        // nobody is asked whether they may come in
	State   State
	Mailed  bool   // else it was handed over
	Note    string // for whoever made it
	Made    time.Time
	Ends    time.Time

	Name  string // of the inviter, where the team reads it
	email string // until the letter has gone
	bound string // hash of the one address that may use it; empty: whoever has the code
	lang  string // of the letter
	key   string
}

// Email is the address it will go to, once a second one of the team agrees.
func (x *Invite) Email() string { return x.email }

// Stands is the state at a time.
func (x *Invite) Stands(now time.Time) State {
	if x.waits() && !now.Before(x.Ends) {
		return Over
	}
	return x.State
}

func (x *Invite) waits() bool { return x.State == Asked || x.State == Open }

// highRole says whether an invitation to a role takes two of the team.
func highRole(r access.Role) bool { return slices.Contains(intoTeam, r) }

// Wish is what somebody asks an invitation for.
type Wish struct {
	Role   access.Role
	Email  string // empty: a code to hand over
	Note   string
	AtOnce bool
	Lang   string
	Team   bool // it is the network team's
}

// validate cleans a wish and says what is wrong with it. roles are those that
// are offered.
func (w *Wish) validate(roles []access.Role) error {
	var p fault.Problems
	if !slices.Contains(roles, w.Role) {
		p.Add("as", "invite.choose")
	}
	p.Email("email", &w.Email, highRole(w.Role))
	w.Email = strings.ToLower(w.Email)
	p.Line("note", &w.Note, maxNote, fault.Optional)
	return p.Err()
}

// newCode makes a code of sixteen letters and digits, 80 random bits, in four
// parts. It is kept as a hash alone: see hash.
func newCode() string {
	s := id.Secret()
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// hash is what a code is kept and found as, however it was typed.
func hash(code string) string { return id.Hash("invite " + id.PlainCode(code)) }
