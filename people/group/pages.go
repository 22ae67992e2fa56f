package group

import (
	"maps"
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
		web.Get("/groups", read, s.showList).Reads("q", "near", "within", "at", "support", "language", "page").Kept("group"),
		web.Get("/groups/{slug}", read, s.showGroup).Kept("group"),
		web.FormAt("/groups/{slug}/edit", editing, web.Form{Fields: formFields, Fill: s.fillEdit, Show: s.showEdit, Save: s.saveEdit}),
		web.Get("/groups/{slug}/history", editing, s.showHistory).Reads("before"),
		web.Do("/groups/{slug}/restore", editing, s.saveRestore, "revision", "from"),
		web.Do("/groups/{slug}/step-down", edit, s.saveStepDown),
		web.Get("/group-words", editWords, s.showWords),
		web.FormAt("/group-words/{key}", editWords, web.Form{Fields: wordFields, Fill: s.fillWord, Show: s.showWord, Save: s.saveWord}),
	}
}

// showList is /groups.
func (s *Service) showList(r *web.Request) (*web.Answer, error) {
	q := r.Page.Query
	filters, near := readFilters(q), s.readNear(q)
	l, err := s.List(r.Context(), r.Viewer, q.Get("q"), near, filters, q.Get("page"))
	if err != nil {
		return nil, err
	}
	return web.Show(listView(r.Page, s, q.Get("q"), near, l, s.filters(r.Page.Lang, l.Counts, filters)))
}

// mostChoices is how many values of a filter are looked at.
const mostChoices = 20

// readFilters reads what the list is narrowed by.
func readFilters(q url.Values) map[string][]string {
	filters := map[string][]string{}
	for _, f := range facets {
		if on := q[f]; len(on) > 0 {
			filters[f] = on[:min(len(on), mostChoices)]
		}
	}
	return filters
}

// filters are the facets as the page shows them: what leaves something, and
// what is on.
func (s *Service) filters(l *i18n.Lang, counts map[string]map[string]int, on map[string][]string) (out []ui.Filter) {
	for _, facet := range facets {
		f := ui.Filter{Name: facet, Label: "group.filter." + facet}
		for _, v := range on[facet] {
			if text := choiceText(l, facet, v); counts[facet][v] == 0 && text != "" {
				f.Choices = append(f.Choices, ui.Choice{Value: v, Text: text, On: true})
			}
		}
		for _, v := range slices.Sorted(maps.Keys(counts[facet])) { // Twi and Fanti are both called Akan
			f.Choices = append(f.Choices, ui.Choice{Value: v, Text: choiceText(l, facet, v), Count: counts[facet][v], On: slices.Contains(on[facet], v)})
		}
		search.SortBy(f.Choices, func(c ui.Choice) string { return c.Text })
		out = append(out, f)
	}
	return out
}

// choiceText is a filter's value in the reader's words, "" if it is none.
func choiceText(l *i18n.Lang, facet, v string) string {
	switch {
	case facet == "language":
		return l.Language(v)
	case slices.Contains(supports, v):
		return l.T("group.support." + v)
	}
	return ""
}

// pageAt is the address of another page of the same list.
func pageAt(p *ui.Page, mark string) string {
	if mark == "" {
		return ""
	}
	q := maps.Clone(p.Query)
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
	a := &web.Answer{Page: groupView(r.Page, g, v, MayEdit(r.Viewer, g))}
	if !g.Published || g.Audience != Everyone {
		a.Header("X-Robots-Tag", "noindex") // a leaked address is not to be found by searching
	}
	return a, nil
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
	was, err := s.Read(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return web.Next{}, err
	}
	c, p := readChange(f, was, r.Page.Lang, s.langs)
	if len(p) > 0 {
		// Said together with whatever else is wrong.
		vocabulary, err := s.Vocabulary(r.Context())
		if err != nil {
			return web.Next{}, err
		}
		if also := fault.Of(c.validate(vocabulary)); also != nil {
			p = append(p, also.Problems...)
		}
		return web.Next{}, p.Err()
	}
	g, err := s.Edit(r.Context(), r.Viewer, r.PathValue("slug"), c)
	if fault.Is(err, fault.Conflict) {
		// Saving once more is made from the newest revision, knowingly.
		if now, rerr := s.Read(r.Context(), r.Viewer, r.PathValue("slug")); rerr == nil {
			f.Values.Set("revision", strconv.Itoa(now.Revision))
			// Who sees the page is as it was last decided: a stale form must
			// not open again what somebody has just closed.
			f.Values.Set("audience", string(now.Audience))
			f.Values.Del("published")
			if now.Published {
				f.Values.Set("published", "yes")
			}
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
	n, err1 := strconv.Atoi(f.Get("revision"))
	from, err2 := strconv.Atoi(f.Get("from"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.Missing()
	}
	g, err := s.Restore(r.Context(), r.Viewer, r.PathValue("slug"), n, from)
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
	ids, err := s.index.Some(r.Context(), r.Viewer, docKind, some, rand.New(rand.NewPCG(day, 0)))
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
	yours, err := s.Yours(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	waiting, err := s.Waiting(r.Context(), r.Viewer)
	return youView(r.Page, yours, waiting, r.Viewer.May(editWords, "")), err
}
