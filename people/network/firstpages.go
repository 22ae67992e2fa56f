package network

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	firstPath   = "/first-run"
	firstCookie = "first" // what the browser of whoever typed the code holds
)

// The steps after those that are sections of the settings.
const (
	stepYou    = "you"
	stepSecond = "second"
	stepOpen   = "open"
)

// firstPages are the addresses of the first steps. Whoever asks is nobody yet:
// the code, and the cookie after it, are what lets them in.
func (s *Service) firstPages() []web.Route {
	out := []web.Route{
		web.FormAt(firstPath, first, web.Form{Fields: []string{"code"}, Again: true, Show: s.showCode, Save: s.saveCode}).Early(),
	}
	for _, sec := range sections[:len(sections)-1] { // pages are there to be looked at first
		out = append(out, web.FormAt(firstPath+"/"+sec.name, first, web.Form{
			Fields: append([]string{"revision"}, sec.fields...), Secret: []string{"password"}, Again: sec.name == "mail",
			Fill: func(r *web.Request) (map[string][]string, error) {
				if _, err := s.founders(r.Context(), token(r)); err != nil {
					return nil, err
				}
				return s.fill(r, sec)
			},
			Show: func(r *web.Request, f *ui.Form) (templ.Component, error) { return s.showStep(r, f, sec) },
			Save: func(r *web.Request, f *ui.Form) (web.Next, error) { return s.saveStep(r, f, sec) },
		}).Reads("primary", "accent").Early())
	}
	for n, name := range []string{stepYou, stepSecond} {
		out = append(out, web.FormAt(firstPath+"/"+name, first, web.Form{
			Fields: []string{"name", "email", "password", "repeat", "do"}, Secret: []string{"password", "repeat"},
			Fill: func(r *web.Request) (map[string][]string, error) { return s.fillFounder(r, n) },
			Show: func(r *web.Request, f *ui.Form) (templ.Component, error) { return s.showFounder(r, f, n) },
			Save: func(r *web.Request, f *ui.Form) (web.Next, error) { return s.saveFounder(r, f, n) },
		}).Early())
	}
	return append(out, web.FormAt(firstPath+"/"+stepOpen, first, web.Form{Show: s.showOpen, Save: s.saveOpen}).Early())
}

