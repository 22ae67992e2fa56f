// Package page keeps the network's ordinary pages: what it is, who runs it, how
// it speaks, what it keeps. The network team writes them, in as many languages
// as it likes; it also says what stands in the menus, and where addresses of an
// earlier site lead.
package page

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/prose"
	"withus.example/platform/search"
)

const (
	maxTitle = 120
	maxBody  = 20000 // characters, without their form
	maxPages = 200   // the form of the menus asks about each
)

// Ordinary are the pages that every network has from the start, by the last part
// of their address. Each has a short address of its own, for posters and for
// links that are older than this site.
var Ordinary = []string{"about", "our-language", "who-runs-this", "privacy", "accessibility"}

// newPage is what stands in place of a page's address while there is none.
const newPage = "new"

// Page is one page, in the languages it was written in.
type Page struct {
	ID     string
	Slug   string
	Hidden bool             // from everybody but the network team
	Texts  map[string]*Text // by language: what the network wrote
}

// Details are what a page says in a language.
type Details struct {
	Title string `json:"title"`
	Body  string `json:"body"` // HTML as package prose writes it
}

// Text is a page in one language.
type Text struct {
	Details
	Lang     string
	Against  int // the revision of the network's first language that it says the same as
	Revision int // 0: the house's own words, or none yet
	Changed  time.Time
}

// Path is a page's address.
func (p *Page) Path() string {
	if slices.Contains(Ordinary, p.Slug) {
		return "/" + p.Slug
	}
	return "/pages/" + p.Slug
}

// work is where the team's pages about a page begin.
func (p *Page) work() string { return "/pages/" + p.Slug }

// edit is the address of the form for a language.
func (p *Page) edit(lang string) string { return p.work() + "/edit/" + lang }

// Validate cleans what a page says, and says what is wrong with it.
func (d *Details) Validate() error {
	var p fault.Problems
	p.Line("title", &d.Title, maxTitle, fault.Required)
	text := prose.FromHTML(d.Body)
	d.Body = text.HTML()
	switch n := utf8.RuneCountInString(text.Words()); {
	case n == 0:
		p.Add("text", "error.missing")
	case n > maxBody:
		p.Add("text", "error.long", "max", maxBody)
	}
	return p.Err()
}

// In is what a page says to a reader of a language: in that language if it can,
// or else in the network's first. While the network has not written the first,
// an ordinary page says what the house says, in any language the house speaks.
func (p *Page) In(lang string, langs *i18n.Catalog) *Text {
	if t := p.Texts[lang]; t != nil {
		return t
	}
	first := langs.Langs[0].Code
	if p.Texts[first] == nil && slices.Contains(Ordinary, p.Slug) {
		for _, code := range []string{lang, first, "en"} {
			if t := houseText(p.Slug, code); t != nil {
				return t
			}
		}
	}
	if t := p.Texts[first]; t != nil {
		return t
	}
	for _, l := range langs.Langs {
		if t := p.Texts[l.Code]; t != nil {
			return t
		}
	}
	// It was written in a language that the network no longer speaks.
	for _, code := range sorted(p.Texts) {
		return p.Texts[code]
	}
	return &Text{Details: Details{Title: p.Slug}, Lang: first}
}

func sorted(texts map[string]*Text) (out []string) {
	for code := range texts {
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}

// State is how a page stands in a language.
type State string

// The states.
const (
	Given   State = "given"   // the house's words: the network has not written it
	Missing State = "missing" // readers get another language, and are told
	Written State = "written"
	Behind  State = "behind" // the network's first language changed since
)

// State says how a page stands in a language.
func (p *Page) State(lang string, langs *i18n.Catalog) State {
	first := langs.Langs[0].Code
	t, source := p.Texts[lang], p.Texts[first]
	switch {
	case t == nil && p.In(lang, langs).Lang == lang:
		return Given
	case t == nil:
		return Missing
	case source != nil && lang != first && t.Against < source.Revision:
		return Behind
	}
	return Written
}

// slug is a title as the last part of an address.
func slug(title string) string {
	words := search.Words(title)
	out := ""
	for _, w := range words {
		if utf8.RuneCountInString(out)+utf8.RuneCountInString(w) > 60 {
			break
		}
		if out != "" {
			out += "-"
		}
		out += w
	}
	if out == "" || out == newPage {
		return strings.Trim("page-"+out, "-")
	}
	return out
}

// dir is the direction a language is written in.
func dir(langs *i18n.Catalog, code string) string {
	if l := langs.Get(code); l != nil {
		return l.Dir
	}
	return "auto"
}
