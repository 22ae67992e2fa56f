package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"withus.example/platform/db"
)

const (
	society   = "society-of-unreliable-narrators"
	tidewater = "tidewater-peer-group"
)

// linkSurfaces are where the links of a movement can be seen, each with whether
// a group's name is there.
func linkSurfaces(h *house, movement, name string) map[string]bool {
	v := h.visitor()
	out := map[string]bool{}
	for _, path := range []string{"/groups/" + movement, "/group-web/" + movement, "/group-web/" + movement + "?lang=ar", "/api/v1/links/" + movement, "/links.csv", "/links.json"} {
		p := v.Do(http.MethodGet, path, nil, "")
		out[path] = p.Status == http.StatusOK && strings.Contains(p.Body, name)
	}
	return out
}

// An organiser answers in one press on their own page, and a link shows while
// both groups are shown: on every surface, kept pages too, at the next request.
func TestLinksShow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		expect := func(when, name string, want bool) {
			t.Helper()
			for range 2 { // made, and kept
				for path, is := range linkSurfaces(h, society, name) {
					if is != want {
						t.Errorf("%s: %s at %s: is it there? %v", when, name, path, is)
					}
				}
			}
		}
		organiser := h.as("organiser")
		const door = "Open Door Collective"
		h.visitor().Get("/group-web").Shows(t, "7 groups")
		part := func(name string) bool {
			return strings.Contains(h.visitor().Get("/group-web/"+society).Body, name+"</a>")
		}
		f := organiser.Get("/you").Form(t, "/links/answer")
		if part(door) {
			t.Error("an offer shows before it is answered")
		}
		organiser.Post("/links/answer", with(f, "answer", "yes")).Shows(t, "Both groups have agreed")
		expect("agreed", door, true)
		h.visitor().Get("/groups/open-door-collective").Shows(t, "Part of", "Society of Unreliable Narrators")
		h.visitor().Get("/group-web").Shows(t, "8 groups")

		organiser.Send("/groups/"+tidewater, "/groups/"+tidewater+"/close", nil).Is(t, http.StatusOK)
		expect("its curtains are closed", "Tidewater", false)
		h.visitor().Get("/group-web").Shows(t, "7 groups")
		h.as("member").Get("/group-web/"+society).Hides(t, "Tidewater")
		h.as("team").Get("/group-web/"+society).Hides(t, "Tidewater")
		h.visitor().Get("/group-web/"+tidewater).Is(t, http.StatusNotFound)

		id, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM group_group WHERE slug = $1`, tidewater)
		if err != nil {
			t.Fatal(err)
		}
		links := func() int {
			return h.count(`SELECT count(*) FROM link_link WHERE from_group = $1`, id) + h.count(`SELECT count(*) FROM link_link WHERE to_group = $1`, id)
		}
		if links() == 0 {
			t.Fatal("this test deletes nothing")
		}
		two := h.visitor().SignIn("organiser2@withus.example", "withus-organiser")
		organiser.Send("/groups/"+tidewater+"/delete", "", url.Values{"sure": {"yes"}}).Is(t, http.StatusOK)
		two.Send("/groups/"+tidewater+"/delete", "", url.Values{"sure": {"yes"}}).Is(t, http.StatusOK)
		h.work()
		if n := links(); n != 0 {
			t.Errorf("%d links are left of a group that was deleted", n)
		}
	})
}

// Asking for an introduction keeps what was typed over a mistake, is read by the
// two groups alone, and is told of without its words.
func TestIntroductions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const words = "Might we borrow your wobbling kettle"
		h.organise("les-bruyants", "person40@withus.example")
		them := h.byLink("person40@withus.example")
		h.work() // their address is proven
		organiser, team := h.as("organiser"), h.as("team")
		ask := "/introductions/les-bruyants/ask"
		form := organiser.Get(ask).Form(t, "")
		form.Set("words", words)
		p := organiser.PostOnly(ask, form)
		p.Is(t, http.StatusUnprocessableEntity).Shows(t, words, "Which of your groups")
		id, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM group_group WHERE slug = 'open-door-collective'`)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("group", id)
		form.Set("contact", "Ring the bell")
		organiser.Post(ask, form).Shows(t, "If they say yes, you read it here").Hides(t, words)
		if err := h.Groups.AskOrganisers(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.work()
		told := ""
		for _, k := range h.tray.Letters() {
			all := k.Letter.Subject + strings.Join(k.Letter.Paragraphs, " ") + strings.Join(k.Letter.Foot, " ")
			if strings.Contains(all, "kettle") || strings.Contains(all, "Open Door Collective") {
				t.Errorf("a mail says more than that something waits: %q", all)
			}
			if k.Letter.To == "person40@withus.example" && strings.Contains(k.Letter.Link.URL, "/groups-asked/") {
				told = k.Letter.Link.URL
			}
		}
		at, err := url.Parse(told)
		if err != nil || told == "" {
			t.Fatalf("they are not told: %v", err)
		}
		h.visitor().Get(at.Path).Shows(t, "What other groups ask", "You sign in to read it").Hides(t, words, "Ring the bell")
		one, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM link_intro WHERE words = $1`, words)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/introductions/" + one, "/introductions", "/links", "/desk", "/you", "/groups/les-bruyants"} {
			team.Get(path).Hides(t, "wobbling")
		}
		them.Get("/introductions/"+one+"?lang=en").Shows(t, words, "Ring the bell")
		organiser.Get("/introductions/"+one).Shows(t, "not answered yet").Hides(t, "wobbling")
		them.Send("/introductions/"+one, "", url.Values{"answer": {"no"}}).Is(t, http.StatusOK)
		organiser.Get("/introductions/"+one).Shows(t, "not answered yet")
		if len(holds(h.dump(), "wobbling kettle")) != 0 {
			t.Error("the words of what was refused are kept")
		}
	})
}
