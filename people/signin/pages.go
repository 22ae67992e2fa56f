package signin

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

var (
	anyone = access.Permission{Name: "signin.in", Anyone: true}
	mine   = access.Permission{Name: "signin.mine", Roles: access.Everybody}
)

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        "signin",
		Paths:       []string{"sign-in", "sign-out", "you/second-step", "you/email", "you/passkeys", "you/codes", "desk/lost"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{anyone, mine, helping},
		Routes: append([]web.Route{
			web.FormAt("/sign-in", anyone, web.Form{Fields: []string{"email", "password", "next", "shared", "code"}, Secret: []string{"password"}, Again: true, Fill: s.fillIn, Show: s.showIn, Save: s.saveIn}).Reads("next"),
			web.Get("/sign-in/sent", anyone, showSent),
			web.FormAt("/sign-in/code", anyone, web.Form{Fields: []string{"code"}, Secret: []string{"code"}, Again: true, Show: s.showCode, Save: s.saveCode}),
			web.FormAt("/sign-in/link/{token}", anyone, web.Form{Again: true, Show: showLink, Save: s.saveLink}),
			web.Do("/sign-out", mine, s.saveOut),
			web.FormAt("/sign-in/password", mine, web.Form{Fields: []string{"old", "fresh"}, Secret: []string{"old", "fresh"}, Fill: s.fillPassword, Show: s.showPassword, Save: s.savePassword}),
			web.Do("/sign-in/devices/end", mine, s.saveEnd, "key"),
			web.Do("/sign-in/devices/end-others", mine, s.saveEndOthers),
		}, slices.Concat(s.secondPages(), s.passkeyPages(), s.lostPages(), s.paperPages())...),
		Jobs: map[string]job.Handler{linkJob: s.mailLink, codeJob: s.mailCode, emailJob: s.mailEmail, undoJob: s.mailUndo,
			lostStopJob: s.mailStop, lostLinkJob: s.mailFound, lostLetterJob: s.mailLost, noticeJob: s.tell, warnJob: s.warn},
		Cron: []job.Schedule{{Name: "signin.tidy", Every: time.Hour, Run: s.tidy}},
		Retention: []kit.Retention{
			{Key: "signin.kept.session", For: sessionLife, By: "signin.tidy"},
			{Key: "signin.kept.short", For: shortLife, By: "signin.tidy"},
			{Key: "signin.kept.link", For: linkLife, By: "signin.tidy"},
			{Key: "signin.kept.moved", For: undoLife, By: "signin.tidy"},
			{Key: "signin.kept.half", For: max(halfLife, askedLife, codeLife, readyLife), By: "web.tidy"},
			{Key: "signin.kept.move", For: linkLife, By: "web.tidy"},
			{Key: "signin.kept.undo", For: undoLife, By: "web.tidy"},
			{Key: "signin.kept.lost", For: lostWait, By: "signin.tidy"},
			{Key: "signin.kept.lost-ended", For: lostKept, By: "signin.tidy"},
			{Key: "signin.kept.lost-links", For: lostDelay + lostFor + 24*time.Hour, By: "web.tidy"},
		},
		You:    s.you,
		Desk:   s.desk,
		Export: s.export,
		Erase:  s.erase,
		Fates:  []kit.Fate{{Key: "signin.fate", Kept: kit.Removed}, {Key: "signin.fate.answers", Kept: kit.Nameless}},
		Demo:   s.demo,
	}
}

// signsBy cleans what somebody signs in by, typed into a field: an address, or a
// name.
func signsBy(field, typed string) (string, error) {
	var p fault.Problems
	if mailed(typed) {
		p.Email(field, &typed, fault.Required)
		typed = address(typed)
	} else {
		p.Line(field, &typed, 100, fault.Required)
	}
	return typed, p.Err()
}

// next is where to go once signed in: a path of this house, or the own page.
func next(to string) string {
	if to == "" || !web.Local(to) {
		return "/you"
	}
	return to
}

func (s *Service) showIn(r *web.Request, f *ui.Form) (templ.Component, error) {
	f.Values.Del("password")
	return inView(r.Page, f, r.Viewer.SignedIn(), s.named()), nil
}

func (s *Service) saveIn(r *web.Request, f *ui.Form) (web.Next, error) {
	next, err := s.tryIn(r, f)
	if err == nil {
		s.Unready(r)
	}
	return next, err
}

