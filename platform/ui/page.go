// Package ui is how the house looks: the frame of every page, the parts pages
// are made of, and the files they need. It knows no room.
package ui

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
)

// Page is what every view needs to know of the request it answers.
type Page struct {
	*i18n.Lang
	Site   *Site
	Langs  []*i18n.Lang
	Viewer *access.Viewer
	Path   string     // path asked for, without the query
	Query  url.Values // the query, without lang
	Done   string     // locale key of what was just done, said once at the top
	Wrong  bool       // a form on the page has a problem: the title says so first
	Plain  bool       // the tab and its icon say nothing of the network: for those whose screen others see
	About  string     // one plain sentence for search engines; may be empty
}

// Site is the network: its name, its colours, its rooms.
type Site struct {
	Name   string
	Origin string // "https://network.example", without a path
	Leave  string // where "leave this site" goes
	Nav    []Link // in the order of the rooms
	Always []Link // on every page, signed in or not: at the top, in the menu, at the bottom
	Foot   []Link // at the bottom of every page: who runs this, privacy
	Theme  Theme
	Assets *Assets                                                // nil: pages without CSS and JavaScript, which still work
	Menus  func(ctx context.Context, l *i18n.Lang) (Menus, error) // what the network chose instead of Nav and Foot; nil: nothing
	Demo   bool                                                   // the demo network, with its tray of mail and its page of parts
	Silent bool                                                   // the network sends no mail: nobody gets a link to sign in by
	New    bool                                                   // nobody can sign in yet: it is just being set up

	Off map[string]bool // top path segments of the pages that are switched off
}

// Shows says whether a path, or an address of the JSON API, is one the network
// has switched on.
func (s *Site) Shows(path string) bool { return !s.Off[Segment(path)] }

// On are the links that lead to what is switched on.
func (s *Site) On(links []Link) (out []Link) {
	for _, l := range links {
		if s.Shows(l.Path) {
			out = append(out, l)
		}
	}
	return out
}

// Segment is the first part of a path: the one a room owns. Of an address of
// the JSON API it is the part of the page that shows the same.
func Segment(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "/api/v1"), "/")
	if i := strings.IndexAny(path, "/?#"); i >= 0 {
		path = path[:i]
	}
	return path
}

// Link is an address with the locale key of its words.
type Link struct{ Path, Key string }

// Menus are what stands at the top and at the foot of every page.
type Menus struct{ Top, Foot []MenuLink }

// MenuLink is an address with its words, in the reader's language unless it says
// which they are in.
type MenuLink struct{ Path, Text, Lang, Dir string }

// menus are those of the page. Where what the network chose can't be had, the
// rooms' own links do.
func (p *Page) menus(ctx context.Context) (m Menus) {
	if p.Site.New {
		return m
	}
	if p.Site.Menus != nil {
		if m, err := p.Site.Menus(ctx, p.Lang); err == nil {
			return Menus{p.on(m.Top), p.on(m.Foot)}
		}
	}
	for _, l := range p.Site.On(p.Site.Nav) {
		m.Top = append(m.Top, MenuLink{Path: l.Path, Text: p.T(l.Key)})
	}
	for _, l := range p.Site.On(p.Site.Foot) {
		m.Foot = append(m.Foot, MenuLink{Path: l.Path, Text: p.T(l.Key)})
	}
	return m
}

// on are the links of a menu that lead to what is switched on.
func (p *Page) on(links []MenuLink) []MenuLink {
	if len(p.Site.Off) == 0 {
		return links
	}
	return slices.DeleteFunc(slices.Clone(links), func(l MenuLink) bool { return !p.Site.Shows(l.Path) })
}

// Here says whether a navigation link leads to the page shown, or above it.
func (p *Page) Here(l Link) bool {
	return p.Path == l.Path || len(p.Path) > len(l.Path) && p.Path[:len(l.Path)+1] == l.Path+"/"
}

// current is what aria-current says of a link.
func (p *Page) current(l Link) string {
	if p.Path == l.Path {
		return "page"
	}
	return "true"
}

// signedIn says whether the page is shown to somebody with an account. A page
// about an error may be made before anybody knows who asks.
func (p *Page) signedIn() bool { return p.Viewer != nil && p.Viewer.SignedIn() }

// title is what the browser's tab says.
func (p *Page) title(of string) string {
	if p.Plain {
		return p.T("ui.plain")
	}
	if of == "" {
		return p.Site.Name
	}
	if p.Wrong {
		of = p.T("ui.title.wrong", "title", of)
	}
	return of + " · " + p.Site.Name
}

// icon is the picture in the browser's tab.
func (p *Page) icon() string {
	if p.Plain {
		return "plain.svg"
	}
	return "icon.svg"
}

// says puts a problem into words, the same wherever it is shown.
func (p *Page) says(x *fault.Problem) string { return p.T(x.Key, x.Args...) }

// InLang is the address of the same page in another language.
func (p *Page) InLang(code string) string {
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	q.Set("lang", code)
	return p.Path + "?" + q.Encode()
}
