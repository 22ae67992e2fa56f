package page

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/record"
	"withus.example/platform/ui"
)

// Menu is what the network chose for its menus: the paths that stand at the top
// of every page and at its foot, in their order, and its own words for some.
type Menu struct {
	Top   []string                     `json:"top"`
	Foot  []string                     `json:"foot"`
	Words map[string]map[string]string `json:"words"` // by path and language; where one is missing, the title
	Known []string                     `json:"known"` // every path there was to choose from: a room that came later stands at the top until somebody decides

	Revision int `json:"-"` // 0: nothing was chosen yet
}

const (
	maxLabel = 40 // characters: a menu has to fit on a phone
	mostTop  = 8
	mostFoot = 20
)

// menuThing is the menus as their history knows them.
var menuThing = record.Thing{Room: "page", ID: "menu"}

// entry is something that can stand in a menu.
type entry struct {
	Path   string
	Hidden bool // it is there, and visitors don't see it
	page   *Page
	key    string // locale key of a room's own words
}

// say is what an entry is called in a language, and the language that is in.
func (e *entry) say(m *Menu, l *i18n.Lang, langs *i18n.Catalog) (text, lang string) {
	if own := m.Words[e.Path][l.Code]; own != "" {
		return own, l.Code
	}
	if e.page == nil {
		return l.T(e.key), l.Code
	}
	t := e.page.In(l.Code, langs)
	return t.Title, t.Lang
}

// entries are what there is to choose from: what rooms offer, then pages.
func (s *Service) entries(ps []*Page) (out []entry) {
	for _, l := range s.site.Nav {
		out = append(out, entry{Path: l.Path, key: l.Key})
	}
	for _, p := range ps {
		out = append(out, entry{Path: p.Path(), page: p, Hidden: p.Hidden})
	}
	return out
}

// settled is a menu as it holds now: what it never heard of added where it
// stands at first, what is no more left out.
func settled(m *Menu, all []entry) *Menu {
	out := &Menu{Words: m.Words, Revision: m.Revision}
	there := func(path string) bool { return slices.ContainsFunc(all, func(e entry) bool { return e.Path == path }) }
	for _, path := range m.Top {
		if there(path) {
			out.Top = append(out.Top, path)
		}
	}
	for _, path := range m.Foot {
		if there(path) {
			out.Foot = append(out.Foot, path)
		}
	}
	for _, e := range all {
		out.Known = append(out.Known, e.Path)
		switch {
		case slices.Contains(m.Known, e.Path):
		case e.page == nil || e.Path == "/about" && m.Revision == 0:
			out.Top = append(out.Top, e.Path)
		case slices.Contains(Ordinary, e.page.Slug) && m.Revision == 0:
			out.Foot = append(out.Foot, e.Path)
		}
	}
	return out
}

// shown is what every page needs of this room, made once for as long as nothing
// here changes: the menus by language, and where old addresses lead.
type shown struct {
	menus map[string]ui.Menus
	moved map[string]string
}

// make makes that.
func (s *Service) make(ctx context.Context) (*shown, error) {
	ps, err := all(ctx, s.db, []string{access.Public}, maxPages)
	if err != nil {
		return nil, err
	}
	m, err := menu(ctx, s.db)
	if err != nil {
		return nil, err
	}
	moves, err := moved(ctx, s.db, mostMoved)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(ps, func(a, b *Page) int { return ordinary(a) - ordinary(b) })
	entries := s.entries(ps)
	m = settled(m, entries)
	out := &shown{menus: map[string]ui.Menus{}, moved: map[string]string{}}
	for _, x := range moves {
		out.moved[x.Old] = x.Target
	}
	for _, l := range s.langs.Langs {
		links := func(paths []string) (out []ui.MenuLink) {
			for _, path := range paths {
				i := slices.IndexFunc(entries, func(e entry) bool { return e.Path == path })
				text, lang := entries[i].say(m, l, s.langs)
				x := ui.MenuLink{Path: path, Text: text}
				if lang != l.Code {
					x.Lang, x.Dir = lang, dir(s.langs, lang)
				}
				out = append(out, x)
			}
			return out
		}
		out.menus[l.Code] = ui.Menus{Top: links(m.Top), Foot: links(m.Foot)}
	}
	return out, nil
}

type shownKey struct{}

// standing is that as it is now; within a request it is asked for once.
func (s *Service) standing(ctx context.Context) (*shown, error) {
	if now, ok := ctx.Value(shownKey{}).(*shown); ok {
		return now, nil
	}
	return s.shown.Get(ctx, s.db)
}

// Menus are what stands at the top and at the foot of every page, for a reader
// of a language.
func (s *Service) Menus(ctx context.Context, l *i18n.Lang) (ui.Menus, error) {
	now, err := s.standing(ctx)
	if err != nil {
		return ui.Menus{}, err
	}
	return now.menus[l.Code], nil
}

