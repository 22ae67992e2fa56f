package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/web/webtest"
)

// empty is a network nobody has opened yet.
var empty = dbtest.Template{Name: "empty", Make: func(ctx context.Context, at dbtest.Place) error {
	a, err := app.Open(ctx, bare(at, nil))
	if err != nil {
		return err
	}
	return a.Close()
}}

// bare are options of which nothing is said but where the data is.
func bare(at dbtest.Place, log io.Writer) app.Options {
	o := app.Options{Store: conf.Store{Data: at.Dir, Database: at.URL, Media: "none", Erased: newLedger()}, Serving: conf.Serving{URL: "http://127.0.0.1", PageCache: 16}}
	if log != nil {
		o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return o
}

// openBare opens a network as "withus serve" does when nothing is said.
func openBare(t *testing.T, at dbtest.Place, log io.Writer) *house {
	t.Helper()
	h := &house{t: t}
	var err error
	if h.App, err = app.Open(t.Context(), bare(at, log)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// postOffice is a mail server on this machine that keeps what it is given.
type postOffice struct {
	mu      sync.Mutex
	letters []string
	refuse  error
}

func newPostOffice(t *testing.T) (o *postOffice, port string) {
	t.Helper()
	o = &postOffice{}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counter{o}, nil }))
	srv.Domain = "post.example"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return o, port
}

// taken is how many letters have come.
func (o *postOffice) taken() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.letters)
}

type counter struct{ o *postOffice }

func (c *counter) Mail(string, *smtp.MailOptions) error { return nil }
func (c *counter) Rcpt(string, *smtp.RcptOptions) error {
	c.o.mu.Lock()
	defer c.o.mu.Unlock()
	return c.o.refuse
}
func (c *counter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.o.mu.Lock()
	defer c.o.mu.Unlock()
	c.o.letters = append(c.o.letters, string(b))
	return err
}
func (c *counter) Reset()        {}
func (c *counter) Logout() error { return nil }

// begin types the code.
func (h *house) begin(v *webtest.Visitor) {
	h.t.Helper()
	code, err := h.Network.Code(h.t.Context())
	if err != nil || code == "" {
		h.t.Fatal(code, err)
	}
	if p := v.Send("/first-run", "", url.Values{"code": {code}}); p.Path != "/first-run/name" {
		h.t.Fatalf("the code leads to %s, status %d\n%s", p.Path, p.Status, p.Text())
	}
}

