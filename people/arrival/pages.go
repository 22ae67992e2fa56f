package arrival

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/list"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const deskPath = "/desk/arrivals"

// pages are where the team brings people.
func (s *Service) pages() []web.Route {
	one := deskPath + "/{list}"
	return []web.Route{
		web.Get(deskPath, bringing, s.showDesk),
		web.Get(deskPath+"/waiting", bringing, s.showWaiting).Reads("after"),
		web.FormAt(deskPath+"/bring", bringing, web.Form{Fields: []string{"called"}, Files: []string{"file"}, Show: s.showBring, Save: s.saveBring}),
		web.FormAt(deskPath+"/paper", bringing, web.Form{Fields: []string{"email", "name", "kind", "does", "own", "country", "lang", "day", "yes", "form", "form-lang", "words-*"}, Show: s.showPaper, Save: s.savePaper}),
		web.Do(deskPath+"/write", bringing, s.saveWrite, "again"),
		web.Get(one, bringing, s.showList),
		web.FormAt(one+"/columns", bringing, web.Form{Fields: []string{"kind", "column-*"}, Fill: s.fillColumns, Show: s.showColumns, Save: s.saveColumns}),
		web.FormAt(one+"/words", bringing, web.Form{Fields: []string{"means-*", "back-*", firstField.Name}, Fill: s.fillWords, Show: s.showWords, Save: s.saveWords}),
		web.Do(one+"/take", bringing, s.saveTake, "round"),
		web.Do(one+"/delete", bringing, s.saveDrop),
	}
}

// Path is the list's address, and way where somebody goes on with it.
func (l *List) Path() string { return deskPath + "/" + l.ID }

func (l *List) way() string {
	return l.Path() + map[string]string{choosing: "/columns", marking: "/words"}[l.State]
}

// desk leads to them.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	n, err := unfinished(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	c, err := counts(r.Context(), s.db, s.now().Add(-between))
	return deskPart(r.Page, n, c), err
}