// Menu is what the network chose, and all there is to choose from: the team's to
// see.
func (s *Service) Menu(ctx context.Context, v *access.Viewer) (*Menu, []entry, error) {
	ps, err := s.All(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	m, err := menu(ctx, s.db)
	if err != nil {
		return nil, nil, err
	}
	entries := s.entries(ps)
	return settled(m, entries), entries, nil
}

// SetMenu chooses what stands in the menus, and in which order. If somebody else
// did since the revision it was made from, it is a Conflict.
func (s *Service) SetMenu(ctx context.Context, v *access.Viewer, top, foot []string, revision int) error {
	return s.changeMenu(ctx, v, revision, func(_ context.Context, _ *db.Tx, m *Menu) error {
		var p fault.Problems
		if len(top) > mostTop {
			p.Add("", "page.menu.most-top", "max", mostTop)
		}
		if len(foot) > mostFoot {
			p.Add("", "page.menu.most-foot", "max", mostFoot)
		}
		for _, path := range slices.Concat(top, foot) {
			if !slices.Contains(m.Known, path) {
				p.Add("", "page.changed-menu")
			}
		}
		m.Top, m.Foot = top, foot
		return p.Err()
	})
}

// SetWords gives something in the menus words of the network's own, by language;
// an empty one is its title again.
func (s *Service) SetWords(ctx context.Context, v *access.Viewer, path string, words map[string]string, revision int) error {
	return s.changeMenu(ctx, v, revision, func(_ context.Context, _ *db.Tx, m *Menu) error {
		if !slices.Contains(m.Known, path) {
			return fault.Missing()
		}
		var p fault.Problems
		own := map[string]string{}
		for _, l := range s.langs.Langs {
			w := words[l.Code]
			p.Line("words-"+l.Code, &w, maxLabel, fault.Optional)
			if w != "" {
				own[l.Code] = w
			}
		}
		if m.Words == nil {
			m.Words = map[string]map[string]string{}
		}
		if m.Words[path] = own; len(own) == 0 {
			delete(m.Words, path)
		}
		return p.Err()
	})
}

// RestoreMenu brings back the menus of an earlier revision, as a new one.
func (s *Service) RestoreMenu(ctx context.Context, v *access.Viewer, n, from int) error {
	return s.changeMenu(ctx, v, from, func(ctx context.Context, tx *db.Tx, m *Menu) error {
		old, err := record.Get(ctx, tx, menuThing, n)
		if errors.Is(err, db.ErrNone) {
			return fault.Missing()
		}
		if err != nil {
			return err
		}
		var was Menu
		if err := json.Unmarshal(old.Body, &was); err != nil {
			return err
		}
		m.Top, m.Foot, m.Words = was.Top, was.Foot, was.Words
		return nil
	})
}

// changeMenu is the one way the menus change.
func (s *Service) changeMenu(ctx context.Context, v *access.Viewer, from int, to func(ctx context.Context, tx *db.Tx, m *Menu) error) error {
	if err := v.Need(edit, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ps, err := all(ctx, tx, v.Scopes(), maxPages)
		if err != nil {
			return err
		}
		m, err := menu(ctx, tx)
		if err != nil {
			return err
		}
		if m.Revision != from {
			return fault.New(fault.Conflict, "page.changed-menu")
		}
		slices.SortStableFunc(ps, func(a, b *Page) int { return ordinary(a) - ordinary(b) })
		m = settled(m, s.entries(ps))
		if err := to(ctx, tx, m); err != nil {
			return err
		}
		return s.saveMenu(ctx, tx, m, v.Persona)
	})
}

func (s *Service) saveMenu(ctx context.Context, tx *db.Tx, m *Menu, author string) error {
	m.Revision++
	tx.Changed("page")
	if err := putMenu(ctx, tx, m); err != nil {
		return err
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return record.Add(ctx, tx, menuThing, record.Revision{N: m.Revision, Author: author, At: s.now(), Body: body})
}

// menuHistory is History for the menus.
func (s *Service) menuHistory(ctx context.Context, v *access.Viewer, before int) (past []record.Past, names map[string]string, more bool, err error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, nil, false, err
	}
	past, more, err = record.History[Menu](ctx, s.db, menuThing, before)
	for i := range past {
		past[i].Changed = slices.DeleteFunc(past[i].Changed, func(f string) bool { return f == "-" || f == "known" })
	}
	if err != nil {
		return nil, nil, false, err
	}
	names, err = s.people.Names(ctx, v, record.Authors(past))
	return past, names, more, err
}

// menu is what was chosen, empty where nothing was.
func menu(ctx context.Context, q db.Querier) (*Menu, error) {
	m, err := db.One(ctx, q, func(scan db.Scan) (*Menu, error) {
		m := &Menu{}
		var n int
		err := scan(db.JSON(m), &n)
		m.Revision = n
		return m, err
	}, `SELECT body, revision FROM page_menu WHERE what = 'menu'`)
	if errors.Is(err, db.ErrNone) {
		return &Menu{}, nil
	}
	return m, err
}

// putMenu writes the menus, whose revision was just raised by one.
func putMenu(ctx context.Context, tx *db.Tx, m *Menu) error {
	n, err := tx.Exec(ctx, `INSERT INTO page_menu AS was (what, body, revision) VALUES ('menu', $1, $2)
		ON CONFLICT (what) DO UPDATE SET body = excluded.body, revision = excluded.revision WHERE was.revision = excluded.revision - 1`, db.JSON(m), m.Revision)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "page.changed-menu")
	}
	return err
}

// field is a path as part of the name of a form's field.
func field(path string) string { return strings.ReplaceAll(strings.Trim(path, "/"), "/", "_") }

// inOrder puts what was numbered in the order of its numbers; what has the same
// number stays in the order in which it stood.
func inOrder(numbers map[string]int, all []string) (out []string) {
	for _, path := range all {
		if numbers[path] > 0 {
			out = append(out, path)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(numbers[a], numbers[b]) })
	return out
}