// The whole first run: two people who never saw a settings file open a network.
func TestFirstRun(t *testing.T) {
	dbtest.From(t, empty, func(t *testing.T, at dbtest.Place) {
		h := openBare(t, at, nil)
		other := openBare(t, at, nil) // a second server, where one may be
		post, port := newPostOffice(t)
		v := h.visitor()
		for _, path := range []string{"/", "/groups", "/groups.csv", "/sign-in", "/you", "/desk", "/settings", "/nothing/here", "/api"} {
			if p := v.Get(path); p.Path != "/first-run" || p.Status != http.StatusOK {
				t.Errorf("%s leads to %s, status %d", path, p.Path, p.Status)
			}
		}
		for path, status := range map[string]int{"/healthz": 200, "/readyz": 200, "/leaving": 200, "/leave": 303, "/api/v1/groups": 404, "/api/v1/openapi.json": 404, "/first-run/name": 303, "/first-run/open": 303} {
			if p := v.Do(http.MethodGet, path, nil, ""); p.Status != status {
				t.Errorf("%s: status %d, want %d", path, p.Status, status)
			}
		}
		if p := v.Get("/first-run/open"); p.Path != "/first-run" {
			t.Errorf("without the code, the last step leads to %s", p.Path)
		}
		v.Post("/first-run", url.Values{"code": {"ABCD-EFGH-JKLM"}}).Is(t, 422).Shows(t, "This is not the code")
		h.begin(v)
		v.Get("/first-run").Shows(t, "Go on where you were")
		for _, rt := range h.Routes {
			if strings.HasPrefix(rt.Path, "/first-run") {
				for _, field := range []string{"role", "Role", "opened", "team"} {
					key := v.Get("/first-run/name").Form(t, "")["form_key"]
					v.PostOnly(rt.Path, url.Values{"form_key": key, field: {"team"}}).Is(t, 422)
				}
			}
		}
		uninvited := v.Get("/first-run/you").Form(t, "")
		uninvited.Set("name", "Eve")
		uninvited.Set("password", "words nobody should see")
		h.visitor().PostOnly("/first-run/you", uninvited).Is(t, 403).Shows(t, "Eve").Hides(t, "words nobody should see")

		v.Send("/first-run/name", "", url.Values{"name": {""}, "leave": {"nowhere"}}).Is(t, 422).Shows(t, "This can't be empty", "beginning with https://")
		p := v.Send("/first-run/name", "", url.Values{"name": {"River Network"}})
		if p.Path != "/first-run/colours" {
			t.Fatalf("the name leads to %s\n%s", p.Path, p.Text())
		}
		p.Shows(t, "River Network", "Step 2 of 7")
		v.Get("/first-run/name").Shows(t, "River Network") // and back
		v.Get("/first-run/colours?primary=%23ffff00&accent=%23f3b53a").Shows(t, "too pale")
		v.Send("/first-run/colours", "", url.Values{"primary": {"#ffff00"}}).Is(t, 422).Shows(t, "Choose a darker one")
		if p = v.Send("/first-run/colours", "", url.Values{"primary": {"#003c3c"}}); p.Path != "/first-run/languages" {
			t.Fatalf("the colours lead to %s", p.Path)
		}
		v.Send("/first-run/languages", "", url.Values{"languages": {"en", "es"}, "first": {"fr"}}).Is(t, 422)
		if p = v.Send("/first-run/languages", "", url.Values{"languages": {"en", "es"}, "first": {"en"}}); p.Path != "/first-run/mail" {
			t.Fatalf("the languages lead to %s", p.Path)
		}
		p.Hides(t, `hreflang="ar"`)

		letter := url.Values{"server": {"127.0.0.1"}, "port": {port}, "security": {"none"}, "from": {"hello@river.example"}, "to": {"ana@river.example"}, "do": {"test"}}
		v.Send("/first-run/mail", "", url.Values{"do": {"test"}}).Is(t, 422)
		post.refuse = errors.New("550 5.1.1 ana@river.example goes here")
		v.Send("/first-run/mail", "", letter).Is(t, 422).Shows(t, "did not take a mail to this address").Hides(t, "5.1.1")
		post.refuse = nil
		wrong := url.Values{"port": {"1"}}
		for k, x := range letter {
			if k != "port" {
				wrong[k] = x
			}
		}
		v.Send("/first-run/mail", "", wrong).Is(t, 422).Shows(t, "did not let us in")
		if p = v.Send("/first-run/mail", "", letter); p.Path != "/first-run/you" || post.taken() != 1 {
			t.Fatalf("mail leads to %s, and %d letters were sent\n%s", p.Path, post.taken(), p.Text())
		}

		v.Send("/first-run/you", "", url.Values{"name": {"Ana"}, "email": {"ana@river.example"}, "password": {"short"}, "repeat": {"short"}}).Is(t, 422).Shows(t, "Use 10 characters or more").Hides(t, "short")
		v.Send("/first-run/you", "", url.Values{"name": {"Ana"}, "email": {"ana@river.example"}, "password": {"four words in a row"}, "repeat": {"four words in a roe"}}).Is(t, 422).Shows(t, "are not the same").Hides(t, "in a roe")
		if p = v.Send("/first-run/you", "", url.Values{"name": {"Ana"}, "email": {"ana@river.example"}, "password": {"four words in a row"}, "repeat": {"four words in a row"}}); p.Path != "/first-run/second" {
			t.Fatalf("the first person leads to %s\n%s", p.Path, p.Text())
		}
		v.Get("/first-run/you").Shows(t, "There is one, which nobody is shown").Hides(t, "four words", "argon2id")
		if p = v.Send("/first-run/second", "", url.Values{"name": {"Ben"}, "email": {"ben@river.example"}, "password": {"other words in a row"}, "repeat": {"other words in a row"}}); p.Path != "/first-run/open" {
			t.Fatalf("the second person leads to %s\n%s", p.Path, p.Text())
		}
		p.Shows(t, "River Network", "Ana", "Ben", "ben@river.example")

		// Somebody else with the code was as fast; one of the two opens it.
		late := other.visitor()
		h.begin(late)
		late.Send("/first-run/you", "", url.Values{"name": {"Eve"}, "email": {"eve@river.example"}, "password": {"words of somebody else"}, "repeat": {"words of somebody else"}})
		form := late.Get("/first-run/open").Form(t, "")
		if p = v.Send("/first-run/open", "", nil); p.Path != "/desk" {
			t.Fatalf("opening leads to %s, status %d\n%s", p.Path, p.Status, p.Text())
		}
		p.Shows(t, "Your network is open", "What to do next", "Settings of the network")
		settle(h)
		late.PostOnly("/first-run/open", form).Is(t, 404)
		if n := h.count(`SELECT count(*) FROM member_member`); n != 2 {
			t.Errorf("%d people are here", n)
		}
		for _, x := range []*house{h, other} {
			for _, path := range []string{"/first-run", "/first-run/name", "/first-run/mail", "/first-run/you", "/first-run/open"} {
				x.visitor().Get(path).Is(t, 404)
				late.Do(http.MethodPost, path, strings.NewReader("code=x"), "application/x-www-form-urlencoded").Is(t, 404)
			}
			x.visitor().Get("/").Is(t, 200).Shows(t, "River Network", "Sign in")
			x.visitor().SignIn("ben@river.example", "other words in a row").Get("/settings").Is(t, 200)
			if code, err := x.Network.Code(t.Context()); code != "" || err != nil {
				t.Error(code, err)
			}
		}
		again := openBare(t, at, nil)
		again.visitor().Get("/first-run").Is(t, 404)
	})
}

