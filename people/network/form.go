package network

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"withus.example/platform/conf"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
)

// section is one page of settings: a step on the way to a new network, too.
type section struct {
	name   string   // last part of its address
	title  string   // locale key
	text   string   // locale key
	about  []string // the settings that may be given elsewhere
	fields []string
	fill   func(s *Service, st *state) url.Values
	// set puts what the form says into settings, and says what can't be read.
	set func(s *Service, f *ui.Form, x *Settings) fault.Problems
}

var sections = []*section{
	{"name", "network.name", "network.name.text", []string{"name", "leave"}, []string{"name", "leave"}, fillName, setName},
	{"colours", "network.colours", "network.colours.text", []string{"primary", "accent"}, []string{"primary", "accent"}, fillColours, setColours},
	{"languages", "network.languages", "network.languages.text", []string{"languages"}, []string{"languages", "first"}, fillLanguages, setLanguages},
	{"mail", "network.mail", "network.mail.text", []string{"mail"}, []string{"sends", "server", "port", "security", "user", "password", "from", "do", "to"}, fillMail, setMail},
	{"pages", "network.pages", "network.pages.text", nil, []string{"on"}, fillPages, setPages},
}

// free says whether anything of a section can be chosen in the browser.
func (s *Service) free(sec *section) bool {
	return len(sec.about) == 0 || slices.ContainsFunc(sec.about, func(name string) bool { return !s.given.Says(name) })
}

// form are the fields of a section as they stand.
func (s *Service) form(sec *section, st *state) url.Values {
	out := sec.fill(s, st)
	out.Set("revision", strconv.Itoa(st.revision))
	return out
}

// readChange reads a section's form back. What can't be read is among the
// problems; everything else is for Validate to say.
func (s *Service) readChange(sec *section, f *ui.Form) (Change, fault.Problems) {
	var p fault.Problems
	n, err := strconv.Atoi(f.Get("revision"))
	if err != nil {
		p.Add("", "network.changed-meanwhile")
	}
	p = append(p, sec.set(s, f, &Settings{})...)
	return Change{Revision: n, Password: f.Get("password"), Set: func(x *Settings) { sec.set(s, f, x) }}, p
}

// refuse are the problems of reading a form, said together with whatever else
// is wrong with it.
func (s *Service) refuse(ctx context.Context, c Change, p fault.Problems) error {
	st, err := s.current(ctx)
	if err != nil {
		return err
	}
	x := st.Settings
	c.Set(&x)
	return together(p.Err(), x.Validate(&s.given, s.partKeys()))
}

func fillName(_ *Service, st *state) url.Values {
	return url.Values{"name": {st.is.Name}, "leave": {st.is.Leave}}
}

func setName(s *Service, f *ui.Form, x *Settings) (p fault.Problems) {
	for name, to := range map[string]*string{"name": &x.Name, "leave": &x.Leave} {
		if s.given.Says(name) {
			continue
		}
		if *to = f.Get(name); *to == "" {
			p.Add(name, "error.missing")
		}
	}
	return p
}

func fillColours(_ *Service, st *state) url.Values {
	return url.Values{"primary": {st.is.Primary}, "accent": {st.is.Accent}}
}

func setColours(s *Service, f *ui.Form, x *Settings) fault.Problems {
	if !s.given.Says("primary") {
		x.Primary = f.Get("primary")
	}
	if !s.given.Says("accent") {
		x.Accent = f.Get("accent")
	}
	return nil
}

func fillLanguages(_ *Service, st *state) url.Values {
	return url.Values{"languages": st.is.Languages, "first": st.is.Languages[:1]}
}

func setLanguages(s *Service, f *ui.Form, x *Settings) (p fault.Problems) {
	if s.given.Says("languages") {
		return nil
	}
	first := f.Get("first")
	if len(f.Values["languages"]) == 0 {
		p.Add("languages", "network.languages.none")
	} else if !slices.Contains(f.Values["languages"], first) {
		p.Add("first", "network.languages.first-among")
	}
	x.Languages = []string{first}
	for _, code := range append(slices.Clone(conf.Ships), f.Values["languages"]...) {
		if slices.Contains(f.Values["languages"], code) && !slices.Contains(x.Languages, code) {
			x.Languages = append(x.Languages, code)
		}
	}
	return p
}

// fillMail never fills in the password: it is shown to nobody.
func fillMail(_ *Service, st *state) url.Values {
	sends := ""
	if st.Sends {
		sends = "yes"
	}
	return url.Values{"sends": {sends}, "server": {st.is.Server}, "port": {strconv.Itoa(st.is.Port)}, "security": {st.is.Security}, "user": {st.is.User}, "from": {st.is.From}}
}

func setMail(s *Service, f *ui.Form, x *Settings) (p fault.Problems) {
	if s.given.Says("mail") {
		return nil
	}
	x.Sends, x.Server, x.Security, x.User, x.From = f.Get("sends") == "yes", f.Get("server"), f.Get("security"), f.Get("user"), f.Get("from")
	x.Port, _ = strconv.Atoi(f.Get("port")) // what is no number is no port: see Validate
	return nil
}

func fillPages(s *Service, st *state) url.Values {
	out := url.Values{}
	for _, key := range s.partKeys() {
		if !st.off(key) {
			out.Add("on", key)
		}
	}
	return out
}

func setPages(s *Service, f *ui.Form, x *Settings) (p fault.Problems) {
	for _, key := range f.Values["on"] {
		p.Choice("on", key, s.partKeys()...)
	}
	x.Off = nil
	for _, key := range s.partKeys() {
		if !f.Has("on", key) {
			x.Off = append(x.Off, key)
		}
	}
	return p
}

// The questions, with the locale keys their names lead to.

func question(name string, max int) ui.Field {
	return ui.Field{Name: name, Label: "network.field." + name, Max: max}
}

func hinted(q ui.Field) ui.Field {
	q.Hint = q.Label + "-hint"
	return q
}

func typed(q ui.Field, kind, complete string) ui.Field {
	q.Type, q.Complete = kind, complete
	return q
}

func choice(name string, options []ui.Option) ui.Field {
	q := question(name, 0)
	q.Options = options
	return q
}

// asked are the questions a summary of what is wrong may name.
func asked() (out []ui.Field) {
	for _, name := range []string{"name", "leave", "primary", "accent", "languages", "first", "server", "port", "security", "user", "password", "from", "to", "code"} {
		out = append(out, question(name, 0))
	}
	return out
}

// languageOptions are the languages the site can speak, each in its own words.
func (s *Service) languageOptions() (out []ui.Option) {
	for _, l := range s.langs.Langs {
		out = append(out, ui.Option{Value: l.Code, Text: l.Name})
	}
	return out
}

func securityOptions(p *ui.Page) (out []ui.Option) {
	for _, kind := range securities {
		out = append(out, ui.Option{Value: kind, Text: p.T("network.security." + kind)})
	}
	return out
}

func (s *Service) partOptions(p *ui.Page) (out []ui.Option) {
	for _, key := range s.partKeys() {
		out = append(out, ui.Option{Value: key, Text: p.T(key)})
	}
	return out
}
