package tests

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"withus.example/platform/db"
)

// Two pages become one from the team's desk, and two again: old addresses lead
// to the page that stands for both while it does, whoever may see that; what was
// typed for the old one is given back.
func TestTwoPagesBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, visitor := h.as("team"), h.visitor()
		const kept, gone = "/groups/the-long-bench", "/groups/canal-listeners"
		const at = "/group-duplicates/the-long-bench/canal-listeners"
		team.Get("/desk").Shows(t, "Groups that may be here twice", "2 pairs")
		team.Get("/group-duplicates").Shows(t, "The Long Bench", "Canal Listeners", "They have the same website", "Patchwork Table", "Waiting for organisers")
		form := team.Get(gone+"/edit").Form(t, "")
		visitor.Get(gone).Is(t, http.StatusOK)
		err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			tx.Changed("link")
			_, err := tx.Exec(ctx, `INSERT INTO link_link (id, kind, pair, from_group, to_group, offered_by, agreed, day, offerer_persona_id, answerer_persona_id)
				SELECT g.id, 'part-of', g.id || o.id, g.id, o.id, g.id, TRUE, g.changed, '', '' FROM group_group g JOIN group_group o ON o.slug = 'open-door-collective' WHERE g.slug = 'canal-listeners'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		const linked = `href="/groups/open-door-collective"`
		if p := visitor.Get(kept); strings.Contains(p.Body, linked) {
			t.Error("it was linked before")
		}
		team.Get(at).Shows(t, "First page", "Second page", "What is the same on both")
		team.Send(at+"/merge?keep=a&name=a&about=b", "", nil).Is(t, http.StatusOK).Shows(t, "Listening walks", "Canal Listeners")
		h.work()
		if p := visitor.Get(kept); !strings.Contains(p.Body, linked) {
			t.Error("what the old page was part of is not on the new one")
		}
		for range 2 { // and from what is kept
			for path, want := range map[string]string{gone: kept, gone + "/slip": kept + "/slip", gone + "/suggest?lang=en": kept + "/suggest?lang=en"} {
				if p := visitor.Do(http.MethodGet, path, nil, ""); p.Status != http.StatusMovedPermanently || p.Header.Get("Location") != want || p.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s: %d %v", path, p.Status, p.Header)
				}
			}
		}
		if p := visitor.Do(http.MethodGet, "/api/v1"+gone, nil, ""); p.Status != http.StatusPermanentRedirect || p.Header.Get("Location") != "/api/v1"+kept {
			t.Errorf("the API: %d %v", p.Status, p.Header)
		}
		if p := visitor.Do(http.MethodGet, "/api/v1"+kept, nil, ""); !strings.Contains(p.Body, "Canal Listeners") {
			t.Error("the API does not have its other name")
		}
		for _, path := range []string{"/groups.csv", "/groups.json", "/groups?q=listening+walks", "/api/v1/groups?q=listening+walks"} {
			if p := visitor.Get(path); strings.Contains(p.Body, `canal-listeners`) || strings.Count(p.Body, "Listening walks") != 1 {
				t.Errorf("%s does not hold it once", path)
			}
		}
		form.Set("welcome", "Look for the red umbrella")
		p := team.PostOnly(gone+"/edit", form)
		if p.Status != http.StatusConflict || !strings.Contains(p.Body, "Look for the red umbrella") || !strings.Contains(p.Text(), "put this page together with another one") {
			t.Errorf("an edit of the old page: %d %s", p.Status, p.Text())
		}
		// Who may not see the page is led nowhere.
		h.change(team, "the-long-bench", map[string]any{"audience": "members"})
		if p := visitor.Do(http.MethodGet, gone, nil, ""); p.Status != http.StatusNotFound {
			t.Errorf("a visitor is led to what members see: %d", p.Status)
		}
		if p := h.as("member").Do(http.MethodGet, gone, nil, ""); p.Status != http.StatusMovedPermanently {
			t.Errorf("a member is not led there: %d", p.Status)
		}
		slug := h.change(team, "the-long-bench", map[string]any{"audience": "unlisted"})
		if p := h.as("member").Do(http.MethodGet, gone, nil, ""); p.Status != http.StatusNotFound {
			t.Errorf("an address that can't be guessed is told by an old one: %d", p.Status)
		}
		h.change(team, slug, map[string]any{"audience": "everyone"})
		team.Get(kept+"/history").Shows(t, "Pages that became part of this one", "Put together with Canal Listeners")
		team.Send(kept+"/history", kept+"/unmerge", nil).Is(t, http.StatusOK).Shows(t, "two pages again")
		visitor.Get(gone).Is(t, http.StatusOK).Shows(t, "Listening walks")
		visitor.Get(kept).Is(t, http.StatusOK).Shows(t, "We sit by the canal")
		h.work()
		if back, stays := visitor.Get(gone), visitor.Get(kept); !strings.Contains(back.Body, linked) || strings.Contains(stays.Body, linked) {
			t.Error("the link is not where it was")
		}
	})
}

// Organisers are asked on their group's page and on their own, and answer with
// one press.
func TestOrganisersAreAsked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const mine = "/groups/tidewater-peer-group"
		organiser := h.as("organiser")
		organiser.Get("/you").Shows(t, "Is “Tidewater Peers” the same group?")
		organiser.Get(mine).Shows(t, "Is “Tidewater Peers” the same group?")
		organiser.Get(mine+"/merge").Shows(t, "What the page will say where the two differ", "+44 1632 960227")
		organiser.Send(mine, mine+"/merge", url.Values{"answer": {"yes"}}).Is(t, http.StatusOK).Shows(t, "The two pages are one now", "Tidewater Peers")
		h.as("team").Get("/group-duplicates").Shows(t, "It has organisers: they can undo this")
		organiser.Send(mine+"/history", mine+"/unmerge", nil).Is(t, http.StatusOK)
		if p := organiser.Get(mine); strings.Contains(p.Text(), "the same group?") {
			t.Error("they are asked again")
		}
	})
}
