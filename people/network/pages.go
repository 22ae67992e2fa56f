package network

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const settingsPath = "/settings"

// pages are the room's addresses for the network's team.
func (s *Service) pages() []web.Route {
	out := []web.Route{
		web.Get(settingsPath, edit, s.showAll),
		web.Get(settingsPath+"/history", edit, s.showHistory).Reads("before"),
		web.Do(settingsPath+"/restore", edit, s.saveRestore, "revision", "from"),
	}
	for _, sec := range sections {
		out = append(out, web.FormAt(settingsPath+"/"+sec.name, edit, web.Form{
			Fields: append([]string{"revision"}, sec.fields...), Secret: []string{"password"},
			Again: sec.name == "mail", // a test counts each time
			Fill:  func(r *web.Request) (map[string][]string, error) { return s.fill(r, sec) },
			Show:  func(r *web.Request, f *ui.Form) (templ.Component, error) { return s.show(r, f, sec) },
			Save:  func(r *web.Request, f *ui.Form) (web.Next, error) { return s.saveSection(r, f, sec) },
		}).Reads("primary", "accent"))
	}
	return out
}

// fill gives what stands in a section's form; of colours, those somebody wants
// to look at.
func (s *Service) fill(r *web.Request, sec *section) (map[string][]string, error) {
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	out := s.form(sec, st)
	for _, name := range []string{"primary", "accent"} {
		if v := r.Page.Query.Get(name); v != "" && out.Has(name) && !s.given.Says(name) {
			out.Set(name, v)
		}
	}
	return out, nil
}

// view is what the pages of settings are drawn from.
type view struct {
	s   *Service
	st  *state
	sec *section
	f   *ui.Form
}

func (s *Service) show(r *web.Request, f *ui.Form, sec *section) (templ.Component, error) {
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	f.Values.Del("password")
	return sectionView(r.Page, &view{s, st, sec, f}), nil
}

// theme are the colours that stand in the form, those given before them.
func (v *view) theme() ui.Theme {
	x := Settings{Primary: v.f.Get("primary"), Accent: v.f.Get("accent")}
	is := v.s.given.over(x)
	return is.theme()
}

func (s *Service) saveSection(r *web.Request, f *ui.Form, sec *section) (web.Next, error) {
	done := web.Next{To: settingsPath, Done: "network.saved.done"}
	if !s.free(sec) {
		if f.Get("do") == "test" {
			return web.Next{To: settingsPath + "/mail", Done: "network.test.done"}, s.Test(r.Context(), r.Viewer, r.Page)
		}
		return done, nil
	}
	c, p := s.readChange(sec, f)
	if len(p) > 0 {
		return web.Next{}, s.refuse(r.Context(), c, p)
	}
	err := s.Save(r.Context(), r.Viewer, c)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return web.Next{}, err
	}
	if rerr := s.renew(r.Context(), f); rerr != nil {
		return web.Next{}, rerr
	}
	if err == nil && f.Get("do") == "test" {
		return web.Next{To: settingsPath + "/mail", Done: "network.test.done"}, s.Test(r.Context(), r.Viewer, r.Page)
	}
	return done, err
}

// renew makes a form one of the newest revision: sent once more, it is made from
// that, knowingly.
func (s *Service) renew(ctx context.Context, f *ui.Form) error {
	st, err := s.current(ctx)
	if err == nil {
		f.Values.Set("revision", strconv.Itoa(st.revision))
	}
	return err
}

// testMail bounds how often somebody has a mail sent to try the way.
var testMail = web.Limit{Name: "network.test", Most: 20, Per: time.Hour}

// Test sends a letter to the viewer's own address, and says what went wrong: the
// network's team's to do.
func (s *Service) Test(ctx context.Context, v *access.Viewer, p *ui.Page) error {
	if err := v.Need(edit, ""); err != nil {
		return err
	}
	to, err := s.people.Email(ctx, v.Member)
	if err == nil && to == "" {
		err = fault.New(fault.Conflict, "network.test.none")
	}
	if err != nil {
		return err
	}
	return s.test(ctx, v.Persona, to, p)
}

func (s *Service) test(ctx context.Context, who, to string, p *ui.Page) error {
	if err := testMail.Take(ctx, s.db, who, s.now()); err != nil {
		return err
	}
	st, err := s.current(ctx)
	if err == nil {
		err = st.try(ctx, s, mail.Letter{To: to, Lang: p.Code, Dir: p.Dir, Subject: p.T("network.test.subject"), Paragraphs: []string{p.T("network.test.text")}})
	}
	return tested(err)
}

// try sends a letter as the settings say, be mail switched on already or not.
func (st *state) try(ctx context.Context, s *Service, l mail.Letter) error {
	if s.given.Says("mail") || st.Sends {
		return st.sender.Send(ctx, l)
	}
	to, err := st.is.sender(st.secret)
	if err != nil {
		return err
	}
	return to.Send(ctx, l)
}

// tested makes of what went wrong with a test something to put right.
func tested(err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Limited {
		return err
	}
	key := "mail.why.other"
	if strings.HasPrefix(f.Key, "mail.") {
		key = f.Key
	}
	return &fault.Error{Kind: fault.Invalid, Problems: []fault.Problem{{Key: key}}, Err: err}
}

// line is what a setting says, in the reader's words, and where it was said.
type line struct{ Label, Value, Where string }

// lines are all settings of a section.
func (s *Service) lines(p *ui.Page, st *state, sec *section) (out []line) {
	add := func(name, given, value string) {
		l := line{p.T("network.field." + name), value, ""}
		if s.given.Says(given) {
			l.Where = p.T("network.given")
		}
		out = append(out, l)
	}
	switch sec.name {
	case "name":
		add("name", "name", st.is.Name)
		add("leave", "leave", st.is.Leave)
	case "colours":
		add("primary", "primary", st.is.Primary)
		add("accent", "accent", st.is.Accent)
	case "languages":
		var names []string
		for _, l := range s.langs.Spoken() {
			names = append(names, l.Name)
		}
		add("languages", "languages", strings.Join(names, p.T("i18n.comma")))
	case "mail":
		if st.silent() {
			add("mail", "mail", p.T("network.mail.off"))
		} else {
			add("mail", "mail", p.T("network.mail.on"))
		}
	case "pages":
		for _, key := range s.partKeys() {
			l := line{p.T(key), p.T("network.on"), ""}
			if st.off(key) {
				l.Value = p.T("network.off")
			}
			out = append(out, l)
		}
	}
	return out
}

func (s *Service) showAll(r *web.Request) (*web.Answer, error) {
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Show(allView(r.Page, s, st))
}

// desk leads the network's team to the settings, and for the first month says
// what to do next.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	if !r.Viewer.May(edit, "") {
		return nil, nil
	}
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	const month = 30 * 24 * time.Hour
	return deskView(r.Page, !st.opened.IsZero() && s.now().Sub(st.opened) < month, st.silent()), nil
}
