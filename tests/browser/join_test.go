package browser

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp/kb"
)

// hand is how somebody uses a page: each thing is known by its role and what it
// is called, and by a selector, of which a hand uses what it can.
type hand interface {
	tick(role, name, sel string)
	write(name, sel, text string)
	press(name, sel string) // and the next page has come
}

// joinAs walks the way in of somebody who has lived experience, from its first page
// to the account, and gives how many pages they saw. seen looks at each.
func joinAs(h *house, b *tab, by hand, lang string, seen func()) (pages int) {
	h.t.Helper()
	const button = "main form .button:not(.quiet)"
	l := h.lang(lang)
	email := "new." + lang + "@elsewhere.example"
	at := func(path string) {
		h.t.Helper()
		b.at(path)
		pages++
		seen()
	}
	b.open("/join?lang=" + lang)
	at("/join")
	by.tick("radio", l.T("member.kind.member"), `input[value="member"]`)
	by.press(l.T("member.go-on"), button)
	at("/join/experience")
	by.tick("checkbox", l.T("member.lived"), "#lived")
	by.press(l.T("member.go-on"), button)
	at("/join/name")
	by.write(l.T("member.name"), "#name", "Wren "+strings.ToUpper(lang))
	by.press(l.T("member.go-on"), button)
	at("/join/counted")
	by.tick("radio", l.T("member.counted.no"), `input[value="no"]`)
	by.press(l.T("member.go-on"), button)
	at("/join/reach")
	by.write(l.T("member.email"), "#email", email)
	by.press(l.T("member.go-on"), button)
	at("/join/send")
	by.press(l.T("member.send.go"), button)
	at("/join/sent")
	h.work()
	var link string
	for _, k := range h.tray.Letters() {
		if k.Letter.To == email {
			link = strings.TrimPrefix(k.Letter.Link.URL, h.url)
		}
	}
	b.open(link)
	at(strings.Split(link, "?")[0])
	by.press(l.T("member.link.go"), button)
	b.at("/you")
	if _, _, err := h.Members.Known(h.t.Context(), email); err != nil {
		h.t.Errorf("there is no account at the end: %v", err)
	}
	return pages
}

// A thumb on a small screen, with scripts off.
type thumb struct {
	b             *tab
	taps, letters int
}

func (x *thumb) tick(_, _, sel string) { x.b.click(sel); x.taps++ }

func (x *thumb) write(_, sel, text string) {
	x.b.click(sel)
	x.b.types(text)
	x.taps, x.letters = x.taps+1, x.letters+len(text)
}

func (x *thumb) press(_, sel string) { x.b.follow(sel); x.taps++ }

// How long it takes somebody who reads every word of every page: adults read 238
// words a minute (Brysbaert 2019, English, silently) and type 36 on a phone (Palin
// 2019), each of five letters; to aim at something and press it takes 1.3 seconds
// (the keystroke-level model, Card 1980).
const (
	wordRead, letterTyped, tap = 60. / 238, 60. / (36 * 5), 1.3
	threeMinutes               = 180.
)

// toRead is what stands on a page to be read: of a closed list one line, of what is
// folded up none, and nothing that leads elsewhere.
const toRead = `(() => {
	const page = document.querySelector("main").cloneNode(true)
	page.querySelectorAll("option:not(:checked), details:not([open]) > :not(summary), a, button.quiet").forEach((e) => e.remove())
	const words = [], texts = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
	while (texts.nextNode()) words.push(texts.currentNode.data)
	return words.join(" ")
})()`

// On a phone of 320 pixels with scripts off, in each language: eight pages at most,
// none wider than the screen; in English three minutes.
func TestJoinOnAPhone(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, lang := range []string{"en", "es", "fr", "ar"} {
		b := h.tab(t)
		b.plain()
		b.size(320, 640)
		x, words := &thumb{b: b}, 0
		pages := joinAs(h, b, x, lang, func() {
			words += len(strings.Fields(eval[string](b, toRead)))
			if w := eval[int](b, `document.documentElement.scrollWidth`); w > 320 {
				t.Errorf("%s in %s is %d wide", b.where(), lang, w)
			}
		})
		takes := float64(words)*wordRead + float64(x.letters)*letterTyped + float64(x.taps)*tap
		t.Logf("%s: %d pages, %d words, %d taps, %d letters: %.0f s", lang, pages, words, x.taps, x.letters, takes)
		if pages > 8 || lang == "en" && takes > threeMinutes {
			t.Errorf("joining in %s takes %d pages and %.0f s", lang, pages, takes)
		}
	}
}

