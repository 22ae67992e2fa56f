package helpnow

import (
	_ "embed"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/search"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// worker is what the browser of somebody who kept a country's page runs when
// they ask for it without a net. It stands below /help, since it may answer for
// that alone.
//
//go:embed worker.js
var worker string

// pages are the room's addresses for people, and what stands at them.
func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get("/help", read, s.showChoice).Reads("country").Kept("helpnow"),
		web.Get("/help/{country}", read, s.showCountry).Reads("kind").Kept("helpnow"),
		web.Get("/help/worker.js", read, showWorker),
		web.Get("/help/lines", edit, s.showLines),
		web.FormAt("/help/lines/new", edit, web.Form{Fields: formFields, Fill: fillNew, Show: s.showNew, Save: s.saveNew}),
		web.FormAt("/help/lines/{id}/edit", edit, web.Form{Fields: formFields, Fill: s.fillEdit, Show: s.showEdit, Save: s.saveEdit}),
		web.FormAt("/help/lines/{id}/tried", edit, web.Form{Fields: triedFields, Fill: s.fillTried, Show: s.showTried, Save: s.saveTried}),
		web.Get("/help/lines/{id}/history", edit, s.showHistory).Reads("before"),
		web.Do("/help/lines/{id}/restore", edit, s.saveRestore, "revision", "from"),
	}
}

// elsewhere is what somebody chooses whose country is not on the list. It
// stands in the place of a country's code, in small letters as none does.
const elsewhere = "other"

// linesPath is the team's list of all lines.
const linesPath = "/help/lines"

// path is where the pages about one line begin.
func (l *Line) path() string { return linesPath + "/" + l.ID }

// showChoice is /help: which country? The one chosen has a page of its own.
func (s *Service) showChoice(r *web.Request) (*web.Answer, error) {
	if c := r.Page.Query.Get("country"); c == elsewhere || slices.Contains(i18n.Countries, c) {
		return &web.Answer{To: "/help/" + c}, nil
	}
	codes, err := s.Countries(r.Context())
	if err != nil {
		return nil, err
	}
	r.Page.About = r.Page.T("helpnow.lead")
	return web.Show(choiceView(r.Page, codes, r.Viewer.May(edit, "")))
}

// section is the lines of one region, or of the whole country.
type section struct {
	Region string
	Lines  []*Line
}

// fewLines is up to how many lines a page needs no filter: it is read faster
// than a filter is understood.
const fewLines = 6

// showCountry is the page of a country, or of none that is on the list.
func (s *Service) showCountry(r *web.Request) (*web.Answer, error) {
	code := r.PathValue("country")
	if code == elsewhere {
		return web.Show(countryView(r.Page, "", nil, nil, "", time.Time{}, r.Viewer.May(edit, "")))
	}
	if up := strings.ToUpper(code); up != code && slices.Contains(i18n.Countries, up) {
		return &web.Answer{To: "/help/" + up}, nil
	}
	ls, err := s.Lines(r.Context(), code)
	if err != nil {
		return nil, err
	}
	kind, offered := r.Page.Query.Get("kind"), []string{}
	if len(ls) > fewLines {
		offered = kindsOf(ls)
	}
	if !slices.Contains(offered, kind) {
		kind = ""
	}
	now := s.now()
	r.Page.About = r.Page.T("helpnow.lead")
	return &web.Answer{
		Page:  countryView(r.Page, code, sections(ls, kind), offered, kind, now, r.Viewer.May(edit, "")),
		Until: db.Day(now).Add(24 * time.Hour), // it says which day it is of
	}, nil
}

