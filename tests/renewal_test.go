package tests

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
)

// months lets some months go by for somebody who is asked whether they stay, and
// does what comes round then.
func (h *house) months(email string, n int) {
	h.t.Helper()
	back := time.Now().AddDate(0, -n, -4)
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE member_asked SET day = $2 WHERE owner_member_id = (SELECT id FROM member_member WHERE email = $1)`, email, back)
		if err == nil && n == 0 {
			_, err = tx.Exec(ctx, `UPDATE member_member SET renewed = $2 WHERE email = $1`, email, back)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.round("member.renewals")
	h.work()
}

// letters counts those to an address.
func (h *house) letters(email string) (n int) {
	for _, k := range h.tray.Letters() {
		if k.Letter.To == email {
			n++
		}
	}
	return n
}

// D2: the link of the letter that asks says yes when its button is pressed, and
// not before; once, and nothing else. Who wishes to be discreet is left alone.
func TestStaying(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "staying@elsewhere.example", "Staying Put"
		v := h.joinBy(email, name)
		h.welcome(email)
		v.Get("/you").Is(t, http.StatusOK).Hides(t, "Do you want to stay")
		v.Send("/you/seen", "", url.Values{"discreet": {"yes"}}).Is(t, http.StatusOK)
		h.work()
		had := h.letters(email)
		h.months(email, 12)
		if n := h.letters(email); n != had+1 {
			t.Fatalf("%d letters ask", n-had)
		}
		letter := h.tray.Letters()[0].Letter
		if !letter.Nameless || strings.Contains(letter.Subject+letter.Plain(), "Open Door") || strings.Contains(letter.Plain(), name) {
			t.Errorf("the letter says %s", letter.Plain())
		}
		v.Get("/you").Shows(t, "Do you want to stay a member?", "Not now, pause", "No, leave")
		link := h.newest(email)
		for range 3 { // programs that look into mail press nothing
			p := h.visitor().Get(link).Is(t, http.StatusOK).Shows(t, "Do you want to stay?").Hides(t, name, email)
			if !strings.Contains(p.Body, "<title>Notes</title>") {
				t.Error("the tab names the network")
			}
		}
		v.Get("/you").Shows(t, "Do you want to stay a member?")
		v.Send("/you", "/you/membership", url.Values{"answer": {"yes"}}).Is(t, http.StatusUnprocessableEntity)
		by := h.visitor()
		if p := by.Send(link, "", nil).Is(t, http.StatusOK).Shows(t, "Good to have you here").Hides(t, name); !strings.Contains(p.Body, "<title>Notes</title>") {
			t.Error("the tab names the network afterwards")
		}
		if p := by.Get("/you"); p.Path == "/you" {
			t.Error("the link signs in")
		}
		h.visitor().Get(link).Is(t, http.StatusNotFound).Shows(t, "used already")
		v.Get("/you").Hides(t, "Do you want to stay")
		v.Get("/you/membership").Is(t, http.StatusOK).Shows(t, time.Now().AddDate(1, 0, 0).Format("January 2006"))
		h.round("member.renewals")
		h.work()
		if n := h.letters(email); n != had+1 {
			t.Errorf("%d letters more", n-had-1)
		}
	})
}

// Silence exposes nothing: what others see is the same before and after. What is
// for members is out of reach from the next request on, and back with one press;
// so it is when somebody pauses.
func TestSilenceExposesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email = "person40@withus.example"
		h.organise(openDoor, email)
		them, organiser, member := h.byLink(email), h.as("organiser"), h.as("member")
		forMembers := "/groups/" + h.change(h.as("team"), h.free(1)[0], map[string]any{"audience": "members", "published": true})
		h.change(them, openDoor, map[string]any{"welcome": "Changed by somebody who will be silent."})
		page := "/groups/" + openDoor
		named := func() string {
			return formKey.ReplaceAllString(organiser.Get(page+"/history").Is(t, http.StatusOK).Body+member.Get(page).Body, "")
		}
		parts := func() (out string) {
			for _, path := range []string{"/", "/groups", page, "/search?q=door", "/groups.atom", "/api/v1" + page} {
				out += formKey.ReplaceAllString(h.visitor().Get(path).Is(t, http.StatusOK).Body, "")
			}
			return out
		}
		h.work() // their address is known to be theirs
		public, within := parts(), named()
		h.months(email, 12)
		for range 3 {
			h.months(email, 1)
		}
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = $1 AND standing = 'lapsed'`, email); n != 1 {
			t.Fatal("after a year of silence their membership does not rest")
		}
		if parts() != public || named() != within {
			t.Error("others see that somebody was silent")
		}
		h.as("team").Get("/desk").Is(t, http.StatusOK).Shows(t, "Who stays", "fewer than 10").Hides(t, email)
		away := func(title string) {
			t.Helper()
			them.Get(forMembers).Is(t, http.StatusNotFound)
			them.Get("/you").Is(t, http.StatusOK).Shows(t, title, "Come back")
			them.Send("/you", "/you/membership", url.Values{"answer": {"stay"}}).Is(t, http.StatusOK).Shows(t, "Good to have you here").Hides(t, "Come back")
			them.Get(forMembers).Is(t, http.StatusOK)
			them.Get(page+"/edit").Is(t, http.StatusOK)
		}
		away("Your membership rests")
		them.Send("/you/membership", "/you/membership", url.Values{"answer": {"pause"}}).Is(t, http.StatusOK).Shows(t, "You have paused")
		them.Get(page+"/edit").Is(t, http.StatusForbidden)
		if parts() != public {
			t.Error("visitors see that somebody has paused")
		}
		away("You have paused")
	})
}

// A11: the last of the team stays, also when they are tired.
func TestLastOfTheTeamPauses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		pause := url.Values{"answer": {"pause"}}
		second, team := h.second(), h.as("team")
		second.Send("/you/membership", "/you/membership", pause).Is(t, http.StatusOK)
		second.Get("/desk").Is(t, http.StatusForbidden)
		team.Send("/you/membership", "/you/membership", pause).Is(t, http.StatusConflict).Shows(t, "last person on the network team")
		team.Get("/desk").Is(t, http.StatusOK)
		second.Send("/you/membership", "/you/membership", url.Values{"answer": {"stay"}}).Is(t, http.StatusOK)
		second.Get("/desk").Is(t, http.StatusOK)
	})
}

// H10: the desk says how many rest, rounded, and that somebody of the team is
// silent, and not who.
func TestDeskOfSilence(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		team.Get("/desk").Is(t, http.StatusOK).Shows(t, "fewer than 10").Hides(t, "talk with each other")
		h.exec(`UPDATE member_member SET standing = 'lapsed' WHERE email LIKE 'person2_@%'`)
		h.exec(`INSERT INTO member_asked (owner_member_id, letters, day) SELECT id, 3, $1 FROM member_member WHERE email = 'team2@withus.example'`, time.Now().AddDate(0, -2, 0))
		p := team.Get("/desk").Is(t, http.StatusOK).Shows(t, "talk with each other").Hides(t, "team2@")
		if n := h.count(`SELECT count(*) FROM member_member WHERE standing = 'lapsed'`); n != 11 || !strings.Contains(p.Body, "<bdi>10</bdi>") || strings.Contains(p.Body, "<bdi>11</bdi>") {
			t.Errorf("%d rest, and the desk says %s", n, p.Text())
		}
	})
}