// What can be switched off is the room's own, and is called something.
func TestParts(t *testing.T) {
	h, seen := one(t), map[string]bool{}
	for _, m := range h.Rooms {
		for _, p := range m.Switches {
			if seen[p.Key] || !strings.HasPrefix(p.Key, m.Name+".") || !h.Server.Langs.Langs[0].Has(p.Key) || len(p.Paths) == 0 {
				t.Errorf("%+v: its key is that of a text of the room, and no other part's", p)
			}
			seen[p.Key] = true
			for _, path := range p.Paths {
				if !slices.Contains(m.Paths, path) {
					t.Errorf("%s switches off /%s, which is not %s's", p.Key, path, m.Name)
				}
			}
		}
	}
}

// settle lets a change on one server be seen on the other: on SQLite, where a
// second one is only ever a command, a moment may pass.
func settle(h *house) {
	if h.DB.Dialect == db.SQLite {
		time.Sleep(2 * db.Lag)
	}
}

// Without mail, and alone: that is possible, and said.
func TestFirstRunWithoutMail(t *testing.T) {
	dbtest.From(t, empty, func(t *testing.T, at dbtest.Place) {
		h := openBare(t, at, nil)
		v := h.visitor()
		h.begin(v)
		v.Get("/first-run/mail").Shows(t, "people sign in by a password")
		if p := v.Send("/first-run/mail", "", url.Values{"do": {"later"}}); p.Path != "/first-run/you" {
			t.Fatal(p.Path)
		}
		v.Get("/first-run/open").Shows(t, "You").Hides(t, "<button class=\"button\">Open")
		v.Send("/first-run/second", "", url.Values{"name": {"Ben"}}).Is(t, 422).Shows(t, "Say first who you are")
		v.Send("/first-run/you", "", url.Values{"name": {"Ana"}, "email": {"ana@river.example"}, "password": {"four words in a row"}, "repeat": {"four words in a row"}}).Shows(t, "Mail is not set up")
		v.Send("/first-run/second", "", url.Values{"do": {"alone"}})
		v.Send("/first-run/open", "", nil).Shows(t, "Set up mail")
		h.visitor().SignIn("ana@river.example", "four words in a row").Get("/desk").Is(t, 200)
		h.visitor().Get("/sign-in").Shows(t, "This network sends no mail").Hides(t, "we send you a link")
		for _, password := range []string{"", "not this one"} {
			h.visitor().PostOnly("/sign-in", url.Values{"email": {"ana@river.example"}, "password": {password}}).Is(t, 422).Hides(t, "link by mail")
		}
	})
}

// The team tries the way mail goes, by a letter to themselves.
func TestTestMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.as("team").Send("/settings/mail", "", url.Values{"do": {"test"}}).Shows(t, "The mail is sent")
		if all := h.tray.Letters(); len(all) != 1 || all[0].Letter.To != "team@withus.example" || all[0].Letter.Subject != "A test" {
			t.Errorf("%+v", all)
		}
	})
}

