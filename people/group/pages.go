package group

import (
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// pages are the room's addresses for people, and what stands at them.
func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get("/groups", read, s.showList).Reads(append([]string{"q", "near", "within", "at", "sort", "page"}, narrows...)...).Kept("group"),
		web.Get("/groups/{slug}", read, s.showGroup).Kept("group").WithParts("group"),
		web.Get("/groups/{slug}/slip", read, s.showSlip).Kept("group"),
		web.FormAt("/groups/{slug}/edit", editing, web.Form{Fields: formFields, Fill: s.fillEdit, Show: s.showEdit, Save: s.saveEdit}),
		web.Get("/groups/{slug}/history", editing, s.showHistory).Reads("before", "of"),
		web.Do("/groups/{slug}/restore", editing, s.saveRestore, "revision", "from"),
		web.Do("/groups/{slug}/step-down", edit, s.saveStepDown),
		web.FormAt("/groups/{slug}/suggest", read, web.Form{Fields: []string{"field", "words", "as"}, Show: s.showSuggest, Save: s.saveSuggest}),
		web.FormAt("/groups-suggested/{token}", read, web.Form{Show: s.showSuggested, Save: s.saveTakeBack}),
		web.Do(ownSuggested, speak, s.saveTakeBackOwn, "said"),
		web.Do("/groups/{slug}/decide", editing, s.saveDecide, "suggestion", "take"),
		web.Do("/groups/{slug}/still-right", editing, s.saveStillRight),
		web.Do("/groups/{slug}/close", edit, s.saveClose),
		web.Do("/groups/{slug}/open", edit, s.saveOpen),
		web.FormAt("/groups/{slug}/life", editing, web.Form{Fields: lifeFields, Fill: s.fillLife, Show: s.showLife, Save: s.saveLife}),
		web.Do("/groups/{slug}/publish", edit, s.savePublish),
		web.FormAt("/groups/{slug}/off", edit, web.Form{Fields: []string{"sure"}, Show: s.showOff, Save: s.saveOff}),
		web.FormAt("/groups/{slug}/delete", edit, web.Form{Fields: []string{"sure"}, Show: s.showDelete, Save: s.saveDelete}),
		web.FormAt("/groups-asked/{token}", read, web.Form{Fields: []string{"group", "suggestion", "take", "answer", "of", "about"}, Show: s.showAsked, Save: s.saveAsked}),
		web.Do("/group-reminders", remindMe, s.saveRemind, "reminders"),
		web.Get("/words", read, s.showWords).Kept("group"),
		web.FormAt("/words/{key}", editWords, web.Form{Fields: wordFields, Fill: s.fillWord, Show: s.showWord, Save: s.saveWord}),
	}
}

// showList is /groups.
func (s *Service) showList(r *web.Request) (*web.Answer, error) {
	q := r.Page.Query
	on, near := readFilters(q), s.readNear(q)
	l, err := s.List(r.Context(), r.Viewer, q.Get("q"), near, on, q.Get("sort"), q.Get("page"))
	if err != nil {
		return nil, err
	}
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Show(listView(r.Page, s, q.Get("q"), near, l, v.filters(r.Page, l.Counts, on, near != nil || strings.TrimSpace(q.Get("q")) != "")))
}

// mostChoices is how many values of a filter are looked at.
const mostChoices = 20

// narrows are the parameters of the address that narrow the list: the filters
// on the page, and what leads to the groups that have ended.
var narrows = append([]string{"life"}, facets...)

// readFilters reads what the list is narrowed by.
func readFilters(q url.Values) map[string][]string {
	on := map[string][]string{}
	for _, f := range narrows {
		// An empty one is a list left at "any".
		if values := slices.DeleteFunc(slices.Clone(q[f]), func(v string) bool { return v == "" }); len(values) > 0 {
			on[f] = values[:min(len(values), mostChoices)]
		}
	}
	return on
}

// filters are the facets as the page shows them: what leaves something, and
// what is on.
func filters(l *i18n.Lang, v *Vocabulary, counts map[string]map[string]int, on map[string][]string) []ui.Filter {
	var out []ui.Filter
	also := ui.Filter{Name: "also", Label: "group.filter.also"}
	for _, facet := range facets {
		f := ui.Filter{Name: facet, Label: "group.filter." + facet, One: facet != "support"}
		var keys []string
		for value, n := range counts[facet] {
			is := v.label(l, facet, value)
			f.Choices = append(f.Choices, ui.Choice{Name: facet, Value: value, Text: is.text, Count: n, On: slices.Contains(on[facet], value)})
			keys = append(keys, is.key)
		}
		for _, value := range on[facet] {
			if text := v.choiceText(l, facet, value); counts[facet][value] == 0 && text != "" {
				f.Choices = append(f.Choices, ui.Choice{Name: facet, Value: value, Text: text, On: true})
				keys = append(keys, "")
			}
		}
		sort.Sort(byKey{keys, f.Choices})
		if facet == "open" || facet == "online" {
			also.Choices = append(also.Choices, f.Choices...)
		} else if len(f.Choices) > 0 {
			out = append(out, f)
		}
	}
	if len(also.Choices) > 0 {
		out = append(out, also)
	}
	return out
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
	if err := s.picture(r.Context(), g); err != nil {
		return nil, err
	}
	t, err := s.tending(r, g)
	if err != nil {
		return nil, err
	}
	r.Page.About = g.Summary()
	parts, err := r.Parts(web.Thing{Room: "group", ID: g.ID, Slug: g.Slug, Alone: g.organisers == 0, Away: g.Hidden || !g.Published, Past: g.Life == Ended})
	if err != nil {
		return nil, err
	}
	a := &web.Answer{Page: groupView(r.Page, g, v, t, parts)}
	if !g.Published || g.Hidden || g.Audience != Everyone {
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
	if of := r.Page.Query.Get("of"); of != "" {
		return s.showHistoryOf(r, of, before)
	}
	g, past, names, more, err := s.History(r.Context(), r.Viewer, r.PathValue("slug"), before)
	if err != nil {
		return nil, err
	}
	merged, err := s.merges(r.Context(), r.Viewer, g)
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = g.Path() + "/history?before=" + strconv.Itoa(past[len(past)-1].N)
	}
	return web.Show(historyView(r.Page, g, merged, changes(r.Page, past, names, merged), older, r.FormKey()))
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
	gs = slices.DeleteFunc(gs, func(b Brief) bool { return b.Life == Ended })
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

// you are the groups the reader organises, on their own page.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	m, err := s.Mine(r.Context(), r.Viewer)
	if err != nil || len(m.Groups) == 0 {
		return nil, err
	}
	a, err := askingOf(r.Context(), s.db, r.Viewer.Persona)
	return youView(r.Page, m, a.reminders, r.FormKey()), err
}
