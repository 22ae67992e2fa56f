package tests

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/app"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/id"
	"withus.example/platform/mail"
	"withus.example/platform/web/webtest"
)

// The cases below hold in the whole house, whatever room is added to it: they
// walk through every route there is.

// openDoor is a group that organiser and organiser2 run.
const openDoor = "open-door-collective"

// everyone are the kinds of people who come to the house.
var everyone = []string{"", "member", "organiser", "supporter", "moderator", "team"}

// is gives somebody of the demo; "" is a visitor.
func (h *house) is(role string) *webtest.Visitor {
	if role == "" {
		return h.visitor()
	}
	return h.as(role)
}

// letterTo has a link sent and gives its path.
func (h *house) letterTo(email, next string) string {
	h.t.Helper()
	h.visitor().PostOnly("/sign-in", url.Values{"email": {email}, "password": {""}, "next": {next}}).Is(h.t, http.StatusSeeOther)
	h.work()
	for _, k := range h.tray.Letters() {
		if k.Letter.To == email {
			return strings.TrimPrefix(k.Letter.Link.URL, "http://127.0.0.1")
		}
	}
	h.t.Fatalf("no letter to %s", email)
	return ""
}

// addresses are the paths of a route, filled with things that are there.
func (h *house) addresses(pattern string) []string {
	out := []string{strings.TrimSuffix(pattern, "{$}")}
	for name, values := range map[string][]string{"{slug}": {openDoor, "nowhere"}, "{key}": {"voices", "new"}, "{file}": {"0b6c3a52-6f2e-4a4e-9d6b-2f4c1f0e9a77-480.jpg", "x"}, "{area}": {"gb", "africa"}, "{country}": {"GB", "IE", "ZZ"}, "{id}": {h.lineOf("+44 1632 960 001"), "nothing"}, "{intro}": {"nothing"}, "{page}": {"about", "house-rules", hiddenPage, "nothing"}, "{lang}": {"en", "ar", "xx"}, "{entry}": {"about", "nothing"}, "{a}": {"the-long-bench", "nowhere"}, "{b}": {"canal-listeners"}, "{import}": append(h.brought(), "nothing"), "{list}": append(h.people(), "nothing"), "{token}": {"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, "{kind}": {"member", "team"}, "{purpose}": {"member.counted", "member.membership", "nothing"}, "{persona}": {"nothing", h.persona("member@withus.example")}} {
		var filled []string
		for _, p := range out {
			if !strings.Contains(p, name) {
				filled = append(filled, p)
				continue
			}
			for _, v := range values {
				filled = append(filled, strings.ReplaceAll(p, name, v))
			}
		}
		out = filled
	}
	for _, p := range out {
		if strings.Contains(p, "{") {
			h.t.Fatalf("say what to fill into %s", pattern)
		}
	}
	return out
}

// reading are all addresses that are read.
func (h *house) reading() (out []string) {
	for _, rt := range h.Routes {
		if slices.Contains(rt.Methods, "GET") {
			out = append(out, h.addresses(rt.Path)...)
		}
	}
	return append(out, "/api/v1/openapi.json", "/nowhere")
}

// rows is everything in every table but the columns named.
func (h *house) rows(without ...string) map[string]string {
	h.t.Helper()
	q := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_words_%' ORDER BY name`
	if h.DB.Dialect == db.Postgres {
		q = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	}
	ctx := context.Background()
	names, err := db.All(ctx, h.DB, db.Text, q)
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		found, err := h.DB.Query(ctx, `SELECT * FROM `+name)
		if err != nil {
			h.t.Fatal(err)
		}
		columns, err := found.Columns()
		if err != nil {
			h.t.Fatal(err)
		}
		var lines []string
		for found.Next() {
			cells := make([]any, len(columns))
			to := make([]any, len(columns))
			for i := range cells {
				to[i] = &cells[i]
			}
			if err := found.Scan(to...); err != nil {
				h.t.Fatal(err)
			}
			line := ""
			for i, c := range columns {
				if !slices.Contains(without, name+"."+c) {
					line += fmt.Sprintf("%s=%s\x1f", c, cells[i])
				}
			}
			lines = append(lines, line)
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			h.t.Fatal(err)
		}
		slices.Sort(lines)
		out[name] = strings.Join(lines, "\n")
	}
	return out
}

// unchanged fails the test if any row is another than before.
func (h *house) unchanged(before map[string]string, what string, without ...string) {
	h.t.Helper()
	for name, now := range h.rows(without...) {
		if now != before[name] {
			h.t.Errorf("%s changed %s", what, name)
		}
	}
}

// D1: whatever changes something is refused when another site sends it, signing
// out included, for everyone.
func TestOtherSitesChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		people := map[string]*webtest.Visitor{}
		for _, role := range everyone {
			people[role] = h.is(role)
		}
		before := h.rows()
		n := 0
		for _, rt := range h.Routes {
			for _, method := range rt.Methods {
				if method == "GET" {
					continue
				}
				n++
				for role, v := range people {
					for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
						v.Header = http.Header{name: {value}}
						body, kind := "form_key="+id.New(t.Context())+"&email=a@b.example&revision=1", "application/x-www-form-urlencoded"
						if strings.HasPrefix(rt.Path, "/api/") {
							body, kind = `{}`, "application/json"
						}
						p := v.Do(method, h.addresses(rt.Path)[0], strings.NewReader(body), kind)
						if p.Status != http.StatusForbidden || !strings.Contains(p.Text(), "This came from another site") || len(p.Header.Values("Set-Cookie")) > 0 {
							t.Errorf("%s %s, %s from another site as %q: status %d", method, rt.Path, name, role, p.Status)
						}
					}
				}
			}
		}
		if n < 8 {
			t.Errorf("only %d routes change anything", n)
		}
		h.unchanged(before, "another site")
		people["member"].Header = http.Header{}
		people["member"].Get("/you").Is(t, http.StatusOK)
	})
}

