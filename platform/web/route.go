// Package web carries requests to rooms and answers back.
//
// A room lists its [Route]s; a handler takes a [Request] and gives an [Answer]
// or an error, and one place turns either into bytes. Forms, kept pages,
// languages, limits and the JSON API are done here once for every room.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/id"
	"withus.example/platform/ui"
)

// Route is one address of the house, for one or two methods.
type Route struct {
	Methods    []string
	Path       string // a pattern of net/http.ServeMux, without the method
	Permission access.Permission
	Query      []string // parameters it reads; any other is left aside
	Rooms      []string // rooms whose change counters keep the page, for visitors; none: made each time
	Form       *Form    // what is sent to it; nil: no form
	About      string   // the room whose page about a thing it is, which other rooms have parts of

	handle func(s *Server, rt *Route) http.HandlerFunc
	api    func(a *api, rt *Route)

	early   bool   // see Early
	segment string // the first part of its path, known once it is served
}

// Handler makes the answer to a request.
type Handler func(r *Request) (*Answer, error)

// Get is a page or a file.
func Get(path string, p access.Permission, h Handler) Route {
	return Route{Methods: []string{"GET"}, Path: path, Permission: p, handle: func(s *Server, rt *Route) http.HandlerFunc { return s.get(rt, h) }}
}

// Reads names the query parameters of a page.
func (rt Route) Reads(names ...string) Route {
	rt.Query = names
	return rt
}

// Kept lets the page be kept for visitors while nothing in these rooms changes.
// Such a page is made of what is public, its path, the query parameters it
// Reads, and the language; and of nothing else.
func (rt Route) Kept(rooms ...string) Route {
	rt.Rooms = rooms
	return rt
}

// WithParts says that the page is about one of the room's things, and that it
// shows what other rooms have to say of it: see [Request.Parts].
func (rt Route) WithParts(room string) Route {
	rt.About = room
	return rt
}

// Form is a page with a form that is sent to its own address.
type Form struct {
	Fields []string // the fields it takes; a form with any other is refused. "words-*" takes all that begin so
	Files  []string // the fields among them that take a file; see MaxFile. The page's form is multipart/form-data then
	Secret []string // the fields that hold a password: never shown again, and kept over no sign-in
	Again  bool     // sending it twice does no harm, and each time counts: signing in

	// Fill gives what stands in the fields at first; nil leaves them empty.
	Fill func(r *Request) (map[string][]string, error)
	// Show draws the page; also again, with what is wrong.
	Show func(r *Request, f *ui.Form) (templ.Component, error)
	// Save does the work and says where to go. Of an Invalid or a Conflict it
	// may be sure that the page comes back with everything that was typed.
	Save func(r *Request, f *ui.Form) (Next, error)
}

// Next is where a person goes after a form.
type Next struct {
	To    string // a path of this house
	Done  string // locale key of what was done, said once at the top of that page
	Again string // where the same form leads when it is sent once more; empty: To. For an address that holds a secret, which is kept nowhere
	Look  bool   // the form is shown again, with what it would do; with Again, with what it did: a secret that no address is to hold
}

// FormAt is a page with a form: GET shows it, POST saves it.
func FormAt(path string, p access.Permission, f Form) Route {
	return Route{Methods: []string{"GET", "POST"}, Path: path, Permission: p, Form: &f, handle: func(s *Server, rt *Route) http.HandlerFunc { return s.form(rt, &f) }}
}

// Do is a button: POST alone.
func Do(path string, p access.Permission, save func(r *Request, f *ui.Form) (Next, error), fields ...string) Route {
	f := Form{Fields: fields, Save: save}
	return Route{Methods: []string{"POST"}, Path: path, Permission: p, Form: &f, handle: func(s *Server, rt *Route) http.HandlerFunc { return s.form(rt, &f) }}
}

// Request is a request, with who sent it and the language they read.
type Request struct {
	*http.Request
	Viewer *access.Viewer
	Page   *ui.Page

	w http.ResponseWriter
	s *Server
}

// With gives the request another context.
func (r *Request) With(ctx context.Context) *Request {
	c := *r
	c.Request = r.WithContext(ctx)
	return &c
}

// SetCookie sends a cookie along, kept from scripts and other sites.
func (r *Request) SetCookie(c *http.Cookie) { r.s.setCookie(r.w, c) }

// Keep has the browser keep a secret for a while under a name of its own; an
// empty one takes it away.
func (r *Request) Keep(name, secret string, life time.Duration) {
	c := &http.Cookie{Name: r.s.cookie(name), Value: secret, MaxAge: int(life.Seconds())}
	if secret == "" {
		c.MaxAge = -1
	}
	r.SetCookie(c)
}

// Held is what the browser keeps under such a name, "" if nothing.
func (r *Request) Held(name string) string {
	c, err := r.Cookie(r.s.cookie(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// SetHeader sends a header along.
func (r *Request) SetHeader(name, v string) { r.w.Header().Set(name, v) }

// FormKey makes a key for the buttons of a page: whichever of them is pressed,
// it counts once.
func (r *Request) FormKey() string { return id.New(r.Context()) }

// Thing is what a page is about, as far as other rooms with a part of that page
// need to know it: the page was made from more, and they need not read it again.
type Thing struct {
	Room, ID, Slug string
	Alone          bool // nobody looks after it
	Away           bool // it waits, or those who look after it hide it
	Past           bool // it has ended
}

// Parts are what other rooms have to say about a thing of this room, for the
// viewer who asks.
func (r *Request) Parts(about Thing) ([]templ.Component, error) {
	if r.s.Parts == nil {
		return nil, nil
	}
	return r.s.Parts(r, about)
}

// Origin is the address of the network, for links that leave it.
func (r *Request) Origin() string { return r.s.Site.Origin }
