// Package group is the user-led groups of a network: led by and for the people
// they are about. A group may not call itself a mental health group.
package group

import (
	"slices"
	"strings"
	"time"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
)

// Group is a group and its page.
type Group struct {
	ID   string `json:"id"`
	Slug string `json:"slug" doc:"last part of its address"`
	Details
	Audience  Audience  `json:"audience"`
	Published bool      `json:"published" doc:"false: it waits, and only those who look after it see it"`
	Revision  int       `json:"revision" doc:"number of its latest change"`
	Changed   time.Time `json:"changed" doc:"to the day: the hour would say when its organisers are here"`

	Checked time.Time `json:"checked" doc:"the day its organisers last said that all of it is right; 1970: never"`
	Picture *Picture  `json:"picture,omitempty" doc:"as a page about the group shows it"`

	Hidden   bool   `json:"-"` // its curtains are closed: only its organisers see it
	Life     Life   `json:"life" enum:"active,resting,ended"`
	Farewell string `json:"farewell,omitempty" doc:"what a group that rests or has ended wants said"`

	keeper     string    // of its memory
	added      time.Time // the day it came here
	organisers int
	shown      bool // ever, to anybody but who looks after it
	merged     bool // another group stands for it
}

// Details is what a group says of itself: all that its history keeps.
type Details struct {
	Name         string     `json:"name" maxLength:"120"`
	OtherNames   []string   `json:"otherNames"`
	About        string     `json:"about" doc:"what we do, in our own words"`
	WrittenIn    string     `json:"writtenIn" doc:"language of these words, BCP 47"`
	For          []string   `json:"for" doc:"who it is for: terms of the vocabulary"`
	ForWords     string     `json:"forWords" doc:"who it is for, in our own words"`
	Support      []string   `json:"support" doc:"emotional, cultural, material, practical, financial"`
	SupportWords string     `json:"supportWords" doc:"other support, in our own words"`
	Form         string     `json:"form" doc:"collective, association, cooperative, company, charity, movement, other"`
	Registers    []Register `json:"registers"`
	Place        string     `json:"place" doc:"where we meet; empty where that is confidential"`
	Area         string     `json:"area" doc:"town, district or region"`
	Country      string     `json:"country" doc:"ISO 3166-1 alpha-2"`
	Online       bool       `json:"online"`
	Confidential bool       `json:"confidential" doc:"where we meet is told in person only, and not kept here"`
	Languages    []string   `json:"languages" doc:"languages we speak, BCP 47"`
	Access       string     `json:"access" doc:"getting in and being there: steps, quiet, interpreters, fares"`
	Open         bool       `json:"open" doc:"open to new people"`
	Welcome      string     `json:"welcome" doc:"who meets you at the door"`
	Email        string     `json:"email"`
	Phone        string     `json:"phone"`
	Website      string     `json:"website"`
	Reach        string     `json:"reach" doc:"other ways to reach us"`
	Since        int        `json:"since" doc:"year it began; 0: not said"`
}

// Named is a group as a line names it.
type Named struct{ ID, Slug, Name, WrittenIn string }

// Path is the group's address.
func (n Named) Path() string { return "/groups/" + n.Slug }

// Brief is what a list shows of a group.
type Brief struct {
	Named
	About, Form, Area, Country string
	Support                    []string
	Online                     bool
	Life                       Life
	Away                       *float64 // kilometres from the place asked for; nil: none was, or not known
}

// Register is a group's number on a public register, as org-id.guide names
// registers: GB-CHC is the Charity Commission of England and Wales.
type Register struct {
	Scheme string `json:"scheme"`
	ID     string `json:"id"`
}

func (r Register) String() string { return r.Scheme + " " + r.ID }

// Audience is who may see a published group.
type Audience string

// The audiences.
const (
	Everyone Audience = "everyone"
	Members  Audience = "members"
	Unlisted Audience = "unlisted" // whoever has its address, which can't be guessed
)

var (
	audiences = []string{string(Everyone), string(Members), string(Unlisted)}
	supports  = []string{"emotional", "cultural", "material", "practical", "financial"}
	forms     = []string{"collective", "association", "cooperative", "company", "charity", "movement", "other"}
)

// findable says whether the group is in lists and searches at all.
func (g *Group) findable() bool {
	return g.Published && !g.Hidden && !g.merged && g.Audience != Unlisted
}

// Lengths, in characters.
const (
	maxName  = 120
	maxLine  = 200
	maxWords = 600
	maxPhone = 60
	maxURL   = 300
	maxAbout = 4000
	maxNames = 12
	maxTerm  = 80
)

// firstYear is the earliest a group of ours may have begun.
const firstYear = 1800

