package tests

import (
	"net/http"
	"net/url"
	"testing"
)

// An organiser corrects the group's page, sees it live, and undoes it.
func TestCorrectAndUndo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		visitor, organiser := h.visitor(), h.as("organiser")
		const page = "/groups/open-door-collective"
		visitor.Get(page).Is(t, http.StatusOK).Shows(t, "Saturday kitchen")
		organiser.Get(page).Shows(t, "Edit this page")
		p := organiser.Send(page+"/edit", "", url.Values{"about": {"Sunday kitchen, for a change."}})
		p.Is(t, http.StatusOK).Shows(t, "Sunday kitchen, for a change.", "Your page is changed")
		visitor.Get(page).Shows(t, "Sunday kitchen").Hides(t, "Saturday kitchen")
		visitor.Get("/groups?q=sunday+kitchen").Shows(t, "Open Door Collective")
		organiser.Get(page+"/history").Shows(t, "What do you do, in your own words")
		organiser.Send(page+"/history", page+"/restore", url.Values{"revision": {"1"}}).Is(t, http.StatusOK).Shows(t, "Saturday kitchen")
		visitor.Get(page).Shows(t, "Saturday kitchen").Hides(t, "Sunday kitchen")
	})
}

// Signing in by a link in a mail, which works once and never by itself.
func TestSignInByLink(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.visitor()
		v.Post("/sign-in", url.Values{"email": {"Member@Withus.example"}, "next": {"/groups"}}).Is(t, http.StatusOK).Shows(t, "Look at your mail")
		h.work()
		letters := h.tray.Letters()
		if len(letters) != 1 || letters[0].Letter.To != "member@withus.example" {
			t.Fatalf("%d letters: %+v", len(letters), letters)
		}
		link, err := url.Parse(letters[0].Letter.Link.URL)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // a program that opens every link in a mail
			h.visitor().Get(link.Path).Is(t, http.StatusOK)
		}
		v.Get("/you").Shows(t, "Sign in")
		if p := v.Post(link.Path, nil); p.Status != http.StatusOK || p.Path != "/groups" {
			t.Errorf("the link led to %s, status %d", p.Path, p.Status)
		}
		v.Get("/you").Shows(t, "member@withus.example")
		h.visitor().Post(link.Path, nil).Is(t, http.StatusNotFound)
	})
}