func (s *Service) showDesk(r *web.Request) (*web.Answer, error) {
	all, c, err := s.Lists(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(deskView(r.Page, all, c, r.FormKey()))
}

func (s *Service) saveWrite(r *web.Request, f *ui.Form) (web.Next, error) {
	n, err := s.Write(r.Context(), r.Viewer, f.Get("again") == "yes")
	next := web.Next{To: deskPath, Done: "arrival.write.done"}
	if n == 0 {
		next.Done = "arrival.write.nobody"
	}
	return next, err
}

func (s *Service) showWaiting(r *web.Request) (*web.Answer, error) {
	all, more, err := s.Waiting(r.Context(), r.Viewer, r.Page.Query.Get("after"))
	if err != nil {
		return nil, err
	}
	next := ""
	if more {
		next = deskPath + "/waiting?after=" + url.QueryEscape(all[len(all)-1].Member)
	}
	return web.Show(waitingView(r.Page, all, next))
}

var (
	calledField = ui.Field{Name: "called", Label: "arrival.called", Hint: "arrival.called-hint", Max: 80}
	fileField   = ui.Field{Name: "file", Label: "arrival.file", Hint: "arrival.file-hint"}
)

func (s *Service) showBring(r *web.Request, f *ui.Form) (templ.Component, error) {
	return bringView(r.Page, f), nil
}

func (s *Service) saveBring(r *web.Request, f *ui.Form) (web.Next, error) {
	id, err := s.Bring(r.Context(), r.Viewer, f.Get("called"), f.Files["file"])
	return web.Next{To: deskPath + "/" + id + "/columns"}, inWords(err, r.Page)
}

// inWords is what is wrong with a file, for whoever sent it.
func inWords(err error, p *ui.Page) error {
	n := note(err)
	if n == nil {
		return err
	}
	args := n.Args
	if n.Of != nil {
		args = append(slices.Clip(args), "why", n.Of.In(p.T))
	}
	return fault.Wrong("file", n.Key, args...)
}

// none is chosen for a column that is left out.
const none = "none"

func (s *Service) fillColumns(r *web.Request) (map[string][]string, error) {
	l, err := s.open(r.Context(), r.Viewer, r.PathValue("list"))
	if err != nil {
		return nil, err
	}
	out := map[string][]string{"kind": {l.Choices.Kind}}
	for i, c := range l.Choices.Columns {
		if c.Is == "" {
			c.Is = none
		}
		out[columnField(i)] = []string{c.Is}
	}
	return out, nil
}

func (s *Service) showColumns(r *web.Request, f *ui.Form) (templ.Component, error) {
	l, err := s.open(r.Context(), r.Viewer, r.PathValue("list"))
	if err != nil {
		return nil, err
	}
	head, err := look(l.file)
	if err != nil {
		return nil, err
	}
	p := r.Page
	options := []ui.Option{{Value: none, Text: p.T("arrival.is.none")}}
	for _, is := range slices.Concat(facts, marks) {
		options = append(options, ui.Option{Value: is, Text: p.T("arrival.is." + is)})
	}
	for _, key := range s.purposes() {
		options = append(options, ui.Option{Value: key, Text: p.T("arrival.is.yes", "what", p.T(key))})
	}
	questions := []ui.Field{kindField(p, "arrival.kind-all")}
	for i, c := range head.Columns {
		q := ui.Field{Name: columnField(i), Label: c.Header, Options: options, Hint: strings.Join(c.Values, " · ")}
		if q.Label == "" {
			q.Label = p.T("arrival.column-n", "n", i+1)
		}
		questions = append(questions, q)
	}
	return columnsView(p, f, l, questions), nil
}

func (s *Service) saveColumns(r *web.Request, f *ui.Form) (web.Next, error) {
	id, c := r.PathValue("list"), Choices{Kind: f.Get("kind")}
	for i := range len(f.Values) {
		if is, sent := f.Values[columnField(i)]; sent && is[0] == none {
			c.Columns = append(c.Columns, Column{})
		} else if sent {
			c.Columns = append(c.Columns, Column{Is: is[0]})
		}
	}
	return web.Next{To: deskPath + "/" + id}, s.Choose(r.Context(), r.Viewer, id, c)
}

// meansField and backField are the fields of the form about the words in a column; 0
// is the first.
func meansField(i int) string { return "means-" + strconv.Itoa(i+1) }
func backField(i int) string  { return "back-" + strconv.Itoa(i+1) }

var firstField = ui.Field{Name: "first", Hint: "arrival.first-hint"}

func (s *Service) fillWords(r *web.Request) (map[string][]string, error) {
	l, err := s.open(r.Context(), r.Viewer, r.PathValue("list"))
	if err != nil {
		return nil, err
	}
	if l.State == choosing || !slices.ContainsFunc(l.Choices.Columns, Column.asked) {
		return nil, web.Elsewhere(l.Path() + "/columns")
	}
	_, _, guess, err := s.words(l)
	out := map[string][]string{}
	for i, c := range guess {
		if c.marked() {
			out[meansField(i)], out[backField(i)] = slices.Clone(c.Means), slices.Clone(c.Back)
		}
		if c.Asks {
			out[firstField.Name] = []string{cmp.Or(c.First, dayFirst)}
		}
	}
	return out, err
}

func (s *Service) showWords(r *web.Request, f *ui.Form) (templ.Component, error) {
	l, err := s.open(r.Context(), r.Viewer, r.PathValue("list"))
	if err != nil {
		return nil, err
	}
	words, more, guess, err := s.words(l)
	if err != nil {
		return nil, err
	}
	head, err := look(l.file)
	if err != nil {
		return nil, err
	}
	p := r.Page
	var questions []ui.Field
	for i, c := range l.Choices.Columns {
		if c.Asks {
			q := firstField
			q.Label = p.T("arrival.first", "column", head.Columns[i].Header)
			q.Options = []ui.Option{{Value: dayFirst, Text: p.T("arrival.first.day")}, {Value: monthFirst, Text: p.T("arrival.first.month")}}
			questions = append(questions, q)
		}
		if !c.marked() {
			continue
		}
		q := ui.Field{Name: meansField(i), Label: p.T("arrival.means.yes", "column", head.Columns[i].Header, "what", p.T(c.Is))}
		if slices.Contains(marks, c.Is) {
			q.Label = p.T("arrival.means."+c.Is, "column", head.Columns[i].Header)
		}
		if more[i] {
			q.Hint = "arrival.means.more"
		}
		for _, w := range words[i] {
			o := ui.Option{Value: w, Text: list.Shown(w, wordShown)}
			if w == anyWord {
				o.Text = p.T("arrival.means.any")
			}
			q.Options = append(q.Options, o)
		}
		questions = append(questions, q)
		if c.Is == isStop && (len(words[i]) > 3 || len(guess[i].Back) > 0) { // more than yes, no and any
			q.Name, q.Hint, q.Options = backField(i), "", q.Options[:len(q.Options)-1]
			q.Label = p.T("arrival.means.bounce", "column", head.Columns[i].Header)
			questions = append(questions, q)
		}
	}
	return wordsView(p, f, l, questions), nil
}

func (s *Service) saveWords(r *web.Request, f *ui.Form) (web.Next, error) {
	id, m := r.PathValue("list"), Meanings{Means: map[int][]string{}, Back: map[int][]string{}, First: f.Get(firstField.Name)}
	for name, words := range f.Values {
		_, number, _ := strings.Cut(name, "-")
		n, err := strconv.Atoi(number)
		switch {
		case name == firstField.Name:
		case err == nil && n > 0 && name == meansField(n-1):
			m.Means[n-1] = words
		case err == nil && n > 0 && name == backField(n-1):
			m.Back[n-1] = words
		default:
			return web.Next{}, fault.Wrong(name, "error.unknown-field")
		}
	}
	return web.Next{To: deskPath + "/" + id}, s.Mark(r.Context(), r.Viewer, id, m)
}

func (s *Service) showList(r *web.Request) (*web.Answer, error) {
	l, err := s.List(r.Context(), r.Viewer, r.PathValue("list"))
	if err != nil {
		return nil, err
	}
	if l.way() != l.Path() {
		return &web.Answer{To: l.way()}, nil
	}
	a := &web.Answer{Page: listView(r.Page, l, s.purposes(), r.FormKey())}
	if l.State == taking && !l.Stuck { // nothing can be typed on this page, so nothing is lost
		a.Header("Refresh", "4")
	}
	return a, nil
}

func (s *Service) saveTake(r *web.Request, f *ui.Form) (web.Next, error) {
	id := r.PathValue("list")
	round, err := strconv.Atoi(f.Get("round"))
	if err != nil {
		round = -1 // none that anybody has seen
	}
	return web.Next{To: deskPath + "/" + id}, s.Take(r.Context(), r.Viewer, id, round)
}

func (s *Service) saveDrop(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: deskPath, Done: "arrival.delete.done"}, s.Drop(r.Context(), r.Viewer, r.PathValue("list"))
}

