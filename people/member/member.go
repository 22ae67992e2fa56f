// Package member is people: a private account each, and the personas others
// see. Only people/* knows accounts; everything else knows personas.
package member

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
)

// Account is a person's private account.
type Account struct {
	ID        string
	Email     string // empty: they have none here, or gave none
	Login     string // the name they sign in by then, as it is written; who has an address may have one, too
	Role      access.Role
	Standing  access.Role // In, or what keeps them out: access.Pending, Expected, Lapsed, Paused
	Lang      string      // the language mails are written in
	Created   time.Time
	Renewed   time.Time // the day they came in, or last said that they stay
	RoleSince time.Time // the day they came to have their role, or came back to it
	Proven    bool      // the address was shown to be theirs
	Country   string    // ISO 3166-1, if they said it
	Does      []string
	Own       string // what they do, in their words
	Discreet  bool   // nothing a bystander sees says where they are
	Curtains  bool   // nobody sees them here
	Leaving   bool   // they have asked to be forgotten
	Here      bool   // they read here what they would be mailed
}

// counted says whether somebody of the team is among those who are counted there:
// who leaves or has paused was taken off the number then.
func (a *Account) counted() bool { return !a.Leaving && a.Standing != access.Paused }

// away is what keeps somebody out of the network now, empty if nothing does.
func (a *Account) away() access.Role {
	switch {
	case a.Leaving:
		return access.Leaving
	case a.Standing != In:
		return a.Standing
	}
	return ""
}

// In is the standing of those who are in the network, in their role.
const In access.Role = "in"

// maxName is how long a name may be.
const maxName = 60

// maxOwnWords is how long somebody's words about themselves may be.
const maxOwnWords = 160

// Persona is what others see of a person. Every part may be empty but the name.
type Persona struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Words    string `json:"words"` // a few words about themselves
	Pronouns string `json:"pronouns"`
	Acting   bool   `json:"acting"`  // their owner acts as this one
	Retired  bool   `json:"retired"` // and as this one no more
	Hidden   bool   `json:"hidden"`  // it has no name, and said one thing
	Seen     string `json:"-"`       // what is to be seen on its picture
	Sent     []byte `json:"-"`       // a picture as it came, which is to be its picture from now on

	picture string // key of its file; empty: it has none
}

// Validate cleans an account about to be made, and says what is wrong with it.
func (a *Account) Validate() error {
	var p fault.Problems
	p.Email("email", &a.Email, a.Login == "")
	a.Email = Address(a.Email)
	checkLogin(&p, "login", &a.Login, fault.Optional)
	p.Choice("role", string(a.Role), roleNames()...)
	if a.Standing == "" {
		a.Standing = In
	}
	if a.Lang != "" && i18n.Canonical(a.Lang) == "" {
		p.Add("language", "error.choice")
	}
	return p.Err()
}

// Validate cleans a persona and says what is wrong with it.
func (x *Persona) Validate() error {
	var p fault.Problems
	p.Line("name", &x.Name, maxName, fault.Required)
	p.Line("words", &x.Words, maxOwnWords, fault.Optional)
	p.Line("pronouns", &x.Pronouns, maxPronouns, fault.Optional)
	if strings.HasPrefix(norm.NFKC.String(x.Name), sign) {
		p.Add("name", "member.name.sign")
	}
	p.Line("seen", &x.Seen, maxSeen, fault.Optional)
	return p.Err()
}

// Address is an e-mail address in the form accounts are found by. Case is
// folded throughout: no provider people use tells Ana@ from ana@.
func Address(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func roleNames() (out []string) {
	for _, r := range access.Roles {
		out = append(out, string(r))
	}
	return out
}
