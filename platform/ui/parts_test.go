package ui

import (
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
)

var shipped = []string{"en", "es", "fr", "ar"}

func catalog(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(shipped, i18n.Ground, Ground)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func page(t *testing.T, lang string) *Page {
	t.Helper()
	c := catalog(t)
	return &Page{Lang: c.Get(lang), Langs: c.Langs, Viewer: &access.Viewer{}, Path: "/ui", Query: url.Values{"a": {"1"}}, Site: &Site{
		Name: "Open Door Network", Origin: "https://network.example", Leave: "https://elsewhere.example/",
		Nav: []Link{{"/groups", "ui.parts.lists"}, {"/ui", "ui.parts.title"}}, Assets: assets(t, third), Demo: true,
	}}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func all(expr, in string) (out []string) {
	for _, m := range regexp.MustCompile(expr).FindAllStringSubmatch(in, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}

// Every part, in every language: what must hold for any page.
func TestParts(t *testing.T) {
	for _, lang := range shipped {
		p := page(t, lang)
		p.Done, p.Wrong = "ui.parts.done", true
		out := render(t, Parts(p, &Form{Key: "k", Problems: []fault.Problem{{Field: "say", Key: "error.missing"}}}))
		for why, expr := range map[string]string{
			"a key nobody wrote":        `\b(?:ui|error|i18n)\.[a-z]`,
			"a style the CSP refuses":   `<[^>]* style=`,
			"a script the CSP refuses":  `<[^>]* on[a-z]+=|javascript:|<script>|<style`,
			"something from elsewhere":  `(?:src|srcset|poster)="(?:https?:)?//`,
			"an argument nobody filled": `\{[a-z]+\}`,
			"a value nobody meant":      `<nil>|%!`,
		} {
			if bad := regexp.MustCompile(expr).FindString(out); bad != "" {
				t.Errorf("%s: %s: %q", lang, why, bad)
			}
		}
		checkIDs(t, lang, out)
		checkHeadings(t, lang, out)
		if lang == "ar" && !strings.Contains(out, `<html lang="ar" dir="rtl">`) {
			t.Error("Arabic is not mirrored")
		}
	}
}

func checkIDs(t *testing.T, lang, out string) {
	t.Helper()
	ids := map[string]bool{}
	for _, id := range all(`<[^>]* id="([^"]*)"`, out) {
		if ids[id] || strings.ContainsAny(id, " \t") || id == "" {
			t.Errorf("%s: the id %q twice, or none", lang, id)
		}
		ids[id] = true
	}
	labels := map[string]bool{}
	for _, id := range all(`<label for="([^"]*)"`, out) {
		labels[id] = true
	}
	for _, tag := range regexp.MustCompile(`<(?:input|select|textarea) [^>]*>`).FindAllString(out, -1) {
		if strings.Contains(tag, `type="hidden"`) {
			continue
		}
		if id := all(` id="([^"]*)"`, tag); len(id) != 1 || !labels[id[0]] {
			t.Errorf("%s: nothing says what to put in %s", lang, tag)
		}
	}
	for _, list := range all(` (?:aria-describedby|aria-labelledby|for)="([^"]*)"`, out) {
		for _, id := range strings.Fields(list) {
			if !ids[id] {
				t.Errorf("%s: nothing has the id %q", lang, id)
			}
		}
	}
	for _, id := range all(` href="#([^"]+)"`, out) {
		if !ids[id] && id != "letters" {
			t.Errorf("%s: a link leads to #%s, which is not there", lang, id)
		}
	}
}

func checkHeadings(t *testing.T, lang, out string) {
	t.Helper()
	last := "0"
	for i, level := range all(`<h([1-6])[ >]`, out) {
		if i == 0 && level != "1" || i > 0 && level == "1" || level[0] > last[0]+1 {
			t.Errorf("%s: heading %d is of level %s after %s", lang, i+1, level, last)
		}
		last = level
	}
}

// Whatever a view can say is written in every language that ships, with every
// plural form, and nothing is written that no view says.
func TestKeys(t *testing.T) {
	c := catalog(t)
	var source strings.Builder
	for _, pattern := range []string{"*.go", "*.templ"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if b, err := os.ReadFile(name); err != nil {
				t.Fatal(err)
			} else if !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go") {
				source.Write(b)
			}
		}
	}
	used := source.String()
	for _, key := range all(`"((?:ui|error)\.[a-z.-]*[a-z])"`, used) {
		if !c.Langs[0].Has(key) {
			t.Errorf("%s is said and not written", key)
		}
	}
	for _, key := range []string{"missing", "long", "email", "url", "choice", "unknown-field", "year", "control"} {
		if !c.Langs[0].Has("error." + key) {
			t.Errorf("error.%s is not written", key)
		}
	}
	for _, kind := range []string{"notfound", "denied", "conflict", "limited", "internal", "unknown", "invalid", "toolarge", "method", "crosssite"} {
		if !c.Langs[0].Has("error."+kind+".title") || !c.Langs[0].Has("error."+kind+".text") {
			t.Errorf("error.%s is not written", kind)
		}
	}
	for _, key := range c.Langs[0].Keys() {
		stem := key[:strings.LastIndex(key, ".")+1] // "ui.knot." + shape
		if strings.HasPrefix(key, "ui.") && !strings.Contains(used, `"`+key+`"`) && !strings.Contains(used, `"`+stem+`"+`) && !strings.Contains(used, `"`+stem+`" +`) {
			t.Errorf("%s is written and nowhere said", key)
		}
		for _, l := range c.Langs {
			if missing := l.Missing(key); len(missing) > 0 {
				t.Errorf("%s %s lacks %q", l.Code, key, missing)
			}
			if strings.ContainsAny(l.T(key), "!¡") {
				t.Errorf("%s %s shouts", l.Code, key)
			}
		}
	}
	for _, l := range c.Langs[1:] {
		if got := len(l.Keys()); got != len(c.Langs[0].Keys()) {
			t.Errorf("%s has %d texts, English %d", l.Code, got, len(c.Langs[0].Keys()))
		}
	}
}

func TestLayout(t *testing.T) {
	p := page(t, "en")
	out := render(t, Layout(p, "Groups"))
	for _, want := range []string{
		"<title>Groups · Open Door Network</title>", `hreflang="ar" href="https://network.example/ui?a=1&amp;lang=ar"`,
		`<a href="/ui?a=1&amp;lang=ar" lang="ar" hreflang="ar">العربية</a>`, `<a href="/ui" aria-current="page">`, `href="/sign-in"`,
		`data-htmx="/assets/htmx-1.js"`, `href="/demo/mail"`, `href="/leaving"`, `data-leave="https://elsewhere.example/"`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s", want)
		}
	}
	if first := all(`<a class="[^"]*" href="([^"]*)"`, out); len(first) < 2 || first[0] != "#main" || first[1] != "/leave" {
		t.Errorf("the first things to be focused: %q", first)
	}
	if strings.Contains(out, "data-private") || strings.Contains(out, `class="done"`) {
		t.Error("a visitor's page")
	}
	p.Viewer, p.Wrong, p.Done, p.Site.Demo, p.About = &access.Viewer{Member: "m"}, true, "ui.parts.done", false, `"quoted"`
	out = render(t, Layout(p, "Groups"))
	for _, want := range []string{"<title>Error: Groups · Open Door Network</title>", "<body data-private>", `href="/you"`, `role="status" tabindex="-1" data-first>It is kept.`, `content="&#34;quoted&#34;"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(out, "/demo/mail") || strings.Contains(out, "/sign-in") {
		t.Error("a member's page")
	}
	bare := &Page{Lang: p.Lang, Site: &Site{Name: "Bare"}, Path: "/"}
	if out := render(t, ErrorPage(bare, "error.limited.title", "error.limited.text", Link{"/", "ui.way.home"}, "minutes", 5)); !strings.Contains(out, "Minutes to wait: 5.") || strings.Contains(out, "stylesheet") {
		t.Error("an error before anything is known:", out)
	}
}

func TestHere(t *testing.T) {
	p := &Page{Path: "/groups/open-door"}
	for path, want := range map[string]bool{"/groups": true, "/group": false, "/groups/open-door": true, "/": false, "/groups/open-door/x": false} {
		if p.Here(Link{Path: path}) != want {
			t.Error(path)
		}
	}
}
