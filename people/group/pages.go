package group

import (
	"cmp"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/search"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// pages are the room's addresses for people, and what stands at them.
func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get("/groups", read, s.showList).Reads("q", "support", "language", "page").Kept("group"),
		web.Get("/groups/{slug}", read, s.showGroup).Kept("group"),
		web.Ask("/groups/{slug}/edit", editing, web.Form{Fields: formFields, Fill: s.fillEdit, Show: s.showEdit, Save: s.saveEdit}),
		web.Get("/groups/{slug}/history", editing, s.showHistory).Reads("before"),
		web.Do("/groups/{slug}/restore", editing, s.saveRestore, "revision"),
		web.Do("/groups/{slug}/step-down", edit, s.saveStepDown),
		web.Get("/group-words", editWords, s.showWords),
		web.Ask("/group-words/{key}", editWords, web.Form{Fields: s.wordFields(), Fill: s.fillWord, Show: s.showWord, Save: s.saveWord}),
	}
}

// showList is /groups.
func (s *Service) showList(r *web.Request) (*web.Answer, error) {
	q := r.Page.Query
	filters := map[string][]string{}
	for _, f := range facets {
		if on := q[f]; len(on) > 0 {
			filters[f] = on
		}
	}
	l, err := s.List(r.Context(), r.Viewer, q.Get("q"), filters, q.Get("page"))
	if err != nil {
		return nil, err
	}
	return web.Show(listView(r.Page, q.Get("q"), l, s.filters(r.Page.Lang, l.Counts, filters)))
}

// filters are the facets as the page shows them: what leaves something, and
// what is on.
func (s *Service) filters(l *i18n.Lang, counts map[string]map[string]int, on map[string][]string) (out []ui.Filter) {
	name := map[string]func(string) string{
		"support":  func(v string) string { return l.T("group.support." + v) },
		"language": l.Language,
	}
	for _, facet := range facets {
		f := ui.Filter{Name: facet, Label: "group.filter." + facet}
		for _, v := range on[facet] {
			if counts[facet][v] == 0 && (facet != "support" || slices.Contains(supports, v)) && name[facet](v) != "" {
				f.Choices = append(f.Choices, ui.Choice{Value: v, Text: name[facet](v), On: true})
			}
		}
		for v, n := range counts[facet] {
			f.Choices = append(f.Choices, ui.Choice{Value: v, Text: name[facet](v), Count: n, On: slices.Contains(on[facet], v)})
		}
		slices.SortFunc(f.Choices, func(a, b ui.Choice) int {
			// Twi and Fanti are both called Akan.
			return cmp.Or(compare(s.order(a.Text), s.order(b.Text)), compare(a.Value, b.Value))
		})
		out = append(out, f)
	}
	return out
}

// order is a word's sort key, remembered: a list has the same few choices each
// time.
func (s *Service) order(word string) string {
	if k, ok := s.orders.Load(word); ok {
		return k.(string)
	}
	k := search.SortKey(word)
	s.orders.Store(word, k)
	return k
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// pageAt is the address of another page of the same list.
func pageAt(p *ui.Page, mark string) string {
	if mark == "" {
		return ""
	}
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	q.Set("page", mark)
	return p.Path + "?" + q.Encode()
}

// showGroup is a group's page.
func (s *Service) showGroup(r *web.Request) (*web.Answer, error) {
	g, err := s.Read(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	r.Page.About = g.Summary()
	return web.Show(groupView(r.Page, g, v, MayEdit(r.Viewer, g)))
}

func (s *Service) fillEdit(r *web.Request) (map[string][]string, error) {
	g, err := s.forEdit(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return g.form(r.Page.Lang), nil
}

func (s *Service) showEdit(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, err := s.forEdit(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	return editView(r.Page, f, g, v, r.Viewer.May(edit, g.ID)), nil
}

func (s *Service) saveEdit(r *web.Request, f *ui.Form) (web.Next, error) {
	c, err := readChange(f, s.langs)
	if err != nil {
		// Said together with whatever else is wrong.
		vocabulary, verr := s.Vocabulary(r.Context())
		if verr != nil {
			return web.Next{}, verr
		}
		if also := fault.Of(c.validate(vocabulary)); also != nil {
			first := fault.Of(err)
			first.Problems = append(first.Problems, also.Problems...)
		}
		return web.Next{}, err
	}
	g, err := s.Edit(r.Context(), r.Viewer, r.PathValue("slug"), c)
	if fault.Is(err, fault.Conflict) {
		// Saving once more is made from the newest revision, knowingly.
		if now, rerr := s.Read(r.Context(), r.Viewer, r.PathValue("slug")); rerr == nil {
			f.Values.Set("revision", strconv.Itoa(now.Revision))
		}
	}
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.edit.done"}, nil
}

func (s *Service) showHistory(r *web.Request) (*web.Answer, error) {
	before, _ := strconv.Atoi(r.Page.Query.Get("before")) // anything else is the beginning
	g, past, more, err := s.History(r.Context(), r.Viewer, r.PathValue("slug"), before)
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = g.Path() + "/history?before=" + strconv.Itoa(past[len(past)-1].N)
	}
	return web.Show(historyView(r.Page, g, past, older, r.FormKey()))
}

func (s *Service) saveRestore(r *web.Request, f *ui.Form) (web.Next, error) {
	n, err := strconv.Atoi(f.Get("revision"))
	if err != nil {
		return web.Next{}, fault.Missing()
	}
	g, err := s.Restore(r.Context(), r.Viewer, r.PathValue("slug"), n)
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.restore.done"}, nil
}

func (s *Service) saveStepDown(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "group.step-down.done"}, s.StepDown(r.Context(), r.Viewer, r.PathValue("slug"))
}

// home shows some groups on the first page: other ones every day, chosen by
// nothing but chance.
func (s *Service) home(r *web.Request) (templ.Component, error) {
	const some = 6
	day := uint64(time.Now().UTC().Unix() / 86400)
	ids, err := s.index.Some(r.Context(), r.Viewer, kind, some, rand.New(rand.NewPCG(day, 0)))
	if err != nil {
		return nil, err
	}
	gs, err := s.briefs(r.Context(), r.Viewer, ids)
	if err != nil || len(gs) == 0 {
		return nil, err
	}
	return homeView(r.Page, cards(r.Page.Lang, gs)), nil
}

func cards(l *i18n.Lang, gs []Brief) (out []ui.Card) {
	for i := range gs {
		out = append(out, gs[i].card(l))
	}
	return out
}

// you are the groups the reader organises, on their own page; and for the
// network team, those that wait for somebody to check them.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	gs, err := yours(r.Context(), s.db, r.Viewer)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(gs, func(a, b Brief) int { return compare(s.order(a.Name), s.order(b.Name)) })
	var ws []Brief
	if r.Viewer.May(editFree, "") {
		if ws, err = waiting(r.Context(), s.db, pageSize); err != nil {
			return nil, err
		}
	}
	if len(gs)+len(ws) == 0 {
		return nil, nil
	}
	return youView(r.Page, gs, ws), nil
}
