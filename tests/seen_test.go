package tests

import (
	"maps"
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

// What somebody said about themselves on the way in they change and take back; a
// supporter is asked nothing of what members do, by no form.
func TestAboutMe(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("member")
		said := url.Values{"lang": {"ar"}, "country": {"KE"}, "does": {"researcher", "organiser"}, "own": {"I bring the thermos"}}
		v.Send("/you/about", "", said).Is(t, http.StatusOK)
		v.Get("/you?lang=en").Shows(t, "Kenya", "Researcher", "I bring the thermos")
		if f := v.Get("/you/about").Form(t, ""); f.Get("lang") != "ar" || f.Get("country") != "KE" || len(f["does"]) != 2 {
			t.Errorf("the form holds %v", f)
		}
		for field, bad := range map[string]string{"lang": "xx", "country": "ZZ", "does": "patient", "own": strings.Repeat("x", 200)} {
			said := maps.Clone(said)
			said.Set(field, bad)
			v.Send("/you/about", "", said).Is(t, http.StatusUnprocessableEntity)
		}
		v.Send("/you/about", "", url.Values{"lang": {"en"}, "country": {""}, "does": nil, "own": {""}}).Is(t, http.StatusOK)
		v.Get("/you").Hides(t, "Kenya", "Researcher", "thermos")

		supporter := h.as("supporter")
		supporter.Get("/you/about").Is(t, http.StatusOK).Hides(t, `name="own"`, `name="does"`)
		supporter.Send("/you/about", "", said).Is(t, http.StatusOK)
		supporter.Get("/you?lang=en").Shows(t, "Kenya").Hides(t, "thermos", "Researcher")
	})
}

// Words that others use are offered to whoever chooses their own; those the team
// took away are not.
func TestWordsForOneself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("member")
		const offered = `<option value="Survivor">`
		p := v.Get("/you/names/new").Is(t, http.StatusOK).Shows(t, "Use your own words")
		if !strings.Contains(p.Body, offered) || strings.Contains(p.Body, "Co-production") {
			t.Error("what people may say of themselves is not offered, or a word about work is")
		}
		v.Send("/you/names/new", "", url.Values{"name": {"Brass Kettle"}, "words": {"none of these, thank you"}}).Is(t, http.StatusOK).Shows(t, "none of these, thank you")
		h.as("team").Send("/words/survivor", "", url.Values{"hidden": {"yes"}}).Is(t, http.StatusOK)
		if strings.Contains(v.Get("/you/names/new").Body, offered) {
			t.Error("a word that was taken away is offered")
		}
	})
}
