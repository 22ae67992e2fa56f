package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/web"
	"withus.example/platform/web/webtest"
)

// hostile is what nobody types who means well, and some of what they do.
var hostile = []string{
	"", " ", "yes", "no", "1", "-1", "0", "99999999999999999999", "1e309", "\x00", "a\x00b", "\xff\xfe", "\r\nBcc: x@y.example", "\u202eevil\u2066", "\u200b", "\u0301",
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "//evil.example", "https://evil.example@x.example/", "=HYPERLINK(1)",
	"'; DROP TABLE member_member; --", "%s%n%x", "../../etc/passwd", "..\\..\\x", "${7*7}{{7*7}}", "null", "[]", "{}", "NaN", "member", "team", "later",
	"a@b.example", "a@b.example,c@d.example", "اسم", "名字", "🫖", "2026-02-30", "en", "GB", strings.Repeat("é", 300), strings.Repeat("x", 20_000), strings.Repeat("🫖", 700),
}

// ours is what only our own mistakes would put on a page.
var ours = regexp.MustCompile(`goroutine \d|panic:|SQLSTATE|constraint failed|sql:|runtime error|\.go:\d`)

// Every form of the house, filled in by somebody who means harm or whose cat is
// on the keys: an answer that is clear, and nothing of what was typed is lost.
func TestHostileForms(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := rand.New(rand.NewPCG(7, 11))
		forms, seen := 0, 0
		for _, rt := range h.Routes {
			if rt.Form == nil {
				continue
			}
			forms++
			for _, who := range []string{"", "pending", "organiser", "team"} {
				v := h.is(who)
				path := h.addresses(rt.Path)[0]
				for range 4 {
					h.exec(`DELETE FROM web_limit`)
					if v.Cookies["withus"] == "" && who != "" {
						v = h.is(who) // signed out on the way
					}
					f := fill(r, rt.Form)
					p := v.PostOnly(path, f)
					seen += h.answered(rt, path, p, f)
				}
			}
		}
		if forms < 60 || seen < forms/4 {
			t.Errorf("%d forms, of which %d words came back: this test looks at too little", forms, seen)
		}
		if n, err := db.All(t.Context(), h.DB, db.Text, `SELECT email FROM member_member WHERE role = 'team'`); err != nil || len(n) == 0 {
			t.Error("nobody is left on the team", n, err)
		}
	})
}

// fill fills a form in by chance. What would throw out the very people who fill
// it in is left aside.
func fill(r *rand.Rand, form *web.Form) url.Values {
	f := url.Values{"form_key": {id.New(context.Background())}}
	for _, name := range form.Fields {
		name = strings.Replace(name, "*", "1", 1)
		for range r.IntN(3) {
			f.Add(name, hostile[r.IntN(len(hostile))])
		}
	}
	if r.IntN(8) == 0 {
		f.Set("role", "team")
	}
	return f
}

// answered holds that an answer is one of ours, and gives how many of the words
// typed stand on it again.
func (h *house) answered(rt web.Route, path string, p *webtest.Page, f url.Values) (back int) {
	h.t.Helper()
	what := fmt.Sprintf("POST %s with %.300q", path, f.Encode())
	if p.Status >= 500 || ours.MatchString(p.Body) {
		h.t.Errorf("%s: status %d: %.300s", what, p.Status, p.Text())
	}
	if strings.Contains(p.Body, "<script>alert(1)") || strings.Contains(p.Body, "<img src=x") {
		h.t.Errorf("%s: what was typed is part of the page", what)
	}
	if to := p.Header.Get("Location"); to != "" && !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		h.t.Errorf("%s leads to %s", what, to)
	}
	if p.Status != http.StatusUnprocessableEntity || rt.Form.Show == nil || f.Get("role") != "" {
		return 0
	}
	for _, m := range wholeForm.FindAllString(p.Body, -1) {
		is := webtest.Fields(m)
		for name, values := range f {
			if f.Has("html") || name == "href" {
				continue // the editor writes one text in two ways, and asks for a link's address beside it
			}
			if slices.Contains(rt.Form.Secret, name) || len(values) != 1 || !regexp.MustCompile(`<textarea id="`+regexp.QuoteMeta(name)+`"|<input id="`+regexp.QuoteMeta(name)+`"[^>]*type="(text|email|url|tel|search)"`).MatchString(m) {
				continue
			}
			if was := values[0]; !utf8.ValidString(was) || strings.ContainsAny(was, "\x00\r\n") {
				continue // what can't be text is said so, and taken out
			} else if is.Get(name) != was {
				h.t.Errorf("%s: of %.80q there is %.80q", what, was, is.Get(name))
			} else if was != "" {
				back++
			}
		}
	}
	return back
}

var wholeForm = regexp.MustCompile(`(?s)<form\b[^>]*method="post"[^>]*>.*?</form>`)
