package signin

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	paperPath = "/sign-in/paper" // where a code lets in
	codesPath = "/you/codes"     // where codes are made
)

func (s *Service) paperPages() []web.Route {
	hidden := []string{"paper", "code", "old", "seed", "lang"}
	return []web.Route{
		web.FormAt(paperPath, anyone, web.Form{Fields: []string{"email", "code", "fresh"}, Secret: []string{"code", "fresh"}, Again: true, Show: showPaper, Save: s.savePaper}),
		web.FormAt(codesPath, mine, web.Form{Fields: hidden, Secret: hidden, Fill: s.fillCodes, Show: s.showCodes, Save: s.saveCodes}),
	}
}

func showPaper(r *web.Request, f *ui.Form) (templ.Component, error) {
	f.Values.Del("fresh")
	return inByPaperView(r.Page, f), nil
}

func (s *Service) savePaper(r *web.Request, f *ui.Form) (web.Next, error) {
	login, err := signsBy("email", f.Get("email"))
	if err != nil {
		return web.Next{}, err
	}
	in, err := s.WithPaper(r.Context(), login, f.Get("code"), f.Get("fresh"), r.Client(), r.UserAgent())
	if err != nil {
		return web.Next{}, err
	}
	next, err := s.enter(r, in)
	next.Done = "signin.codes.in.done"
	return next, err
}

// AskPaper shows codes with whose they are, and asks for one of them.
func (s *Service) AskPaper(p *ui.Page, f *ui.Form, login string, paper []string) templ.Component {
	f.Values.Del("code")
	return askPaperView(p, f, login, paper)
}

func (s *Service) fillCodes(r *web.Request) (map[string][]string, error) {
	return url.Values{}, s.Fresh(r, codesPath)
}

// showCodes makes codes, and for who still has an address a name to sign in by.
// Nothing of it counts until one of the codes was typed.
func (s *Service) showCodes(r *web.Request, f *ui.Form) (templ.Component, error) {
	if readPaper(f.Get("paper")) == nil {
		f.Values.Set("paper", strings.Join(newPaper(), " "))
	}
	if !id.Valid(f.Get("seed")) {
		f.Values.Set("seed", id.New(r.Context()))
		f.Values.Set("lang", r.Page.Code)
	}
	by, name, err := s.addresses.Login(r.Context(), r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	c := codesOf{login: name, leaves: mailed(by)}
	if name == "" {
		c.login = s.addresses.Invent(f.Get("lang"), f.Get("seed"))
	}
	sealed, err1 := passwordOf(r.Context(), s.db, r.Viewer.Member)
	keys, err2 := passkeys(r.Context(), s.db, r.Viewer.Member)
	if c.password = sealed != ""; err1 == nil {
		err1 = err2
	}
	c.may = !c.leaves || c.password || len(keys) > 0
	return codesView(r.Page, f, c), err1
}

func (s *Service) saveCodes(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.Fresh(r, codesPath); err != nil {
		return web.Next{}, err
	}
	paper := readPaper(f.Get("paper"))
	if paper == nil || !s.OnPaper(paper, f.Get("code")) {
		return web.Next{}, fault.Wrong("code", "signin.codes.wrong")
	}
	by, name, err := s.addresses.Login(r.Context(), r.Viewer.Member)
	if err != nil {
		return web.Next{}, err
	}
	if !mailed(by) {
		return web.Next{To: "/you", Done: "signin.codes.done"}, s.NewCodes(r.Context(), r.Viewer, f.Get("old"), paper)
	}
	if name == "" {
		name = s.addresses.Invent(f.Get("lang"), f.Get("seed"))
	}
	return web.Next{To: "/you", Done: "signin.codes.left.done"}, s.LeaveEmail(r.Context(), r.Viewer, f.Get("old"), name, paper)
}
