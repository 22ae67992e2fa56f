package web

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
)

// answer is how a kind of fault is answered: its status, and the locale prefix
// of its title and text.
type answer struct {
	status int
	key    string
}

var answers = map[fault.Kind]answer{
	fault.Internal: {http.StatusInternalServerError, "error.internal"},
	fault.Invalid:  {http.StatusUnprocessableEntity, "error.invalid"},
	fault.NotFound: {http.StatusNotFound, "error.notfound"},
	fault.Denied:   {http.StatusForbidden, "error.denied"},
	fault.Conflict: {http.StatusConflict, "error.conflict"},
	fault.Limited:  {http.StatusTooManyRequests, "error.limited"},
}

// tell gives the fault in err, the status and the locale prefix to answer with.
func tell(err error) (*fault.Error, int, string) {
	f := fault.Of(err)
	a := answers[f.Kind]
	switch {
	case errors.Is(err, db.ErrUnknown):
		return f, http.StatusServiceUnavailable, "error.unknown"
	case f.Kind == fault.Internal && errors.Is(err, db.ErrConflict):
		return f, http.StatusConflict, "error.conflict"
	}
	if f.To != "" {
		return f, http.StatusConflict, "error.moved"
	}
	switch f.Key {
	case methodKey:
		return f, http.StatusMethodNotAllowed, f.Key
	case "error.toolarge":
		return f, http.StatusRequestEntityTooLarge, f.Key
	case "error.crosssite":
		return f, http.StatusForbidden, f.Key
	}
	return f, a.status, a.key
}

// Elsewhere is the error of a page or a form that is not where somebody should
// be just now: they are led to a path of this house instead.
func Elsewhere(to string) error { return &elsewhere{to} }

type elsewhere struct{ to string }

func (e *elsewhere) Error() string { return "elsewhere: " + e.to }

// fail answers with an error. r may be nil where it is not known who asks.
func (s *Server) fail(w http.ResponseWriter, hr *http.Request, r *Request, err error) {
	if e, ok := errors.AsType[*elsewhere](err); ok {
		http.Redirect(w, hr, e.to, http.StatusSeeOther)
		return
	}
	f, status, key := tell(err)
	if errors.Is(err, context.Canceled) && hr.Context().Err() != nil {
		return // nobody is listening
	}
	if to := movedTo(hr, f); to != "" {
		// Kept by nobody: it leads elsewhere no longer than the two stand together.
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, hr, to, http.StatusMovedPermanently)
		return
	}
	if status >= 500 {
		// The pattern, not the path: what was asked for is nobody's business.
		s.Log.Error("request failed", "route", hr.Pattern, "method", hr.Method, "error", f.Error())
	}
	again(w.Header(), f)
	if strings.HasPrefix(hr.URL.Path, apiPath+"/") {
		l := s.lang(w, hr)
		writeProblem(w, status, l.T(key+".title"), problems(l, f.Problems, "body"))
		return
	}
	if r == nil {
		r = s.visitor(w, hr, nil)
		if v, err := s.Identify(hr); err == nil && v != nil {
			r.Viewer, r.Page.Viewer = v, v
		}
		s.plain(w, hr, r)
	}
	if f.Kind == fault.Denied && key == "error.denied" && !r.Viewer.SignedIn() {
		to := "/sign-in"
		if hr.Method == http.MethodGet {
			to += "?next=" + url.QueryEscape(hr.URL.RequestURI())
		}
		http.Redirect(w, hr, to, http.StatusSeeOther)
		return
	}
	text, args := sentence(f, key)
	a := &Answer{Status: status, Page: ui.ErrorPage(r.Page, key+".title", text, ui.Link{Path: "/", Key: "ui.way.home"}, args...)}
	m, rerr := a.make(hr.Context())
	if rerr != nil {
		s.Log.Error("an error page failed", "error", rerr)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	m.write(w, hr)
}

// movedTo is where a thing that was asked for is found now, "" if it is where it
// was, or if something was sent to it: that was meant for the thing as it stood.
func movedTo(r *http.Request, f *fault.Error) string {
	if f.To == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	parts := strings.Split(r.URL.Path, "/")
	at := slices.Index(parts, f.From)
	if at < 0 {
		return ""
	}
	parts[at] = f.To
	return (&url.URL{Path: strings.Join(parts, "/"), RawQuery: r.URL.RawQuery}).String()
}

// again says when to try again, where a fault says so.
func again(h http.Header, f *fault.Error) {
	if f.After > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.After.Seconds()))))
	}
}

// retryAfter is how long to wait, in whole seconds.
func retryAfter(f *fault.Error) string { return strconv.Itoa(int(math.Ceil(f.After.Seconds()))) }

// sentence is what a person is told of a fault: a locale key and its arguments.
func sentence(f *fault.Error, key string) (string, []any) {
	if f.Key != "" && f.Key != key {
		return f.Key, f.Args
	}
	return key + ".text", []any{"minutes", max(1, int(math.Ceil(f.After.Minutes())))}
}

// problem is an error of the JSON API as RFC 9457 has it.
type problem struct {
	Title  string   `json:"title"`
	Status int      `json:"status"`
	Errors []detail `json:"errors,omitempty"`
}

type detail struct {
	Location string `json:"location,omitempty"`
	Message  string `json:"message"`
}

func problems(l *i18n.Lang, in []fault.Problem, where string) (out []detail) {
	for _, p := range in {
		d := detail{Message: l.T(p.Key, p.Args...)}
		if p.Field != "" {
			d.Location = where + "." + p.Field
		}
		out = append(out, d)
	}
	return out
}

func writeProblem(w http.ResponseWriter, status int, title string, errs []detail) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(problem{title, status, errs})
}

// Local says whether an address is a path of this house, and so safe to go to.
func Local(to string) bool {
	u, err := url.Parse(to)
	return err == nil && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.ContainsAny(to, "\\\t\r\n") &&
		u.Scheme == "" && u.Host == "" && u.User == nil
}

// ViewerOf is who sent the API request whose context this is.
func ViewerOf(ctx context.Context) *access.Viewer {
	if v, ok := ctx.Value(viewerKey{}).(*access.Viewer); ok {
		return v
	}
	return &access.Viewer{}
}

type viewerKey struct{}
