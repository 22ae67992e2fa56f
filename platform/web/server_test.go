package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// D1: whatever changes something is refused when another site sends it.
func TestCrossSite(t *testing.T) {
	h := inHall(t)
	for _, c := range []struct {
		name    string
		headers map[string]string
		refused bool
	}{
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site"}, true},
		{"another host of the same site", map[string]string{"Sec-Fetch-Site": "same-site"}, true},
		{"another origin, an old browser", map[string]string{"Origin": "https://evil.example"}, true},
		{"no origin at all", map[string]string{"Origin": "null"}, true},
		{"another port", map[string]string{"Origin": "http://127.0.0.1:1"}, true},
		{"this very site", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1"}, false},
		{"typed by hand", map[string]string{"Sec-Fetch-Site": "none"}, false},
		{"no browser", nil, false},
	} {
		v := h.visitor("ana")
		for k, x := range c.headers {
			v.Header.Set(k, x)
		}
		before := h.effects()
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/notes/one/edit", strings.NewReader(with(id.New(t.Context()), "x").Encode()))
		r.Header = v.Header.Clone()
		r.Header.Set("Content-Type", formType)
		r.AddCookie(&http.Cookie{Name: "withus", Value: "ana"})
		w := httptest.NewRecorder()
		h.house.ServeHTTP(w, r)
		if refused := w.Code == http.StatusForbidden; refused != c.refused || refused == (h.effects() != before) {
			t.Errorf("%s: status %d, %d effects", c.name, w.Code, h.effects()-before)
		}
		if c.refused && !strings.Contains(w.Body.String(), "This came from another site") {
			t.Errorf("%s: it does not say why", c.name)
		}
		if c.refused { // to read is open to all
			v.Get("/notes").Is(t, http.StatusOK)
		}
	}
	v := h.visitor("ana")
	v.Header.Set("Sec-Fetch-Site", "cross-site")
	p := v.Do(http.MethodPut, "/api/v1/notes/one", strings.NewReader(`{"words":"x"}`), "application/json").Is(t, http.StatusForbidden)
	if kind := p.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("a program is answered in %s", kind)
	}
}

// D3, C3: every answer carries the same strict headers, whatever it is; none
// lets another site read it.
func TestHeadersEverywhere(t *testing.T) {
	h := inHall(t)
	boo := func() (*Answer, error) { panic("boo") }
	h.page.Store(&boo)
	for _, c := range []struct{ method, path string }{
		{"GET", "/notes"}, {"GET", "/notes/one"}, {"GET", "/none"}, {"GET", "/any"}, {"GET", "/private"}, {"POST", "/notes"}, {"OPTIONS", "/notes"}, {"DELETE", "/api/v1/notes/one"},
		{"GET", "/api/v1/notes/one"}, {"GET", "/api/v1/none"}, {"GET", "/api/v1/openapi.json"}, {"OPTIONS", "/api/v1/notes/one"}, {"HEAD", "/notes"}, {"GET", "/notes?" + strings.Repeat("x", 5000)}, {"GET", "//notes"},
	} {
		v := h.visitor("")
		v.Header.Set("Origin", "http://127.0.0.1")
		v.Header.Set("Access-Control-Request-Method", "PUT")
		p := v.Do(c.method, c.path, nil, "")
		if got := p.Header.Get("Content-Security-Policy"); got != contentPolicy {
			t.Errorf("%s %.40s: policy %q", c.method, c.path, got)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if p.Header.Get(name) != want {
				t.Errorf("%s %.40s: %s %q", c.method, c.path, name, p.Header.Get(name))
			}
		}
		for name := range p.Header {
			if strings.HasPrefix(name, "Access-Control") {
				t.Errorf("%s %.40s: %s", c.method, c.path, name)
			}
		}
		if cc := p.Header.Get("Cache-Control"); cc != "no-store" && cc != "no-cache" && p.Status != http.StatusMovedPermanently && p.Status != http.StatusTemporaryRedirect && p.Status != http.StatusSeeOther {
			t.Errorf("%s %.40s (status %d): Cache-Control %q", c.method, c.path, p.Status, cc)
		}
	}
	for _, bad := range []string{"unsafe", "*", "data:", "http:", "https:"} {
		if strings.Contains(contentPolicy, bad) {
			t.Errorf("the policy allows %s", bad)
		}
	}
}

