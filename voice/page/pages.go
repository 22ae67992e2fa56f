package page

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/prose"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// pages are the room's addresses for people, and what stands at them.
func (s *Service) pages() []web.Route {
	out := []web.Route{
		web.Get("/pages", edit, s.showAll),
		web.Get("/pages/{page}", read, s.showPage).Kept("page"),
		web.FormAt("/pages/new", edit, web.Form{Fields: newFields, Show: s.showNew, Save: s.saveNew}),
		web.FormAt("/pages/{page}/edit/{lang}", edit, web.Form{Fields: formFields, Fill: s.fillEdit, Show: s.showEdit, Save: s.saveEdit}).Reads("beside"),
		web.Get("/pages/{page}/history/{lang}", edit, s.showHistory).Reads("before"),
		web.Do("/pages/{page}/restore/{lang}", edit, s.saveRestore, "revision", "from"),
		web.Do("/pages/{page}/hide", edit, s.saveHide),
		web.Do("/pages/{page}/show", edit, s.saveShow),
		web.Get("/sitemap.xml", read, s.sitemap).Kept("page"),
		web.Get("/robots.txt", read, s.robots),
	}
	for _, slug := range Ordinary {
		out = append(out, web.Get("/"+slug, read, func(r *web.Request) (*web.Answer, error) { return s.show(r, slug) }).Kept("page"))
	}
	return out
}

// The fields of the forms. The text comes as HTML from the editor, or else as it
// was typed; href is a box of the editor's own.
var (
	newFields  = []string{"title", "text", "html", "href"}
	formFields = append([]string{"same", "revision", "source"}, newFields...)
)

func (s *Service) showPage(r *web.Request) (*web.Answer, error) {
	slug := r.PathValue("page")
	if slices.Contains(Ordinary, slug) {
		return &web.Answer{To: "/" + slug}, nil
	}
	return s.show(r, slug)
}

// show is a page, for whoever may see it.
func (s *Service) show(r *web.Request, slug string) (*web.Answer, error) {
	p, err := s.Read(r.Context(), r.Viewer, slug)
	if err != nil {
		return nil, err
	}
	t := p.In(r.Page.Code, s.langs)
	r.Page.About = prose.FromHTML(t.Body).First(300)
	return web.Show(pageView(r.Page, p, t, dir(s.langs, t.Lang), r.Viewer.May(edit, "")))
}

func (s *Service) showAll(r *web.Request) (*web.Answer, error) {
	ps, err := s.All(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(allView(r.Page, s, ps, r.FormKey()))
}

// readText is what was written, from the editor or by hand.
func readText(f *ui.Form) prose.Text {
	if _, ok := f.Values["html"]; ok {
		return prose.FromHTML(f.Get("html"))
	}
	return prose.FromPlain(f.Get("text"))
}

// both puts the text into the form in both ways, whichever it came in.
func both(f *ui.Form) {
	if _, ok := f.Values["html"]; !ok {
		f.Values.Set("html", prose.FromPlain(f.Get("text")).Editor())
		return
	}
	t := prose.FromHTML(f.Get("html"))
	f.Values.Set("text", t.Plain())
	f.Values.Set("html", t.Editor())
}

func (s *Service) showNew(r *web.Request, f *ui.Form) (templ.Component, error) {
	both(f)
	return newView(r.Page, f, s.langs.Langs[0]), nil
}

func (s *Service) saveNew(r *web.Request, f *ui.Form) (web.Next, error) {
	p, err := s.Add(r.Context(), r.Viewer, Details{Title: f.Get("title"), Body: readText(f).HTML()})
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: p.Path(), Done: "page.added.done"}, nil
}

// editing is the page and the language an address is about.
func (s *Service) editing(r *web.Request) (*Page, string, error) {
	lang := r.PathValue("lang")
	if s.langs.Get(lang) == nil {
		return nil, "", fault.Missing()
	}
	p, err := forEdit(r.Context(), s.db, r.Viewer, r.PathValue("page"))
	return p, lang, err
}

// source is the revision of a page in the network's first language.
func (s *Service) source(p *Page) int {
	if t := p.Texts[s.langs.Langs[0].Code]; t != nil {
		return t.Revision
	}
	return 0
}

func (s *Service) fillEdit(r *web.Request) (map[string][]string, error) {
	p, lang, err := s.editing(r)
	if err != nil {
		return nil, err
	}
	out := url.Values{"revision": {"0"}, "source": {strconv.Itoa(s.source(p))}}
	t := p.Texts[lang]
	if t == nil { // something to begin with, if there is anything in that language
		t = houseText(p.Slug, lang)
	}
	if t != nil {
		text := prose.FromHTML(t.Body)
		out.Set("title", t.Title)
		out.Set("text", text.Plain())
		out.Set("html", text.Editor())
		out.Set("revision", strconv.Itoa(t.Revision))
	}
	if st := p.State(lang, s.langs); st != Behind {
		out.Set("same", "yes")
	}
	return out, nil
}

