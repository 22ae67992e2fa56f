package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

// third is the folder npm as the bundler fills it.
var third = fstest.MapFS{
	"npm/manifest.json":   {Data: []byte(`{"htmx.js": "htmx-1.js", "body.woff2": "body-2.woff2", "display.woff2": "display-3.woff2"}`)},
	"npm/htmx-1.js.br":    {Data: brotlied(strings.Repeat("htmx();", 100))},
	"npm/body-2.woff2":    {Data: []byte("wOF2 body")},
	"npm/display-3.woff2": {Data: []byte("wOF2 display")},
}

func brotlied(text string) []byte {
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}

func assets(t *testing.T, from fs.FS) *Assets {
	t.Helper()
	a, err := newAssets(Theme{}, from)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(a *Assets, method, url, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestAssetsAreKeptForEver(t *testing.T) {
	a := assets(t, third)
	for name, kind := range map[string]string{
		"site.css": "text/css; charset=utf-8", "site.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
		"htmx.js": "text/javascript; charset=utf-8", "body.woff2": "font/woff2",
	} {
		w := get(a, "GET", a.URL(name), "")
		if w.Code != 200 || w.Body.Len() == 0 || w.Header().Get("Content-Type") != kind {
			t.Errorf("%s at %s: %d %v", name, a.URL(name), w.Code, w.Header())
		}
		if w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Error(name, w.Header())
		}
		head := get(a, "HEAD", a.URL(name), "")
		if head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("Content-Length") != w.Header().Get("Content-Length") {
			t.Error("HEAD", name, head.Code, head.Header())
		}
	}
	if got := a.URL("site.css"); !regexp.MustCompile(`^/assets/site-[0-9a-f]{12}\.css$`).MatchString(got) {
		t.Error(got)
	}
	other, err := newAssets(Theme{Primary: "#003355"}, third)
	if err != nil || other.URL("site.css") == a.URL("site.css") || other.URL("icon.svg") == a.URL("icon.svg") {
		t.Error("other colours, the same name", err)
	}
}

func TestAssetsAreCompressed(t *testing.T) {
	a := assets(t, third)
	for accept, want := range map[string]string{
		"": "", "gzip": "gzip", "gzip, deflate, br": "br", "br;q=0, gzip;q=0.5": "gzip", "GZIP": "gzip", "gzip; q=0": "", "identity": "",
	} {
		w := get(a, "GET", a.URL("htmx.js"), accept)
		if got := w.Header().Get("Content-Encoding"); got != want || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %q, %v", accept, got, w.Header())
		}
		var plain io.Reader = w.Body
		switch want {
		case "br":
			plain = brotli.NewReader(w.Body)
		case "gzip":
			plain, _ = gzip.NewReader(w.Body)
		}
		b, err := io.ReadAll(plain)
		if err != nil || !bytes.Equal(b, get(a, "GET", a.URL("htmx.js"), "").Body.Bytes()) || !strings.HasPrefix(string(b), "htmx();") {
			t.Errorf("%q: another text (%v)", accept, err)
		}
	}
	if w := get(a, "GET", a.URL("site.css"), "gzip, br"); w.Header().Get("Content-Encoding") != "gzip" {
		t.Error("our own are made by gzip:", w.Header())
	}
	if w := get(a, "GET", a.URL("body.woff2"), "br"); w.Header().Get("Content-Encoding") != "" || w.Header().Get("Vary") != "" {
		t.Error("fonts are compressed already:", w.Header())
	}
}

func TestUnknownAssets(t *testing.T) {
	a := assets(t, third)
	for _, url := range []string{"/assets/", "/assets/site.css", "/assets/site-000000000000.js", "/assets/icon-000000000000.css", "/assets/../theme.go", "/site.css", "/assets/npm/manifest.json"} {
		if w := get(a, "GET", url, ""); w.Code != 404 || w.Header().Get("Cache-Control") != "" {
			t.Error(url, w.Code, w.Header())
		}
	}
	if w := get(a, "POST", a.URL("site.css"), ""); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Error(w.Code, w.Header())
	}
}