func (s *Service) tryIn(r *web.Request, f *ui.Form) (web.Next, error) {
	email, err := signsBy("email", f.Get("email"))
	if err != nil {
		return web.Next{}, err
	}
	if !mailed(email) && f.Get("password") == "" {
		return web.Next{}, fault.Wrong("password", "signin.name.password")
	}
	to := next(f.Get("next"))
	if r.Page.Site.Silent && f.Get("password") == "" {
		return web.Next{}, fault.Wrong("password", "error.missing")
	}
	shared := f.Has("shared", "yes")
	if f.Get("password") == "" && f.Has("code", "yes") {
		secret, err := s.AskCode(r.Context(), email, to, r.Client(), shared)
		if err != nil {
			return web.Next{}, err
		}
		r.Keep(codeCookie, secret, codeLife)
		return web.Next{To: "/sign-in/code"}, nil
	}
	if f.Get("password") == "" {
		return web.Next{To: "/sign-in/sent"}, s.AskLink(r.Context(), email, to, r.Client())
	}
	in, err := s.WithPassword(r.Context(), email, f.Get("password"), to, r.Client(), r.UserAgent(), shared)
	if r.Page.Site.Silent && errors.Is(err, errNotIn) {
		err = fault.Wrong("password", "signin.wrong-silent") // no link comes instead
	}
	if err != nil {
		return web.Next{}, err
	}
	return s.enter(r, in)
}

func showSent(r *web.Request) (*web.Answer, error) { return web.Show(sentView(r.Page)) }

// codeCookie is what a browser shows beside the code of a letter.
const codeCookie = "code"

func (s *Service) showCode(r *web.Request, f *ui.Form) (templ.Component, error) {
	if r.Held(codeCookie) == "" {
		return nil, web.Elsewhere("/sign-in")
	}
	f.Values.Del("code")
	return codeView(r.Page, f), nil
}

func (s *Service) saveCode(r *web.Request, f *ui.Form) (web.Next, error) {
	in, err := s.WithCode(r.Context(), r.Held(codeCookie), f.Get("code"), r.Client(), r.UserAgent())
	if err != nil {
		return web.Next{}, err
	}
	r.Keep(codeCookie, "", 0)
	return s.enter(r, in)
}

func showLink(r *web.Request, f *ui.Form) (templ.Component, error) { return linkView(r.Page, f), nil }

func (s *Service) saveLink(r *web.Request, _ *ui.Form) (web.Next, error) {
	in, err := s.WithLink(r.Context(), r.PathValue("token"), r.Client(), r.UserAgent())
	if err != nil {
		return web.Next{}, err
	}
	return s.enter(r, in)
}

// setCookie gives a browser its session: for good, or until it is closed.
func (s *Service) setCookie(r *web.Request, in In) {
	c := &http.Cookie{Name: s.cookie, Value: in.Token}
	if !in.Short {
		c.MaxAge = int(sessionLife.Seconds())
	}
	r.SetCookie(c)
	s.Unready(r)
}

// here is the token of the session that asks.
func (s *Service) here(r *web.Request) string {
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// saveOut ends the session, and has the browser forget the pages it kept: they
// are not to come back with its Back button.
func (s *Service) saveOut(r *web.Request, _ *ui.Form) (web.Next, error) {
	if err := s.SignOut(r.Context(), r.Viewer, s.here(r)); err != nil {
		return web.Next{}, err
	}
	r.SetCookie(&http.Cookie{Name: s.cookie, MaxAge: -1})
	s.Unready(r)
	r.SetHeader("Clear-Site-Data", `"cache", "storage"`)
	return web.Next{To: "/", Done: "signin.out.done"}, nil
}

func (s *Service) saveEnd(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "signin.end.done"}, s.End(r.Context(), r.Viewer, f.Get("key"))
}

func (s *Service) saveEndOthers(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "signin.end.done"}, s.EndOthers(r.Context(), r.Viewer, s.here(r))
}

func (s *Service) showPassword(r *web.Request, f *ui.Form) (templ.Component, error) {
	f.Values = url.Values{}
	sealed, err := passwordOf(r.Context(), s.db, r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	email, _, err := s.addresses.Login(r.Context(), r.Viewer.Member)
	return passwordView(r.Page, f, email, sealed != ""), err
}

// fillPassword asks who has not signed in lately to do so: whoever finds a screen
// unlocked could give themselves a password for good.
func (s *Service) fillPassword(r *web.Request) (map[string][]string, error) {
	return url.Values{}, s.Fresh(r, "/sign-in/password")
}

func (s *Service) savePassword(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.Fresh(r, "/sign-in/password"); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/you", Done: "signin.password.done"}, s.SetPassword(r.Context(), r.Viewer, f.Get("old"), f.Get("fresh"), s.here(r))
}

// you lists the devices somebody is signed in on, on their own page.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	all, err := s.Sessions(r.Context(), r.Viewer, s.here(r))
	if err != nil {
		return nil, err
	}
	_, has, err := secondOf(r.Context(), s.db, r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	lost, err := lostRuns(r.Context(), s.db, r.Viewer.Member)
	return youView(r.Page, all, r.FormKey(), has, r.Viewer.Lacks, lost), err
}

// demo gives the example people passwords. Nobody else of the demo network can
// sign in.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	for i := range d.People {
		p := &d.People[i]
		p.Password = "withus-" + p.Role
		sealed, err := s.hash.seal(ctx, p.Password)
		if err != nil {
			return err
		}
		if err := s.keepPassword(ctx, p.Member, sealed); err != nil {
			return err
		}
	}
	return s.demoLost(ctx, d)
}
