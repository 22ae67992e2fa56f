package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
)

// Server is the house's front door.
type Server struct {
	DB       *db.DB
	Site     *ui.Site
	Langs    *i18n.Catalog
	Identify func(r *http.Request) (*access.Viewer, error)                          // who sent a request; a visitor is no error
	Parts    func(r *Request, about Thing) ([]templ.Component, error)               // what other rooms say about a room's thing; nil: nothing
	Moved    func(ctx context.Context, u *url.URL) (context.Context, string, error) // where an address leads at which nothing stands, a path of this house, or empty; nil: nowhere
	Proxies  []netip.Prefix                                                         // whose X-Forwarded-For is believed
	Log      *slog.Logger
	Keep     int // bytes of pages kept for visitors; 0 keeps none

	// Look gives the network as its settings stand, which it does at every
	// request; nil: as Site has it, for good. LookRoom is the room whose counter
	// moves with it.
	Look     func(ctx context.Context) (*Look, error)
	LookRoom string

	OpenAPI *huma.OpenAPI // what the JSON API offers; known once Handler was called

	mux     *http.ServeMux
	kept    *kept
	metrics *Metrics
	uploads atomic.Int64 // files being sent just now
	look    atomic.Pointer[Look]
}

// SessionCookie is the name of the cookie that says who somebody is. Where it
// is present, no kept page is shown.
func (s *Server) SessionCookie() string { return s.cookie("withus") }

func (s *Server) secure() bool { return strings.HasPrefix(s.Site.Origin, "https://") }

// cookie is a cookie's full name: behind HTTPS it is tied to this very host.
func (s *Server) cookie(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

func (s *Server) setCookie(w http.ResponseWriter, c *http.Cookie) {
	c.Path, c.HttpOnly, c.Secure, c.SameSite = "/", true, s.secure(), http.SameSiteLaxMode
	http.SetCookie(w, c)
}

// Handler serves the routes. Whatever else is asked for is not found.
func (s *Server) Handler(routes []Route) http.Handler {
	s.kept = newKept(s.Keep)
	s.metrics = newMetrics()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/", s.serveAssets)
	a := newAPI(s, mux)
	for i := range routes {
		rt := &routes[i]
		rt.segment = ui.Segment(rt.Path)
		if len(rt.Rooms) > 0 && s.LookRoom != "" { // every page says what the network is called
			rt.Rooms = append(slices.Clone(rt.Rooms), s.LookRoom)
		}
		if rt.api != nil {
			rt.api(a, rt)
			continue
		}
		h := rt.handle(s, rt)
		for _, m := range rt.Methods {
			mux.HandleFunc(m+" "+rt.Path, h)
		}
	}
	a.done()
	s.mux = mux
	return s.guard(mux)
}

// Metrics are the counters of this server, for its own address.
func (s *Server) Metrics() *Metrics { return s.metrics }

// contentPolicy allows what comes from here and nothing else, nowhere inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard stands before every route: headers, cross-site posts, panics, and
// pages for what is not there.
func (s *Server) guard(mux *http.ServeMux) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, nil, fault.New(fault.Denied, "error.crosssite"))
	}))
	inner := cross.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern == "" {
			s.nothing(w, r, h)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Security-Policy"] = policyHeader
		h["X-Content-Type-Options"] = nosniffHeader
		h["Referrer-Policy"] = referrerHeader
		h["Cross-Origin-Opener-Policy"] = sameOriginHeader
		h["Cross-Origin-Resource-Policy"] = sameOriginHeader
		h["Permissions-Policy"] = permissionsHeader
		if s.secure() {
			h["Strict-Transport-Security"] = transportHeader
		}
		start := time.Now()
		out := &watched{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.Log.Error("a handler panicked", "route", r.Pattern, "panic", about(p), "stack", string(debug.Stack()))
				if out.status == 0 {
					s.fail(out, r, nil, &fault.Error{Err: errors.New("panic")})
				}
			}
			s.metrics.saw(r, out.status, time.Since(start))
		}()
		if len(r.URL.RawQuery) > 4096 || len(r.URL.Path) > 1024 {
			s.fail(out, r, nil, fault.New(fault.Invalid, "error.toolarge"))
			return
		}
		inner.ServeHTTP(out, r)
	})
}

// about is what the log may say of a panic: only Go's own words are sure to
// hold nobody else's.
func about(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}