// token is what the browser holds.
func token(r *web.Request) string {
	c, err := r.Cookie(firstCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// step is where somebody is on the way.
type step struct {
	N, Of      int
	Back, Next string // addresses; Back is empty at the beginning
}

// step finds a step among those there are: what was said where the program is
// started is not asked.
func (s *Service) step(name string) step {
	var all []string
	for _, sec := range sections[:len(sections)-1] {
		if s.free(sec) {
			all = append(all, sec.name)
		}
	}
	all = append(all, stepYou, stepSecond, stepOpen)
	n := slices.Index(all, name)
	st := step{N: n + 1, Of: len(all)}
	if n > 0 {
		st.Back = firstPath + "/" + all[n-1]
	}
	if n+1 < len(all) {
		st.Next = firstPath + "/" + all[n+1]
	}
	return st
}

func (s *Service) showCode(r *web.Request, f *ui.Form) (templ.Component, error) {
	if err := s.isNew(r.Context()); err != nil {
		return nil, err
	}
	f.Values.Del("code")
	next := ""
	if _, err := s.founders(r.Context(), token(r)); err == nil {
		next = s.step("").Next
	}
	return codeView(r.Page, f, next), nil
}

func (s *Service) saveCode(r *web.Request, f *ui.Form) (web.Next, error) {
	t, err := s.Begin(r.Context(), f.Get("code"), r.Client())
	if err != nil {
		return web.Next{}, err
	}
	r.SetCookie(&http.Cookie{Name: firstCookie, Value: t, MaxAge: int(setupLife.Seconds())})
	return web.Next{To: s.step("").Next}, nil
}

func (s *Service) showStep(r *web.Request, f *ui.Form, sec *section) (templ.Component, error) {
	if _, err := s.founders(r.Context(), token(r)); err != nil {
		return nil, err
	}
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	f.Values.Del("password")
	return stepView(r.Page, &view{s, st, sec, f}, s.step(sec.name)), nil
}

func (s *Service) saveStep(r *web.Request, f *ui.Form, sec *section) (web.Next, error) {
	on := web.Next{To: s.step(sec.name).Next}
	if _, err := s.founders(r.Context(), token(r)); err != nil {
		return web.Next{}, err
	}
	if !s.free(sec) || sec.name == "mail" && f.Get("do") == "later" {
		return on, nil
	}
	if sec.name == "mail" {
		return on, s.saveFirstMail(r, f, sec)
	}
	c, p := s.readChange(sec, f)
	if len(p) > 0 {
		return web.Next{}, s.refuse(r.Context(), c, p)
	}
	err := s.SaveFirst(r.Context(), token(r), c)
	if fault.Is(err, fault.Conflict) {
		if rerr := s.renew(r.Context(), f); rerr != nil {
			return web.Next{}, rerr
		}
	}
	return on, err
}

// saveFirstMail keeps what was typed about the mail server, sends a letter, and
// switches mail on once that has worked.
func (s *Service) saveFirstMail(r *web.Request, f *ui.Form, sec *section) error {
	var p fault.Problems
	to := f.Get("to")
	p.Email("to", &to, fault.Required)
	for _, sends := range []string{"", "yes"} {
		f.Values.Set("sends", sends)
		c, more := s.readChange(sec, f)
		set := c.Set
		c.Set = func(x *Settings) {
			set(x)
			if x.Server == "" {
				x.Server = " " // it is asked for here, though mail is off
			}
		}
		err := together(append(p, more...).Err(), s.SaveFirst(r.Context(), token(r), c))
		if rerr := s.renew(r.Context(), f); rerr != nil {
			return rerr
		}
		if err != nil {
			return err
		}
		if sends == "" {
			if err := s.test(r.Context(), r.Client(), to, r.Page); err != nil {
				return err
			}
		}
		f.Values.Del("password") // it is kept by now
	}
	return nil
}

func (s *Service) fillFounder(r *web.Request, n int) (map[string][]string, error) {
	people, err := s.founders(r.Context(), token(r))
	if err != nil || n >= len(people) {
		return url.Values{}, err
	}
	return url.Values{"name": {people[n].Name}, "email": {people[n].Email}}, nil
}

func (s *Service) showFounder(r *web.Request, f *ui.Form, n int) (templ.Component, error) {
	people, err := s.founders(r.Context(), token(r))
	if err != nil {
		return nil, err
	}
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	f.Values.Del("password")
	f.Values.Del("repeat")
	return founderView(r.Page, f, s.step([]string{stepYou, stepSecond}[n]), n, n < len(people), st.silent()), nil
}

// silent says whether the network sends no mail.
func (st *state) silent() bool {
	_, none := st.sender.(mail.None)
	return none
}

func (s *Service) saveFounder(r *web.Request, f *ui.Form, n int) (web.Next, error) {
	on := web.Next{To: s.step([]string{stepYou, stepSecond}[n]).Next}
	if n == 1 && f.Get("do") == "alone" {
		return on, s.Alone(r.Context(), token(r))
	}
	if _, err := s.founders(r.Context(), token(r)); err != nil {
		return on, err
	}
	if f.Get("password") != f.Get("repeat") {
		return on, fault.Wrong("repeat", "network.founder.repeat-wrong")
	}
	return on, s.Name(r.Context(), token(r), n, founder{Name: f.Get("name"), Email: strings.TrimSpace(f.Get("email"))}, f.Get("password"))
}

func (s *Service) showOpen(r *web.Request, f *ui.Form) (templ.Component, error) {
	people, err := s.founders(r.Context(), token(r))
	if err != nil {
		return nil, err
	}
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	return openView(r.Page, f, s, st, people, s.step(stepOpen)), nil
}

func (s *Service) saveOpen(r *web.Request, _ *ui.Form) (web.Next, error) {
	member, err := s.Open(r.Context(), token(r), r.Page.Code)
	if err != nil {
		return web.Next{}, err
	}
	if err := s.doors.Enter(r, member); err != nil {
		return web.Next{}, err
	}
	r.SetCookie(&http.Cookie{Name: firstCookie, MaxAge: -1})
	return web.Next{To: "/desk", Done: "network.opened.done"}, nil
}
