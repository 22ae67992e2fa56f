// Package helpnow is where somebody can turn now: lines to call, text or chat
// with, which the network entered and tried itself. Of each it says what a
// person needs to know first: what it costs, whether it shows on a bill, whether
// it traces, and whether it may send police or an ambulance without asking.
package helpnow

import (
	"slices"
	"strings"
	"time"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
)

// Line is one way to reach somebody now.
type Line struct {
	ID string
	Details
	State    State
	Tried    time.Time // to the day; zero: never, or not since its number changed
	Tries    int       // how often it was tried
	Trouble  string    // what was wrong when it was tried, for the team
	Same     bool      // who entered it tried it, too
	Revision int       // number of its latest change
	Changed  time.Time // to the day

	entered, triedBy string // personas; empty: nobody, or somebody who has left
}

// Details is what the network says of a line: all that its history keeps.
type Details struct {
	Country   string   `json:"country" doc:"ISO 3166-1 alpha-2"`
	Region    string   `json:"region" doc:"part of the country it is for; empty: all of it"`
	Name      string   `json:"name"`
	About     string   `json:"about" doc:"who answers, and for whom it is"`
	WrittenIn string   `json:"writtenIn" doc:"language of these words, BCP 47; may be empty"`
	Kind      string   `json:"kind" enum:"call,text,chat"`
	Number    string   `json:"number" doc:"as the line itself writes it; of a chat its address"`
	Hours     string   `json:"hours" doc:"when somebody answers, in words; empty: not said"`
	Always    bool     `json:"always" doc:"somebody answers at any hour"`
	Languages []string `json:"languages" doc:"languages spoken there, BCP 47"`
	Free      Answer   `json:"free" enum:"yes,no,unknown" doc:"whether it costs nothing"`
	Cost      string   `json:"cost" doc:"what it costs, in words"`
	Bill      Answer   `json:"bill" enum:"yes,no,unknown" doc:"whether it shows on a telephone bill"`
	Traces    Answer   `json:"traces" enum:"yes,no,unknown" doc:"whether it finds out who or where somebody is"`
	Sends     Answer   `json:"sends" enum:"yes,no,unknown" doc:"whether it may send police or an ambulance without asking"`
}

// Answer to a question people ask before they call. That something is not known
// is an answer, and is always said.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// State is where a line stands.
type State string

// The states. Only a line that is Shown is seen by anybody but the network team.
const (
	Waiting State = "waiting" // nobody has tried it as it is now
	Shown   State = "shown"   // somebody of the team tried it, and it worked
	Failed  State = "failed"  // somebody of the team tried it, and something was wrong
)

// The kinds of line.
const (
	call = "call"
	text = "text"
	chat = "chat"
)

var (
	kinds   = []string{call, text, chat}
	answers = []string{string(Yes), string(No), string(Unknown)}
)

// checkEvery is how long a line counts as tried. Hours, prices and numbers
// change with budgets: after a quarter of a year nobody can be sure. Asking more
// often would cost a small team an evening a month, and it would stop doing it.
const checkEvery = 90 * 24 * time.Hour

// Overdue says whether a line that is shown should be tried again.
func (l *Line) Overdue(now time.Time) bool {
	return l.State == Shown && now.Sub(l.Tried) > checkEvery
}

// Lengths, in characters.
const (
	maxName   = 120
	maxLine   = 200
	maxNumber = 60
	maxURL    = 300
	maxWords  = 600
	mostLangs = 40
)

// Validate cleans what is said of a line and says what is wrong with it.
func (d *Details) Validate() error {
	var p fault.Problems
	p.Choice("country", d.Country, i18n.Countries...)
	p.Line("region", &d.Region, maxName, fault.Optional)
	p.Line("name", &d.Name, maxName, fault.Required)
	p.Text("about", &d.About, maxWords, fault.Optional)
	if d.WrittenIn != "" {
		d.WrittenIn = oneLanguage(&p, "writtenIn", d.WrittenIn)
	}
	p.Choice("kind", d.Kind, kinds...)
	d.number(&p)
	p.Line("hours", &d.Hours, maxLine, fault.Optional)
	spoken := []string{}
	for _, l := range d.Languages {
		if l = oneLanguage(&p, "languages", l); !slices.Contains(spoken, l) {
			spoken = append(spoken, l)
		}
	}
	if d.Languages = spoken; len(spoken) > mostLangs {
		p.Add("languages", "helpnow.too-many", "n", mostLangs)
	}
	p.Choice("free", string(d.Free), answers...)
	p.Line("cost", &d.Cost, maxLine, fault.Optional)
	p.Choice("bill", string(d.Bill), answers...)
	p.Choice("traces", string(d.Traces), answers...)
	p.Choice("sends", string(d.Sends), answers...)
	return p.Err()
}

// number checks how a line is reached: the address of a chat, or anything with
// the digits of a number in it. How it is written is the line's own business.
func (d *Details) number(p *fault.Problems) {
	before := len(*p)
	if d.Kind == chat {
		p.URL("number", &d.Number, maxURL, fault.Required)
		if len(*p) == before && !strings.HasPrefix(d.Number, "https://") {
			p.Add("number", "helpnow.no-https")
		}
		return
	}
	p.Line("number", &d.Number, maxNumber, fault.Required)
	n := 0
	for _, r := range d.Number {
		if i18n.Digit(r) >= 0 {
			n++
		}
	}
	if len(*p) == before && n < 2 {
		p.Add("number", "helpnow.no-number")
	}
}

func oneLanguage(p *fault.Problems, field, code string) string {
	tag := i18n.Canonical(code)
	if tag == "" {
		p.Add(field, "helpnow.no-language", "name", code)
		return code
	}
	return tag
}

// Href is the address that leads from a page to a line, "" where what is written
// leaves any doubt about what to dial: a wrong number is worse than none to
// press.
func Href(kind, number string) string {
	switch kind {
	case call:
		if n := ui.Dial(number); n != "" {
			return "tel:" + n
		}
	case text:
		if n := ui.Dial(number); n != "" {
			return "sms:" + n
		}
	case chat:
		var p fault.Problems
		if p.URL("", &number, maxURL, fault.Required); len(p) == 0 && strings.HasPrefix(number, "https://") {
			return number
		}
	}
	return ""
}
