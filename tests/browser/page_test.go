package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// written waits until the editor stands in its place.
func written(b *tab) { b.wait(`!!document.querySelector("trix-editor")?.editor`) }

// all chooses all of what stands in the editor.
func all(b *tab) {
	eval[chromedp.Void](b, `document.querySelector("trix-editor").editor.setSelectedRange([0, document.querySelector("trix-editor").editor.getDocument().getLength() - 1]), undefined`)
}

// enter presses Enter, and lets the editor draw the new line before the next key:
// no hand is faster.
func enter(b *tab) {
	b.press(kb.Enter)
	eval[bool](b, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}

// By the keyboard alone: write a page with the editor, with a heading, a list and
// a link, under the page's strict policy, and see it as a visitor does.
func TestWriteByKeyboard(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.as("team")
	b.size(1280, 800)
	b.open("/pages/about/edit/en")
	written(b)
	press := func(tool string) {
		b.tabTo(tool)
		b.press(" ")
		b.wait(`document.activeElement.localName !== "button"`)
	}
	b.tabTo("#text")
	all(b)
	b.types("We are many.")
	enter(b)
	b.types("What we do")
	b.wait(`document.querySelector("trix-editor").editor.getDocument().toString() === "We are many.\nWhat we do\n"`)
	press(`[data-trix-attribute="heading1"]`)
	enter(b)
	press(`[data-trix-attribute="bullet"]`)
	b.types("cook")
	enter(b)
	press(`[data-trix-attribute="bold"]`)
	b.types("sing")
	press(`[data-trix-attribute="bold"]`)
	b.tabTo(`main form p.row .button`) // Tab leaves a list as it leaves everything
	b.press(kb.Enter)
	b.at("/about")
	b.shows("We are many.", "cook")
	page := h.visitor().Get("/about").Is(t, http.StatusOK)
	want := "<p>We are many.</p><h2>What we do</h2><ul><li>cook</li><li><strong>sing</strong></li></ul>"
	if !strings.Contains(page.Body, want) {
		i := max(0, strings.Index(page.Body, "<article"))
		t.Errorf("it is kept as\n%.600s", page.Body[i:])
	}
	// A link, and what stands there comes back into the editor as it was.
	b.open("/pages/about/edit/en")
	written(b)
	b.tabTo("#text")
	all(b)
	b.tabTo(`[data-trix-attribute="href"]`)
	b.press(" ")
	b.wait(`document.activeElement.name === "href"`)
	b.types("/groups")
	b.press(kb.Enter)
	b.wait(`!!document.querySelector("trix-editor a")`)
	b.tabTo(`main form p.row .button`)
	b.press(kb.Enter)
	b.at("/about")
	if page := h.visitor().Get("/about"); !strings.Contains(page.Body, `<a href="/groups">We are many.</a>`) || !strings.Contains(page.Body, "<strong>sing</strong></a>") {
		i := max(0, strings.Index(page.Body, "<article"))
		t.Errorf("it is kept as\n%.600s", page.Body[i:])
	}
}

// With scripts off the same page is typed, in Arabic, on a small screen.
func TestWritePlain(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.cookie("lang", "ar")
	b.as("team")
	b.plain()
	b.size(320, 640)
	b.open("/pages/about/edit/ar")
	if !eval[bool](b, `document.querySelector("#text").value.includes("\n\n## ")`) {
		t.Error("what stands there can't be typed on")
	}
	b.do(chromedp.Focus(chromedp.CSS("#text")))
	b.selectAll()
	b.types("## ما نفعله\n\n- نطبخ\n- **نغني**\n\nاكتب إلى [المجموعات](/groups).")
	b.follow(`main form p.row .button`)
	b.at("/about")
	if w := eval[int](b, `document.documentElement.scrollWidth`); w > 320 {
		t.Errorf("the page is %d wide", w)
	}
	v := h.visitor()
	v.Cookies["lang"] = "ar"
	if page := v.Get("/about"); !strings.Contains(page.Body, `<h2>ما نفعله</h2><ul><li>نطبخ</li><li><strong>نغني</strong></li></ul><p>اكتب إلى <a href="/groups">المجموعات</a>.</p>`) {
		t.Errorf("%.3000s", page.Body)
	}
}
