package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// With scripts off, on a small screen: find a group that writes Arabic.
func TestPlainFind(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	ar := h.lang("ar")
	start := time.Now()
	b.plain()
	b.size(320, 640)
	b.open("/groups")
	b.click(".menu > summary")
	b.follow(`.menu a[hreflang="ar"]`)
	b.at("/groups")
	if dir := eval[string](b, `document.documentElement.dir`); dir != "rtl" {
		t.Errorf("Arabic runs %q", dir)
	}
	if got := b.text("main h1"); got != ar.T("group.title") {
		t.Errorf("the page says %q", got)
	}
	all := b.count("#found .card")
	b.click(`.filters > summary`)
	b.tabTo("#language")
	b.types(ar.Language("ar"))
	b.follow(".filters button")
	b.at("/groups")
	if q := eval[string](b, `location.search`); !strings.Contains(q, "language=ar") {
		t.Errorf("the filter is not in the address: %s", q)
	}
	few := b.count("#found .card")
	if few == 0 || few >= all {
		t.Errorf("%d groups, of them %d in Arabic", all, few)
	}
	if !eval[bool](b, `document.querySelector("#language").value === "ar" && document.querySelector(".filters").open`) {
		t.Error("the filter that is on is not seen")
	}
	b.follow("#found .card a[lang=ar]")
	b.wait(`location.pathname.startsWith("/groups/")`)
	if !eval[bool](b, `!!document.querySelector("main h1[lang=ar]") && document.documentElement.lang === "ar"`) {
		t.Error("the group does not say that it writes Arabic")
	}
	if w := eval[int](b, `document.documentElement.scrollWidth`); w > 320 {
		t.Errorf("the page is %d wide", w)
	}
	t.Logf("without scripts, 320 px: menu, Arabic, filter, a group; %.1f s", time.Since(start).Seconds())
}

// With scripts off: sign in, correct the page, see it as a visitor, undo it,
// sign out.
func TestPlainEdit(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, other := h.tab(t), h.tab(t)
	start := time.Now()
	b.plain()
	other.plain()
	b.size(320, 640)
	b.open("/")
	b.click(".menu > summary")
	b.follow(".menu .me")
	b.at("/sign-in")
	b.do(chromedp.SendKeys(chromedp.CSS("#email"), "organiser@withus.example"), chromedp.SendKeys(chromedp.CSS("#password"), "withus-organiser"))
	b.follow("main form button")
	b.at("/you")
	b.follow(`a[href="` + collective + `/edit"]`)
	b.at(collective + "/edit")
	b.do(chromedp.Focus(chromedp.CSS("#about")))
	b.selectAll()
	b.types("Sunday kitchen, for a change.")
	b.follow(`main form button:not(.quiet)`)
	b.at(collective)
	b.shows(h.lang("en").T("group.edit.done"), "Sunday kitchen, for a change.")

	other.open(collective)
	other.shows("Sunday kitchen, for a change.")
	other.hides("Saturday kitchen", "/edit")

	b.follow(`main a[href$="/history"]`)
	b.follow(`form[action$="/restore"] button`)
	b.at(collective)
	b.shows("Saturday kitchen")
	other.open(collective)
	other.shows("Saturday kitchen")
	other.hides("Sunday kitchen")

	b.open("/you")
	b.follow(`form[action="/sign-out"] button`)
	b.at("/")
	b.shows(h.lang("en").T("signin.out.done"))
	t.Logf("without scripts: sign in, correct, seen by a visitor, undo, sign out; %.1f s", time.Since(start).Seconds())
}

// With scripts off: codes to get in by are seen once somebody unfolds them, and not
// after; on paper they stand in any case.
func TestPlainCodes(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.plain()
	b.size(320, 640)
	b.open("/sign-in?next=/you/codes")
	b.do(chromedp.SendKeys(chromedp.CSS("#email"), "willow kettle 4827"), chromedp.SendKeys(chromedp.CSS("#password"), "withus-nomail"))
	b.follow("main form button")
	b.at("/you/codes")
	seen := func(when string, want bool) {
		t.Helper()
		if got := eval[bool](b, `document.querySelector(".unfolds li:last-child").checkVisibility({contentVisibilityAuto: true})`); got != want {
			t.Errorf("%s: the codes are seen: %v", when, got)
		}
	}
	seen("at first", false)
	b.click(".unfolds summary")
	seen("unfolded", true)
	b.click(".unfolds summary")
	seen("folded up", false)
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	// Only the next frame knows it.
	b.wait(`getComputedStyle(document.querySelector(".unfolds"), "::details-content").contentVisibility === "visible"`)
	seen("on paper", true)
}

// follow presses a link or a button and waits for the page that comes.
func (b *tab) follow(sel string) {
	b.t.Helper()
	came := b.again()
	b.click(sel)
	came()
}

// count counts what a selector finds.
func (b *tab) count(sel string) int {
	b.t.Helper()
	return eval[int](b, `document.querySelectorAll(%s).length`, sel)
}
