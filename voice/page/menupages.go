package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

func (s *Service) menuPages() []web.Route {
	return []web.Route{
		web.FormAt("/menus", edit, web.Form{Fields: []string{"top-*", "foot-*", "revision"}, Fill: s.fillMenu, Show: s.showMenu, Save: s.saveMenus}),
		web.FormAt("/menus/words/{entry}", edit, web.Form{Fields: []string{"words-*", "revision"}, Fill: s.fillWords, Show: s.showWords, Save: s.saveWords}),
		web.Get("/menus/history", edit, s.showMenuHistory).Reads("before"),
		web.Do("/menus/restore", edit, s.saveMenuRestore, "revision", "from"),
	}
}

// fillMenu numbers what stands in each menu.
func (s *Service) fillMenu(r *web.Request) (map[string][]string, error) {
	m, _, err := s.Menu(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	out := url.Values{"revision": {strconv.Itoa(m.Revision)}}
	for i, path := range m.Top {
		out.Set("top-"+field(path), strconv.Itoa(i+1))
	}
	for i, path := range m.Foot {
		out.Set("foot-"+field(path), strconv.Itoa(i+1))
	}
	return out, nil
}

func (s *Service) showMenu(r *web.Request, f *ui.Form) (templ.Component, error) {
	m, entries, err := s.Menu(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return menuView(r.Page, f, m, entries, s), nil
}

func (s *Service) saveMenus(r *web.Request, f *ui.Form) (web.Next, error) {
	m, entries, err := s.Menu(r.Context(), r.Viewer)
	if err != nil {
		return web.Next{}, err
	}
	revision, err := strconv.Atoi(f.Get("revision"))
	if err != nil {
		return web.Next{}, fault.Wrong("", "page.changed-menu")
	}
	var p fault.Problems
	read := func(prefix string, was []string) []string {
		numbers := map[string]int{}
		all := slices.Clone(was)
		for _, e := range entries {
			if !slices.Contains(all, e.Path) {
				all = append(all, e.Path)
			}
			name := prefix + field(e.Path)
			typed := strings.TrimSpace(f.Get(name))
			if typed == "" {
				continue
			}
			n, err := strconv.Atoi(typed)
			if err != nil || n < 1 || n > 999 {
				p.Add(name, "page.menu.number")
			}
			numbers[e.Path] = n
		}
		return inOrder(numbers, all)
	}
	top, foot := read("top-", m.Top), read("foot-", m.Foot)
	if err := p.Err(); err != nil {
		return web.Next{}, err
	}
	err = s.SetMenu(r.Context(), r.Viewer, top, foot, revision)
	if fault.Is(err, fault.Conflict) {
		// Saving once more is made from the newest menus, knowingly.
		f.Values.Set("revision", strconv.Itoa(m.Revision))
	}
	return web.Next{To: "/menus", Done: "page.menu.done"}, err
}

// entry is what an address about one part of the menus means.
func (s *Service) entry(r *web.Request) (*Menu, *entry, error) {
	m, entries, err := s.Menu(r.Context(), r.Viewer)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(entries, func(e entry) bool { return field(e.Path) == r.PathValue("entry") })
	if i < 0 {
		return nil, nil, fault.Missing()
	}
	return m, &entries[i], nil
}

func (s *Service) fillWords(r *web.Request) (map[string][]string, error) {
	m, e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	out := url.Values{"revision": {strconv.Itoa(m.Revision)}}
	for _, l := range s.langs.Langs {
		out.Set("words-"+l.Code, m.Words[e.Path][l.Code])
	}
	return out, nil
}

func (s *Service) showWords(r *web.Request, f *ui.Form) (templ.Component, error) {
	_, e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	return wordsView(r.Page, f, e, s), nil
}

func (s *Service) saveWords(r *web.Request, f *ui.Form) (web.Next, error) {
	m, e, err := s.entry(r)
	if err != nil {
		return web.Next{}, err
	}
	revision, err := strconv.Atoi(f.Get("revision"))
	if err != nil {
		return web.Next{}, fault.Wrong("", "page.changed-menu")
	}
	words := map[string]string{}
	for _, l := range s.langs.Langs {
		words[l.Code] = f.Get("words-" + l.Code)
	}
	err = s.SetWords(r.Context(), r.Viewer, e.Path, words, revision)
	if fault.Is(err, fault.Conflict) {
		f.Values.Set("revision", strconv.Itoa(m.Revision))
	}
	return web.Next{To: "/menus", Done: "page.menu.done"}, err
}

func (s *Service) showMenuHistory(r *web.Request) (*web.Answer, error) {
	before, _ := strconv.Atoi(r.Page.Query.Get("before")) // anything else is the beginning
	m, _, err := s.Menu(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	past, names, more, err := s.menuHistory(r.Context(), r.Viewer, before)
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = "/menus/history?before=" + strconv.Itoa(past[len(past)-1].N)
	}
	return web.Show(menuHistoryView(r.Page, m, changes(r.Page, past, names), older, r.FormKey()))
}

func (s *Service) saveMenuRestore(r *web.Request, f *ui.Form) (web.Next, error) {
	n, from, err := readRestore(f)
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/menus", Done: "page.menu.done"}, s.RestoreMenu(r.Context(), r.Viewer, n, from)
}
