package member

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// What somebody said about themselves on the way in, they change or take back at
// any time.

const aboutPath = "/you/about"

// About is that.
type About struct {
	Lang    string // they are written to in
	Country string
	Does    []string
	Own     string // what they do, in their words
}

// Validate cleans it, and says what is wrong with it.
func (a *About) Validate(langs *i18n.Catalog) error {
	var p fault.Problems
	if langs.Get(a.Lang) == nil {
		p.Add("lang", "error.choice")
	}
	if a.Country != "" {
		p.Choice("country", a.Country, i18n.Countries...)
	}
	for _, d := range a.Does {
		p.Choice("does", d, doing...)
	}
	p.Line("own", &a.Own, maxOwn, fault.Optional)
	return p.Err()
}

// SetAbout keeps what the viewer says about themselves.
func (s *Service) SetAbout(ctx context.Context, v *access.Viewer, a About) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	if err := a.Validate(s.langs); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		me, err := locked(ctx, tx, v.Member)
		if err != nil {
			return err
		}
		if me.Role == access.Supporter { // who is not asked on the way in, either
			a.Does, a.Own = nil, ""
		}
		return setAbout(ctx, tx, v.Member, a)
	})
}

func (s *Service) aboutPages() []web.Route {
	return []web.Route{
		web.FormAt(aboutPath, mine, web.Form{Fields: []string{"lang", "country", "does", "own"}, Fill: s.fillAbout, Show: s.showAbout, Save: s.saveAbout}),
	}
}

func (s *Service) fillAbout(r *web.Request) (map[string][]string, error) {
	me, err := byID(r.Context(), s.db, r.Viewer.Member)
	return url.Values{"lang": {me.Lang}, "country": {me.Country}, "does": slices.Clone(me.Does), "own": {me.Own}}, err
}

func (s *Service) showAbout(r *web.Request, f *ui.Form) (templ.Component, error) {
	me, err := byID(r.Context(), s.db, r.Viewer.Member)
	return aboutView(r.Page, f, me.Role != access.Supporter), err
}

func (s *Service) saveAbout(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "member.about.done"}, s.SetAbout(r.Context(), r.Viewer,
		About{Lang: f.Get("lang"), Country: f.Get("country"), Does: f.Values["does"], Own: f.Get("own")})
}
