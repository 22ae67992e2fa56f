package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/kit"
	"withus.example/platform/web/webtest"
)

// H8: somebody does things under two names. Nothing that anybody else can read,
// the network team, their own fellow organisers, letters to others and other
// people's exports included, holds two of the things that are theirs: one name,
// the other name, the picture of each, the address, the account.
func TestNamesStayApart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, one, other = "two.faces@elsewhere.example", "Verdigris Lane", "Slow Ferry"
		v := h.joinBy(email, one)
		h.welcome(email)
		v.Send("/you/names/new", "", url.Values{"name": {other}, "words": {"Brings oranges"}}).Is(t, http.StatusOK)
		var faces []string
		for _, name := range []string{one, other} { // one picture for both
			_, file, _ := strings.Cut(h.face(v, name, photo(""), "What is seen under "+name), "/name-pictures/")
			faces = append(faces, file)
		}
		team, organiser := h.as("team"), h.as("organiser")
		// each of the names comes to look after a group of its own, changes it, and
		// speaks with others for it
		for i, name := range []string{one, other} {
			id, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM member_persona WHERE name = $1`, name)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				v.Send("/you/names", "/you/names/act", nil).Is(t, http.StatusOK)
			}
			if is := v.Get("/you").Text(); !strings.Contains(is, name) {
				t.Fatalf("they do not act as %s", name)
			}
			slug := h.change(team, h.free(1)[0], map[string]any{"published": true, "audience": "everyone"})
			if err := h.Groups.AddOrganiser(t.Context(), slug, id); err != nil {
				t.Fatal(err)
			}
			h.organise(slug, "organiser@withus.example")
			h.change(v, slug, map[string]any{"welcome": "Changed by one of two."})
			v.Send("/introductions/"+openDoor+"/ask", "", url.Values{"words": {"May we meet?"}, "shareName": {"yes"}})
			h.work()
		}
		// and says something under one of them, and twice without one
		for i, as := range []string{h.textOf(`SELECT id FROM member_persona WHERE name = $1`, other), kit.Unnamed, kit.Unnamed} {
			slug := []string{openDoor, "canal-listeners", "the-long-bench"}[i]
			h.organise(slug, "organiser@withus.example")
			v.Send("/groups/"+slug+"/suggest", "", url.Values{"field": {"other"}, "words": {"The lamp is out."}, "as": {as}}).Is(t, http.StatusOK)
		}
		theirs := func() []string {
			ids, err := db.All(t.Context(), h.DB, db.Text, `SELECT p.id FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id WHERE m.email = $1 UNION SELECT id FROM member_member WHERE email = $1
				UNION SELECT p.name FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id WHERE m.email = $1 AND p.hidden = TRUE`, email)
			if err != nil {
				t.Fatal(err)
			}
			return append(append(ids, one, other, email), faces...)
		}()
		seen := map[string]bool{}
		apart := func(where, text string) {
			t.Helper()
			var found []string
			for _, w := range theirs {
				if strings.Contains(text, w) {
					found = append(found, w)
					seen[w] = true
				}
			}
			if len(found) > 1 && !slices.Equal(found, []string{one, faces[0]}) && !slices.Equal(found, []string{other, faces[1]}) {
				t.Errorf("%s holds %q", where, found)
			}
		}
		slugs, err := db.All(t.Context(), h.DB, db.Text, `SELECT slug FROM group_group WHERE organisers > 0 ORDER BY slug`)
		if err != nil {
			t.Fatal(err)
		}
		paths := h.reading()
		for _, slug := range slugs {
			paths = append(paths, "/groups/"+slug, "/groups/"+slug+"/history", "/claim/"+slug+"/all", "/group-web/"+slug)
		}
		for _, p := range []string{"/desk/joining", "/introductions"} {
			for _, to := range regexp.MustCompile(`href="(`+p+`/[0-9a-f-]{36})"`).FindAllStringSubmatch(team.Get(p).Body+organiser.Get(p).Body, -1) {
				paths = append(paths, to[1])
			}
		}
		slices.Sort(paths)
		paths = slices.Compact(paths)
		for who, reader := range map[string]*webtest.Visitor{"a visitor": h.visitor(), "the team": team, "an organiser": organiser, "a member": h.as("member")} {
			for _, p := range paths {
				apart(p+" as "+who, reader.Get(p).Body)
			}
		}
		for _, k := range h.tray.Letters() {
			if k.Letter.To != email {
				apart("a letter to "+k.Letter.To, k.Letter.Plain()+k.Letter.Subject)
			}
		}
		for _, who := range []string{"organiser@withus.example", "team@withus.example"} {
			sub, err := h.Members.Subject(t.Context(), who)
			if err != nil {
				t.Fatal(err)
			}
			all, err := h.Export(t.Context(), sub)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			apart("the export of "+who, string(b))
		}
		for _, name := range append(faces, one, other) {
			if !seen[name] {
				t.Errorf("nobody reads %q anywhere: this test looks at too little", name)
			}
		}
	})
}