// A network made by commands never shows the first steps, nor does one whose
// first person comes by a command while it waits.
func TestNoFirstRun(t *testing.T) {
	dbtest.From(t, empty, func(t *testing.T, at dbtest.Place) {
		h, command := openBare(t, at, nil), openBare(t, at, nil)
		v := h.visitor()
		h.begin(v)
		v.Send("/first-run/you", "", url.Values{"name": {"Eve"}, "email": {"eve@river.example"}, "password": {"words of somebody else"}, "repeat": {"words of somebody else"}})
		form := v.Get("/first-run/open").Form(t, "")
		if _, _, err := command.AddMember(t.Context(), "ana@river.example", "Ana", "team", "en"); err != nil {
			t.Fatal(err)
		}
		settle(h)
		v.PostOnly("/first-run/open", form).Is(t, 404)
		h.visitor().Get("/first-run").Is(t, 404)
		h.visitor().Get("/").Is(t, 200).Shows(t, "Our network")
		if n := h.count(`SELECT count(*) FROM member_member`); n != 1 {
			t.Errorf("%d people are here", n)
		}
	})
}

// opened is a network that is open, with Ana of its team.
func opened(t *testing.T, at dbtest.Place, log io.Writer) (*house, *webtest.Visitor) {
	t.Helper()
	h := openBare(t, at, log)
	v := h.visitor()
	h.begin(v)
	v.Send("/first-run/you", "", url.Values{"name": {"Ana"}, "email": {"ana@river.example"}, "password": {"four words in a row"}, "repeat": {"four words in a row"}})
	v.Send("/first-run/open", "", nil).Shows(t, "Your network is open")
	return h, v
}

// What the team changes counts at the next request, on every server, on kept
// pages too; what is switched off is gone from everywhere.
func TestSettingsAtOnce(t *testing.T) {
	dbtest.From(t, empty, func(t *testing.T, at dbtest.Place) {
		h, ana := opened(t, at, nil)
		other := openBare(t, at, nil)
		visitors := []*webtest.Visitor{h.visitor(), other.visitor()}
		each := func(fn func(v *webtest.Visitor)) {
			t.Helper()
			settle(h)
			for _, v := range visitors {
				for range 2 { // and from what is kept
					fn(v)
				}
			}
		}
		sheet := func(v *webtest.Visitor) string {
			for _, href := range quoted(v.Get("/").Body, `<link rel="stylesheet" href="`) {
				return href
			}
			return ""
		}
		each(func(v *webtest.Visitor) {
			v.Get("/").Shows(t, "Our network", "Help now")
			v.Get("/groups").Shows(t, "CSV").Is(t, 200)
			v.Get("/group-map").Is(t, 200)
		})
		was := sheet(visitors[0])

		ana.Send("/settings/name", "", url.Values{"name": {"River"}, "leave": {"https://weather.example/"}}).Shows(t, "Saved", "River")
		each(func(v *webtest.Visitor) {
			v.Get("/").Shows(t, "River").Hides(t, "Our network")
			v.Get("/nothing/here").Is(t, 404).Shows(t, "River")
			if to := v.Do(http.MethodGet, "/leave", nil, "").Header.Get("Location"); to != "https://weather.example/" {
				t.Error(to)
			}
			if p := v.Get("/api/v1/openapi.json"); !strings.Contains(p.Body, `"title":"River"`) {
				t.Errorf("the API's description: %.200s", p.Body)
			}
		})

		ana.Send("/settings/colours", "", url.Values{"primary": {"#003c3c"}}).Shows(t, "Saved")
		each(func(v *webtest.Visitor) {
			if now := sheet(v); now == was || !strings.Contains(v.Get(now).Body, "#003c3c") {
				t.Errorf("the sheet is %s, and was %s", now, was)
			}
			if p := v.Get(was); p.Status != 200 || p.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("the sheet of before: %d %v", p.Status, p.Header)
			}
		})

		ana.Send("/settings/languages", "", url.Values{"languages": {"fr", "ar"}, "first": {"fr"}}).Is(t, 200)
		each(func(v *webtest.Visitor) {
			if p := v.Get("/"); !strings.Contains(p.Body, `<html lang="fr"`) || strings.Contains(p.Body, `hreflang="es"`) {
				t.Errorf("it does not speak French: %.200s", p.Body)
			}
			if p := v.Get("/?lang=en"); !strings.Contains(p.Body, `<html lang="fr"`) {
				t.Error("it still speaks English")
			}
		})
		history := ana.Get("/settings/history")
		history.Shows(t, "Ana")
		ana.Send("/settings/languages", "", url.Values{"languages": {"en", "fr"}, "first": {"en"}})

		ana.Send("/settings/pages", "", url.Values{"on": {"group.part.files"}}).Shows(t, "Saved")
		off := []string{"/help", "/help/GB", "/help/worker.js", "/api/v1/help", "/group-map", "/group-map/gb"}
		each(func(v *webtest.Visitor) {
			for _, path := range off {
				v.Get(path).Is(t, 404)
			}
			v.Get("/").Is(t, 200).Hides(t, "Help now", `href="/help`)
			v.Get("/groups").Shows(t, "CSV").Hides(t, "/group-map")
			v.Get("/groups.csv").Is(t, 200)
			v.Get("/api").Hides(t, "/help")
			v.Get("/api/v1/openapi.json").Hides(t, "/help")
		})
		ana.Get("/help/lines").Is(t, 404)
		ana.Get("/desk").Hides(t, "/help")
		ana.Send("/settings/history", "/settings/restore", url.Values{"revision": {"1"}}).Is(t, 200).Shows(t, "as it was before", "Our network")
		each(func(v *webtest.Visitor) {
			v.Get("/").Shows(t, "Our network", "Help now")
			for _, path := range []string{"/help", "/group-map", "/groups.csv"} {
				v.Get(path).Is(t, 200)
			}
		})
	})
}

