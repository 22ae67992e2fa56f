package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/web/webtest"
)

// A page that is hidden is nowhere, whoever looks but the team.
func TestHiddenPageCanary(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStreet(h)
		h.work()
		team := s.who["team"]
		const word = "flumhidden"
		team.Send("/pages/new", "", url.Values{"title": {"A " + word + " page"}, "text": {"About " + word + " things."}}).Shows(t, "Only the team sees it")
		team.Send("/menus", "", url.Values{"foot-pages_a-flumhidden-page": {"1"}}).Is(t, http.StatusOK)
		for _, viewer := range []string{"visitor", "member", "organiser", "moderator"} {
			for path, p := range s.crawl(s.who[viewer]) {
				if all := everything(p); strings.Contains(all, word) || strings.Contains(all, "a page that waits") {
					t.Errorf("%s as %s gives away a hidden page", path, viewer)
				}
				if p.Status >= 500 {
					t.Errorf("%s as %s: status %d", path, viewer, p.Status)
				}
			}
			for _, path := range []string{"/pages/a-" + word + "-page", "/api/v1/pages/a-" + word + "-page"} {
				hidden, nothing := s.who[viewer].Get(path), s.who[viewer].Get(strings.Replace(path, word, "flumnothing", 1))
				if hidden.Status != http.StatusNotFound || strings.ReplaceAll(hidden.Body, word, "WORD") != strings.ReplaceAll(nothing.Body, "flumnothing", "WORD") || hidden.Statements != nothing.Statements {
					t.Errorf("%s as %s is told from one that is not there", path, viewer)
				}
			}
		}
	})
}

// pageSurfaces are where a page can be met, each with whether it is there.
func pageSurfaces(v *webtest.Visitor, path, word string) map[string]bool {
	out := map[string]bool{}
	for name, at := range map[string]string{"its address": path, "in Arabic": path + "?lang=ar", "search": "/search?q=" + word, "the menu": "/groups", "the first page's menu": "/", "the map of the site": "/sitemap.xml",
		"the API": "/api/v1" + path, "the API's list": "/api/v1/pages", "the API's search": "/api/v1/search?q=" + word} {
		p := v.Do(http.MethodGet, at, nil, "")
		out[name] = p.Status == http.StatusOK && strings.Contains(strings.ReplaceAll(strings.ReplaceAll(p.Body, `value="`+word, ""), "q="+word, ""), word)
	}
	delete(v.Cookies, "lang")
	return out
}

// What is hidden is gone at the next request, from kept pages too, and on every
// server; a new title is on every page at once.
func TestPagesAtOnceOnAllServers(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		one, two := open(t, at), open(t, at)
		team := one.as("team")
		const word = "flumadoodle"
		path := "/pages/" + word
		team.Send("/pages/new", "", url.Values{"title": {word}, "text": {word + " " + word}}).Is(t, http.StatusOK)
		team.Send("/menus", "", url.Values{"foot-pages_" + word: {"3"}}).Is(t, http.StatusOK)
		settle := func() {
			if one.DB.Dialect == db.SQLite {
				time.Sleep(2 * db.Lag)
			}
		}
		for i, shown := range []bool{true, false, true} {
			to := "/hide"
			if shown {
				to = "/show"
			}
			team.Send("/pages", path+to, nil).Is(t, http.StatusOK)
			settle()
			for range 2 {
				for _, v := range []*webtest.Visitor{one.visitor(), two.visitor()} {
					for name, is := range pageSurfaces(v, path, word) {
						if is != shown {
							t.Errorf("step %d: shown is %v, %s: is it there? %v", i, shown, name, is)
						}
					}
				}
			}
		}
		team.Send(path+"/edit/en", "", url.Values{"title": {"Flumotherwise"}}).Is(t, http.StatusOK)
		settle()
		for range 2 {
			two.visitor().Get("/groups").Shows(t, "Flumotherwise").Hides(t, ">"+word+"<")
		}
	})
}

