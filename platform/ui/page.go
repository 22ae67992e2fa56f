package ui

import (
	"net/url"

	"withus.example/platform/access"
	"withus.example/platform/i18n"
)

// Page is what every view needs to know of the request it answers.
type Page struct {
	*i18n.Lang
	Site    *Site
	Langs   []*i18n.Lang
	Viewer  *access.Viewer
	Path    string     // path asked for, without the query
	Query   url.Values // the query, without lang
	Done    string     // locale key of what was just done, said once at the top
	Wrong   bool   // a form on the page has a problem: the title says so first
}

// Site is the network: its name, its colours, its rooms.
type Site struct {
	Name   string
	Origin string // "https://network.example", without a path
	Leave  string // where "leave this site" goes
	Nav    []Link // in the order of the rooms
	Theme  Theme
	Demo   bool // the demo network, with its tray of mail and its page of parts
}

// Link is an address with the locale key of its words.
type Link struct{ Path, Key string }

// Here says whether a navigation link leads to the page shown, or above it.
func (p *Page) Here(l Link) bool {
	return p.Path == l.Path || len(p.Path) > len(l.Path) && p.Path[:len(l.Path)+1] == l.Path+"/"
}

// InLang is the address of the same page in another language.
func (p *Page) InLang(code string) string {
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	q.Set("lang", code)
	return p.Path + "?" + q.Encode()
}
