package tests

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/web/webtest"
)

// Somebody sets up a second step, and is asked for it from then on; a code on
// paper does, too; and what was typed elsewhere meanwhile is not lost.
func TestSecondStep(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("organiser")
		f := v.Get("/you/second-step").Is(t, http.StatusOK).Form(t, "")
		f.Set("code", "12 34 56")
		p := v.Post("/you/second-step", f).Is(t, http.StatusUnprocessableEntity)
		if again := p.Form(t, ""); again.Get("secret") != f.Get("secret") {
			t.Error("a mistake gave the app another key")
		}
		secret := f.Get("secret")
		f = v.Get("/you/second-step").Form(t, "")
		f.Set("secret", secret)
		f.Set("code", appCode(t, secret, -1))
		p = v.Post("/you/second-step", f).Is(t, http.StatusOK).Shows(t, "Codes for paper")
		paper := regexp.MustCompile(`<li>([A-Z2-7 ]{19})</li>`).FindAllStringSubmatch(p.Body, -1)
		if len(paper) != 10 {
			t.Fatalf("%d codes", len(paper))
		}
		if q := v.Post("/you/second-step", f); strings.Contains(q.Body, paper[0][1]) {
			t.Error("codes are shown a second time")
		}
		v.Get("/you").Shows(t, "It is on.")

		in := func() *webtest.Visitor {
			w := h.visitor()
			w.Post("/sign-in", url.Values{"email": {"organiser@withus.example"}, "password": {"withus-organiser"}, "next": {"/links"}}).Is(t, http.StatusOK).Shows(t, "The second step")
			if p := w.Get("/you"); !strings.HasPrefix(p.Path, "/sign-in?") {
				t.Fatalf("half signed in they see %s", p.Path)
			}
			return w
		}
		w := in()
		w.Post("/sign-in/second", url.Values{"code": {"000000"}}).Is(t, http.StatusUnprocessableEntity).Hides(t, "000000")
		if p := w.Post("/sign-in/second", url.Values{"code": {appCode(t, secret, 0)}}); p.Path != "/links" || p.Status != http.StatusOK {
			t.Errorf("the code leads to %s", p.Path)
		}
		if p := in().Post("/sign-in/second", url.Values{"code": {paper[2][1]}}); p.Path != "/links" {
			t.Errorf("paper leads to %s", p.Path)
		}
		// What somebody typed while their sign-in ran out waits behind both steps.
		late := h.visitor()
		edit := v.Get("/groups/"+openDoor+"/edit").Form(t, "")
		edit.Set("welcome", "A kettle, and somebody who listens.")
		late.Post("/groups/"+openDoor+"/edit", edit)
		late.Post("/sign-in", url.Values{"email": {"organiser@withus.example"}, "password": {"withus-organiser"}, "next": {"/groups/" + openDoor + "/edit"}})
		late.Post("/sign-in/second", url.Values{"code": {paper[4][1]}}).Shows(t, "What you typed was kept", "A kettle, and somebody who listens.")

		v.Send("/you/second-step", "", url.Values{"do": {"remove"}, "code": {"000000"}}).Is(t, http.StatusUnprocessableEntity)
		v.Send("/you/second-step", "", url.Values{"do": {"remove"}, "code": {paper[6][1]}}).Is(t, http.StatusOK).Shows(t, "It is off")
		h.as("organiser").Get("/you").Is(t, http.StatusOK)
	})
}

// B1: what changes how somebody gets in asks them to sign in once more, if they
// did so long ago; and then goes on.
func TestSignInOnceMore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("member")
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(-time.Hour))
		for _, path := range []string{"/you/email", "/you/second-step", "/you/passkeys", "/sign-in/password"} {
			if p := v.Get(path); p.Path != "/sign-in?next="+url.QueryEscape(path) || !strings.Contains(p.Body, "once more") {
				t.Errorf("%s leads to %s", path, p.Path)
			}
		}
		for path, f := range map[string]url.Values{"/you/second-step": {"do": {"remove"}}, "/sign-in/password": {"fresh": {"four words in a row"}}, "/you/passkeys": {"do": {"begin"}}} {
			f.Set("form_key", formKeyOf(t, v))
			if p := v.PostOnly(path, f); !strings.HasPrefix(p.Header.Get("Location"), "/sign-in?next=") {
				t.Errorf("%s: status %d", path, p.Status)
			}
		}
		before := h.count(`SELECT count(*) FROM signin_session`)
		p := v.Post("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {"withus-member"}, "next": {"/you/email"}})
		if p.Path != "/you/email" {
			t.Fatalf("it goes on to %s", p.Path)
		}
		if n := h.count(`SELECT count(*) FROM signin_session`); n != before {
			t.Errorf("%d sessions instead of %d: the one before is still there", n, before)
		}
		v.Send("/you/email", "", url.Values{"email": {"elsewhere@withus.example"}}).Is(t, http.StatusOK).Shows(t, "A link is on its way")
		h.work()
		link := h.newest("elsewhere@withus.example")
		h.visitor().Get(link).Is(t, http.StatusOK).Shows(t, "Is this your address?")
		h.visitor().Send(link, "", nil)
		h.visitor().SignIn("elsewhere@withus.example", "withus-member")
		if p := h.visitor().PostOnly("/sign-in", url.Values{"email": {"member@withus.example"}, "password": {"withus-member"}}); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("the old address still signs in: status %d", p.Status)
		}
		h.work()
		undo := h.newest("member@withus.example")
		h.visitor().Get(undo).Is(t, http.StatusOK).Shows(t, "Take your account back")
		h.visitor().Send(undo, "", nil).Is(t, http.StatusOK).Shows(t, "Your account is yours again")
		if p := v.Get("/you"); p.Path == "/you" {
			t.Error("whoever changed it is still signed in")
		}
		if n, err := db.One(t.Context(), h.DB, db.Text, `SELECT role FROM member_member WHERE email = 'member@withus.example'`); err != nil || n != "member" {
			t.Error(n, err)
		}
	})
}

func formKeyOf(t *testing.T, v *webtest.Visitor) string {
	t.Helper()
	return v.Get("/you").Form(t, "/sign-out").Get("form_key")
}

// exec changes the database behind the house's back.
func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