// kindsOf are the kinds among lines, where there is more than one.
func kindsOf(ls []*Line) (out []string) {
	for _, k := range kinds {
		if slices.ContainsFunc(ls, func(l *Line) bool { return l.Kind == k }) {
			out = append(out, k)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// sections puts lines, sorted already, under their regions; kind narrows them.
func sections(ls []*Line, kind string) (out []section) {
	for _, l := range ls {
		if kind != "" && l.Kind != kind {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Region != l.Region {
			out = append(out, section{Region: l.Region})
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, l)
	}
	return out
}

func showWorker(*web.Request) (*web.Answer, error) {
	return &web.Answer{Type: "text/javascript; charset=utf-8", Stream: func(w io.Writer) error {
		_, err := io.WriteString(w, worker)
		return err
	}}, nil
}

// desk is what waits for the team: lines to try, and lines that failed. A
// network without lines is told how to begin.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	if !r.Viewer.May(edit, "") || !r.Page.Site.Shows("/help") {
		return nil, nil
	}
	ls, err := s.All(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return deskView(r.Page, len(ls), toDo(ls, s.now())), nil
}

// toDo are the lines somebody should look at: those that were never tried, then
// those that are overdue, the longest first.
func toDo(ls []*Line, now time.Time) (out []*Line) {
	for _, l := range ls {
		if l.State == Waiting || l.Overdue(now) {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b *Line) int { return a.Tried.Compare(b.Tried) })
	return out
}

// home is one line on the first page: where to turn now, if there are lines.
func (s *Service) home(r *web.Request) (templ.Component, error) {
	if !r.Page.Site.Shows("/help") {
		return nil, nil
	}
	codes, err := s.Countries(r.Context())
	if err != nil || len(codes) == 0 {
		return nil, err
	}
	return homeView(r.Page), nil
}

func (s *Service) showLines(r *web.Request) (*web.Answer, error) {
	ls, err := s.All(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	names, err := s.names(r.Context(), r.Viewer, ls...)
	if err != nil {
		return nil, err
	}
	return web.Show(linesView(r.Page, byCountry(r.Page.Lang, ls), names, s.now()))
}

// land is a country and its lines.
type land struct {
	Code  string
	Lines []*Line
}

// byCountry puts lines under their countries, by the reader's names for them.
func byCountry(l *i18n.Lang, ls []*Line) (out []land) {
	for _, x := range ls {
		if len(out) == 0 || out[len(out)-1].Code != x.Country {
			out = append(out, land{Code: x.Country})
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, x)
	}
	for _, c := range out {
		sortLines(c.Lines)
	}
	search.SortBy(out, func(c land) string { return l.Country(c.Code) })
	return out
}

func fillNew(r *web.Request) (map[string][]string, error) { return fresh(r.Page.Lang), nil }

func (s *Service) showNew(r *web.Request, f *ui.Form) (templ.Component, error) {
	return editView(r.Page, f, nil), nil
}

func (s *Service) saveNew(r *web.Request, f *ui.Form) (web.Next, error) {
	d, p := readDetails(f, nil, r.Page.Lang, s.langs)
	if len(p) > 0 {
		return web.Next{}, together(p, d.Validate())
	}
	l, err := s.Enter(r.Context(), r.Viewer, d)
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: l.path() + "/tried", Done: "helpnow.entered.done"}, nil
}

// line is the line an address is about.
func (s *Service) line(r *web.Request) (*Line, error) {
	return s.Read(r.Context(), r.Viewer, r.PathValue("id"))
}

func (s *Service) fillEdit(r *web.Request) (map[string][]string, error) {
	l, err := s.line(r)
	if err != nil {
		return nil, err
	}
	return l.form(r.Page.Lang), nil
}

func (s *Service) showEdit(r *web.Request, f *ui.Form) (templ.Component, error) {
	l, err := s.line(r)
	if err != nil {
		return nil, err
	}
	return editView(r.Page, f, l), nil
}

func (s *Service) saveEdit(r *web.Request, f *ui.Form) (web.Next, error) {
	was, err := s.line(r)
	if err != nil {
		return web.Next{}, err
	}
	d, p := readDetails(f, was.Languages, r.Page.Lang, s.langs)
	revision, err := strconv.Atoi(f.Get("revision"))
	if err != nil {
		p.Add("", "helpnow.changed-meanwhile")
	}
	if len(p) > 0 {
		return web.Next{}, together(p, d.Validate())
	}
	l, err := s.Edit(r.Context(), r.Viewer, was.ID, d, revision)
	if fault.Is(err, fault.Conflict) {
		// Saving once more is made from the newest revision, knowingly.
		f.Values.Set("revision", strconv.Itoa(was.Revision))
	}
	if err != nil {
		return web.Next{}, err
	}
	if l.State == Waiting {
		return web.Next{To: l.path() + "/tried", Done: "helpnow.hidden.done"}, nil
	}
	return web.Next{To: linesPath, Done: "helpnow.edited.done"}, nil
}

func (s *Service) fillTried(r *web.Request) (map[string][]string, error) {
	l, err := s.line(r)
	if err != nil {
		return nil, err
	}
	return map[string][]string{"revision": {strconv.Itoa(l.Revision)}, "tries": {strconv.Itoa(l.Tries)}, "trouble": {l.Trouble}}, nil
}

func (s *Service) showTried(r *web.Request, f *ui.Form) (templ.Component, error) {
	l, err := s.line(r)
	if err != nil {
		return nil, err
	}
	names, err := s.names(r.Context(), r.Viewer, l)
	if err != nil {
		return nil, err
	}
	return triedView(r.Page, f, l, names, s.now()), nil
}

func (s *Service) saveTried(r *web.Request, f *ui.Form) (web.Next, error) {
	found := Found{Works: f.Get("works") == string(Yes), Trouble: f.Get("trouble")}
	if !found.Works && f.Get("works") != string(No) {
		return web.Next{}, fault.Wrong("", "helpnow.tried.choose")
	}
	var err1, err2 error
	found.Revision, err1 = strconv.Atoi(f.Get("revision"))
	found.Tries, err2 = strconv.Atoi(f.Get("tries"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.Wrong("", "helpnow.changed-meanwhile")
	}
	l, err := s.Try(r.Context(), r.Viewer, r.PathValue("id"), found)
	if fault.Is(err, fault.Conflict) {
		// What they look at next is the line as it is now; then it counts.
		if now, rerr := s.line(r); rerr == nil {
			f.Values.Set("revision", strconv.Itoa(now.Revision))
			f.Values.Set("tries", strconv.Itoa(now.Tries))
		}
	}
	if err != nil {
		return web.Next{}, err
	}
	done := "helpnow.works.done"
	if l.State == Failed {
		done = "helpnow.failed.done"
	}
	return web.Next{To: linesPath, Done: done}, nil
}

func (s *Service) showHistory(r *web.Request) (*web.Answer, error) {
	before, _ := strconv.Atoi(r.Page.Query.Get("before")) // anything else is the beginning
	l, past, names, more, err := s.History(r.Context(), r.Viewer, r.PathValue("id"), before)
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = l.path() + "/history?before=" + strconv.Itoa(past[len(past)-1].N)
	}
	return web.Show(historyView(r.Page, l, changes(r.Page, past, names), older, r.FormKey()))
}

func (s *Service) saveRestore(r *web.Request, f *ui.Form) (web.Next, error) {
	n, err1 := strconv.Atoi(f.Get("revision"))
	from, err2 := strconv.Atoi(f.Get("from"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.Missing()
	}
	l, err := s.Restore(r.Context(), r.Viewer, r.PathValue("id"), n, from)
	if err != nil {
		return web.Next{}, err
	}
	if l.State == Waiting {
		return web.Next{To: l.path() + "/tried", Done: "helpnow.hidden.done"}, nil
	}
	return web.Next{To: linesPath, Done: "helpnow.restored.done"}, nil
}