// D2, C3, D3: reading changes nothing, whoever reads whatever; no answer lets
// another site read it, and no page runs anything that did not come as a file
// of ours.
func TestReading(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.bring(h.as("team"), canaryList)
		link := h.letterTo("member@withus.example", "/you")
		people := map[string]*webtest.Visitor{}
		for _, role := range everyone {
			people[role] = h.is(role)
		}
		allowed := []string{"signin_session.day", "signin_session.ends"}
		h.as("team").Get("/desk/arrivals/waiting") // that somebody looked is written down once a day
		before := h.rows(allowed...)
		for _, path := range append(h.reading(), link) {
			for role, v := range people {
				for _, lang := range []string{"en", "ar"} {
					v.Header = http.Header{"Origin": {"https://evil.example"}, "Accept-Language": {lang}}
					p := v.Do("GET", path, nil, "")
					for name := range p.Header {
						if strings.HasPrefix(name, "Access-Control-") {
							t.Errorf("%s answers %s", path, name)
						}
					}
					if csp := p.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") {
						t.Errorf("%s: policy %q", path, csp)
					}
					if cc := p.Header.Get("Cache-Control"); role != "" && p.Status == http.StatusOK && cc != "no-store" {
						t.Errorf("%s as %s: Cache-Control %q", path, role, cc)
					}
					if p.Status >= 500 {
						t.Errorf("%s as %q: status %d", path, role, p.Status)
					}
					inert(t, p)
				}
			}
		}
		h.unchanged(before, "reading", allowed...)
		v := h.visitor()
		if v.Post(link, nil).Path != "/you" {
			t.Error("reading the link spent it")
		}
	})
}

var (
	tagShape  = regexp.MustCompile(`<[a-zA-Z/!][^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>`)
	attrShape = regexp.MustCompile(`([^\s=/>"'<]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?`)
	script    = regexp.MustCompile(`(?s)<script\b[^>]*>(.*?)</script>`)
)

// inert fails the test if a page could run, load or lead to anything that is
// not the house's own.
func inert(t *testing.T, p *webtest.Page) {
	t.Helper()
	if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		for _, h := range harm(p.Body) {
			t.Errorf("%s: %.300s", p.Path, h)
		}
	}
}

