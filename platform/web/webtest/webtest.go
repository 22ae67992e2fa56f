// Package webtest walks through the house as a browser without JavaScript
// does: it keeps cookies, reads the forms a page has, and sends them.
package webtest

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"withus.example/platform/db"
)

// Visitor is somebody with a browser.
type Visitor struct {
	T       testing.TB
	House   http.Handler
	Cookies map[string]string
	Header  http.Header // sent with every request
}

// New is a visitor who has just arrived.
func New(t testing.TB, house http.Handler) *Visitor {
	return &Visitor{T: t, House: house, Cookies: map[string]string{}, Header: http.Header{}}
}

// Page is what came back.
type Page struct {
	Status     int
	Header     http.Header
	Body       string
	Path       string // where it was found, after redirects
	Statements int64  // how many the database was asked for it
}

// Get asks for a path and follows where it leads inside the house.
func (v *Visitor) Get(path string) *Page {
	v.T.Helper()
	return v.follow(v.Do(http.MethodGet, path, nil, ""))
}

// Do sends one request and follows nothing.
func (v *Visitor) Do(method, path string, body io.Reader, kind string) *Page {
	v.T.Helper()
	ctx, n := db.Counted(context.Background())
	r := httptest.NewRequestWithContext(ctx, method, path, body)
	r.RemoteAddr = "192.0.2.7:4000"
	for k, vs := range v.Header {
		r.Header[k] = vs
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for name, value := range v.Cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.House.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(v.Cookies, c.Name)
		} else {
			v.Cookies[c.Name] = c.Value
		}
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.T.Fatal(err)
	}
	return &Page{Status: res.StatusCode, Header: res.Header, Body: string(b), Path: path, Statements: n.Load()}
}

func (v *Visitor) follow(p *Page) *Page {
	v.T.Helper()
	for range 5 {
		to := p.Header.Get("Location")
		if p.Status < 300 || p.Status > 399 || !strings.HasPrefix(to, "/") {
			return p
		}
		p = v.Do(http.MethodGet, to, nil, "")
	}
	v.T.Fatal("it leads round in a circle")
	return nil
}

// Post sends a form as it is, to a path, and follows where it leads.
func (v *Visitor) Post(path string, form url.Values) *Page {
	v.T.Helper()
	return v.follow(v.PostOnly(path, form))
}

// PostOnly sends a form and follows nothing.
func (v *Visitor) PostOnly(path string, form url.Values) *Page {
	v.T.Helper()
	return v.Do(http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// Send opens a page, changes some fields of the form on it that is sent to
// action (empty: the page itself), and sends it. A field set to nil is left
// out.
func (v *Visitor) Send(page, action string, change url.Values) *Page {
	v.T.Helper()
	p := v.Get(page)
	if p.Status != http.StatusOK {
		v.T.Fatalf("%s: status %d", page, p.Status)
	}
	form := p.Form(v.T, action)
	for name, values := range change {
		if values == nil {
			delete(form, name)
		} else {
			form[name] = values
		}
	}
	to := action
	if to == "" {
		to = p.Path
	}
	return v.Post(to, form)
}

// SignIn signs in with a password.
func (v *Visitor) SignIn(email, password string) *Visitor {
	v.T.Helper()
	p := v.PostOnly("/sign-in", url.Values{"email": {email}, "password": {password}})
	if p.Status != http.StatusSeeOther {
		v.T.Fatalf("signing in as %s: status %d\n%s", email, p.Status, p.Text())
	}
	return v
}

var (
	formTag   = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	inputTag  = regexp.MustCompile(`<input\b([^>]*)>`)
	areaTag   = regexp.MustCompile(`(?s)<textarea\b([^>]*)>(.*?)</textarea>`)
	selectTag = regexp.MustCompile(`(?s)<select\b([^>]*)>(.*?)</select>`)
	optionTag = regexp.MustCompile(`<option\b([^>]*)>`)
	anyTag    = regexp.MustCompile(`(?s)<(script|style|title)\b.*?</(script|style|title)>|<[^>]*>`)
	spaces    = regexp.MustCompile(`\s+`)
)

// attr reads an attribute of a tag; has says whether it stands there at all.
func attr(tag, name string) (value string, has bool) {
	m := regexp.MustCompile(`(?:^|\s)` + name + `(?:="([^"]*)")?(?:\s|$|/)`).FindStringSubmatch(tag)
	if m == nil {
		return "", false
	}
	return html.UnescapeString(m[1]), true
}

// Form reads what the form with an action would send; the first one without an
// action for "".
func (p *Page) Form(t testing.TB, action string) url.Values {
	t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(p.Body, -1) {
		to, _ := attr(m[1], "action")
		method, _ := attr(m[1], "method")
		if method == "post" && (to == action || to == "" && action == p.Path || action == "" && to == p.Path) {
			return Fields(m[2])
		}
	}
	t.Fatalf("%s has no form to %q", p.Path, action)
	return nil
}

// Fields reads what a form would send.
func Fields(form string) url.Values {
	out := url.Values{}
	for _, m := range inputTag.FindAllStringSubmatch(form, -1) {
		name, named := attr(m[1], "name")
		if !named {
			continue // it is not sent
		}
		if _, off := attr(m[1], "disabled"); off {
			continue // nor is this
		}
		value, _ := attr(m[1], "value")
		kind, _ := attr(m[1], "type")
		if _, on := attr(m[1], "checked"); (kind == "checkbox" || kind == "radio") && !on {
			continue
		}
		out.Add(name, value)
	}
	for _, m := range areaTag.FindAllStringSubmatch(form, -1) {
		if name, ok := attr(m[1], "name"); ok {
			out.Add(name, html.UnescapeString(strings.TrimPrefix(m[2], "\n")))
		}
	}
	for _, m := range selectTag.FindAllStringSubmatch(form, -1) {
		name, _ := attr(m[1], "name")
		for _, o := range optionTag.FindAllStringSubmatch(m[2], -1) {
			if _, on := attr(o[1], "selected"); on {
				value, _ := attr(o[1], "value")
				out.Add(name, value)
			}
		}
	}
	return out
}

// Text is the words of a page, without its tags.
func (p *Page) Text() string {
	return strings.TrimSpace(spaces.ReplaceAllString(html.UnescapeString(anyTag.ReplaceAllString(p.Body, " ")), " "))
}

// Shows fails the test unless the page's words hold every one of these.
func (p *Page) Shows(t testing.TB, words ...string) *Page {
	t.Helper()
	text := p.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s (status %d) does not show %q:\n%.1500s", p.Path, p.Status, w, text)
		}
	}
	return p
}

// Hides fails the test if the page holds any of these, be it in an attribute.
func (p *Page) Hides(t testing.TB, words ...string) *Page {
	t.Helper()
	for _, w := range words {
		if strings.Contains(p.Body, w) || strings.Contains(p.Text(), w) {
			t.Errorf("%s (status %d) gives away %q", p.Path, p.Status, w)
		}
	}
	return p
}

// Is fails the test unless the page has a status.
func (p *Page) Is(t testing.TB, status int) *Page {
	t.Helper()
	if p.Status != status {
		t.Fatalf("%s: status %d, want %d\n%.1500s", p.Path, p.Status, status, p.Text())
	}
	return p
}
