package signin

import (
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/id"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	secondPath = "/you/second-step"
	emailPath  = "/you/email"
	halfCookie = "half" // opens the way to the second step
)

func (s *Service) secondPages() []web.Route {
	codes := []string{"secret", "code", "do", "old"}
	return []web.Route{
		web.FormAt("/sign-in/second", anyone, web.Form{Fields: []string{"code"}, Secret: []string{"code"}, Again: true, Show: s.showHalf, Save: s.saveHalf}),
		web.FormAt(secondPath, mine, web.Form{Fields: codes, Secret: codes, Fill: s.fillSecond, Show: s.showSecond, Save: s.saveSecond}),

		web.FormAt(emailPath, mine, web.Form{Fields: []string{"email", "old"}, Secret: []string{"old"}, Fill: s.fillEmail, Show: s.showEmail, Save: s.saveEmail}),
		web.Get(emailPath+"/sent", mine, func(r *web.Request) (*web.Answer, error) { return web.Show(emailSentView(r.Page)) }),
		web.FormAt("/sign-in/email/{token}", anyone, web.Form{Again: true, Show: s.showMove, Save: s.saveMove}),
		web.FormAt("/sign-in/undo/{token}", anyone, web.Form{Again: true, Show: s.showUndo, Save: s.saveUndo}),
	}
}

// enter goes on from a way in: with the session it opened, in place of the one
// this device had; or to the second step.
func (s *Service) enter(r *web.Request, in In) (web.Next, error) {
	if in.Token == "" {
		r.Keep(halfCookie, in.Half, halfLife)
		return web.Next{To: "/sign-in/second"}, nil
	}
	if r.Viewer.SignedIn() {
		if err := s.SignOut(r.Context(), r.Viewer, s.here(r)); err != nil {
			return web.Next{}, err
		}
	}
	s.setCookie(r, in)
	return web.Next{To: next(in.Next)}, nil
}

// Fresh leads whoever has not signed in lately to do so: what they want to
// change is how they get in. Who has come that far may take their time.
func (s *Service) Fresh(r *web.Request, back string) error {
	until, err := freshUntil(r.Context(), s.db, id.Hash(s.here(r)))
	if err != nil {
		return err
	}
	now := time.Now()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		now = now.Add(freshLife / 2)
	}
	if now.After(until) {
		return web.Elsewhere("/sign-in?next=" + url.QueryEscape(back))
	}
	return nil
}

func (s *Service) showHalf(r *web.Request, f *ui.Form) (templ.Component, error) {
	if r.Held(halfCookie) == "" {
		return nil, web.Elsewhere("/sign-in")
	}
	f.Values.Del("code")
	return halfView(r.Page, f), nil
}

func (s *Service) saveHalf(r *web.Request, f *ui.Form) (web.Next, error) {
	in, err := s.Second(r.Context(), r.Held(halfCookie), f.Get("code"))
	if err != nil {
		return web.Next{}, err
	}
	r.Keep(halfCookie, "", 0)
	return s.enter(r, in)
}

func (s *Service) fillSecond(r *web.Request) (map[string][]string, error) {
	return url.Values{"secret": {newSecret()}}, s.Fresh(r, secondPath)
}

// showSecond is where a second step is set up, or looked at. Codes for paper are
// shown in the moment they are made.
func (s *Service) showSecond(r *web.Request, f *ui.Form) (templ.Component, error) {
	if paper := f.Values["paper"]; paper != nil {
		return paperView(r.Page, paper), nil
	}
	_, has, err := secondOf(r.Context(), s.db, r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	f.Values.Del("code")
	if has {
		left, err := paperLeft(r.Context(), s.db, r.Viewer.Member, opensSecond)
		return hasSecondView(r.Page, f, left, s.demands(r.Viewer.Role)), err
	}
	asks, err := s.unwritten(r.Context(), r.Viewer)
	return setSecondView(r.Page, f, appAddress(r.Page.Site.Name, f.Get("secret")), spaced(f.Get("secret")), asks), err
}

func (s *Service) saveSecond(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.Fresh(r, secondPath); err != nil {
		return web.Next{}, err
	}
	var paper []string
	var err error
	switch f.Get("do") {
	case "remove":
		return web.Next{To: "/you", Done: "signin.second.dropped.done"}, s.DropSecond(r.Context(), r.Viewer, f.Get("code"), s.here(r))
	case "paper":
		paper, err = s.NewPaper(r.Context(), r.Viewer, f.Get("code"))
	default:
		paper, err = s.SetSecond(r.Context(), r.Viewer, f.Get("old"), f.Get("secret"), f.Get("code"), s.here(r))
	}
	if err != nil {
		return web.Next{}, err
	}
	f.Values = url.Values{"paper": paper}
	return web.Next{Look: true}, nil
}

func (s *Service) fillEmail(r *web.Request) (map[string][]string, error) {
	return url.Values{}, s.Fresh(r, emailPath)
}

func (s *Service) showEmail(r *web.Request, f *ui.Form) (templ.Component, error) {
	now, _, err := s.addresses.Login(r.Context(), r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	asks, err := s.unwritten(r.Context(), r.Viewer)
	return emailView(r.Page, f, now, asks), err
}

func (s *Service) saveEmail(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.Fresh(r, emailPath); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: emailPath + "/sent"}, s.AskEmail(r.Context(), r.Viewer, f.Get("email"), f.Get("old"), s.here(r), r.Client())
}

func (s *Service) showMove(r *web.Request, f *ui.Form) (templ.Component, error) {
	m, err := key(r.Context(), s.db, moves, r.PathValue("token"))
	return moveView(r.Page, f, m.To), err
}

func (s *Service) saveMove(r *web.Request, _ *ui.Form) (web.Next, error) {
	to := "/you"
	if !r.Viewer.SignedIn() { // pressed elsewhere than it was asked for
		to = "/sign-in"
	}
	return web.Next{To: to, Done: "signin.email.done"}, s.Move(r.Context(), r.PathValue("token"), r.Client())
}

func (s *Service) showUndo(r *web.Request, f *ui.Form) (templ.Component, error) {
	m, err := key(r.Context(), s.db, undos, r.PathValue("token"))
	return undoView(r.Page, f, m.From), err
}

func (s *Service) saveUndo(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/sign-in", Done: "signin.undo.done"}, s.Undo(r.Context(), r.PathValue("token"), r.Client())
}
