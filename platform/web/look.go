package web

import (
	"context"
	"net/http"
	"strings"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
)

// Look is the network as its settings stand: its name and colours, and what of
// it is switched on. It is never changed: another setting makes another Look.
type Look struct {
	Site *ui.Site
	// First is where every page leads while nobody runs the network yet; empty
	// once it is open.
	First string
}

// Early lets a page be reached while the network is not open yet: where it is
// set up, and the way out.
func (rt Route) Early() Route {
	rt.early = true
	return rt
}

// Now is the Look a page is made with. It may be newer than the one the request
// came in by, which does no harm: older it can't be.
func (s *Server) Now() *Look {
	if l := s.look.Load(); l != nil {
		return l
	}
	return &Look{Site: s.Site}
}

// Refresh makes Now what the settings are by now.
func (s *Server) Refresh(ctx context.Context) error {
	l, err := s.Look(ctx)
	if err == nil {
		s.look.Store(l)
	}
	return err
}

// arrive sees to it that a request meets the network as it is now, and whether
// there is anything for it at all: what is switched off is not found, and
// before the network is open everything leads to where it is opened. Where
// there is nothing, it has answered. rt is nil for an address without a route.
func (s *Server) arrive(w http.ResponseWriter, hr *http.Request, rt *Route) (*http.Request, bool) {
	if s.Look == nil {
		return hr, true
	}
	if s.DB.Dialect == db.Postgres {
		hr = hr.WithContext(db.Noted(hr.Context()))
	}
	err := s.Refresh(hr.Context())
	if err != nil && (rt == nil || !rt.early) { // the way out is open whatever is broken
		s.fail(w, hr, nil, err)
		return hr, false
	}
	l := s.Now()
	switch {
	case l.First != "" && (rt == nil || !rt.early):
		if strings.HasPrefix(hr.URL.Path, apiPath+"/") || hr.Method != http.MethodGet && hr.Method != http.MethodHead {
			s.fail(w, hr, nil, fault.Missing())
			return hr, false
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, hr, l.First, http.StatusSeeOther)
		return hr, false
	case rt != nil && l.Site.Off[rt.segment]:
		s.fail(w, hr, nil, fault.Missing())
		return hr, false
	}
	return hr, true
}

// serveAssets serves the files pages need. One it does not know may be the sheet
// of colours another server was told of: it looks again.
func (s *Server) serveAssets(w http.ResponseWriter, r *http.Request) {
	assets := s.Now().Site.Assets
	if s.Look != nil && !assets.Has(r.URL.Path) {
		if err := s.Refresh(r.Context()); err != nil {
			s.Log.Error("the colours could not be looked up", "error", err)
		}
		assets = s.Now().Site.Assets
	}
	assets.ServeHTTP(w, r)
}
