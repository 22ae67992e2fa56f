package browser

import (
	"context"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/mail"
)

// unopened is a network nobody has opened yet.
var unopened = dbtest.Template{Name: "unopened", Make: func(ctx context.Context, at dbtest.Place) error {
	a, err := app.Open(ctx, bare(at, nil, "http://127.0.0.1", "https://weather.example/"))
	if err != nil {
		return err
	}
	return a.Close()
}}

func bare(at dbtest.Place, _ *mail.Tray, origin, leave string) app.Options {
	return app.Options{Store: conf.Store{Data: at.Dir, Media: "none"}, Network: conf.Network{Leave: leave}, Serving: conf.Serving{URL: origin, PageCache: 16}}
}

// openNew opens one, and types the code there. The cookie is what the browser
// holds from then on.
func openNew(t *testing.T) (h *house, cookie string) {
	t.Helper()
	h = openAs(t, unopened, bare)
	code, err := h.Network.Code(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := h.visitor()
	v.Send("/first-run", "", url.Values{"code": {code}}).Is(t, 200)
	v.Send("/first-run/you", "", url.Values{"name": {"Ana"}, "email": {"ana@withus.example"}, "password": {"four words in a row"}, "repeat": {"four words in a row"}}).Is(t, 200)
	return h, v.Cookies["first"]
}

// firstStates are the first steps as somebody may find them; as "new".
func firstStates() []state {
	send := func(b *tab) {
		came := b.again()
		eval[chromedp.Void](b, `document.querySelector("main form .button:not(.quiet)").click()`)
		came()
	}
	empty := func(sel string) func(b *tab) {
		return func(b *tab) {
			eval[chromedp.Void](b, `document.querySelector(%s).value = "", undefined`, sel)
			send(b)
		}
	}
	return []state{
		{name: "first-code", path: "/first-run", as: "new", sees: "#code"},
		{name: "first-code-wrong", path: "/first-run", as: "new", sees: ".summary", err: true, then: send},
		{name: "first-name", path: "/first-run/name", as: "new", sees: "#name"},
		{name: "first-name-wrong", path: "/first-run/name", as: "new", sees: ".summary", err: true, then: empty("#name")},
		{name: "first-colours", path: "/first-run/colours", as: "new", sees: ".preview"},
		{name: "first-colours-unreadable", path: "/first-run/colours?primary=%23ffff00&accent=%23000000", as: "new", sees: "#network-preview li"},
		{name: "first-languages", path: "/first-run/languages", as: "new", sees: "input[name=first]"},
		{name: "first-mail", path: "/first-run/mail", as: "new", sees: "#to"},
		{name: "first-mail-wrong", path: "/first-run/mail", as: "new", sees: ".summary", err: true, then: send},
		{name: "first-you", path: "/first-run/you", as: "new", sees: "#password"},
		{name: "first-second", path: "/first-run/second", as: "new", sees: "button[value=alone]"},
		{name: "first-second-wrong", path: "/first-run/second", as: "new", sees: ".summary", err: true, then: send},
		{name: "first-open", path: "/first-run/open", as: "new", sees: "main form button"},
	}
}
