package ui

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"withus.example/platform/fault"
)

// The summary says the same words as the field, and leads to it.
func TestSummaryAndFieldsAgree(t *testing.T) {
	for _, lang := range shipped {
		p := page(t, lang)
		f := wrongForm(p)
		out := render(t, sampleForm(p, f, "b", ""))
		summary, fields, _ := strings.Cut(html.UnescapeString(out), "</ul>")
		if !strings.Contains(summary, `role="alert" tabindex="-1" data-first`) || !strings.Contains(summary, p.T("ui.wrong", "n", len(f.Problems))) {
			t.Error(lang, summary)
		}
		for _, x := range f.Problems {
			words := p.says(&x)
			if x.Field == "" {
				if !strings.Contains(summary, words) {
					t.Errorf("%s: the summary does not say %q", lang, words)
				}
				continue
			}
			link := all(`<a href="#`+x.Field+`">(?s:(.*?))</a>`, summary)
			there := all(`<span class="problem" id="`+x.Field+`-problem">(.*?)</span>`, fields)
			if len(link) != 1 || len(there) != 1 || there[0] != words || !strings.HasSuffix(strings.TrimSpace(link[0]), words) {
				t.Errorf("%s %s: %q, at the field %q", lang, x.Field, link, there)
			}
			if !strings.Contains(fields, ` id="`+x.Field+`"`) {
				t.Errorf("%s: the link to %s leads nowhere", lang, x.Field)
			}
		}
	}
}

// A summary goes through a form from top to bottom, whatever was looked at
// first; one about no field does not say that an answer is missing.
func TestSummaryOrder(t *testing.T) {
	p := page(t, "en")
	f := &Form{Problems: []fault.Problem{{Field: "elsewhere", Key: "error.url"}, {Field: "c", Key: "error.email"}, {Field: "a", Key: "error.missing"}, {Key: "error.conflict.text"}, {Field: "a", Key: "error.control"}}}
	out := html.UnescapeString(render(t, Summary(p, f, Field{Name: "a", Label: "ui.you"}, Field{Name: "b", Label: "ui.you"}, Field{Name: "c", Label: "ui.you"})))
	at := -1
	for _, key := range []string{"error.conflict.text", "error.missing", "error.control", "error.email", "error.url"} {
		i := strings.Index(out, p.T(key))
		if i <= at {
			t.Errorf("%q is not in its place:\n%s", p.T(key), out)
		}
		at = i
	}
	if !strings.Contains(out, p.T("ui.wrong", "n", 5)) {
		t.Error(out)
	}
	f.Problems = []fault.Problem{{Key: "error.conflict.text"}}
	if out := render(t, Summary(p, f)); !strings.Contains(out, p.T("ui.read-first")) || strings.Contains(out, p.T("ui.wrong", "n", 1)) {
		t.Error(out)
	}
}

func TestFields(t *testing.T) {
	p := page(t, "en")
	f := &Form{Values: url.Values{"a": {`"><script>`}, "tick": {"yes"}, "many": {"x", "z"}}, Problems: []fault.Problem{{Field: "wrong", Key: "error.missing"}}}
	few := []Option{{"x", "X", ""}, {"y", "Y", "why"}, {"z", "Z", ""}}
	for _, c := range []struct {
		name       string
		out        string
		has, hasnt string
	}{
		{"words go in any direction", render(t, TextField(p, f, Field{Name: "n", Label: "ui.you"})), `type="text" dir="auto"`, "aria-"},
		{"addresses do not", render(t, TextField(p, f, Field{Name: "n", Label: "ui.you", Type: "email", Complete: "email"})), `dir="ltr"`, "auto\""},
		{"numbers are text", render(t, TextField(p, f, Field{Name: "n", Label: "ui.you", Type: "number"})), `inputmode="numeric"`, `type="number"`},
		{"nothing breaks out", render(t, TextField(p, f, Field{Name: "a", Label: "ui.you"})), "&gt;&lt;script&gt;", "<script>"},
		{"nor of a text area", render(t, TextArea(p, f, Field{Name: "a", Label: "ui.you"})), "&gt;&lt;script&gt;", "<script>"},
		{"a password does not come back", render(t, TextField(p, f, Field{Name: "a", Label: "ui.you", Type: "password"})), `type="password"`, "value="},
		{"a limit is told", render(t, TextField(p, f, Field{Name: "n", Label: "ui.you", Max: 9})), `maxlength="9"`, "Up to"},
		{"a text area says it and does not cut", render(t, TextArea(p, f, Field{Name: "n", Label: "ui.you", Max: 9})), "Up to 9 characters", "maxlength"},
		{"a hint is read out", render(t, TextField(p, f, Field{Name: "n", Label: "ui.you", Hint: "ui.skip"})), `aria-describedby="n-hint"`, "n-problem"},
		{"then the problem", render(t, TextField(p, f, Field{Name: "wrong", Label: "ui.you", Hint: "ui.skip"})), `aria-invalid="true" aria-describedby="wrong-hint wrong-problem"`, "maxlength"},
		{"several answers", render(t, Checks(p, f, Field{Name: "many", Label: "ui.you", Options: few})), `id="many-3" name="many" value="z" checked`, `value="y" checked`},
		{"the first has the plain id", render(t, Radios(p, f, Field{Name: "one", Label: "ui.you", Options: few})), `<fieldset class="field" role="radiogroup">`, `checked`},
		{"a choice says more", render(t, Radios(p, f, Field{Name: "one", Label: "ui.you", Options: few})), `id="one-2" name="one" value="y" aria-describedby="one-2-about"`, "one-1"},
		{"a wrong group", render(t, Radios(p, f, Field{Name: "wrong", Label: "ui.you", Options: few})), `role="radiogroup" aria-invalid="true" aria-describedby="wrong-problem"`, "checked"},
		{"one box", render(t, Tick(p, f, Field{Name: "tick", Label: "ui.you"})), `value="yes" checked id="tick"`, "aria-"},
		{"nothing chosen", render(t, Select(p, f, Field{Name: "sel", Label: "ui.you", Options: few})), `<option value="">Choose one</option>`, "selected"},
		{"the form's key", render(t, Key(&Form{Key: "K"})), `name="form_key" value="K" autocomplete="off"`, "id="},
		{"no problem, no summary", render(t, Summary(p, &Form{})), "", "div"},
		{"what was kept", render(t, Summary(p, &Form{Kept: true})), "has not been sent", "alert"},
		{"live search", render(t, SearchBox(p, "/groups", "q&", "ui.search", true, "found")), `hx-target="#found" hx-select="#found" hx-swap="outerHTML"`, "method"},
		{"plain search", render(t, SearchBox(p, "/groups", "", "ui.search", false, "")), `action="/groups"`, "hx-"},
		{"nothing before or after", render(t, Pager(p, "", "")), "", "nav"},
		{"a bad address", render(t, CardItem(p, Card{Path: "javascript:x()", Title: "T"}, 2)), "<h2>", "javascript"},
	} {
		if !strings.Contains(c.out, c.has) || strings.Contains(c.out, c.hasnt) {
			t.Errorf("%s: %s", c.name, c.out)
		}
	}
}