// harm lists what a page could do to its reader.
func harm(page string) (out []string) {
	for _, m := range script.FindAllStringSubmatch(page, -1) {
		if strings.TrimSpace(m[1]) != "" || !strings.Contains(m[0], ` src="/assets/`) {
			out = append(out, m[0])
		}
	}
	for _, tag := range tagShape.FindAllString(page, -1) {
		attrs := attrShape.FindAllStringSubmatch(strings.Trim(tag, "</>"), -1)
		if len(attrs) == 0 {
			continue
		}
		switch strings.ToLower(attrs[0][1]) {
		case "style", "iframe", "object", "embed", "base", "frame", "portal", "foreignobject":
			out = append(out, tag)
		}
		for _, a := range attrs[1:] {
			name, value := strings.ToLower(a[1]), strings.ToLower(html.UnescapeString(strings.Trim(a[2], `"'`)))
			scheme, _, _ := strings.Cut(value, ":")
			bad := false
			switch {
			case name == "style", strings.HasPrefix(name, "on"), strings.HasPrefix(name, "hx-on"), name == "srcdoc", name == "http-equiv":
				bad = true
			case name == "src", name == "srcset", name == "poster", name == "background", name == "href" && strings.HasPrefix(tag, "<link") && !strings.Contains(tag, "alternate"):
				for source := range strings.SplitSeq(value, ",") {
					bad = bad || !strings.HasPrefix(strings.TrimSpace(source), "/assets/") && !(strings.HasPrefix(tag, "<img") && strings.HasPrefix(strings.TrimSpace(source), "/groups/"))
				}
			case name == "href", name == "action", name == "formaction", name == "xlink:href":
				bad = strings.HasPrefix(value, "//") || strings.HasPrefix(value, `/\`) ||
					value != scheme && !strings.ContainsAny(scheme, "/?#") && !slices.Contains([]string{"http", "https", "mailto", "tel", "sms", "whatsapp"}, scheme)
			}
			if bad {
				out = append(out, tag)
			}
		}
	}
	return out
}

func TestHarm(t *testing.T) {
	for _, bad := range []string{`<script>x</script>`, `<script src="https://evil.example/x.js"></script>`, `<p style="x">`, `<p STYLE=x>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<a href="javascript:x">`, `<a href=" javascript:x">`,
		`<a href="java&#9;script:x">`, `<a href="//evil.example">`, `<a href="/\evil.example">`, `<a href="data:text/html,x">`, `<iframe>`, `<base href="/x">`, `<form action="javascript:x">`, `<button formaction='data:x'>`, `<link rel="stylesheet" href="https://x/y.css">`, `<style>x</style>`,
		`<meta http-equiv="refresh">`, `<div hx-on:click="x">`, `<a title="a>b" onclick="x">`, `<a href="vbscript:x">`, `<img src="https://evil.example/x.png">`} {
		if len(harm(bad)) == 0 {
			t.Errorf("%s passes", bad)
		}
	}
	for _, good := range []string{`<script defer src="/assets/site.js"></script>`, `<a href="/groups?q=a:b">`, `<a href="https://a.example/?javascript:">`, `<a href="mailto:a@b.example">`, `<a href="tel:+44">`, `<p>style="x" onclick=x</p>`, `<p title="onclick=x">`,
		`<a href="#main">`, `<meta content='{"a":"<b>"}'>`, `&lt;script&gt;x&lt;/script&gt;`, `<link rel="alternate" hreflang="en" href="http://127.0.0.1/">`, `<a href="?page=2:3">`} {
		if found := harm(good); len(found) > 0 {
			t.Errorf("%s is refused: %q", good, found)
		}
	}
}

// own is a group as the API gives it, ready to be sent back changed.
func own(t *testing.T, v *webtest.Visitor, slug string) map[string]any {
	t.Helper()
	var g map[string]any
	if err := json.Unmarshal([]byte(v.Get("/api/v1/groups/"+slug).Is(t, http.StatusOK).Body), &g); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"id", "slug", "changed", "checked", "picture", "life", "farewell", "$schema"} {
		delete(g, k)
	}
	return g
}

// send sends a group back with some fields changed.
func send(t *testing.T, v *webtest.Visitor, slug string, change map[string]any) *webtest.Page {
	t.Helper()
	g := own(t, v, slug)
	for k, x := range change {
		g[k] = x
	}
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	return v.Do(http.MethodPut, "/api/v1/groups/"+slug, bytes.NewReader(b), "application/json")
}

// C1: scripts in every field of a group, a word, a person's name come out as
// the words they are, on every page, feed and file.
func TestStoredScripts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const evil = `"'></title><script>alert(1)</script><svg/onload=alert(1)>`
		// Somebody with such a name runs the group.
		if _, _, err := h.AddMember(t.Context(), "evil@withus.example", evil, "team", "en"); err != nil {
			t.Fatal(err)
		}
		if err := h.AddOrganiser(t.Context(), openDoor, "evil@withus.example"); err != nil {
			t.Fatal(err)
		}
		v := h.visitor()
		v.Post(h.letterTo("evil@withus.example", ""), nil).Is(t, http.StatusOK)
		v.Send("/words/new", "", url.Values{"kind": {"identity"}, "words-en": {evil}, "words-ar": {evil}}).Is(t, http.StatusOK)
		change := map[string]any{"email": "a'onclick='b@c.example", "website": "https://a.example/?'onmouseover='alert`1`#'",
			"registers": []map[string]string{{"scheme": "GB-CHC", "id": `"'><B>X`}}, "otherNames": []string{evil, "'" + evil}}
		for _, k := range []string{"name", "about", "forWords", "supportWords", "place", "area", "access", "welcome", "phone", "reach"} {
			change[k] = evil
		}
		var terms []string
		page := v.Get("/words")
		inert(t, page)
		for _, m := range regexp.MustCompile(`href="/words/([^"]*script[^"]*)"`).FindAllStringSubmatch(page.Body, -1) {
			key, err := url.PathUnescape(m[1])
			if err != nil {
				t.Fatal(err)
			}
			terms = append(terms, key)
		}
		if len(terms) != 1 {
			t.Fatalf("the word is called %q", terms)
		}
		change["for"] = terms
		if p := send(t, v, openDoor, change); p.Status != http.StatusOK {
			t.Fatalf("status %d: %s", p.Status, p.Body)
		}
		inert(t, v.Get("/words/"+terms[0]).Is(t, http.StatusOK))
		slug := openDoor
		visitor := h.visitor()
		for _, lang := range []string{"en", "es", "fr", "ar"} {
			for _, who := range []*webtest.Visitor{visitor, v} {
				who.Header.Set("Accept-Language", lang)
				for _, path := range []string{"/groups/" + slug, "/groups?q=alert", "/search?q=alert", "/search?q=" + url.QueryEscape(evil), "/groups?q=" + url.QueryEscape(evil), "/groups?language=" + url.QueryEscape(evil) + "&support=" + url.QueryEscape(evil), "/groups?page=" + url.QueryEscape(evil)} {
					p := who.Get(path)
					inert(t, p)
					if strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<svg/onload") {
						t.Errorf("%s in %s speaks as it was told to", path, lang)
					}
				}
				who.Get("/groups/"+slug).Is(t, http.StatusOK).Shows(t, evil)
				who.Get("/groups?q=alert").Shows(t, evil)
			}
			for _, path := range []string{"/groups/" + slug + "/edit", "/groups/" + slug + "/history", "/you"} {
				p := v.Get(path).Is(t, http.StatusOK)
				inert(t, p)
				if strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<svg/onload") || strings.Count(p.Body, "<textarea") != strings.Count(p.Body, "</textarea>") {
					t.Errorf("%s in %s speaks as it was told to", path, lang)
				}
			}
		}
		v.Get("/groups/"+slug+"/history").Shows(t, evil)
		if f := v.Get("/groups/"+slug+"/edit").Form(t, ""); f.Get("about") != evil || f.Get("name") != evil {
			t.Errorf("the form has %q", f)
		}
		// The feed is XML to the letter.
		p := visitor.Get("/groups.atom").Is(t, http.StatusOK)
		var feed struct {
			Entries []struct {
				Title   string `xml:"title"`
				Summary string `xml:"summary"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(p.Body), &feed); err != nil || len(feed.Entries) == 0 || feed.Entries[0].Title != evil || strings.Contains(p.Body, "<script") || strings.Contains(p.Body, "<svg") {
			t.Errorf("%v: %.600s", err, p.Body)
		}
		for path, kind := range map[string]string{"/groups.json": "application/json", "/groups.csv": "text/csv; charset=utf-8", "/api/v1/groups/" + slug: "application/json", "/api/v1/groups?q=alert": "application/json", "/api/v1/search?q=alert": "application/json"} {
			p := visitor.Get(path).Is(t, http.StatusOK)
			if got := p.Header.Get("Content-Type"); got != kind || p.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s is sent as %s", path, got)
			}
			if strings.HasSuffix(kind, "json") && (!json.Valid([]byte(p.Body)) || !strings.Contains(p.Body, `alert(1)`)) {
				t.Errorf("%s is no JSON, or has lost the words", path)
			}
		}
		rows, err := csv.NewReader(strings.NewReader(visitor.Get("/groups.csv").Body)).ReadAll()
		if err != nil || !slices.ContainsFunc(rows, func(r []string) bool { return slices.Contains(r, evil) }) {
			t.Errorf("the table has lost the words: %v", err)
		}
	})
}

// C4, C7: a name is one line of what can be seen.
func TestNamesAreWhatTheySeem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("organiser")
		for in, want := range map[string]string{
			"Open\r\nSet-Cookie: x=y":                    "Open Set-Cookie: x=y",
			"Open\u202e\u2066\u200f Door\u2069\u202c":    "Open Door",
			"O\u200bp\u2060e\ufeffn\u00ad":               "Open",
			"pay\u200dpal":                               "paypal",
			"  Open \t\u2003 Door\u2028\u2029 ":          "Open Door",
			"Open\u0000":                                 "",
			"\u202e\u200b":                               "",
			"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647",
		} {
			p := send(t, v, openDoor, map[string]any{"name": in, "otherNames": []string{in}, "area": in})
			if want == "" {
				if p.Status != http.StatusUnprocessableEntity {
					t.Errorf("%q: status %d", in, p.Status)
				}
				continue
			}
			if p.Status != http.StatusOK {
				t.Fatalf("%q: status %d: %s", in, p.Status, p.Body)
			}
			g := own(t, v, openDoor)
			if g["name"] != want || g["area"] != want || fmt.Sprint(g["otherNames"]) != "["+want+"]" {
				t.Errorf("%q became %q, %q, %q", in, g["name"], g["area"], g["otherNames"])
			}
			p = h.visitor().Get("/groups/"+openDoor).Is(t, http.StatusOK)
			if p.Header.Get("Set-Cookie") != "" {
				t.Error("a name sets a cookie")
			}
			p.Hides(t, "\u202e", "\u2066", "\u200b")
		}
		for path, name := range map[string]string{"/groups.csv": "groups.csv", "/groups.json": "groups.json"} {
			if got := h.visitor().Get(path).Header.Get("Content-Disposition"); got != "attachment; filename="+name {
				t.Errorf("%s is called %q", path, got)
			}
		}
	})
}

// C6: no cell of a table is a formula, whatever was written.
func TestNoFormulas(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("organiser")
		change := map[string]any{"name": "=cmd|' /C calc'!A0", "otherNames": []string{"@SUM(1)", "+1"}, "about": "-1+1", "forWords": "@SUM(A1)", "phone": "+44 20 7946 0000", "place": "=1",
			"area": "-area", "access": "'=1", "welcome": "\t=1", "reach": "=HYPERLINK(\"https://evil.example\")", "supportWords": "+x"}
		if p := send(t, v, openDoor, change); p.Status != http.StatusOK {
			t.Fatalf("status %d: %s", p.Status, p.Body)
		}
		var full bytes.Buffer
		if err := h.Groups.WriteCSV(t.Context(), &full); err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{"the public table": h.visitor().Get("/groups.csv").Is(t, http.StatusOK).Body, "the whole table": full.String()} {
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || len(rows) < 10 {
				t.Fatalf("%s: %d rows, %v", what, len(rows), err)
			}
			found := 0
			for _, row := range rows {
				for i, cell := range row {
					if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
						t.Errorf("%s: %s is %q", what, rows[0][i], cell)
					}
					if strings.HasPrefix(cell, "'=") || strings.HasPrefix(cell, "'+") || strings.HasPrefix(cell, "'-") || strings.HasPrefix(cell, "'@") {
						found++
					}
				}
			}
			if found < 9 {
				t.Errorf("%s has lost some: %d", what, found)
			}
		}
		if g := own(t, h.visitor(), openDoor); g["name"] != "=cmd|' /C calc'!A0" || g["phone"] != "+44 20 7946 0000" {
			t.Errorf("elsewhere the words changed: %q, %q", g["name"], g["phone"])
		}
	})
}

// C8: addresses that run something, or lead where they do not say, are refused
// by the API and by the form, which keeps what was typed.
func TestAddressesRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("organiser")
		for _, bad := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\u200bscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "//evil.example", `\\evil.example`,
			`https:\\evil.example`, "https:evil.example", "https://", "ftp://a.example", "https://a.example:x", "https://user:pass@a.example", "https://a@evil.example", "https://localhost", "a.example:80", "a@b.example/x", "https://a.example/<script>", "mailto:a@b.example", "file:///etc/passwd"} {
			if p := send(t, v, openDoor, map[string]any{"website": bad}); p.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q: status %d", bad, p.Status)
			}
		}
		// As most people write one it is taken for what it means.
		send(t, v, openDoor, map[string]any{"website": "a.example/page"}).Is(t, http.StatusOK)
		if g := own(t, h.visitor(), openDoor); g["website"] != "https://a.example/page" {
			t.Errorf("the website is %q", g["website"])
		}
		p := v.Send("/groups/"+openDoor+"/edit", "", url.Values{"website": {"javascript:alert(1)"}, "about": {"words to keep"}}).Is(t, http.StatusUnprocessableEntity)
		p.Shows(t, "Write the whole address, starting with https://")
		inert(t, p)
		if f := p.Form(t, ""); f.Get("website") != "javascript:alert(1)" || f.Get("about") != "words to keep" {
			t.Errorf("what was typed came back as %q", f)
		}
		for _, bad := range []string{"a@b", "a@b.example\r\nBcc: c@d.example", "<a@b.example>", "a@b.example, c@d.example"} {
			if p := send(t, v, openDoor, map[string]any{"email": bad}); p.Status == http.StatusOK && own(t, v, openDoor)["email"] != "a@b.example" {
				t.Errorf("%q was taken as %q", bad, own(t, v, openDoor)["email"])
			}
		}
		// Where signing in leads.
		for next, want := range map[string]string{"": "/you", "/groups?q=a": "/groups?q=a", "//evil.example": "/you", `/\evil.example`: "/you", "https://evil.example": "/you", "%2f%2fevil.example": "/you",
			"/\t/evil.example": "/you", "/\n/evil.example": "/you", "\t//evil.example": "/you", " //evil.example": "/you", "javascript:alert(1)": "/you", `\\evil.example`: "/you", "/%2f%2fevil.example": "/%2f%2fevil.example"} {
			p := h.visitor().PostOnly("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {"withus-member"}, "next": {next}})
			if got := p.Header.Get("Location"); p.Status != http.StatusSeeOther || got != want {
				t.Errorf("%q leads to %q, status %d", next, got, p.Status)
			}
			inert(t, h.visitor().Get("/sign-in?next="+url.QueryEscape(next)))
		}
		for _, next := range []string{"//evil.example", `/\evil.example`} {
			if p := h.visitor().PostOnly(h.letterTo("supporter@withus.example", next), nil); p.Header.Get("Location") != "/you" {
				t.Errorf("%q leads to %q by link", next, p.Header.Get("Location"))
			}
		}
	})
}

// B4: an address with an account and one without get the same answer, for as
// many statements; that the hash is made for both, people/signin tests.
func TestKnownAndUnknownAlike(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.visitor().Get("/") // the menus are made
		type answer struct {
			status     int
			to, body   string
			statements int64
		}
		for what, password := range map[string]string{"by link": "", "by password": "not the right words"} {
			var first *answer
			for round := range 3 {
				for _, email := range []string{"member@withus.example", "person50@withus.example", "unknown1@withus.example", "unknown2@withus.example"} {
					v := h.visitor()
					p := v.PostOnly("/sign-in", url.Values{"email": {email}, "password": {password}, "next": {"/you"}})
					got := answer{p.Status, p.Header.Get("Location"), strings.ReplaceAll(p.Body, email, "(address)"), p.Statements}
					if first == nil {
						first = &got
					}
					if got != *first {
						t.Errorf("%s, round %d, %s: status %d to %q with %d statements, want %d to %q with %d", what, round, email, got.status, got.to, got.statements, first.status, first.to, first.statements)
					}
					if len(p.Header.Values("Set-Cookie")) > 0 {
						t.Errorf("%s: %s gets a cookie", what, email)
					}
				}
			}
		}
	})
}

// B6: whoever has a copy of the database can't make a session of it.
func TestCopyOfTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("team")
		tokens := []string{v.Cookies["withus"]}
		w := h.visitor() // words kept over a sign-in
		w.PostOnly("/groups/"+openDoor+"/edit", url.Values{"form_key": {id.New(t.Context())}, "about": {"kept words of a draft"}, "revision": {"1"}})
		tokens = append(tokens, w.Cookies["draft"])
		link := h.letterTo("organiser@withus.example", "")
		tokens = append(tokens, strings.TrimPrefix(link, "/sign-in/link/"))
		h.visitor().PostOnly("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {""}, "next": {""}}) // a job that waits
		values := map[string]bool{}
		for name, rows := range h.rows() {
			for _, secret := range append(tokens, "withus-team", "kept words of a draft") {
				if strings.Contains(rows, secret) {
					t.Errorf("%s holds %q", name, secret)
				}
			}
			if !strings.HasPrefix(name, "signin_") && !strings.HasPrefix(name, "job_") && !strings.HasPrefix(name, "web_") && !strings.HasPrefix(name, "db_") && !strings.HasPrefix(name, "access_") {
				continue
			}
			for _, cell := range strings.FieldsFunc(rows, func(r rune) bool { return r == '\x1f' || r == '\n' }) {
				if _, value, ok := strings.Cut(cell, "="); ok && value != "" && len(value) < 4000 && !strings.ContainsAny(value, "\"\\;, {}") {
					values[value] = true
				}
			}
		}
		if len(values) < 50 {
			t.Fatalf("only %d values", len(values))
		}
		for value := range values {
			thief := h.visitor()
			thief.Cookies["withus"], thief.Cookies["draft"] = value, value
			if p := thief.Do("GET", "/you", nil, ""); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), "/sign-in") {
				t.Errorf("%q as a cookie: status %d to %q", value, p.Status, p.Header.Get("Location"))
			}
			if p := thief.PostOnly("/sign-in/link/"+url.PathEscape(value), nil); p.Status == http.StatusSeeOther && p.Header.Get("Location") == "/you" {
				t.Errorf("%q as a link gets in", value)
			}
		}
	})
}

// openLike opens a house with other options.
func openLike(t *testing.T, at dbtest.Place, change func(*app.Options)) *house {
	t.Helper()
	h := &house{t: t, tray: &mail.Tray{}}
	o := options(at, h.tray)
	o.Store.Erased = filepath.Join(t.TempDir(), "erased")
	change(&o)
	var err error
	if h.App, err = app.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// B8, G4: limits go by the address a request came from. What a header says of
// it counts only if a proxy of ours wrote it.
func TestForgedForwarding(t *testing.T) {
	at := dbtest.SQLite(t, demo)
	asks := func(h *house, n int, forwarded func(i int) string) (refused int) {
		for i := range n {
			v := h.visitor()
			if f := forwarded(i); f != "" {
				v.Header.Set("X-Forwarded-For", f)
			}
			p := v.PostOnly("/sign-in", url.Values{"email": {id.New(t.Context()) + "@withus.example"}, "password": {""}, "next": {""}})
			switch p.Status {
			case http.StatusTooManyRequests:
				p.Shows(t, "This was done many times in a short while")
				if p.Header.Get("Retry-After") == "" {
					t.Error("it does not say when to come again")
				}
				refused++
			case http.StatusSeeOther:
			default:
				t.Fatalf("status %d", p.Status)
			}
		}
		return refused
	}
	forget := func(h *house) {
		err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM web_limit`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	alone := openLike(t, at, func(*app.Options) {})
	if n := asks(alone, 65, func(i int) string { return fmt.Sprintf("198.51.100.%d", i) }); n != 5 {
		t.Errorf("without proxies, forged: %d were refused", n)
	}
	// A visitor's requests come from 192.0.2.7, see webtest.
	behind := openLike(t, at, func(o *app.Options) { o.Serving.Proxies = []string{"192.0.2.0/24"} })
	forget(behind)
	if n := asks(behind, 65, func(i int) string { return fmt.Sprintf("198.51.100.%d", i) }); n != 0 {
		t.Errorf("behind a proxy, many people: %d were refused", n)
	}
	forget(behind)
	if n := asks(behind, 65, func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.1", i) }); n != 5 {
		t.Errorf("behind a proxy, one who forges: %d were refused", n)
	}
	// The limit ends by itself, and the way in by password was never touched.
	if _, err := behind.SignIn.WithPassword(t.Context(), "member@withus.example", "withus-member", "", "198.51.100.1", "", false); err != nil {
		t.Error(err)
	}
	err := behind.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE web_limit SET ends = $1`, time.Now().Add(-time.Second))
		return err
	})
	if n := asks(behind, 2, func(int) string { return "198.51.100.1" }); n != 0 || err != nil {
		t.Errorf("an hour later %d were refused, %v", n, err)
	}
}

// B5: ten wrong passwords stop that way for a while, never the other one.
func TestLinkWorksWherePasswordIsStopped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.visitor()
		try := func(password string) *webtest.Page {
			return v.PostOnly("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {password}, "next": {""}})
		}
		for range 10 {
			p := try("wrong").Is(t, http.StatusUnprocessableEntity).Shows(t, "This is not right: the address, the name or the password.")
			if f := p.Form(t, "/sign-in"); f.Get("email") != "member@withus.example" || f.Get("password") != "" {
				t.Errorf("the form came back as %q", f)
			}
		}
		try("withus-member").Is(t, http.StatusTooManyRequests).Shows(t, "This was done many times in a short while")
		v.Post(h.letterTo("member@withus.example", "/groups"), nil).Is(t, http.StatusOK)
		v.Get("/you").Is(t, http.StatusOK).Shows(t, "member@withus.example")
		h.as("supporter").Get("/you").Is(t, http.StatusOK)
	})
}

// G6: a flood of wrong passwords is turned away, and the pages go on. A crowd of
// people is none.
func TestFloodOfPasswords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		house := h.Handler
		var wg sync.WaitGroup
		const crowd, flood = 200, 400
		statuses := make(chan int, flood)
		gate := make(chan struct{})
		for i := range flood {
			wg.Go(func() {
				<-gate
				form := url.Values{"email": {fmt.Sprintf("flood%d@withus.example", i)}, "password": {"wrong"}, "next": {""}}
				r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:1", i/250, i%250)
				w := httptest.NewRecorder()
				house.ServeHTTP(w, r)
				statuses <- w.Code
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		close(gate)
		var slowest time.Duration
		member := h.visitor()
		for served := 0; ; served++ {
			begun := time.Now()
			member.Get("/groups?q="+fmt.Sprint(served)).Is(t, http.StatusOK)
			slowest = max(slowest, time.Since(begun))
			select {
			case <-done:
			default:
				continue
			}
			if slowest > 3*time.Second || served < 3 {
				t.Errorf("%d pages were served meanwhile, one took %v", served, slowest)
			}
			break
		}
		close(statuses)
		count := map[int]int{}
		for s := range statuses {
			count[s]++
		}
		if count[http.StatusTooManyRequests] == 0 || count[http.StatusUnprocessableEntity] < crowd || count[http.StatusTooManyRequests]+count[http.StatusUnprocessableEntity] != flood {
			t.Errorf("answers: %v", count)
		}
		h.as("member").Get("/you").Is(t, http.StatusOK) // and whoever belongs here gets in
	})
}

// B3, B10: signing out ends the session, has the browser forget its pages, and
// leaves nothing that could be shown again; sessions end one by one.
func TestSigningOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, two := h.as("member"), h.as("member")
		for _, path := range []string{"/you", "/groups", "/groups/" + openDoor, "/sign-in/password", "/", "/search?q=a"} {
			if cc := one.Get(path).Is(t, http.StatusOK).Header.Get("Cache-Control"); cc != "no-store" {
				t.Errorf("%s: Cache-Control %q", path, cc)
			}
		}
		old := one.Cookies["withus"]
		p := one.Do(http.MethodPost, "/sign-out", strings.NewReader(one.Get("/you").Form(t, "/sign-out").Encode()), "application/x-www-form-urlencoded").Is(t, http.StatusSeeOther)
		if p.Header.Get("Clear-Site-Data") != `"cache", "storage"` || p.Header.Get("Cache-Control") != "no-store" || one.Cookies["withus"] != "" {
			t.Errorf("%v, cookies %v", p.Header, one.Cookies)
		}
		one.Get("/").Shows(t, "You are signed out.", "Sign in")
		one.Cookies["withus"] = old
		one.Get("/you").Shows(t, "Sign in").Hides(t, "member@withus.example")
		two.Get("/you").Shows(t, "member@withus.example")
		// Devices: one by one, then all the others.
		three, four := h.as("member"), h.as("member")
		two.Get("/you")
		two.Send("/you", "/sign-in/devices/end", nil).Is(t, http.StatusOK).Shows(t, "Ended.")
		ended := 0
		for _, v := range []*webtest.Visitor{three, four} {
			if v.Do("GET", "/you", nil, "").Status != http.StatusOK {
				ended++
			}
		}
		if ended != 1 {
			t.Errorf("%d of two others were ended", ended)
		}
		h.as("member")
		two.Send("/you", "/sign-in/devices/end-others", nil).Is(t, http.StatusOK)
		for i, v := range []*webtest.Visitor{three, four} {
			if v.Do("GET", "/you", nil, "").Status == http.StatusOK {
				t.Errorf("number %d is still signed in", i)
			}
		}
		two.Get("/you").Is(t, http.StatusOK)
		// Somebody else's session is not theirs to end.
		other := h.as("supporter")
		form := url.Values{"form_key": {id.New(t.Context())}, "key": {one.Get("/").Path}}
		other.PostOnly("/sign-in/devices/end", form).Is(t, http.StatusNotFound)
		two.Get("/you").Is(t, http.StatusOK)
		// A new password ends the others, and asks for the old one.
		five := h.as("member")
		two.Send("/sign-in/password", "", url.Values{"old": {"wrong"}, "fresh": {"three words here"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "This is not the password you have now").Hides(t, "three words here")
		two.Send("/sign-in/password", "", url.Values{"old": {"withus-member"}, "fresh": {"short"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "Use 10 characters or more")
		five.Get("/you").Shows(t, "member@withus.example")
		two.Send("/sign-in/password", "", url.Values{"old": {"withus-member"}, "fresh": {"three words here"}}).Is(t, http.StatusOK).Shows(t, "Your password is set.")
		if five.Do("GET", "/you", nil, "").Status == http.StatusOK {
			t.Error("the other device is still signed in")
		}
		h.visitor().SignIn("member@withus.example", "three words here")
		h.visitor().PostOnly("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {"withus-member"}}).Is(t, http.StatusUnprocessableEntity)
	})
}

// J2: what an organiser typed while their sign-in ran out waits until they are
// back, by whichever way.
func TestWordsWaitForSignIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const page = "/groups/" + openDoor + "/edit"
		for _, way := range []string{"password", "link"} {
			v := h.as("organiser")
			form := v.Get(page).Form(t, "")
			form.Set("about", "Typed for an hour, by "+way)
			delete(v.Cookies, "withus")
			p := v.Post(page, form).Is(t, http.StatusOK).Shows(t, "Sign in first. Anything you typed is kept for you.")
			next := p.Form(t, "/sign-in").Get("next")
			if next != page {
				t.Fatalf("it leads on to %q", next)
			}
			if way == "password" {
				p = v.Post("/sign-in", url.Values{"email": {"organiser@withus.example"}, "password": {"withus-organiser"}, "next": {next}})
			} else {
				p = v.Post(h.letterTo("organiser@withus.example", next), nil)
			}
			p.Is(t, http.StatusOK).Shows(t, "What you typed was kept", "Typed for an hour, by "+way)
			v.Post(page, p.Form(t, "")).Is(t, http.StatusOK).Shows(t, "Typed for an hour, by "+way, "Your page is changed")
			v.Get(page).Hides(t, "What you typed was kept")
		}
		// A password typed into a form whose sign-in ran out is kept nowhere one
		// could read it, and does not come back.
		v := h.as("organiser")
		form := v.Get("/sign-in/password").Form(t, "")
		form.Set("old", "withus-organiser")
		form.Set("fresh", "a secret of four words")
		delete(v.Cookies, "withus")
		v.Post("/sign-in/password", form).Is(t, http.StatusOK)
		for name, rows := range h.rows() {
			if strings.Contains(rows, "a secret of four words") {
				t.Errorf("%s holds a password", name)
			}
		}
		v.SignIn("organiser@withus.example", "withus-organiser").Get("/sign-in/password").Is(t, http.StatusOK).Hides(t, "a secret of four words", "withus-organiser")
	})
}

// G5, A5: a group's forms sent twice, one after another or all at once, change
// it once; a field nobody asked for is refused, and hidden signs are told.
func TestGroupFormsTwice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const page = "/groups/" + openDoor
		v := h.as("organiser")
		revision := func() float64 { return own(t, v, openDoor)["revision"].(float64) }
		for _, c := range []struct{ from, to string }{{page + "/edit", ""}, {page + "/history", page + "/restore"}} {
			before := revision()
			form := v.Get(c.from).Form(t, c.to)
			if c.to == "" {
				form.Set("about", "Sent eight times at once")
			}
			to := c.to
			if to == "" {
				to = c.from
			}
			var wg sync.WaitGroup
			var mu sync.Mutex
			led := map[string]int{}
			for range 8 {
				w := h.visitor()
				w.Cookies["withus"] = v.Cookies["withus"]
				wg.Go(func() {
					p := w.PostOnly(to, form)
					mu.Lock()
					defer mu.Unlock()
					led[fmt.Sprint(p.Status, " ", p.Header.Get("Location"))]++
				})
			}
			wg.Wait()
			if now := revision(); now != before+1 || len(led) != 1 || led["303 "+page] != 8 {
				t.Errorf("%s: %v revisions, led to %v", to, now-before, led)
			}
		}
		before := revision()
		form := v.Get(page+"/edit").Form(t, "")
		form.Set("role", "team")
		v.PostOnly(page+"/edit", form).Is(t, http.StatusUnprocessableEntity)
		form = v.Get(page+"/edit").Form(t, "")
		form.Set("about", "before\x00after")
		p := v.PostOnly(page+"/edit", form).Is(t, http.StatusUnprocessableEntity).Shows(t, "There are hidden signs in this")
		if got := p.Form(t, "").Get("about"); got != "beforeafter" {
			t.Errorf("it came back as %q", got)
		}
		if p := send(t, v, openDoor, map[string]any{"role": "team"}); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("the API: status %d", p.Status)
		}
		if revision() != before {
			t.Error("something was changed")
		}
	})
}

// H9: a whole walk through the house, mistakes and breakdowns included, leaves
// nothing in the log that somebody typed, asked for or was given.
func TestLogOfAWholeWalk(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		log := &lockedLog{}
		var refuse refusing
		h := openLike(t, at, func(o *app.Options) {
			o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			o.Mail = &refuse
		})
		refuse.tray = h.tray
		const canary = "canary73914"
		v := h.visitor()
		v.Header.Set("User-Agent", canary)
		v.Header.Set("X-Forwarded-For", canary)
		for _, path := range h.reading() {
			v.Get(path + "?q=" + canary + "&next=/" + canary + "&page=" + canary)
		}
		v.Get("/" + canary)
		v.PostOnly("/sign-in", url.Values{"email": {canary + "@withus.example"}, "password": {canary}, "next": {"/" + canary}})
		v.PostOnly("/sign-in", url.Values{"email": {canary}, "password": {canary}})
		v.PostOnly("/sign-in/link/"+canary, nil)
		link := h.letterTo("organiser@withus.example", "/groups?q="+canary)
		v.Post(link, nil).Is(t, http.StatusOK)
		secrets := []string{canary, strings.TrimPrefix(link, "/sign-in/link/"), v.Cookies["withus"], "organiser@withus.example", "member@withus.example"}
		// Mail that can't be sent.
		refuse.now = true
		h.visitor().PostOnly("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {""}, "next": {"/" + canary}}).Is(t, http.StatusSeeOther)
		h.work()
		refuse.now = false
		const page = "/groups/" + openDoor
		for _, words := range []string{canary, canary + "\x00", strings.Repeat(canary, 1000)} {
			form := v.Get(page+"/edit").Form(t, "")
			form.Set("about", words)
			v.PostOnly(page+"/edit", form)
			v.PostOnly(page+"/edit", url.Values{"form_key": {canary}, canary: {canary}})
			send(t, v, openDoor, map[string]any{"about": words, "website": canary})
		}
		v.Do("PUT", "/api/v1/groups/"+openDoor, strings.NewReader(`{"`+canary+`":`), "application/json")
		form := v.Get(page+"/edit").Form(t, "")
		form.Set("about", canary)
		// And then the database is gone.
		h.DB.Close()
		v.PostOnly(page+"/edit", form)
		v.Get("/groups?q=" + canary)
		v.Do("GET", "/api/v1/groups?q="+canary, nil, "")
		v.PostOnly("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {canary}, "next": {"/" + canary}})
		said := log.String()
		for _, secret := range secrets {
			if i := strings.Index(said, secret); i >= 0 {
				t.Errorf("the log holds %q: %s", secret, said[max(0, i-300):min(len(said), i+100)])
			}
		}
		if !strings.Contains(said, "request failed") || !strings.Contains(said, "a job failed") {
			t.Errorf("the log says nothing of what went wrong:\n%s", said)
		}
	})
}

type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// refusing is mail that works until it does not.
type refusing struct {
	tray *mail.Tray
	now  bool
}

func (r *refusing) Send(ctx context.Context, l mail.Letter) error {
	if r.now {
		return io.ErrUnexpectedEOF
	}
	return r.tray.Send(ctx, l)
}

// The pages for what is not there, can't be done or is too much are in the
// reader's language, with a way on; and so is what a form says.
func TestErrorsInEveryLanguage(t *testing.T) {
	h := one(t)
	for _, l := range h.Server.Langs.Langs {
		v := h.visitor()
		v.Header.Set("Accept-Language", l.Code)
		for key, p := range map[string]*webtest.Page{
			"error.notfound.title": v.Get("/nowhere").Is(t, 404),
			"error.method.title":   v.PostOnly("/groups", nil).Is(t, 405),
			"error.toolarge.title": v.Get("/groups?q="+strings.Repeat("x", 5000)).Is(t, 413),
			"signin.wrong":         v.PostOnly("/sign-in", url.Values{"email": {"a@b.example"}, "password": {"x"}}).Is(t, 422),
			"error.email":          v.PostOnly("/sign-in", url.Values{"email": {"nobody@"}, "password": {"x"}}).Is(t, 422),
			"signin.link.dead":     v.PostOnly("/sign-in/link/x", nil).Is(t, 404),
		} {
			p.Shows(t, l.T(key))
			if !strings.Contains(p.Body, `<html lang="`+l.Code+`" dir="`+l.Dir+`"`) || !strings.Contains(p.Body, `href="/"`) {
				t.Errorf("%s in %s is no page of ours", key, l.Code)
			}
			if l.Code != "en" && l.T(key) == h.Server.Langs.Get("en").T(key) {
				t.Errorf("%s is not said in %s", key, l.Code)
			}
		}
	}
}

// A1, kept pages: what one person sees never reaches the next.
func TestKeptPagesAreNobodys(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		visitor := h.visitor()
		pages := []string{"/", "/groups", "/groups?q=a", "/search?q=a", "/groups/" + openDoor, "/groups.atom"}
		fresh := map[string]string{}
		for _, p := range pages {
			fresh[p] = visitor.Get(p).Is(t, http.StatusOK).Body
		}
		v := h.as("organiser")
		send(t, v, openDoor, map[string]any{}) // everything kept falls
		for _, p := range pages {
			if mine := v.Get(p).Is(t, http.StatusOK); mine.Body == fresh[p] && p != "/groups.atom" {
				t.Errorf("%s: an organiser gets a visitor's page", p)
			}
		}
		for _, p := range pages {
			again := h.visitor().Get(p).Is(t, http.StatusOK)
			again.Hides(t, "organiser@withus.example")
			if strings.Contains(again.Body, `href="/you"`) || strings.Contains(again.Body, "data-private") {
				t.Errorf("%s: a visitor gets somebody's page", p)
			}
		}
		// A member's list holds what a visitor's must not.
		if p := send(t, v, openDoor, map[string]any{"audience": "members"}); p.Status != http.StatusOK {
			t.Fatal(p.Body)
		}
		h.as("member").Get("/groups/"+openDoor).Is(t, http.StatusOK)
		for range 2 {
			h.visitor().Get("/groups/"+openDoor).Is(t, http.StatusNotFound)
			h.visitor().Get("/groups?q=open+door+collective").Hides(t, "/groups/"+openDoor+`"`)
		}
	})
}
