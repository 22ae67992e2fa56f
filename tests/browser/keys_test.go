package browser

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// By keys alone: find a group, sign in, correct its page, undo it.
func TestKeys(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	en := h.lang("en")
	start := time.Now()
	b.open("/")

	// The first stop leads past everything that is the same on every page.
	b.press(kb.Tab)
	b.has(`a[href="#main"]`)
	b.press(kb.Enter)
	b.has("#main")
	b.tabTo("#q")
	b.types("saturday kitchen")
	b.press(kb.Enter)
	b.at("/search")
	b.tabTo(`#found a[href="` + collective + `"]`)
	b.press(kb.Enter)
	b.at(collective)

	b.tabTo(`.me`)
	b.press(kb.Enter)
	b.at("/sign-in")
	b.tabTo("#email")
	b.types("organiser@withus.example")
	b.press(kb.Tab)
	b.has("#password")
	b.types("withus-organiser")
	b.press(kb.Enter)
	b.at("/you")
	b.tabTo(`a[href="` + collective + `/edit"]`)
	b.press(kb.Enter)
	b.at(collective + "/edit")

	// Correct, tick, choose, save.
	b.tabTo("#about")
	b.selectAll()
	b.types("Sunday kitchen, for a change.")
	b.tabTo("#form")
	was := eval[string](b, `document.activeElement.value`)
	b.press(kb.ArrowDown)
	if now := eval[string](b, `document.activeElement.value`); now == was {
		t.Error("an arrow key chooses nothing in a list")
	}
	b.tabTo("#confidential")
	b.press(" ")
	if !eval[bool](b, `document.activeElement.checked`) {
		t.Error("the space bar ticks nothing")
	}
	b.press(" ")
	b.tabTo(`input[name="audience"]`)
	b.press(kb.ArrowDown)
	b.has(`input[name="audience"]:checked`)
	b.press(kb.ArrowUp)
	b.tabTo(`form button:not(.quiet)`)
	b.press(kb.Enter)
	b.at(collective)
	b.has(".done")
	b.wait(`document.activeElement.innerText === %s`, en.T("group.edit.done"))
	b.shows("Sunday kitchen, for a change.")

	// Undo.
	b.tabTo(`a[href$="/history"]`)
	b.press(kb.Enter)
	b.at(collective + "/history")
	b.tabTo(`form[action$="/restore"] button`)
	if b.text(`form[action$="/restore"] button`) != en.T("ui.history.undo") {
		t.Error("the newest change can't be undone")
	}
	b.press(" ")
	b.at(collective)
	b.has(".done")
	b.shows("Saturday kitchen")
	t.Logf("by keys alone: find, sign in, correct, undo; %.1f s", time.Since(start).Seconds())
}

// The menus open by a key, lead on by Tab, and close by Escape, which gives the
// focus back, and when somebody goes on: they would cover what comes next.
func TestMenus(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	start := time.Now()
	for width, menu := range map[int64]string{320: ".menu", 1280: ".langs"} {
		b.size(width, 640)
		b.open("/groups")
		b.tabTo(menu + " > summary")
		b.press(kb.Enter)
		b.wait(`document.querySelector(%s).open`, menu)
		b.press(kb.Tab)
		b.has(menu + " .sheet a")
		b.press(kb.Escape)
		b.has(menu + " > summary")
		b.wait(`!document.querySelector(%s).open`, menu)
		b.press(" ")
		last := eval[int](b, `document.querySelectorAll(%s).length`, menu+" .sheet a")
		for range last + 1 {
			b.wait(`document.querySelector(%s).open`, menu)
			b.press(kb.Tab)
		}
		b.wait(`!document.querySelector(%s).open && !document.activeElement.closest(%s)`, menu, menu)
		b.click(menu + " > summary")
		b.click(".footer p")
		b.wait(`!document.querySelector(%s).open`, menu)
	}
	t.Logf("menus: opened, gone through, closed by keys; %.1f s", time.Since(start).Seconds())
}

