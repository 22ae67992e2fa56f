package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
)

// enter asks whether the viewer may use the route at all. What it is about is
// asked by the verb behind it, which knows the thing.
func (s *Server) enter(r *Request, rt *Route) error {
	p := rt.Permission
	if p.Anyone || r.Viewer.SignedIn() && (len(p.Relation) > 0 || slices.Contains(p.Roles, r.Viewer.Role)) {
		return nil
	}
	return fault.New(fault.Denied, "")
}

// impersonal says whether a request carries nothing that could make its answer
// differ from another visitor's.
func (s *Server) impersonal(r *http.Request) bool {
	c := r.Header["Cookie"]
	if len(c) == 0 {
		return true
	}
	for _, name := range []string{"withus", "done", plainCookie} {
		for _, v := range c {
			if strings.Contains(v, s.cookie(name)+"=") {
				return false
			}
		}
	}
	return true
}

// request finds out who sent a request and what they read.
func (s *Server) request(w http.ResponseWriter, hr *http.Request, rt *Route) (*Request, error) {
	r := s.visitor(w, hr, rt)
	v, err := s.Identify(hr)
	if err != nil {
		return r, err
	}
	r.Viewer, r.Page.Viewer = v, v
	s.plain(w, hr, r)
	if c, err := hr.Cookie(s.cookie("done")); err == nil {
		s.setCookie(w, &http.Cookie{Name: s.cookie("done"), MaxAge: -1})
		if strings.HasSuffix(c.Value, ".done") && r.Page.Has(c.Value) {
			r.Page.Done = c.Value
		}
	}
	return r, nil
}

// plainCookie is in the browsers of those who wish that nothing near them tells
// where they are: they do so before they have signed in, too.
const plainCookie = "plain"

// plain makes the page say nothing in the tab to whoever wishes so, and has their
// browser remember it.
func (s *Server) plain(w http.ResponseWriter, hr *http.Request, r *Request) {
	_, err := hr.Cookie(s.cookie(plainCookie))
	was := err == nil
	r.Page.Plain = r.Viewer.Discreet || was && !r.Viewer.SignedIn()
	switch {
	case r.Viewer.Discreet && !was:
		r.Plain()
	case r.Viewer.SignedIn() && !r.Viewer.Discreet && was:
		s.setCookie(w, &http.Cookie{Name: s.cookie(plainCookie), MaxAge: -1})
	}
}

// Plain makes the page, and what this browser opens next, say nothing in the tab:
// for a link that was sent to somebody who wishes so.
func (r *Request) Plain() {
	r.Page.Plain = true
	r.Keep(plainCookie, "1", 365*24*time.Hour)
}

// visitor is a request of which nothing is known but its language.
func (s *Server) visitor(w http.ResponseWriter, hr *http.Request, rt *Route) *Request {
	q := url.Values{}
	if hr.URL.RawQuery != "" && rt != nil {
		all := hr.URL.Query()
		for _, name := range rt.Query {
			if v, ok := all[name]; ok {
				q[name] = v
			}
		}
	}
	v := &access.Viewer{}
	return &Request{Request: hr, Viewer: v, w: w, s: s, Page: &ui.Page{
		Lang: s.lang(w, hr), Langs: s.Langs.Spoken(), Site: s.Now().Site, Viewer: v, Path: hr.URL.Path, Query: q}}
}