// keyboard has no pointer.
type keyboard struct{ b *tab }

func (x keyboard) tick(role, _, sel string) {
	if role == "radio" { // Tab comes to the first, and arrows go on
		x.b.tabTo(`input[type="radio"][name="` + eval[string](x.b, `document.querySelector(%s).name`, sel) + `"]`)
		x.b.press(" ")
		for range 9 {
			if eval[bool](x.b, `document.activeElement.matches(%s) && document.activeElement.checked`, sel) {
				return
			}
			x.b.press(kb.ArrowDown)
		}
		x.b.t.Fatalf("no arrow leads to %s", sel)
	}
	x.b.tabTo(sel)
	x.b.press(" ")
}

func (x keyboard) write(_, sel, text string) {
	x.b.tabTo(sel)
	x.b.types(text)
}

func (x keyboard) press(_, sel string) {
	x.b.tabTo(sel)
	came := x.b.again()
	x.b.press(kb.Enter)
	came()
}

// The same by the keyboard alone.
func TestJoinByKeyboard(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.size(1280, 800)
	if pages := joinAs(h, b, keyboard{b}, "en", func() {}); pages > 8 {
		t.Errorf("%d pages", pages)
	}
}

// listener knows of a page what the accessibility tree says, as a screen reader
// does: roles, names and what is ticked.
type listener struct{ b *tab }

func (x listener) tree() []*accessibility.Node {
	return call(x.b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes
}

func says(v *accessibility.Value) (s string) {
	if v != nil {
		_ = json.Unmarshal(v.Value, &s) // a number or a list says nothing
	}
	return s
}

// find is the one thing on the page of a role that is called so. What its label
// says of it besides comes after the name.
func (x listener) find(role, name string) cdp.BackendNodeID {
	x.b.t.Helper()
	var at []cdp.BackendNodeID
	var heard []string
	for _, n := range x.tree() {
		if n.Ignored || says(n.Role) != role {
			continue
		}
		heard = append(heard, says(n.Name))
		if strings.HasPrefix(says(n.Name), name) {
			at = append(at, n.BackendDOMNodeID)
		}
	}
	if len(at) != 1 {
		x.b.t.Fatalf("%s: %d of role %s are called %q, of %q", x.b.where(), len(at), role, name, heard)
	}
	return at[0]
}

func (x listener) focus(role, name string) {
	x.b.t.Helper()
	call(x.b, dom.Focus, dom.FocusParams{BackendNodeID: x.find(role, name)})
}

func (x listener) tick(role, name, _ string) {
	x.b.t.Helper()
	x.focus(role, name)
	x.b.press(" ")
	at := x.find(role, name)
	for _, n := range x.tree() {
		if n.BackendDOMNodeID != at {
			continue
		}
		for _, p := range n.Properties {
			if p.Name == accessibility.PropertyNameChecked && says(p.Value) == "true" {
				return
			}
		}
	}
	x.b.t.Fatalf("%q is not heard to be ticked", name)
}

func (x listener) write(name, _, text string) {
	x.b.t.Helper()
	x.focus("textbox", name)
	x.b.types(text)
}

func (x listener) press(name, _ string) {
	x.b.t.Helper()
	x.focus("button", name)
	came := x.b.again()
	x.b.press(kb.Enter)
	came()
}

// The same by what a screen reader is told alone, in English and in Arabic. Each
// page says in its one heading of the first rank what it is about.
func TestJoinByEar(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, lang := range []string{"en", "ar"} {
		b := h.tab(t)
		x := listener{b}
		joinAs(h, b, x, lang, func() {
			first := 0
			for _, n := range x.tree() {
				for _, p := range n.Properties {
					if !n.Ignored && says(n.Role) == "heading" && p.Name == accessibility.PropertyNameLevel && string(p.Value.Value) == "1" && says(n.Name) != "" {
						first++
					}
				}
			}
			if first != 1 {
				t.Errorf("%s has %d headings of the first rank", b.where(), first)
			}
		})
	}
}
