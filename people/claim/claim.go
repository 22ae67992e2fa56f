// Package claim is how somebody comes to look after the page of their group:
// by a code sent to the group, by two groups that know them, or by a talk with
// the network team; and how others are told, object, and take it back.
package claim

import (
	"crypto/subtle"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/id"
)

// Claim is somebody's wish to look after a group's page.
type Claim struct {
	ID      string
	Group   string // id
	Claimer string // persona
	Part    Part
	Words   string // how they are part of the group, for those who are asked
	State   State
	Way     Way // by which it was proven; empty: it is not yet

	Begun    time.Time
	Coded    time.Time // when they had the group's code; 1970: they had not
	Talked   time.Time // the day the team talked with them; 1970: it did not
	Due      time.Time // of one that waits: when it holds
	Changed  time.Time // since when its state is this
	Objected bool      // an objection waits for the team

	code     string // hash of the one on its way; empty: none is
	codeEnds time.Time
	codes    int // sent so far
}

// State is where a claim is.
type State string

// The states. The first three are those of a live claim.
const (
	Open      State = "open"      // not proven yet
	Waiting   State = "waiting"   // proven; those who are there already may object
	Stopped   State = "stopped"   // somebody objected: the team decides
	Held      State = "held"      // the claimer looks after the group
	Refused   State = "refused"   // somebody said no, and why
	Revoked   State = "revoked"   // it held, and was taken back
	Withdrawn State = "withdrawn" // the claimer took it back
	Merged    State = "merged"    // the page was put together with another
	KeptOut   State = "kept-out"  // they work for an institution: it never was one
)

func (c *Claim) live() bool { return c.State == Open || c.State == Waiting || c.State == Stopped }

// Part is what somebody says they are to the group.
type Part string

// The parts.
const (
	OfGroup     Part = "group"
	Institution Part = "institution"
	Else        Part = "other"
)

var parts = []string{string(OfGroup), string(Institution), string(Else)}

// Way is what proves a claim.
type Way string

// The ways.
const (
	ByCode   Way = "code"
	ByGroups Way = "groups"
	ByTalk   Way = "talk"
)

// Times and numbers.
const (
	// waitFor is how long a claim waits once it is proven, in which whoever the
	// group has can object: long enough to come by a mailbox that is read once a
	// week, short enough not to lose heart.
	waitFor = 7 * 24 * time.Hour
	// codeFor is how long a code holds: a mailbox read once a week again, and
	// the post's days.
	codeFor = 7 * 24 * time.Hour
	// inviteFor is how long an invitation holds: a letter lies until the next
	// meeting, and some groups meet once a month.
	inviteFor = 35 * 24 * time.Hour
	// settled is how long an address must have stood on a page before codes go
	// there: whoever changed it, or had it changed, was to be seen by then.
	settled = 30 * 24 * time.Hour
	// keyFor is how long the link in a mail objects: well past the wait.
	keyFor = 60 * 24 * time.Hour

	mostTries  = 5 // of one code
	mostCodes  = 3 // of one claim
	mostAsked  = 5 // groups, of one claim: nobody asks the whole network
	enoughYeas = 2
	maxWords   = 600
)

// never is a moment that has not come.
var never = time.Unix(0, 0).UTC()

func happened(t time.Time) bool { return t.Year() > 1970 }

// Vouch is a group that is asked whether it knows a claimer.
type Vouch struct {
	Claim, Group string
	Answer       string // yes, no; empty: not yet
	Answerer     string // persona
	Asked        time.Time
}

// proof is by which way a claim is proven by now, empty: by none. A weak claim
// is one that the group's code alone does not prove: the group sent this person
// away before, or they say they are not part of it.
func (c *Claim) proof(weak, vouched bool) Way {
	switch {
	case happened(c.Talked):
		return ByTalk
	case vouched:
		return ByGroups
	case happened(c.Coded) && !weak:
		return ByCode
	}
	return ""
}

// words are what groups said of a claimer, as far as it counts.
func words(c *Claim, vs []Vouch, groups []Group) (out []access.Word) {
	for _, v := range vs {
		i := slices.IndexFunc(groups, func(g Group) bool { return g.ID == v.Group })
		if v.Answer == "yes" && i >= 0 && mayVouch(c, groups[i]) {
			out = append(out, access.Word{By: v.Answerer, Organisers: groups[i].Organisers})
		}
	}
	return out
}

// mayVouch says whether a group's word counts for a claim: it can be seen, has
// organisers, and the claimer is none of them.
func mayVouch(c *Claim, g Group) bool {
	return g.ID != c.Group && !g.Waits && !g.Closed && !g.Ended && len(g.Organisers) > 0 && !slices.Contains(g.Organisers, c.Claimer)
}

// hasContacts says whether there is somebody to ask before a stranger comes in.
func hasContacts(g Group) bool { return len(g.Organisers) > 0 || g.Email != "" }

// newCode makes a code of twelve letters and digits, 60 random bits, in three
// parts. It is never written down as it is: see hash.
func newCode() string {
	s := id.Secret()
	return s[:4] + "-" + s[4:8] + "-" + s[8:12]
}

// hash is what a code is kept and found as, however it was typed: no code has
// 0, 1 or 8 in it.
func hash(code string) string { return id.Hash(id.PlainCode(code)) }

func same(a, b string) bool { return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Ask is what somebody says when they begin.
type Ask struct {
	Part  Part
	Words string
}

func (a *Ask) validate() error {
	var p fault.Problems
	p.Choice("part", string(a.Part), parts...)
	p.Text("words", &a.Words, maxWords, fault.Optional)
	return p.Err()
}
