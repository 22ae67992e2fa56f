package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/db"
	"withus.example/platform/ui"
	"withus.example/platform/web/webtest"
)

// way is a walk of two pages: what is said on the first is shown on the second.
var way = Walk{Name: "way", Start: "/way/one", Life: time.Hour}

func wayRoutes() []Route {
	type said struct{ Words string }
	show := func(_ *Request, f *ui.Form) (templ.Component, error) {
		return templ.Raw("[" + f.Get("words") + "]"), nil
	}
	return []Route{
		FormAt("/way/one", open, Form{Fields: []string{"words"}, Again: true, Show: show, Save: func(r *Request, f *ui.Form) (Next, error) {
			return Next{To: "/way/two"}, way.Keep(r, said{f.Get("words")})
		}}),
		FormAt("/way/two", open, Form{Again: true, Fill: func(r *Request) (map[string][]string, error) {
			var s said
			err := way.Read(r, &s)
			return url.Values{"words": {s.Words}}, err
		}, Show: show, Save: func(r *Request, _ *ui.Form) (Next, error) {
			return Next{To: "/way/one"}, way.End(r)
		}}),
	}
}

// What is said on the way is kept for the browser that said it, and for nobody
// who has the database; who has said nothing is led to where it begins.
func TestWalk(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		house := h.Handler(append(h.routes(), wayRoutes()...))
		visitor := func() *webtest.Visitor { return webtest.New(t, house) }
		v := visitor()
		if p := v.Get("/way/two"); p.Path != "/way/one" {
			t.Errorf("who has said nothing is at %s", p.Path)
		}
		if p := v.PostOnly("/way/two", nil); p.Status != http.StatusSeeOther {
			t.Errorf("status %d", p.Status)
		}
		if p := v.Post("/way/one", url.Values{"words": {"a secret of mine"}}); p.Path != "/way/two" || !strings.Contains(p.Body, "[a secret of mine]") {
			t.Fatalf("at %s: %s", p.Path, p.Body)
		}
		first := v.Cookies["way"]
		rows, err := db.All(t.Context(), h.DB, db.Text, `SELECT name || ' ' || body FROM web_box`)
		if err != nil || len(rows) != 1 || strings.Contains(rows[0], "secret") || strings.Contains(rows[0], first) {
			t.Errorf("the table holds %q: %v", rows, err)
		}
		// Said again it takes the place of what was said, under the same key.
		v.Post("/way/one", url.Values{"words": {"another"}})
		if v.Cookies["way"] != first || h.count(`SELECT count(*) FROM web_box`) != 1 {
			t.Error("it was kept a second time")
		}
		other := visitor()
		for _, made := range []string{"", "x", strings.ToLower(first), first[1:]} {
			other.Cookies["way"] = made
			if p := other.Get("/way/two"); p.Path != "/way/one" {
				t.Errorf("%q opens it", made)
			}
		}
		// A box of another kind is another box.
		other.Cookies["draft"] = first
		other.Cookies["withus"] = "ana"
		other.Get("/notes/one/edit").Is(t, http.StatusOK).Hides(t, "another")
		v.Post("/way/two", nil)
		if _, kept := v.Cookies["way"]; kept || h.count(`SELECT count(*) FROM web_box`) != 0 {
			t.Error("it did not end")
		}
	})
}
