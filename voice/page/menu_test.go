package page

import (
	"strings"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
)

func (s *Service) menusIn(t *testing.T, lang string) string {
	t.Helper()
	m, err := s.Menus(t.Context(), s.langs.Get(lang))
	if err != nil {
		t.Fatal(err)
	}
	say := func(ls []ui.MenuLink) (out string) {
		for _, l := range ls {
			out += l.Path + "=" + l.Text
			if l.Lang != "" {
				out += "(" + l.Lang + " " + l.Dir + ")"
			}
			out += " "
		}
		return out
	}
	return say(m.Top) + "| " + say(m.Foot)
}

// The menus are what the team chose, in its order and words; hidden pages are
// not in them, and what changes is new at the next request.
func TestMenus(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if got := s.menusIn(t, "en"); got != "/groups=Pages /about=About this network | /our-language=Our language /who-runs-this=Who runs this /privacy=What is kept about you /accessibility=Accessibility " {
			t.Errorf("at first: %s", got)
		}
		p, err := s.Add(ctx, ana, says("Rules"))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []*access.Viewer{visitor, member} {
			if err := s.SetMenu(ctx, v, nil, nil, 0); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else: %v", err)
			}
			if _, _, err := s.Menu(ctx, v); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else looks: %v", err)
			}
		}
		if err := s.SetMenu(ctx, ana, []string{p.Path(), "/privacy", "/groups"}, []string{"/about"}, 0); err != nil {
			t.Fatal(err)
		}
		if got := s.menusIn(t, "es"); got != "/privacy=Qué se guarda sobre ti /groups=Páginas | /about=Sobre esta red " {
			t.Errorf("a page that is hidden: %s", got)
		}
		if _, err := s.Hide(ctx, ana, p.Slug, false); err != nil {
			t.Fatal(err)
		}
		if got := s.menusIn(t, "ar"); !strings.HasPrefix(got, "/pages/rules=Rules(en ltr) /privacy=") {
			t.Errorf("a title that is not there in Arabic: %s", got)
		}
		if err := s.SetMenu(ctx, ben, nil, nil, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("the second at once: %v", err)
		}
		if err := s.SetMenu(ctx, ben, []string{"//evil.example"}, nil, 1); !fault.Is(err, fault.Invalid) {
			t.Errorf("what there is not: %v", err)
		}
		if err := s.SetWords(ctx, ben, p.Path(), map[string]string{"ar": " قواعد ", "en": ""}, 1); err != nil {
			t.Fatal(err)
		}
		if got := s.menusIn(t, "ar"); !strings.HasPrefix(got, "/pages/rules=قواعد /privacy=") {
			t.Errorf("own words: %s", got)
		}
		if err := s.SetWords(ctx, ben, p.Path(), map[string]string{"en": strings.Repeat("x", maxLabel+1)}, 2); !fault.Is(err, fault.Invalid) {
			t.Errorf("long words: %v", err)
		}
		s.site.Nav = append(s.site.Nav, ui.Link{Path: "/later", Key: "page.menu"})
		if _, err := s.Edit(ctx, ana, p.Slug, "en", Change{Details: says("Rules, new"), Revision: 1}); err != nil {
			t.Fatal(err)
		}
		if got := s.menusIn(t, "en"); !strings.HasPrefix(got, "/pages/rules=Rules, new /privacy=What is kept about you /groups=Pages /later=Menus |") {
			t.Errorf("a room that came later: %s", got)
		}
		if err := s.RestoreMenu(ctx, ana, 1, 2); err != nil {
			t.Fatal(err)
		}
		if got := s.menusIn(t, "ar"); strings.Contains(got, "قواعد") {
			t.Errorf("back: %s", got)
		}
		past, _, _, err := s.menuHistory(ctx, ana, 0)
		if err != nil || len(past) != 3 || strings.Join(past[1].Changed, " ") != "words" {
			t.Errorf("%+v, %v", past, err)
		}
	})
}

// Another server's menus are new by the next request too, and what stands costs
// no query but the counter's.
func TestMenusOnTwoServers(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		if s.db.Dialect != db.Postgres {
			return // several servers share a PostgreSQL
		}
		other := service(t, s.db)
		other.menusIn(t, "en")
		if err := s.SetMenu(t.Context(), ana, nil, []string{"/about"}, 0); err != nil {
			t.Fatal(err)
		}
		if got := other.menusIn(t, "en"); got != "| /about=About this network " {
			t.Error(got)
		}
	})
	run(t, func(t *testing.T, s *Service) {
		s.menusIn(t, "en")
		ctx, n := db.Counted(t.Context())
		if _, err := s.Menus(ctx, s.langs.Langs[0]); err != nil {
			t.Fatal(err)
		}
		if most := int64(1); n.Load() > most || s.db.Dialect == db.SQLite && n.Load() > 0 {
			t.Errorf("%d statements for menus that stand", n.Load())
		}
	})
}
