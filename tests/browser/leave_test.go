package browser

import (
	"bytes"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// forget takes a cookie away, as time does.
func (b *tab) forget(name string) {
	b.t.Helper()
	call(b, network.DeleteCookies, network.DeleteCookiesParams{Name: name, URL: b.h.url})
}

// past is the browser's list of pages for its Back button, and where in it
// somebody is.
func (b *tab) past() (at int, entries []*page.NavigationEntry) {
	b.t.Helper()
	r := call(b, page.GetNavigationHistory, cdp.Empty{})
	return int(r.CurrentIndex), r.Entries
}

// back presses Back. It does not wait for a page: none may be asked for.
func (b *tab) back() {
	b.t.Helper()
	at, entries := b.past()
	if at == 0 {
		b.t.Fatal("there is nothing to go back to")
	}
	call(b, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: entries[at-1].ID})
}

// leaves holds that this site was left, and that Back does not come back to
// the page that was left.
func (b *tab) leaves(how, path string) {
	b.t.Helper()
	b.at(b.h.elsewhere)
	_, entries := b.past()
	if slices.ContainsFunc(entries, func(e *page.NavigationEntry) bool { return strings.HasPrefix(e.URL, b.h.url+path) }) {
		b.t.Errorf("%s: the page left is still in the list", how)
	}
	b.back()
	b.at("/leaving") // the page before it
}

// Leave this site: by the button, by the link that only Tab finds, by Shift
// three times; at once, even where the other page is slow to come.
func TestLeave(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.away = true
	start := time.Now()
	fresh := func(width int64) {
		b.size(width, 640)
		b.open("/leaving")
		b.open(collective)
	}
	for _, width := range []int64{320, 1280} {
		fresh(width)
		b.click(".button.leave")
		b.leaves("the button", collective)
	}

	fresh(1280)
	b.press(kb.Tab, kb.Tab)
	b.has(".skip[data-leave]")
	b.press(kb.Enter)
	b.leaves("the hidden link", collective)

	// The screen is blank before anything else has come. A picture tells: the
	// page itself can't be asked while it goes.
	fresh(1280)
	slow := make(chan struct{})
	h.hold.Store(&slow)
	b.click(".button.leave")
	for end := time.Now().Add(patience); !b.blank(); {
		if time.Now().After(end) {
			t.Error("the page is still seen while the other one is slow to come")
			break
		}
	}
	h.hold.Store(nil)
	close(slow)
	b.leaves("a slow page", collective)

	fresh(320)
	en := h.lang("en")
	b.press(kb.Shift)
	b.wait(`document.getElementById("said").innerText === %s`, en.T("ui.leave.two"))
	b.press(kb.Shift)
	b.wait(`document.getElementById("said").innerText === %s`, en.T("ui.leave.one"))
	if live := eval[string](b, `document.getElementById("said").getAttribute("role")`); live != "status" {
		t.Errorf("it is not said aloud: role %q", live)
	}
	b.press(kb.Shift)
	b.leaves("Shift three times", collective)

	// In the middle of typing, too; but capitals, shortcuts and other keys in
	// between are no wish to leave.
	b.open("/leaving")
	b.open("/groups")
	b.click("#q")
	b.press(kb.Shift, kb.Shift)
	b.types("a")
	b.wait(`document.getElementById("said").innerText === ""`)
	b.press(kb.Shift)
	b.types("b")
	for range 4 { // Shift is held while a letter is typed
		b.key([]rune(kb.Shift)[0], func() { b.key('C', nil, chromedp.KeyModifiers(chromedp.ModifierShift)) })
	}
	b.press(kb.Shift, kb.Shift)
	b.click("h1")
	b.press(kb.Shift)
	time.Sleep(300 * time.Millisecond)
	b.at("/groups")
	b.click("#q")
	b.press(kb.Shift, kb.Shift, kb.Shift)
	b.leaves("Shift three times while typing", "/groups")
	t.Logf("leaving: button, hidden link, Shift; blank at once, no way back; %.1f s", time.Since(start).Seconds())

	// The same words in Arabic, the button on the other side.
	b.open("/groups?lang=ar")
	b.size(320, 640)
	if x := eval[float64](b, `document.querySelector(".button.leave").getBoundingClientRect().left`); x > 40 {
		t.Errorf("in Arabic the button stands at %v", x)
	}
	b.press(kb.Shift)
	b.wait(`document.getElementById("said").innerText === %s`, h.lang("ar").T("ui.leave.two"))
}

// blank says whether one colour is all there is to see.
func (b *tab) blank() bool {
	b.t.Helper()
	p, err := png.Decode(bytes.NewReader(call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{}).Data))
	if err != nil {
		b.t.Fatal(err)
	}
	at := p.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if p.At(x, y) != p.At(0, 0) {
				return false
			}
		}
	}
	return true
}

// Without scripts the button is a link, and works.
func TestLeavePlain(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.away = true
	start := time.Now()
	b.plain()
	b.size(320, 640)
	b.open(collective)
	b.click(".button.leave")
	b.at(h.elsewhere)
	if got := eval[string](b, `document.referrer`); got != "" {
		t.Errorf("the other page is told where somebody came from: %s", got)
	}
	t.Logf("leaving without scripts; %.1f s", time.Since(start).Seconds())
}

// After signing out, Back shows nothing that was private, with scripts and
// without.
func TestBackAfterSigningOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, scripts := range []bool{true, false} {
		b := h.tab(t)
		start := time.Now()
		if !scripts {
			b.plain()
		}
		b.open("/")
		b.as("organiser")
		pages := []string{collective, collective + "/edit", collective + "/history", "/sign-in/password", "/you"}
		for _, p := range pages {
			b.open(p)
			if !eval[bool](b, `document.body.hasAttribute("data-private")`) {
				t.Fatalf("%s is not private", p)
			}
		}
		b.shows("organiser@withus.example")
		b.follow(`form[action="/sign-out"] button`)
		b.at("/")
		for range pages {
			b.back()
			// Not even for a moment: a page out of the browser's memory is hidden
			// until it has been asked for anew.
			if !eval[bool](b, `!document.body || document.body.hidden || !document.body.hasAttribute("data-private")`) {
				t.Errorf("Back shows %s as it was", b.where())
			}
			b.wait(`document.readyState === "complete" && location.pathname !== "/" && !document.body.hasAttribute("data-private")`)
			b.hides("organiser@withus.example", h.lang("en").T("group.edit"), h.lang("en").T("signin.out"))
		}
		t.Logf("signed out, scripts %v: Back shows nothing private; %.1f s", scripts, time.Since(start).Seconds())
	}
}