// Headers that are the same on every answer, made once.
var (
	policyHeader      = []string{contentPolicy}
	nosniffHeader     = []string{"nosniff"}
	referrerHeader    = []string{"no-referrer"}
	sameOriginHeader  = []string{"same-origin"}
	transportHeader   = []string{"max-age=63072000"}
	permissionsHeader = []string{"camera=(), microphone=(), geolocation=(), browsing-topics=()"}
)

// nothing answers for an address without a route: the mux's own answer may be
// a redirect to the tidy form of the path, a wrong method, or not found.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request, h http.Handler) {
	probe := &watched{ResponseWriter: &blank{head: http.Header{}}}
	h.ServeHTTP(probe, r)
	if probe.status >= 300 && probe.status < 400 {
		h.ServeHTTP(w, r)
		return
	}
	r, ok := s.arrive(w, r, nil)
	switch {
	case !ok:
	case probe.status == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", probe.Header().Get("Allow"))
		s.fail(w, r, nil, &fault.Error{Kind: fault.Invalid, Key: methodKey})
	default:
		s.elsewhere(w, r)
	}
}

// elsewhere leads on from an address at which nothing stands, where it leads
// anywhere: to the page without a slash at the end, or to what took its place.
func (s *Server) elsewhere(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		to := ""
		if bare := strings.TrimRight(r.URL.Path, "/"); bare != r.URL.Path && bare != "" && s.Serves(bare) {
			to = (&url.URL{Path: bare, RawQuery: r.URL.RawQuery}).String()
		} else if s.Moved != nil {
			ctx, where, err := s.Moved(r.Context(), r.URL)
			if err != nil {
				s.Log.Error("an old address could not be looked up or counted", "error", err)
			}
			r, to = r.WithContext(ctx), where
		}
		if to != "" && Local(to) {
			w.Header().Set("Location", to)
			w.Header().Set("Cache-Control", "no-cache") // it may lead elsewhere tomorrow
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
	}
	s.fail(w, r, nil, fault.Missing())
}

// Serves says whether a page or a file of the house stands at a path, or may
// stand there. It is known once Handler was called.
func (s *Server) Serves(path string) bool {
	u := &url.URL{Path: path}
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: u, Host: "withus"})
	return pattern != ""
}

const methodKey = "error.method"

// watched remembers the status that was sent.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// blank is a response that goes nowhere.
type blank struct{ head http.Header }

func (b *blank) Header() http.Header         { return b.head }
func (b *blank) Write(p []byte) (int, error) { return len(p), nil }
func (b *blank) WriteHeader(int)             {}

// get serves a page or a file.
func (s *Server) get(rt *Route, h Handler) http.HandlerFunc {
	build := func(r *Request) (*made, time.Time, error) {
		a, err := h(r)
		if err != nil {
			return nil, time.Time{}, err
		}
		m, err := a.make(r.Context())
		if err == nil {
			m.keep()
		}
		return m, a.Until, err
	}
	return func(w http.ResponseWriter, hr *http.Request) {
		kept := len(rt.Rooms) > 0 && rt.Permission.Anyone && s.Keep > 0 && s.impersonal(hr)
		hr, ok := s.arrive(w, hr, rt)
		if !ok {
			return
		}
		if kept {
			s.serveKept(w, hr, rt, build)
			return
		}
		r, err := s.request(w, hr, rt)
		if err == nil {
			err = s.enter(r, rt)
		}
		if err != nil {
			s.fail(w, hr, r, err)
			return
		}
		a, err := h(r)
		if err == nil && a.Stream != nil {
			a.send(w, hr)
			return
		}
		var m *made
		if err == nil {
			m, err = a.make(r.Context())
		}
		if err != nil {
			s.fail(w, hr, r, err)
			return
		}
		m.write(w, hr)
	}
}

// OnceLife is how long it is kept that a form was sent.
const OnceLife = 48 * time.Hour

// Tidy forgets what this package keeps for a while only: spent form keys,
// words kept over a sign-in, limits of hours gone by.
func (s *Server) Tidy(ctx context.Context) error {
	now := time.Now()
	if err := s.DB.ForgetOnce(ctx, now.Add(-OnceLife)); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM web_box WHERE ends < $1`, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM web_limit WHERE ends < $1`, now)
		return err
	})
}