// Behind HTTPS every cookie is bound to this host and never sent in the clear.
func TestCookies(t *testing.T) {
	for origin, want := range map[string]string{"https://house.example": "__Host-", "http://127.0.0.1": ""} {
		h := newHall(t, inHall(t).DB, origin)
		for _, do := range []func(v *webtest.Visitor) *webtest.Page{
			func(v *webtest.Visitor) *webtest.Page { return v.Do("GET", "/notes?lang=fr", nil, "") },
			func(v *webtest.Visitor) *webtest.Page { return v.PostOnly("/come-in", nil) },
			func(v *webtest.Visitor) *webtest.Page {
				return v.PostOnly("/notes/one/edit", with(id.New(t.Context()), "x"))
			},
		} {
			p := do(h.visitor(""))
			for _, c := range p.Header.Values("Set-Cookie") {
				low := strings.ToLower(c)
				if !strings.HasPrefix(c, want) || !strings.Contains(low, "; path=/") || !strings.Contains(low, "httponly") || !strings.Contains(low, "samesite=lax") ||
					strings.Contains(low, "secure") != (want != "") || strings.Contains(low, "domain") {
					t.Errorf("%s: %s", origin, c)
				}
			}
			if len(p.Header.Values("Set-Cookie")) == 0 {
				t.Errorf("%s: %s sets no cookie", origin, p.Path)
			}
		}
		hsts := h.visitor("").Get("/notes").Header.Get("Strict-Transport-Security")
		if (hsts != "") != (want != "") {
			t.Errorf("%s: %q", origin, hsts)
		}
	}
}

// What is not there, can't be done that way, or is too much is said in the
// reader's language; to programs as a problem.
func TestErrorPages(t *testing.T) {
	h := inHall(t)
	for lang, words := range map[string][3]string{
		"en": {"There is nothing here", "This page can't do that", "This is too big"},
		"es": {}, "fr": {}, "ar": {},
	} {
		l := h.Langs.Get(lang)
		for i, key := range []string{"error.notfound.title", "error.method.title", "error.toolarge.title"} {
			title := l.T(key)
			if words[i] != "" && title != words[i] || title == key || lang != "en" && title == h.Langs.Get("en").T(key) {
				t.Errorf("%s: %s is %q", lang, key, title)
			}
			v := h.visitor("")
			v.Header.Set("Accept-Language", lang)
			p := []func() *webtest.Page{
				func() *webtest.Page { return v.Get("/nowhere").Is(t, 404) },
				func() *webtest.Page { return v.PostOnly("/notes", url.Values{"x": {"y"}}).Is(t, 405) },
				func() *webtest.Page { return v.Get("/notes?q="+strings.Repeat("x", 5000)).Is(t, 413) },
			}[i]()
			p.Shows(t, title)
			if !strings.Contains(p.Body, `lang="`+lang+`" dir="`+l.Dir+`"`) || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
				t.Errorf("%s: it is not a page in that language:\n%.200s", lang, p.Body)
			}
			if i == 1 && p.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("Allow: %q", p.Header.Get("Allow"))
			}
			v.Do("GET", "/api/v1/nowhere", nil, "").Is(t, 404).Shows(t, h.Langs.Get(lang).T("error.notfound.title"))
		}
	}
	h.visitor("").Get("/"+strings.Repeat("x", 2000)).Is(t, 413)
}

// A page for people who are signed in leads visitors to the sign-in and back.
func TestSignInFirst(t *testing.T) {
	h := inHall(t)
	p := h.visitor("").Do("GET", "/private?a=1&b=//evil.example", nil, "").Is(t, http.StatusSeeOther)
	to, err := url.Parse(p.Header.Get("Location"))
	if err != nil || to.Path != "/sign-in" || to.Query().Get("next") != "/private?a=1&b=//evil.example" {
		t.Errorf("it leads to %q", p.Header.Get("Location"))
	}
	h.visitor("ana").Get("/private").Is(t, 200).Shows(t, "private to ana")
}

// C8: what tidies an address never leads out of the house.
func TestTidiedPaths(t *testing.T) {
	h := inHall(t)
	for _, path := range []string{"//evil.example/..", "///evil.example/../", "/./notes", "/notes/../notes", "//notes", "/%2f%2fevil.example/..", "/x/..//evil.example", `/\evil.example/..`} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
		u, err := url.ParseRequestURI(path)
		if err != nil {
			continue
		}
		r.URL, r.RequestURI = u, path
		w := httptest.NewRecorder()
		h.house.ServeHTTP(w, r)
		if to := w.Header().Get("Location"); to != "" && !Local(to) {
			t.Errorf("%s leads to %s", path, to)
		}
	}
}