// A form that is wrong says so first, in the title and where the focus is,
// leads to each field, and says the same there. Nothing typed is lost.
func TestWrong(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, lang := range []string{"en", "ar"} {
		b := h.tab(t)
		l := h.lang(lang)
		b.cookie("lang", lang)
		b.as("organiser")
		b.forgive(collective + "/edit")
		start := time.Now()
		b.open(collective + "/edit")
		long := strings.Repeat("More than fits. ", 400)
		typed := map[string]string{"name": "", "about": long, "since": "long ago", "languages": "English, Elvish", "email": "kitchen", "reach": "Only this is right."}
		for id, text := range typed {
			eval[chromedp.Void](b, `document.getElementById(%s).value = %s, undefined`, id, text)
		}
		b.tabTo("#name") // from the top, past what is not asked about
		came := b.again()
		b.press(kb.Enter)
		came()
		b.has(".summary")
		if want := l.T("ui.title.wrong", "title", l.T("group.edit-this", "name", "Open Door Collective")) + " · Open Door Network"; eval[string](b, `document.title`) != want {
			t.Errorf("the title is %q, not %q", eval[string](b, `document.title`), want)
		}
		links := eval[[]struct{ To, Says string }](b, `[...document.querySelectorAll(".summary a")].map((a) => ({To: decodeURIComponent(a.hash.slice(1)), Says: a.lastChild.textContent.trim()}))`)
		if len(links) != 5 {
			t.Errorf("%s: %d things are wrong: %v", lang, len(links), links)
		}
		for _, link := range links {
			b.press(kb.Tab)
			b.press(kb.Enter)
			b.has(`[id="` + link.To + `"]`)
			says := eval[string](b, `(document.activeElement.getAttribute("aria-describedby") || "").split(" ").filter((id) => id.endsWith("-problem")).map((id) => document.getElementById(id).innerText.trim()).join()`)
			if says != link.Says || says == "" {
				t.Errorf("%s: the summary says %q of %s, the field %q", lang, link.Says, link.To, says)
			}
			if !eval[bool](b, `document.activeElement.getAttribute("aria-invalid") === "true"`) {
				t.Errorf("%s: %s is not said to be wrong", lang, link.To)
			}
			// Back to the link, to go on to the next.
			eval[chromedp.Void](b, `document.querySelector(%s).focus()`, `.summary a[href="#`+link.To+`"]`)
		}
		for id, text := range typed {
			if got := eval[string](b, `document.getElementById(%s).value`, id); got != text {
				t.Errorf("%s: what was typed into %s is lost: %.60q", lang, id, got)
			}
		}
		t.Logf("a wrong form in %s: %d problems, said first, led to, nothing lost; %.1f s", lang, len(links), time.Since(start).Seconds())
	}
}

// What was typed outlives a sign-in that has run out.
func TestKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	en := h.lang("en")
	start := time.Now()
	b.as("organiser")
	b.open(collective + "/edit")
	b.tabTo("#welcome")
	b.selectAll()
	b.types("Ask for Olena. She has the blue scarf.")
	b.forget("withus")
	b.press(kb.Tab) // on to the address
	b.press(kb.Enter)
	b.at("/sign-in")
	if q := eval[string](b, `location.search`); q != "?next="+url.QueryEscape(collective+"/edit") {
		t.Errorf("it does not know the way back: %s", q)
	}
	b.shows(en.T("signin.first"))
	b.tabTo("#email")
	b.types("organiser@withus.example")
	b.press(kb.Tab)
	b.types("withus-organiser")
	b.press(kb.Enter)
	b.at(collective + "/edit")
	b.has("[data-first]")
	b.wait(`document.activeElement.innerText.trim() === %s`, en.T("ui.kept"))
	if got := eval[string](b, `document.getElementById("welcome").value`); got != "Ask for Olena. She has the blue scarf." {
		t.Errorf("what was typed is lost: %q", got)
	}
	b.tabTo("#email")
	b.press(kb.Enter)
	b.at(collective)
	b.has(".done")
	b.shows("Ask for Olena. She has the blue scarf.")
	b.open(collective + "/edit")
	if b.text("[data-first]") != "" {
		t.Error("words that were saved are still said to be waiting")
	}
	t.Logf("an expired sign-in: the words were kept, found again and saved; %.1f s", time.Since(start).Seconds())
}

// What was typed is there again after following a link and coming back, sent or
// not, and can be sent.
func TestBackToForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.forgive(collective + "/edit")
	// chromedp does not find its way in a page out of the browser's memory, so
	// the keys press here.
	send := func() {
		t.Helper()
		came := b.again()
		eval[chromedp.Void](b, `document.getElementById("email").focus()`)
		b.press(kb.Enter)
		came()
	}
	start := time.Now()
	b.as("organiser")
	b.open(collective + "/edit")
	b.tabTo("#welcome")
	b.selectAll()
	b.types("Ask for Olena.")
	b.follow(".crumbs a")
	b.at("/groups")
	b.back()
	b.at(collective + "/edit")
	words := `document.body.checkVisibility() && document.getElementById("welcome").value === %s`
	b.wait(words, "Ask for Olena.")
	send()
	b.at(collective)
	b.has(".done")
	b.shows("Ask for Olena.")

	// Back once more: the page was changed since, by themselves. Whatever the
	// house makes of that, the words are not lost.
	b.back()
	b.at(collective + "/edit")
	b.wait(words, "Ask for Olena.")
	eval[chromedp.Void](b, `document.getElementById("welcome").focus()`)
	b.selectAll()
	b.types("Ask for Martin.")
	send()
	if b.count(".summary") > 0 {
		b.wait(words, "Ask for Martin.")
		send()
	}
	b.at(collective)
	b.shows("Ask for Martin.")
	t.Logf("a form left and come back to: the words are there, and can be sent; %.1f s", time.Since(start).Seconds())
}