// The mail server's password is nowhere but in its column.
func TestMailPasswordIsNowhere(t *testing.T) {
	dbtest.From(t, empty, func(t *testing.T, at dbtest.Place) {
		const canary = "Blinkerflax-Mail-Pass"
		var log bytes.Buffer
		h, ana := opened(t, at, &log)
		fields := url.Values{"sends": {"yes"}, "server": {"127.0.0.1"}, "port": {"1"}, "security": {"starttls"}, "user": {"hello@river.example"}, "from": {"hello@river.example"}, "password": {canary}}
		wrong := url.Values{"port": {"none"}}
		for k, x := range fields {
			if k != "port" {
				wrong[k] = x
			}
		}
		ana.Send("/settings/mail", "", wrong).Is(t, 422).Hides(t, canary)
		ana.Send("/settings/mail", "", fields).Shows(t, "The network sends mail").Hides(t, canary)
		ana.Send("/settings/mail", "", url.Values{"do": {"test"}}).Is(t, 422).Shows(t, "did not let us in").Hides(t, canary)
		ana.Send("/settings/mail", "", url.Values{"server": {"mail.elsewhere.example"}}).Is(t, 422).Shows(t, "Type the password again").Hides(t, canary)
		// Somebody whose sign-in has ended sends it; it is not kept for later.
		stranger := h.visitor()
		fields.Set("form_key", ana.Get("/settings/name").Form(t, "").Get("form_key"))
		fields.Set("revision", "1")
		stranger.PostOnly("/settings/mail", fields)
		h.visitor().Post("/sign-in", url.Values{"email": {"ana@river.example"}})
		h.work() // a letter that can't be sent
		for _, path := range []string{"/settings", "/settings/mail", "/settings/history", "/desk", "/you", "/api/v1/openapi.json"} {
			ana.Get(path).Is(t, 200).Hides(t, canary)
		}
		sub, err := h.Members.Subject(t.Context(), "ana@river.example")
		if err != nil {
			t.Fatal(err)
		}
		all, err := h.Export(t.Context(), sub)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := json.Marshal(all); err != nil || bytes.Contains(b, []byte(canary)) {
			t.Errorf("the export holds it: %v", err)
		}
		for _, found := range holds(h.dump(), canary) {
			if !strings.HasPrefix(found, "network_network ") {
				t.Error(found)
			}
		}
		if len(holds(h.dump(), canary)) == 0 {
			t.Error("it is kept nowhere: this test looks for nothing")
		}
		if strings.Contains(log.String(), canary) || !strings.Contains(log.String(), "refused") {
			t.Errorf("the log: %s", log.String())
		}
	})
}