// A handler that falls over is answered like any error of ours. What it fell
// over is in the log, not on the page.
func TestPanic(t *testing.T) {
	h := inHall(t)
	boo := func() (*Answer, error) { panic("a secret of ours") }
	h.page.Store(&boo)
	h.visitor("ana").Get("/any").Is(t, 500).Shows(t, "Something of ours broke").Hides(t, "a secret of ours", "goroutine", ".go")
	if log := h.log.String(); !strings.Contains(log, "server_test.go") || strings.Contains(log, "a secret of ours") {
		t.Errorf("the log should say where it fell, and not over which words: %s", log)
	}
}

// C4: a file's name stays one name, however it is written.
func TestFileNames(t *testing.T) {
	h := inHall(t)
	for _, name := range []string{"groups.csv", "a\r\nSet-Cookie: x=y", `a"; filename="b`, "a;b", "été.csv", "مجموعات.csv", "a\x00b", "\u202egpj.exe", "../../etc/passwd", strings.Repeat("x", 300)} {
		page := func() (*Answer, error) {
			a := plain("x")
			a.Name = name
			return a, nil
		}
		h.page.Store(&page)
		p := h.visitor("").Get("/any").Is(t, 200)
		got := p.Header.Get("Content-Disposition")
		kind, params, err := mime.ParseMediaType(got)
		if err != nil || kind != "attachment" || params["filename"] != name || len(params) != 1 || strings.ContainsAny(got, "\r\n\x00") {
			t.Errorf("%q is sent as %q: %v %q %v", name, got, kind, params, err)
		}
		if p.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q sets a cookie", name)
		}
	}
}

// Whose language: the address, then the cookie, then the browser's wish; many
// at once.
func TestLanguage(t *testing.T) {
	h := inHall(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				v := h.visitor("")
				v.Header.Set("Accept-Language", fmt.Sprintf("fr, en;q=0.%d", (i*200+j)%999))
				if p := v.Get("/private-not"); !strings.Contains(p.Body, `lang="fr"`) {
					t.Error("no French")
				}
			}
		})
	}
	wg.Wait()
	v := h.visitor("")
	v.Header.Set("Accept-Language", "fr")
	in := func(path, lang string) {
		t.Helper()
		if p := v.Get(path); !strings.Contains(p.Body, `<html lang="`+lang+`"`) {
			t.Errorf("%s is not in %s", path, lang)
		}
	}
	in("/notes", "fr")
	in("/notes?lang=ar", "ar")
	in("/notes", "ar") // remembered
	in("/notes?lang=es", "es")
	in("/notes?lang=xx", "es")
	in("/notes?lang="+strings.Repeat("x", 1000), "es")
	v.Cookies["lang"] = "x\"><script>"
	in("/notes", "fr")
}

