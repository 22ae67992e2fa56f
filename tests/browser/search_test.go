package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Search answers while somebody types: the list alone changes, how many were
// found is said aloud, the focus stays, and the address can be given away.
func TestSearch(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	start := time.Now()
	b.open("/groups")
	all := b.count("#found .card")
	if n := b.fetched("htmx"); n != 0 {
		t.Errorf("htmx was fetched %d times by somebody who only reads", n)
	}
	eval[chromedp.Void](b, `document.documentElement.mark = true, undefined`)
	b.click("#q")
	b.wait(`!!window.htmx`)
	b.types("kitchen")
	b.wait(`document.querySelectorAll("#found .card").length < %s && location.search.includes("q=kitchen")`, all)
	found := b.count("#found .card")
	if found == 0 {
		t.Error("no kitchen was found")
	}
	b.wait(`document.getElementById("said").innerText === document.querySelector("[data-found]").innerText`)
	if said := b.text("#said"); !strings.Contains(said, "1") && !strings.ContainsAny(said, "23456789") {
		t.Errorf("it says %q", said)
	}
	b.has("#q")
	if !eval[bool](b, `document.activeElement.value === "kitchen" && document.activeElement.selectionStart === 7`) {
		t.Error("the cursor has moved")
	}

	// Going on typing goes on narrowing; taking back widens again.
	b.types(" zzz")
	b.wait(`!!document.querySelector("#found .empty")`)
	b.wait(`document.getElementById("said").innerText === document.querySelector("[data-found]").innerText`)
	b.press(kb.Backspace, kb.Backspace, kb.Backspace, kb.Backspace)
	b.wait(`document.querySelectorAll("#found .card").length === %s`, found)

	// A filter: the box that was ticked stays where it is, with the focus, and
	// the numbers of all of them follow.
	b.selectAll()
	b.press(kb.Backspace)
	b.wait(`document.querySelectorAll("#found .card").length === %s`, all)
	before := eval[string](b, `document.querySelector("#language option[value=en]").textContent`) // in a list that is closed
	b.tabTo(".filters summary")
	b.press(" ")
	b.tabTo(`.filters input[name="support"]`)
	b.press(" ")
	b.wait(`location.search.includes("support=")`)
	b.has(`.filters input[name="support"]:checked`)
	b.wait(`document.querySelector("#language option[value=en]").textContent !== %s`, before)
	if b.text("#n-filters") == "" {
		t.Error("the heading does not say that a filter is on")
	}
	b.wait(`document.getElementById("said").innerText === document.querySelector("[data-found]").innerText`)
	if !eval[bool](b, `document.documentElement.mark === true`) {
		t.Error("the page was loaded anew")
	}
	if n := b.fetched("htmx"); n != 1 {
		t.Errorf("htmx was fetched %d times", n)
	}
	// The same address gives the same list to somebody else.
	where, count := b.where(), b.text("[data-found]")
	other := h.tab(t)
	other.open(where)
	if got := other.text("[data-found]"); got != count {
		t.Errorf("%s: %q here, %q there", where, count, got)
	}

	// The house's search, the same way; and with the Enter key, quickly.
	b.open("/search")
	b.click("#q")
	b.types("tea")
	b.wait(`document.querySelectorAll("#found .card").length > 0`)
	b.has("#q")
	b.press(kb.Enter)
	b.at("/search")
	b.open("/")
	if b.count("form[data-live]") != 0 {
		t.Error("the first page searches while somebody types, with nowhere to show it")
	}
	t.Logf("search while typing: %d of %d, said aloud, focus kept, address shared; %.1f s", found, all, time.Since(start).Seconds())
}

// Somebody who saves data, and somebody whose htmx never comes, search by the
// button.
func TestSearchWithoutHTMX(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	start := time.Now()
	call(b, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/assets/htmx*", Block: true}}})
	b.fine = append(b.fine, [2]string{"net::ERR_BLOCKED_BY_CLIENT", h.url + h.Server.Now().Site.Assets.URL("htmx.js")})
	b.open("/groups")
	b.click("#q")
	b.types("kitchen")
	b.press(kb.Enter)
	b.wait(`document.readyState === "complete" && location.search.includes("q=kitchen")`)
	if b.count("#found .card") == 0 {
		t.Error("no kitchen was found")
	}
	t.Logf("search where htmx does not come; %.1f s", time.Since(start).Seconds())
}

// fetched counts the requests whose address holds a word.
func (b *tab) fetched(word string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range b.asked {
		if strings.Contains(u, word) {
			n++
		}
	}
	return n
}
