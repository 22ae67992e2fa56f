package browser

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"

	"withus.example/platform/db"
)

// What the browser keeps of this site: the files of its caches, by path, and
// how many workers are there.
const (
	keptFiles   = `caches.keys().then(async (names) => (await Promise.all(names.map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat())`
	keptWorkers = `navigator.serviceWorker.getRegistrations().then((all) => all.length)`
	keptNothing = `Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()]).then(([a, b]) => a.length + b.length === 0)`
)

// A page is kept on this phone once somebody says so, and only that page; it
// opens without a net, it follows what is hidden, and goes when they say so,
// leave, or sign out.
func TestKeepOnThisPhone(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.away = true
	// Without a net the browser notes each address it did not reach.
	b.fine = append(b.fine, [2]string{"net::ERR_", ""}, [2]string{"Failed to fetch", ""})
	const country, owls = "/help/GB", "+44 1632 960 001"
	keep, forget, said := `[data-do=keep]`, `[data-do=forget]`, `[data-keep] [role=status]`
	press := func(sel string, words string) {
		t.Helper()
		b.wait(`!!document.querySelector(%s) && document.querySelector(%s).checkVisibility()`, sel, sel)
		b.click(sel)
		b.wait(`document.querySelector(%s).textContent.includes(%s)`, said, words)
	}

	b.open("/leaving")
	b.open(country + "?lang=en")
	b.open(country)
	b.wait(`document.querySelector(%s).checkVisibility()`, keep)
	b.wait(keptNothing)
	press(keep, "It opens without the internet")
	b.has(forget)
	files := eval[[]string](b, keptFiles)
	for _, f := range files {
		if f != country && !strings.HasPrefix(f, "/assets/") {
			t.Errorf("%s is kept, too", f)
		}
	}
	if !slices.Contains(files, country) || len(files) < 4 {
		t.Errorf("kept is %v", files)
	}

	h.down.Store(true)
	b.open("/help/GB")
	b.shows(owls, "Could they send police or an ambulance")
	b.wait(`document.querySelector(%s).textContent.includes(%s)`, said, "It opens without the internet")
	if !eval[bool](b, `getComputedStyle(document.querySelector(".card")).borderRadius !== "0px"`) {
		t.Error("it came without its colours and shapes")
	}

	// A line is hidden: it is gone from the copy once the page was opened with
	// a net.
	h.down.Store(false)
	id, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM helpnow_line WHERE number = $1`, owls)
	if err != nil {
		t.Fatal(err)
	}
	h.visitor().SignIn("team@withus.example", "withus-team").Send("/help/lines/"+id+"/tried", "", url.Values{"works": {"no"}})
	b.open(country)
	b.hides(owls)
	b.wait(`caches.match("/help/GB", {ignoreSearch: true, ignoreVary: true}).then((r) => r.text()).then((text) => !text.includes(%s))`, owls)
	h.down.Store(true)
	b.open(country)
	b.hides(owls)
	b.shows("Words by Thumb")
	h.down.Store(false)

	// Leaving takes it away, from whatever page.
	b.open("/leaving")
	b.wait(keptWorkers + `.then((n) => n === 1)`)
	b.click(".button.leave")
	b.at(h.elsewhere)
	b.open("/leaving")
	b.wait(keptNothing)

	// So do its own button, and signing out.
	b.open(country)
	press(keep, "It opens without the internet")
	press(forget, "It is gone from this phone")
	b.has(keep)
	b.wait(keptNothing)
	press(keep, "It opens without the internet")
	b.as("member")
	b.open("/you")
	came := b.again()
	b.click(`form[action="/sign-out"] button`)
	came()
	b.wait(keptNothing)
}

// What is kept is what everybody sees, whoever keeps it.
func TestKeepWhileSignedIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.as("team")
	b.open("/help/GB")
	b.shows("Help lines")
	b.wait(`document.querySelector("[data-do=keep]").checkVisibility()`)
	b.click("[data-do=keep]")
	b.wait(`document.querySelector("[data-keep] [role=status]").textContent.includes("without the internet")`)
	text := eval[string](b, `caches.match("/help/GB", {ignoreSearch: true, ignoreVary: true}).then((r) => r.text())`)
	if strings.Contains(text, "data-private") || strings.Contains(text, "/help/lines") || !strings.Contains(text, "Night Owls") {
		t.Error("the page was kept as somebody of the team sees it")
	}
}

// On paper a country's lines fill one page: the numbers and what to know, and
// nothing to press. Without scripts the page says that paper works.
func TestHelpOnPaper(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.tab(t)
	b.plain()
	b.open("/help/GB?lang=en")
	if n := b.count("[data-keep] noscript p"); n != 1 {
		t.Errorf("%d words about scripts", n)
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	for _, sel := range []string{".masthead", ".footer", ".button.leave", "[data-keep]", ".crumbs", ".demo"} {
		if eval[bool](b, `[...document.querySelectorAll(%s)].some((e) => e.checkVisibility())`, sel) {
			t.Errorf("%s is printed", sel)
		}
	}
	out := call(b, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
	if at := os.Getenv("WITHUS_SHOTS"); at != "" {
		os.WriteFile(at+"/help.pdf", out.Data, 0o600)
	}
	if n := strings.Count(string(out.Data), "/Type /Page\n") + strings.Count(string(out.Data), "/Type /Page "); n > 1 {
		t.Errorf("it takes %d pages of A4", n)
	}
}