// A page that is open while the network chooses other colours stays readable:
// the sheet of before is answered with the one of now, which nobody keeps under
// that name.
func TestSheetOfBefore(t *testing.T) {
	was := assets(t, third)
	now, err := newAssets(Theme{Primary: "#003c3c"}, third)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"site.css", "icon.svg"} {
		if was.URL(name) == now.URL(name) {
			t.Fatalf("%s has one name in both colours", name)
		}
		w := get(now, "GET", was.URL(name), "")
		if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || w.Body.String() != get(now, "GET", now.URL(name), "").Body.String() {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
}

func TestWithoutOtherPeoplesFiles(t *testing.T) {
	a := assets(t, fstest.MapFS{"npm/.gitignore": {}})
	if a.Complete() || a.URL("htmx.js") != "" || a.URL("site.css") == "" || a.URL("site.js") == "" {
		t.Error("it should work, and say that it is not complete")
	}
	if css := get(a, "GET", a.URL("site.css"), "").Body.String(); strings.Contains(css, "@font-face") {
		t.Error("letters are named that are not there")
	}
	whole := assets(t, third)
	if css := get(whole, "GET", whole.URL("site.css"), "").Body.String(); !whole.Complete() || !strings.Contains(css, "url(/assets/body-2.woff2)") {
		t.Error("letters are there and not named")
	}
	broken := fstest.MapFS{"npm/manifest.json": third["npm/manifest.json"]}
	if _, err := newAssets(Theme{}, broken); err == nil || !strings.Contains(err.Error(), "make front") {
		t.Error("half of the files:", err)
	}
	if _, err := newAssets(Theme{Primary: "#ffffff"}, third); err == nil {
		t.Error("a theme nobody can read was taken")
	}
	var none *Assets
	if none.URL("site.css") != "" || none.Complete() {
		t.Error("no assets at all")
	}
}

// packed is how many bytes travel by gzip.
func packed(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Len()
}

func TestSizes(t *testing.T) {
	a := assets(t, npm)
	css := get(a, "GET", a.URL("site.css"), "gzip").Body.Len()
	js := get(a, "GET", a.URL("site.js"), "gzip").Body.Len()
	if css > 7500 || js > 1850 {
		t.Errorf("site.css %d of 7500, site.js %d of 1850 bytes", css, js)
	}
	p := page(t, "ar")
	html := packed(t, []byte(render(t, Parts(p, &Form{}))))
	if html+css+js > 25_000 {
		t.Errorf("the page with everything on it takes %d bytes", html+css+js)
	}
	t.Logf("site.css %d, site.js %d, the page of parts %d bytes by gzip", css, js, html)
}

func TestOurFilesStayOurs(t *testing.T) {
	a := assets(t, npm)
	for _, name := range []string{"site.css", "site.js"} {
		text := get(a, "GET", a.URL(name), "").Body.String()
		if bad := regexp.MustCompile(`https?:|//[a-z]|@import|eval\(|/\*`).FindString(text); bad != "" {
			t.Errorf("%s holds %q", name, bad)
		}
	}
	css, err := sources("front/css")
	if err != nil {
		t.Fatal(err)
	}
	css = cssComment.ReplaceAllString(css, "")
	if bad := regexp.MustCompile(`(margin|padding|border)-(left|right|top|bottom)|[ {](left|right|top|bottom|width|height|max-width|min-width):|text-align: (left|right)`).FindString(css); bad != "" {
		t.Errorf("%q: say it logically, or Arabic is not mirrored", bad)
	}
	if bad := regexp.MustCompile(`transition|animation`).FindString(css); bad != "" {
		t.Errorf("%q: nothing moves here", bad)
	}
	light, dark := Theme{}.palettes()
	for _, m := range regexp.MustCompile(`var\(--([a-z][a-z-]*)[,)]`).FindAllStringSubmatch(css, -1) {
		if _, ok := light[m[1]]; !ok && !strings.Contains(css, "--"+m[1]+": ") {
			t.Errorf("--%s is used and nowhere given", m[1])
		}
	}
	if len(light) != len(dark) {
		t.Error("a colour is missing in one scheme")
	}
}