// Validate cleans what a group says of itself and says what is wrong with it.
// A confidential meeting place is not kept, whoever sends it.
func (d *Details) Validate(v *Vocabulary, now time.Time) error {
	var p fault.Problems
	p.Line("name", &d.Name, maxName, fault.Required)
	d.OtherNames = lines(&p, "otherNames", d.OtherNames, maxName, maxNames)
	p.Text("about", &d.About, maxAbout, fault.Optional)
	if d.WrittenIn != "" {
		d.WrittenIn = oneLanguage(&p, "writtenIn", d.WrittenIn)
	}
	d.For = choices(&p, "for", d.For, v.keys())
	p.Text("forWords", &d.ForWords, maxWords, fault.Optional)
	d.Support = choices(&p, "support", d.Support, supports)
	p.Text("supportWords", &d.SupportWords, maxWords, fault.Optional)
	if d.Form == "" {
		d.Form = "other"
	}
	p.Choice("form", d.Form, forms...)
	d.Registers = registers(&p, d.Registers)
	p.Line("place", &d.Place, maxLine, fault.Optional)
	if d.Confidential {
		d.Place = ""
	}
	p.Line("area", &d.Area, maxLine, fault.Optional)
	if d.Country != "" {
		p.Choice("country", d.Country, i18n.Countries...)
	}
	var spoken []string
	for _, l := range d.Languages {
		if l = oneLanguage(&p, "languages", l); !slices.Contains(spoken, l) {
			spoken = append(spoken, l)
		}
	}
	d.Languages = spoken
	if len(spoken) > 40 {
		p.Add("languages", "group.too-many", "n", 40)
	}
	p.Text("access", &d.Access, maxWords, fault.Optional)
	p.Text("welcome", &d.Welcome, maxWords, fault.Optional)
	p.Email("email", &d.Email, fault.Optional)
	p.Line("phone", &d.Phone, maxPhone, fault.Optional)
	p.URL("website", &d.Website, maxURL, fault.Optional)
	p.Text("reach", &d.Reach, maxWords, fault.Optional)
	if d.Since != 0 && (d.Since < firstYear || d.Since > now.Year()) {
		p.Add("since", "error.year")
	}
	return p.Err()
}

// lines cleans a list of single lines and takes out what is empty or double.
func lines(p *fault.Problems, field string, in []string, max, most int) []string {
	out := []string{}
	for _, s := range in {
		if p.Line(field, &s, max, fault.Optional); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) > most {
		p.Add(field, "group.too-many", "n", most)
	}
	return out
}

// choices cleans what was chosen of what is offered, and puts it in that order:
// which was ticked first means nothing.
func choices(p *fault.Problems, field string, in, offered []string) []string {
	if slices.ContainsFunc(in, func(s string) bool { return !slices.Contains(offered, s) }) {
		p.Add(field, "error.choice")
	}
	out := []string{}
	for _, s := range offered {
		if slices.Contains(in, s) {
			out = append(out, s)
		}
	}
	return out
}

func oneLanguage(p *fault.Problems, field, code string) string {
	tag := i18n.Canonical(code)
	if tag == "" {
		p.Add(field, "group.no-language", "name", code)
		return code
	}
	return tag
}

// registers cleans register numbers: a scheme of capitals, digits and dashes,
// an id of one line.
func registers(p *fault.Problems, in []Register) []Register {
	out := []Register{}
	for _, r := range in {
		r.Scheme, r.ID = strings.ToUpper(strings.TrimSpace(r.Scheme)), strings.ToUpper(strings.TrimSpace(r.ID))
		if r == (Register{}) || slices.Contains(out, r) {
			continue
		}
		p.Line("registers", &r.ID, 40, fault.Required)
		if len(r.Scheme) < 4 || len(r.Scheme) > 20 || strings.Trim(r.Scheme, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" || !strings.Contains(r.Scheme, "-") || strings.Contains(r.ID, " ") {
			p.Add("registers", "group.no-register", "text", r.String())
		}
		out = append(out, r)
	}
	if len(out) > 10 {
		p.Add("registers", "group.too-many", "n", 10)
	}
	return out
}

// Summary is the first words of what a group does, for cards.
func (d *Details) Summary() string { return summary(d.About) }

func summary(about string) string { return firstWords(about, 180) }

// firstWords is as much of a text's first line as fits into so many characters.
func firstWords(text string, most int) string {
	first, _, _ := strings.Cut(text, "\n")
	n := 0
	for i := range first {
		if n++; n <= most {
			continue
		}
		cut := first[:i]
		if space := strings.LastIndexByte(cut, ' '); space > len(cut)/2 {
			cut = cut[:space]
		}
		return strings.TrimRight(cut, " ,;:.،") + "…"
	}
	return first
}