func (s *Service) showEdit(r *web.Request, f *ui.Form) (templ.Component, error) {
	p, lang, err := s.editing(r)
	if err != nil {
		return nil, err
	}
	both(f)
	v := &editing{Page: p, Lang: s.langs.Get(lang), First: s.langs.Langs[0], State: p.State(lang, s.langs)}
	beside := r.Page.Query.Get("beside")
	if s.langs.Get(beside) == nil || beside == lang {
		if beside = ""; lang != v.First.Code {
			beside = v.First.Code
		}
	}
	for _, l := range s.langs.Langs {
		if l.Code != lang && p.In(l.Code, s.langs).Lang == l.Code {
			v.Others = append(v.Others, l)
			if l.Code == beside {
				v.Beside, v.BesideLang = p.In(l.Code, s.langs), l
			}
		}
	}
	return editView(r.Page, f, v), nil
}

func (s *Service) saveEdit(r *web.Request, f *ui.Form) (web.Next, error) {
	p, lang, err := s.editing(r)
	if err != nil {
		return web.Next{}, err
	}
	c := Change{Details: Details{Title: f.Get("title"), Body: readText(f).HTML()}, Same: f.Get("same") == "yes"}
	var err1, err2 error
	c.Revision, err1 = strconv.Atoi(f.Get("revision"))
	c.Source, err2 = strconv.Atoi(f.Get("source"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.Wrong("", "page.changed-meanwhile")
	}
	c.Source = min(c.Source, s.source(p))
	_, err = s.Edit(r.Context(), r.Viewer, p.Slug, lang, c)
	if fault.Is(err, fault.Conflict) {
		// Saving once more is made from the newest revision, knowingly.
		f.Values.Set("revision", "0")
		if t := p.Texts[lang]; t != nil {
			f.Values.Set("revision", strconv.Itoa(t.Revision))
		}
	}
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: p.Path(), Done: "page.saved.done"}, nil
}

func (s *Service) showHistory(r *web.Request) (*web.Answer, error) {
	before, _ := strconv.Atoi(r.Page.Query.Get("before")) // anything else is the beginning
	if _, _, err := s.editing(r); err != nil {
		return nil, err
	}
	lang := s.langs.Get(r.PathValue("lang"))
	p, past, names, more, err := s.History(r.Context(), r.Viewer, r.PathValue("page"), lang.Code, before)
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = p.work() + "/history/" + lang.Code + "?before=" + strconv.Itoa(past[len(past)-1].N)
	}
	return web.Show(historyView(r.Page, p, lang, changes(r.Page, past, names), older, r.FormKey()))
}

// readRestore reads which revision is to come back, and the newest that was seen.
func readRestore(f *ui.Form) (n, from int, err error) {
	n, err1 := strconv.Atoi(f.Get("revision"))
	from, err2 := strconv.Atoi(f.Get("from"))
	if err1 != nil || err2 != nil {
		return 0, 0, fault.Missing()
	}
	return n, from, nil
}

func (s *Service) saveRestore(r *web.Request, f *ui.Form) (web.Next, error) {
	n, from, err := readRestore(f)
	if err != nil {
		return web.Next{}, err
	}
	p, err := s.Restore(r.Context(), r.Viewer, r.PathValue("page"), r.PathValue("lang"), n, from)
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: p.Path(), Done: "page.restored.done"}, nil
}

func (s *Service) saveHide(r *web.Request, _ *ui.Form) (web.Next, error) {
	_, err := s.Hide(r.Context(), r.Viewer, r.PathValue("page"), true)
	return web.Next{To: "/pages", Done: "page.hidden.done"}, err
}

func (s *Service) saveShow(r *web.Request, _ *ui.Form) (web.Next, error) {
	_, err := s.Hide(r.Context(), r.Viewer, r.PathValue("page"), false)
	return web.Next{To: "/pages", Done: "page.shown.done"}, err
}

// desk is what waits for the team: pages the network has not written, and
// translations that are behind.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	if !r.Viewer.May(edit, "") {
		return nil, nil
	}
	ps, err := s.All(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	var given, behind []todo
	for _, p := range ps {
		for _, l := range s.langs.Langs {
			t := todo{p, p.In(r.Page.Code, s.langs), l}
			switch p.State(l.Code, s.langs) {
			case Given:
				if l == s.langs.Langs[0] && !p.Hidden {
					given = append(given, t)
				}
			case Behind:
				behind = append(behind, t)
			}
		}
	}
	return deskView(r.Page, s, given, behind), nil
}

// todo is a page in a language that somebody should look at.
type todo struct {
	*Page
	Text *Text // in the reader's language, for its title
	In   *i18n.Lang
}
