package equal

import (
	"cmp"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/crowd"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	path     = "/you/equal"
	deskPath = "/desk/equal"

	// The ticket is with whoever answers, and nowhere else: in their browser, for
	// the rest of a day, so that what they began is not lost with a page.
	ticketCookie = "equal"
	ticketLife   = 24 * time.Hour
)

func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get(path, answering, s.showFirst),
		web.Do(path+"/begin", answering, s.saveBegin),
		// It may be sent again, since the house would note its key by the hour: its
		// ticket is spent once, where the answers are. No answer is kept for
		// whoever has to sign in first: it would meet the next one at that browser.
		web.FormAt(path+"/questions", answering, web.Form{Fields: keys(), Secret: keys(), Again: true, Show: s.showQuestions, Save: s.saveAnswers}),
		web.FormAt(deskPath, asking, web.Form{Fields: []string{"asked"}, Fill: s.fillAsked, Show: s.showDesk, Save: s.saveAsked}),
		web.Get(deskPath+".csv", asking, s.showFile),
	}
}

func (s *Service) showFirst(r *web.Request) (*web.Answer, error) {
	if _, err := s.Asked(r.Context()); err != nil {
		return nil, err
	}
	before, now, err := s.Offered(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	good, err := s.Good(r.Context(), r.Held(ticketCookie))
	if err != nil {
		return nil, err
	}
	var next time.Time // when they can begin again
	if now && !good {
		next = quarter(s.now()).AddDate(0, 3, 0)
	}
	return web.Show(firstView(r.Page, before, next, r.FormKey()))
}

func (s *Service) saveBegin(r *web.Request, _ *ui.Form) (web.Next, error) {
	if _, err := s.Asked(r.Context()); err != nil {
		return web.Next{}, err
	}
	next := web.Next{To: path + "/questions"}
	if good, err := s.Good(r.Context(), r.Held(ticketCookie)); err != nil || good {
		return next, err // begun today already, at this browser
	}
	ticket, err := s.Offer(r.Context(), r.Viewer)
	if err == nil {
		r.Keep(ticketCookie, ticket, ticketLife)
	}
	return next, err
}

// fields are the questions as a form has them.
func fields(p *ui.Page, all []Question) (out []ui.Field) {
	for _, q := range all {
		f := ui.Field{Name: q.Key, Label: "equal.q." + q.Key}
		for _, choice := range q.Choices {
			f.Options = append(f.Options, ui.Option{Value: choice, Text: say(p, q.Key, choice)})
		}
		out = append(out, f)
	}
	return out
}

// say is a choice in the reader's words.
func say(p *ui.Page, question, choice string) string {
	switch choice {
	case ratherNot:
		return p.T("equal.rather-not")
	case crowd.Others:
		return p.T("equal.others")
	}
	return p.T("equal.o." + question + "." + choice)
}

func (s *Service) showQuestions(r *web.Request, f *ui.Form) (templ.Component, error) {
	all, err := s.Asked(r.Context())
	if err != nil {
		return nil, err
	}
	if good, err := s.Good(r.Context(), r.Held(ticketCookie)); err != nil || !good && len(f.Problems) == 0 {
		return nil, cmp.Or(err, web.Elsewhere(path))
	}
	return questionsView(r.Page, f, fields(r.Page, all)), nil
}

func (s *Service) saveAnswers(r *web.Request, f *ui.Form) (web.Next, error) {
	answers, said := map[string]string{}, "equal.none.done"
	for _, key := range keys() {
		if answers[key] = f.Get(key); answers[key] != "" {
			said = "equal.done"
		}
	}
	err := s.Count(r.Context(), answers, r.Held(ticketCookie))
	if err == nil {
		r.Keep(ticketCookie, "", 0)
	}
	return web.Next{To: "/you", Done: said}, err
}

func (s *Service) you(r *web.Request) (templ.Component, error) {
	_, err := s.Asked(r.Context())
	if fault.Is(err, fault.NotFound) || !r.Viewer.May(answering, "") {
		return nil, nil
	}
	return youView(r.Page), err
}

func (s *Service) desk(r *web.Request) (templ.Component, error) {
	if !r.Viewer.May(asking, "") {
		return nil, nil
	}
	return deskPart(r.Page), nil
}

func (s *Service) fillAsked(r *web.Request) (map[string][]string, error) {
	now, err := s.Results(r.Context(), r.Viewer)
	return map[string][]string{"asked": now.Asked}, err
}

func (s *Service) showDesk(r *web.Request, f *ui.Form) (templ.Component, error) {
	now, err := s.Results(r.Context(), r.Viewer)
	return deskView(r.Page, f, now), err
}

func askedField(p *ui.Page) ui.Field {
	f := ui.Field{Name: "asked", Label: "equal.asked", Hint: "equal.asked-hint"}
	for _, q := range questions {
		f.Options = append(f.Options, ui.Option{Value: q.Key, Text: p.T("equal.q." + q.Key)})
	}
	return f
}

func (s *Service) saveAsked(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: deskPath, Done: "equal.asked.done"}, s.Ask(r.Context(), r.Viewer, f.Values["asked"])
}

// charts are what is shown, in the reader's words.
func (s *state) charts(p *ui.Page) (out []ui.Chart) {
	for _, q := range questions {
		t := s.Shown[q.Key]
		if len(t) == 0 {
			continue
		}
		c := ui.Chart{ID: "equal-" + q.Key, Title: p.T("equal.q." + q.Key)}
		for _, choice := range append(slices.Clone(q.Choices), crowd.Others) {
			if t[choice] > 0 {
				c.Bars = append(c.Bars, ui.Bar{Text: say(p, q.Key, choice), N: t[choice], Of: slices.Max(slices.Collect(maps.Values(t)))})
			}
		}
		out = append(out, c)
	}
	return out
}

func (s *Service) showFile(r *web.Request) (*web.Answer, error) {
	now, err := s.Results(r.Context(), r.Viewer)
	return &web.Answer{Type: "text/csv; charset=utf-8", Name: "equal-" + now.Quarter.Format("2006-01-02") + ".csv", Stream: func(w io.Writer) error {
		rows := [][]string{ui.ChartHead(r.Page)}
		for _, c := range now.charts(r.Page) {
			rows = append(rows, c.Rows()...)
		}
		return csv.NewWriter(w).WriteAll(rows)
	}}, err
}
