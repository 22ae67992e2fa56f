package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tab is a window of its own: no cookie, no memory is shared with another.
type tab struct {
	t   *testing.T
	h   *house
	ctx context.Context

	mu       sync.Mutex
	asked    []string    // every address it asked for
	troubles []string    // what its console says went wrong
	fine     [][2]string // what may go wrong: words and an address that stand in a trouble
	away     bool        // it may go elsewhere: somebody leaves this site
}

// tab opens one. When the test ends, nothing may have been asked of anybody
// else, and nothing said on the console.
func (h *house) tab(t *testing.T) *tab {
	t.Helper()
	b := &tab{t: t, h: h}
	ctx, cancel := chromedp.NewContext(chrome, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	b.ctx = ctx
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective + " " + e.blockedURI))`})
	t.Cleanup(b.quiet)
	b.size(1280, 800)
	return b
}

// hear keeps what the browser tells by itself.
func (b *tab) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, ev.Request.URL)
	case *log.EventEntryAdded:
		if ev.Entry.Level != log.EntryLevelWarning && ev.Entry.Level != log.EntryLevelError {
			return
		}
		b.troubles = append(b.troubles, fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
	case *runtime.EventExceptionThrown:
		b.troubles = append(b.troubles, "exception: "+ev.ExceptionDetails.Text+" "+ev.ExceptionDetails.URL)
	case *runtime.EventConsoleAPICalled:
		said := "console." + string(ev.Type) + ":"
		for _, a := range ev.Args {
			said += " " + string(a.Value)
		}
		b.troubles = append(b.troubles, said)
	}
}

// quiet holds what must hold of every page anybody was on.
func (b *tab) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range b.asked {
		switch {
		case strings.HasPrefix(u, b.h.url+"/"), u == "about:blank":
		case b.away && strings.HasPrefix(u, b.h.elsewhere): // the icon of that page, too
		default:
			b.t.Errorf("asked somebody else: %s", u)
		}
	}
	for _, x := range b.troubles {
		if !slices.ContainsFunc(b.fine, func(f [2]string) bool { return strings.Contains(x, f[0]) && strings.HasSuffix(x, f[1]) }) {
			b.t.Errorf("the console says: %s", x)
		}
	}
}

// forgive says that an address answers with an error, which the browser notes.
func (b *tab) forgive(path string) {
	b.fine = append(b.fine, [2]string{"the server responded with a status of 4", b.h.url + path})
}

// do does things, each within patience.
func (b *tab) do(what ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, a := range what {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		err := chromedp.Do(ctx, a)
		cancel()
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

// call gives the browser a command of its protocol.
func call[P, R any](b *tab, cmd cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	out, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		b.t.Fatalf("%s: %v", cmd.Method, err)
	}
	return out
}

// eval asks the page. Each %s of the script stands for an argument, as JSON.
func eval[T any](b *tab, script string, args ...any) T {
	b.t.Helper()
	out, err := try[T](b, script, args...)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, script)
	}
	return out
}

func try[T any](b *tab, script string, args ...any) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](fill(script, args...), chromedp.EvalAwaitPromise))
}

func fill(script string, args ...any) string {
	if len(args) == 0 {
		return script
	}
	text := make([]any, len(args))
	for i, a := range args {
		j, err := json.Marshal(a)
		if err != nil {
			panic(err)
		}
		text[i] = string(j)
	}
	return fmt.Sprintf(script, text...)
}

// wait waits until the page says yes. It asks from outside, so that it works
// without scripts, too, and over the coming and going of pages.
func (b *tab) wait(script string, args ...any) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for {
		ok, err := try[bool](b, script, args...)
		if ok && err == nil {
			return
		}
		if time.Now().After(end) {
			at, _ := try[string](b, `location.href + "\n" + document.body.innerText.slice(0, 600)`)
			b.t.Fatalf("waited in vain: %s (%v)\nat %s", fill(script, args...), err, at)
		}
		time.Sleep(15 * time.Millisecond)
	}
}

// open goes to a path and waits until all of the page is there.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.h.url + path))
}

// at waits until a page has come whose path is this. What stands in the query
// is for the test to ask.
func (b *tab) at(path string) {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.h.url + path
	}
	b.wait(`document.readyState === "complete" && decodeURI(location.origin + location.pathname) === %s`, path)
}

// again marks the page shown, and gives a function that waits until another
// one has come in its place, even at the same address.
func (b *tab) again() func() {
	b.t.Helper()
	eval[chromedp.Void](b, `document.documentElement.mark = true, undefined`)
	return func() {
		b.t.Helper()
		b.wait(`document.readyState === "complete" && !document.documentElement.mark`)
	}
}

// size is the size of the window, in CSS pixels.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

// wish says what the reader's system asks of pages: prefers-color-scheme and
// the like.
func (b *tab) wish(features map[string]string) {
	b.t.Helper()
	p := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{}}
	for _, name := range []string{"prefers-color-scheme", "forced-colors", "prefers-reduced-motion", "prefers-contrast"} {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: name, Value: features[name]})
	}
	call(b, emulation.SetEmulatedMedia, p)
}

// plain switches scripts off, as old and careful browsers do.
func (b *tab) plain() {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// cookie gives the browser a cookie of the house.
func (b *tab) cookie(name, value string) {
	b.t.Helper()
	call(b, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.h.url, Path: "/", HTTPOnly: ptr(true), SameSite: network.CookieSameSiteLax})
}

// as signs in somebody of the demo, without the way through the form.
func (b *tab) as(role string) {
	b.t.Helper()
	who := role + "@withus.example"
	if role == "nomail" {
		who = "willow kettle 4827"
	}
	v := b.h.visitor().SignIn(who, "withus-"+role)
	for name, value := range v.Cookies {
		b.cookie(name, value)
	}
}

// click presses what a selector finds, where a pointer would.
func (b *tab) click(sel string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(sel)))
}

// types types into whatever has the focus.
func (b *tab) types(text string) {
	b.t.Helper()
	for _, r := range text {
		b.key(r, nil)
	}
}

// press presses keys: kb.Tab, kb.Enter and the like.
func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.types(k)
	}
}

// key presses a key, does something while it is down if there is anything, and
// lets it go. It is sent as a keyboard sends it: where pressing Enter moves the
// focus, the letter does not follow there, as it would with chromedp.KeyEvent.
func (b *tab) key(r rune, held func(), with ...chromedp.KeyOption) {
	b.t.Helper()
	for _, k := range kb.Encode(r) {
		for _, o := range with {
			o(k)
		}
		switch {
		case k.Type == kb.KeyDown:
			k.Type = input.DispatchKeyEventTypeRawKeyDown
		case k.Type == kb.KeyUp && held != nil:
			held()
		}
		call(b, input.DispatchKeyEvent, *k)
	}
}

// selectAll marks all of the field that has the focus.
func (b *tab) selectAll() {
	b.t.Helper()
	eval[chromedp.Void](b, `document.activeElement.select()`)
}

// tabTo presses Tab until what has the focus is what a selector finds.
func (b *tab) tabTo(sel string) {
	b.t.Helper()
	var seen []string
	for range 150 {
		b.press(kb.Tab)
		if eval[bool](b, `document.activeElement.matches(%s)`, sel) {
			return
		}
		seen = append(seen, b.focused())
	}
	b.t.Fatalf("Tab does not lead to %s, but to %q", sel, seen)
}

// focused says what has the focus, as far as a person can tell.
func (b *tab) focused() string {
	b.t.Helper()
	return eval[string](b, `(e => e.localName + (e.id ? "#" + e.id : "") + " " + (e.getAttribute("aria-label") || e.innerText || e.name || "").trim().slice(0, 40))(document.activeElement)`)
}

// has holds that what has the focus is what a selector finds.
func (b *tab) has(sel string) {
	b.t.Helper()
	b.wait(`document.activeElement.matches(%s)`, sel)
}

// text is what a person reads of an element.
func (b *tab) text(sel string) string {
	b.t.Helper()
	return strings.TrimSpace(eval[string](b, `(document.querySelector(%s) || {innerText: ""}).innerText`, sel))
}

// shows and hides hold that words stand on the page, or do not.
func (b *tab) shows(words ...string) {
	b.t.Helper()
	body := eval[string](b, `document.body.innerText`)
	for _, w := range words {
		if !strings.Contains(body, w) {
			b.t.Errorf("%s does not show %q", b.where(), w)
		}
	}
}

func (b *tab) hides(words ...string) {
	b.t.Helper()
	body := eval[string](b, `document.documentElement.outerHTML`)
	for _, w := range words {
		if strings.Contains(body, w) {
			b.t.Errorf("%s shows %q", b.where(), w)
		}
	}
}

// where is the address shown, without the host.
func (b *tab) where() string {
	b.t.Helper()
	u, err := url.Parse(eval[string](b, `location.href`))
	if err != nil {
		b.t.Fatal(err)
	}
	return u.RequestURI()
}

func ptr[T any](v T) *T { return &v }