// The JSON API refuses what it was not asked for, says so in its own words and
// sends nothing back that was sent.
func TestAPI(t *testing.T) {
	h := inHall(t)
	const canary = "canary-8461"
	goText := regexp.MustCompile(`json:|invalid character|unexpected EOF|Unmarshal|strconv|Go struct|\.go:|goroutine|exceeded max depth|sql:|no such`)
	for _, c := range []struct {
		name, method, path, kind, body string
		as                             string
		status                         int
	}{
		{"read", "GET", "/notes/one", "", "", "", 200},
		{"not there", "GET", "/notes/" + canary, "", "", "", 404},
		{"a parameter nobody knows", "GET", "/notes/one?x=" + canary, "", "", "", 422},
		{"no such path", "GET", "/" + canary, "", "", "", 404},
		{"no such method", "DELETE", "/notes/one", "", "", "ana", 405},
		{"not signed in", "PUT", "/notes/one", "application/json", `{"words":"x"}`, "", 401},
		{"written", "PUT", "/notes/one", "application/json", `{"words":"x"}`, "ana", 200},
		{"a field nobody knows", "PUT", "/notes/one", "application/json", `{"words":"x","role":"` + canary + `"}`, "ana", 422},
		{"a field is missing", "PUT", "/notes/one", "application/json", `{}`, "ana", 422},
		{"too long", "PUT", "/notes/one", "application/json", `{"words":"` + canary + strings.Repeat("x", 100) + `"}`, "ana", 422},
		{"the wrong type", "PUT", "/notes/one", "application/json", `{"words":["` + canary + `"]}`, "ana", 422},
		{"no object", "PUT", "/notes/one", "application/json", `"` + canary + `"`, "ana", 422},
		{"a number out of range", "PUT", "/notes/one", "application/json", `{"words":"x","count":20000000000000000000}`, "ana", 422},
		{"a number far out of range", "PUT", "/notes/one", "application/json", `{"words":"x","count":1e999}`, "ana", 400},
		{"no JSON", "PUT", "/notes/one", "application/json", `{"words":` + canary, "ana", 400},
		{"half of it", "PUT", "/notes/one", "application/json", `{"words":"` + canary, "ana", 400},
		{"nothing", "PUT", "/notes/one", "application/json", "", "ana", 400},
		{"deep", "PUT", "/notes/one", "application/json", strings.Repeat(`{"words":`, 6000), "ana", 400},
		{"deep lists", "PUT", "/notes/one", "application/json", strings.Repeat(`[`, 60000), "ana", 400},
		{"deep and whole", "PUT", "/notes/one", "application/json", strings.Repeat(`[`, 30000) + strings.Repeat(`]`, 30000), "ana", 400},
		{"too much", "PUT", "/notes/one", "application/json", `{"words":"` + strings.Repeat("x", formSize) + `"}`, "ana", 413},
		{"a form", "PUT", "/notes/one", formType, "words=" + canary, "ana", 415},
		{"invalid", "PUT", "/notes/one", "application/json", `{"words":"short"}`, "ana", 422},
		{"taken", "PUT", "/notes/one", "application/json", `{"words":"taken"}`, "ana", 409},
		{"broken", "PUT", "/notes/one", "application/json", `{"words":"broken"}`, "ana", 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body io.Reader
			if c.body != "" {
				body = strings.NewReader(c.body)
			}
			p := h.visitor(c.as).Do(c.method, apiPath+c.path, body, c.kind).Is(t, c.status)
			kind := p.Header.Get("Content-Type")
			if c.status >= 400 && kind != "application/problem+json" || c.status < 400 && kind != "application/json" {
				t.Errorf("it is answered in %s: %s", kind, p.Body)
			}
			if strings.Contains(p.Body, canary) {
				t.Errorf("it says again what was sent: %s", p.Body)
			}
			if found := goText.FindString(p.Body); found != "" {
				t.Errorf("it speaks Go (%q): %s", found, p.Body)
			}
			if p.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control: %q", p.Header.Get("Cache-Control"))
			}
		})
	}
}

// H9: what is typed, asked for or sent in cookies is in no log, whatever goes
// wrong.
func TestLogHoldsNothingTyped(t *testing.T) {
	h := inHall(t)
	const canary = "canary4913"
	boo := func() (*Answer, error) { panic("boo") }
	h.page.Store(&boo)
	for _, who := range []string{"", canary} {
		v := h.visitor(who)
		for _, path := range []string{"/notes?q=" + canary, "/notes/" + canary, "/any?x=" + canary, "/" + canary, "/api/v1/notes/" + canary, "/api/v1/notes/one?x=" + canary, "/private?next=" + canary} {
			v.Get(path)
		}
		for _, words := range []string{canary, "panic", "short"} {
			for _, path := range []string{"/notes/one/edit", "/notes/" + canary + "/edit", "/notes/one/drop"} {
				v.PostOnly(path, url.Values{formKeyField: {id.New(t.Context())}, "words": {words}, "more": {canary}})
			}
			v.Do("PUT", "/api/v1/notes/one", strings.NewReader(`{"words":"`+canary+`","broken`), "application/json")
		}
		v.PostOnly("/notes/one/edit", url.Values{canary: {canary}})
		v.Do("POST", "/notes/one/edit", strings.NewReader(canary+"=%zz"), formType)
	}
	h.DB.Close()
	v := h.visitor(canary)
	v.Get("/notes?q=" + canary)
	v.PostOnly("/notes/one/edit", with(id.New(t.Context()), canary))
	v.Do("GET", "/api/v1/notes/"+canary, nil, "")
	if log := h.log.String(); strings.Contains(log, canary) || !strings.Contains(log, "request failed") {
		t.Errorf("the log:\n%s", log)
	}
}