// Two people at once: the second is told, and finds what they typed.
func TestTwoEditors(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, two := h.as("team"), h.visitor().SignIn("team2@withus.example", "withus-team")
		form := two.Get("/pages/about/edit/en").Form(t, "")
		one.Send("/pages/about/edit/en", "", url.Values{"title": {"First"}}).Is(t, http.StatusOK)
		form.Set("title", "Second")
		form.Set("text", "## My\n\n**words** <b>")
		p := two.Post("/pages/about/edit/en", form).Is(t, http.StatusConflict).Shows(t, "Somebody else changed this text meanwhile")
		again := p.Form(t, "")
		if again.Get("title") != "Second" || again.Get("text") != "## My\n\n**words** <b>" {
			t.Errorf("what was typed is lost: %v", again)
		}
		h.visitor().Get("/about").Shows(t, "First")
		two.Post("/pages/about/edit/en", again).Is(t, http.StatusOK)
		h.visitor().Get("/about").Shows(t, "Second", "words <b>")
		two.Get("/pages/about/history/en").Shows(t, "Title", "Text")
		two.Send("/pages/about/history/en", "/pages/about/restore/en", nil).Is(t, http.StatusOK)
		if got := two.Get("/pages/about/edit/en").Form(t, ""); got.Has("html") {
			t.Error("without a script the editor's field is not sent")
		}
		// From the editor the same comes as HTML; scripts never come through.
		form = two.Get("/pages/about/edit/en").Form(t, "")
		form.Del("text")
		form.Set("html", `<div>From the editor<br><br>two&nbsp; lines</div><script>alert(1)</script><h1 onclick=x>Top</h1>`)
		form.Set("href", "")
		two.Post("/pages/about/edit/en", form).Is(t, http.StatusOK)
		p = h.visitor().Get("/about").Shows(t, "From the editor").Hides(t, "alert(1)", "onclick")
		if !strings.Contains(p.Body, "<p>From the editor</p><p>two lines</p><h2>Top</h2>") {
			t.Errorf("%.2000s", p.Body)
		}
		if got := two.Get("/pages/about/edit/en").Form(t, "").Get("text"); got != "From the editor\n\ntwo lines\n\n## Top" {
			t.Errorf("to be typed on: %q", got)
		}
		form.Set("html", "<p> </p>")
		two.Post("/pages/about/edit/en", form).Is(t, http.StatusUnprocessableEntity)
	})
}

// Old addresses lead on where nothing else stands, and only here; a page that is
// not there costs no more for it.
func TestOldAddresses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v, team := h.visitor(), h.as("team")
		v.Get("/nothing-stands-here")
		with := v.Get("/nothing-stands-here").Is(t, http.StatusNotFound).Statements
		for from, want := range map[string]string{
			"/about-us.html": "/about", "/about-us.html/": "/about", "/about-us.html?utm=1": "/about", "/index.php?page=privacy": "/privacy", "/index.php?page=other": "", "/urgent": "/help",
			"/about/": "/about", "/groups/?q=tea": "/groups?q=tea", "/groups/no-such-group": "", "//evil.example/": "/evil.example/", "/evil.example/": "",
		} {
			p := v.Do(http.MethodGet, from, nil, "")
			if to := p.Header.Get("Location"); to != want || want != "" && p.Status != http.StatusMovedPermanently && from[1] != '/' {
				t.Errorf("%s leads to %q (%d), want %q", from, to, p.Status, want)
			}
		}
		if p := v.Do(http.MethodPost, "/about-us.html", nil, ""); p.Status != http.StatusNotFound {
			t.Errorf("a form sent to an old address: %d", p.Status)
		}
		p := team.Send("/old-addresses", "", url.Values{"list": {"/x /groups\n/y https://evil.example/\n/urgent /about"}}).Is(t, http.StatusOK)
		p.Shows(t, "2 lines are right", "Line 2", "must be on this site", "Until now it leads to /help")
		if v.Get("/x").Status != http.StatusNotFound {
			t.Error("looking through has kept it")
		}
		form := p.Form(t, "")
		form.Set("step", "keep")
		team.Post("/old-addresses", form).Is(t, http.StatusOK).Shows(t, "The old addresses are saved")
		if to := v.Do(http.MethodGet, "/urgent", nil, "").Header.Get("Location"); to != "/about" {
			t.Errorf("it leads to %q", to)
		}
		team.Post("/old-addresses/remove", url.Values{"form_key": form["form_key"], "old": {"/x", "/urgent", "/about-us.html", "/find-a-group.html", "/index.php?page=privacy", "/rules.html"}}).Is(t, http.StatusOK)
		v.Get("/nothing-stands-here")
		if without := v.Get("/nothing-stands-here").Statements; without != with || h.DB.Dialect == db.SQLite && without > 0 || without > 1 { // on PostgreSQL the counters are asked
			t.Errorf("a page that is not there takes %d statements with old addresses, %d without", with, without)
		}
	})
}
