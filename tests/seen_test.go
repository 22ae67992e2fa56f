package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/web/webtest"
)

// Whoever wishes to be discreet has nothing in the tab that says where they are,
// signed in or not; their letters name nobody, and their sign-in ends with the
// day.
func TestDiscreet(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		tab := func(v *webtest.Visitor, path string) (title, icon string) {
			t.Helper()
			p := v.Get(path)
			_, title, _ = strings.Cut(p.Body, "<title>")
			title, _, _ = strings.Cut(title, "</title>")
			_, icon, _ = strings.Cut(p.Body, `rel="icon" type="image/svg+xml" href="/assets/`)
			icon, _, _ = strings.Cut(icon, "-")
			return title, icon
		}
		v := h.as("member")
		if title, icon := tab(v, "/groups"); !strings.Contains(title, "Open Door Network") || icon != "icon" {
			t.Fatalf("at first the tab says %q, %s", title, icon)
		}
		v.Send("/you/seen", "", url.Values{"discreet": {"yes"}}).Is(t, http.StatusOK)
		for _, path := range []string{"/groups", "/you", "/groups/no-such-group"} {
			if title, icon := tab(v, path); title != "Notes" || icon != "plain" {
				t.Errorf("%s: the tab says %q, %s", path, title, icon)
			}
		}
		// Signed out, too, on this device; and on no other.
		v.Send("/you", "/sign-out", nil)
		for _, path := range []string{"/", "/sign-in", "/groups"} {
			if title, _ := tab(v, path); title != "Notes" {
				t.Errorf("signed out, %s says %q", path, title)
			}
			if title, _ := tab(h.visitor(), path); title == "Notes" {
				t.Errorf("somebody else is shown %q at %s", title, path)
			}
		}
		h.visitor().Post("/sign-in", url.Values{"email": {"member@withus.example"}})
		h.visitor().Post("/sign-in", url.Values{"email": {"member@withus.example"}, "code": {"yes"}})
		h.work()
		if l := h.tray.Letters(); len(l) < 2 || !l[0].Letter.Nameless || !l[1].Letter.Nameless {
			t.Error("their letters come from the network's name")
		}
		v.SignIn("member@withus.example", "withus-member")
		h.exec(`UPDATE signin_session SET day = $1`, time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1))
		if p := v.Get("/you"); p.Path == "/you" {
			t.Error("a day later they are still signed in")
		}
		v.SignIn("member@withus.example", "withus-member")
		v.Send("/you/seen", "", url.Values{"discreet": nil}).Is(t, http.StatusOK)
		if title, icon := tab(v, "/groups"); title == "Notes" || icon != "icon" {
			t.Errorf("afterwards the tab says %q, %s", title, icon)
		}
		if v.Cookies["plain"] != "" {
			t.Error("the browser still remembers it")
		}
	})
}

// A person's curtains: their name is shown to nobody from the next request on,
// and again once they open them.
func TestCurtainsOfAPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email = "person40@withus.example"
		h.organise(openDoor, email)
		them, organiser := h.byLink(email), h.as("organiser")
		h.change(them, openDoor, map[string]any{"welcome": "Changed by somebody with a name."})
		name := ""
		if err := h.DB.QueryRow(t.Context(), `SELECT name FROM member_persona WHERE id = $1`, h.persona(email)).Scan(&name); err != nil {
			t.Fatal(err)
		}
		history := "/groups/" + openDoor + "/history"
		organiser.Get(history).Is(t, http.StatusOK).Shows(t, name)
		them.Send("/you/seen", "", url.Values{"curtains": {"yes"}}).Is(t, http.StatusOK)
		organiser.Get(history).Is(t, http.StatusOK).Hides(t, name)
		them.Get("/you").Shows(t, "Your curtains are closed", name)
		them.Send("/you/seen", "", url.Values{"curtains": nil}).Is(t, http.StatusOK)
		organiser.Get(history).Is(t, http.StatusOK).Shows(t, name)
	})
}
