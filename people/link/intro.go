package link

import (
	"time"

	"withus.example/platform/fault"
)

// Intro is what one group asks another: to be introduced. Only the organisers
// of the two ever read it.
type Intro struct {
	ID     string
	By, Of string    // ids of the group that asks, and the one that is asked
	Asked  time.Time // the day
	State  State
	Ask
	Back

	asker, answerer string // personas
}

// Ask is what somebody writes who asks to be introduced.
type Ask struct {
	Words      string
	ShareName  bool   // what they are called here
	ShareEmail bool   // the group's address, as its page has it then
	Contact    string // how else to reach them
}

// Back is what somebody writes who says yes.
type Back struct {
	BackWords   string
	BackEmail   bool // the group's address, as its page has it then
	BackContact string
}

// State is what was answered.
type State string

// The states.
const (
	Waiting State = "waiting"
	Yes     State = "yes"
	Later   State = "later" // it stays where it is, to be answered another day
	No      State = "no"    // nothing of it is kept but that there was one
	Gone    State = "gone"  // likewise, and nobody is shown it: it only keeps the next one waiting
)

// Lengths, in characters.
const (
	maxWords   = 1000
	maxContact = 200
)

// patience is how long an introduction waits: past the next mail of the month,
// and a fortnight. After it silence, "not now" and no are told alike; before it
// none of them is told.
const patience = 45 * 24 * time.Hour

// pastLife is how long it is kept who did what to links.
const pastLife = 90 * 24 * time.Hour

// introLife is how long an introduction is kept from the day it was asked.
const introLife = 120 * 24 * time.Hour

// Seen is what those who asked are shown: a yes at once, and everything else
// as silence until their patience is over.
func (i *Intro) Seen(now time.Time) State {
	switch {
	case i.State == Yes:
		return Yes
	case now.Before(i.Asked.Add(patience)):
		return Waiting
	}
	return No
}

func (a *Ask) validate() error {
	var p fault.Problems
	p.Text("words", &a.Words, maxWords, fault.Required)
	p.Line("contact", &a.Contact, maxContact, fault.Optional)
	if !a.ShareName && !a.ShareEmail && a.Contact == "" {
		p.Add("contact", "link.intro.no-contact")
	}
	return p.Err()
}

func (b *Back) validate() error {
	var p fault.Problems
	p.Text("backWords", &b.BackWords, maxWords, fault.Optional)
	p.Line("backContact", &b.BackContact, maxContact, fault.Optional)
	if !b.BackEmail && b.BackWords == "" && b.BackContact == "" {
		p.Add("backContact", "link.intro.nothing-back")
	}
	return p.Err()
}
