package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/job"
)

// Leaving: what becomes of everything is said first; from the next request on
// nobody sees them; for two weeks they may stay after all, with everything as it
// was; then nothing leads to them.
func TestLeaving(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "lastbus@elsewhere.example", "Last Bus Elsewhere"
		v := h.joinBy(email, name)
		h.welcome(email)
		h.organise(openDoor, email)
		h.change(v, openDoor, map[string]any{"welcome": "Changed by somebody who may leave."})
		organiser, history := h.as("organiser"), "/groups/"+openDoor+"/history"
		organiser.Get(history).Shows(t, name)
		h.work()

		v.Get("/you/leave").Is(t, http.StatusOK).Shows(t, "What is gone for good", "they are the groups’", "can’t call back")
		v.Send("/you/leave", "", nil).Is(t, http.StatusUnprocessableEntity).Shows(t, "Say when")
		v.Send("/you/leave", "", url.Values{"when": {"at-once"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "Tick this box")
		v.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusOK).Shows(t, "You are leaving")
		organiser.Get(history).Hides(t, name)
		v.Get("/groups/"+openDoor+"/edit").Is(t, http.StatusForbidden)
		h.work()
		if to := h.newest(email); !strings.HasPrefix(to, "/you/leave") {
			t.Errorf("the letter leads to %s", to)
		}
		if err := h.Members.SetRole(t.Context(), email, "team"); err == nil {
			t.Error("somebody who leaves was made one of the team")
		}

		v.Send("/you", "/you/leave/stay", nil).Is(t, http.StatusOK).Shows(t, "Everything is as it was")
		organiser.Get(history).Shows(t, name)
		v.Get("/groups/"+openDoor+"/edit").Is(t, http.StatusOK)

		v.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusOK)
		h.round("privacy.leave")
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = $1`, email); n != 1 {
			t.Fatal("they were forgotten too early")
		}
		h.exec(`UPDATE privacy_leaving SET due = $1`, time.Now().Add(-time.Minute))
		h.round("privacy.leave")
		h.work()
		for _, found := range holds(h.dump(), "lastbus", name) {
			t.Error(found)
		}
		h.onDisk("after leaving", "lastbus", name)
		if p := v.Get("/you"); p.Path == "/you" {
			t.Error("they are still signed in")
		}
	})
}

// At once is at once, for who has just signed in; the last of the team stays.
func TestLeavingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "gone@elsewhere.example", "Gone Already"
		v := h.joinBy(email, name)
		now := url.Values{"when": {"at-once"}, "sure": {"yes"}}
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(-time.Hour))
		if p := v.Send("/you/leave", "", now); !strings.HasPrefix(p.Path, "/sign-in") {
			t.Errorf("without signing in once more it leads to %s", p.Path)
		}
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = $1`, email); n != 1 {
			t.Fatal("an unlocked screen was enough")
		}
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(time.Hour))
		v.Send("/you/leave", "", now).Is(t, http.StatusOK).Shows(t, "Nothing here leads to you")
		h.work()
		for _, found := range holds(h.dump(), email, name) {
			t.Error(found)
		}
		team, second := h.as("team"), h.second()
		second.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusOK)
		team.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusConflict).Shows(t, "last person on the network team")
		team.Send("/you/leave", "", now).Is(t, http.StatusConflict)
		team.Get("/desk").Is(t, http.StatusOK)
		second.Send("/you", "/you/leave/stay", nil).Is(t, http.StatusOK)
		team.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusOK)
		if n, err := h.Members.TeamSize(t.Context(), h.DB); n != 1 || err != nil {
			t.Errorf("%d are on the team, %v", n, err)
		}
		h.exec(`UPDATE privacy_leaving SET due = $1`, time.Now().Add(-time.Minute))
		h.round("privacy.leave")
		if n, err := h.Members.TeamSize(t.Context(), h.DB); n != 1 || err != nil {
			t.Errorf("once they are gone %d are on the team, %v", n, err)
		}
		if left, err := db.One(t.Context(), h.DB, db.Text, `SELECT email FROM member_member WHERE role = 'team'`); err != nil || left != "team2@withus.example" {
			t.Error(left, err)
		}
	})
}

// round does what comes round by itself.
func (h *house) round(name string) {
	h.t.Helper()
	i := slices.IndexFunc(h.Cron, func(c job.Schedule) bool { return c.Name == name })
	if i < 0 {
		h.t.Fatalf("there is no round %s", name)
	}
	if err := h.Cron[i].Run(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}