// kindField asks what somebody is here.
func kindField(p *ui.Page, label string) ui.Field {
	q := ui.Field{Name: "kind", Label: label}
	for _, kind := range []string{"member", "supporter"} {
		q.Options = append(q.Options, ui.Option{Value: kind, Text: p.T("arrival.kind." + kind)})
	}
	return q
}

func langField(p *ui.Page) ui.Field {
	q := ui.Field{Name: "lang", Label: "arrival.lang"}
	for _, l := range p.Langs {
		q.Options = append(q.Options, ui.Option{Value: l.Code, Text: p.Language(l.Code)})
	}
	return q
}

func countryField(p *ui.Page) ui.Field {
	return ui.Field{Name: "country", Label: "arrival.country", Optional: true, Options: append([]ui.Option{{Text: p.T("arrival.country.none")}}, p.Countries(i18n.Countries)...)}
}

// yesField asks what somebody agrees to, in the words of the house; old are those of
// before, by purpose, and said is how they are told.
func (s *Service) yesField(p *ui.Page, label, said string, old map[string]string) ui.Field {
	q := ui.Field{Name: "yes", Label: label}
	for _, key := range s.purposes() {
		hint := p.T(key + ".text")
		if words := old[key]; words != "" && words != hint {
			hint += " " + p.T(said, "words", words)
		}
		q.Options = append(q.Options, ui.Option{Value: key, Text: p.T(key), Hint: hint})
	}
	return q
}
