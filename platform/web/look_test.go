package web

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/ui"
)

// The network is met as its settings stand: its name on every page, kept ones
// too; what is off is not there; and before it is open everything leads to one
// place, but for what is needed to get out.
func TestLook(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground, note}, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, "http://127.0.0.1")
		look, broken := &Look{Site: &ui.Site{Name: "Before"}}, error(nil)
		h.Look = func(context.Context) (*Look, error) { return look, broken }
		h.LookRoom = "note"
		routes := h.routes()
		for i := range routes {
			if routes[i].Path == "/come-in" {
				routes[i] = routes[i].Early()
			}
		}
		h.house = h.Handler(routes)
		set := func(l *Look) {
			t.Helper()
			look = l
			if err := d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error { tx.Changed("note"); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		v := h.visitor("")
		for _, path := range []string{"/notes", "/come-in"} {
			v.Get(path).Is(t, http.StatusOK)
		}
		v.Get("/nowhere").Is(t, http.StatusNotFound).Shows(t, "Before")
		set(&Look{Site: &ui.Site{Name: "After", Off: map[string]bool{"notes": true}}})
		for _, path := range []string{"/notes", "/notes/one", "/notes/one/edit"} {
			v.Get(path).Is(t, http.StatusNotFound).Shows(t, "After")
		}
		v.Post("/notes/one/edit", nil).Is(t, http.StatusNotFound)
		set(&Look{Site: &ui.Site{Name: "New"}, First: "/come-in"})
		for _, path := range []string{"/notes", "/private", "/nowhere"} {
			if p := v.Get(path); p.Path != "/come-in" {
				t.Errorf("%s leads to %s", path, p.Path)
			}
		}
		v.Post("/notes/one/edit", nil).Is(t, http.StatusNotFound)
		for _, path := range []string{"/api/v1/nowhere", "/api/v1/openapi.json"} {
			v.Get(path).Is(t, http.StatusNotFound)
		}
		broken = errors.New("no database")
		v.Get("/come-in").Is(t, http.StatusOK)
		v.Get("/notes").Is(t, http.StatusInternalServerError)
	})
}
