package browser

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// mostPicture is how big a picture of the README may be, in bytes.
const mostPicture = 150 << 10

// The pictures of the README, made from the demo as it is.
func TestPictures(t *testing.T) {
	dir := folder(t, "WITHUS_PICTURES")
	if dir == "" {
		t.Skip("nobody asked for pictures: WITHUS_PICTURES says where to put them")
	}
	h := open(t)
	b := h.tab(t)
	// take takes a page from its top to the end of an element.
	take := func(name string, width int64, sharp float64, to string) {
		t.Helper()
		size := func(height int64) {
			call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: sharp})
		}
		size(600)
		size(eval[int64](b, `scrollTo(0, 0), Math.ceil(document.querySelector(%s).getBoundingClientRect().bottom) + 20`, to))
		eval[chromedp.Void](b, `document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))))`)
		p, err := png.Decode(bytes.NewReader(call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{}).Data))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few(p)); err != nil {
			t.Fatal(err)
		}
		if out.Len() > mostPicture {
			t.Errorf("%s is %d KB", name, out.Len()>>10)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d by %d, %d KB", name, p.Bounds().Dx(), p.Bounds().Dy(), out.Len()>>10)
	}
	b.open("/")
	take("home", 1280, 1, ".grid .card")
	b.open(collective)
	take("group", 1280, 1, ".veil")
	b.open("/groups?q=شاي&lang=ar")
	take("groups-arabic", 320, 2, "#found .card")

	b.cookie("lang", "en")
	b.as("organiser")
	b.forgive(collective + "/edit")
	b.open(collective + "/edit")
	eval[chromedp.Void](b, `document.getElementById("name").value = "", undefined`)
	b.follow("form .button:not(.quiet)")
	take("edit", 1280, 1, "#otherNames")
}

// folder is where pictures are to go, made if need be; "" if nobody asked. What
// is no full path begins where the project does.
func folder(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv(name)
	if dir == "" {
		return ""
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// few makes a picture with 256 colours of one with more: those that are seen
// most. Pages are flat; what is lost is in the edges of letters.
func few(p image.Image) *image.Paletted {
	type shade [3]uint8
	at := func(x, y int) shade {
		r, g, b, _ := p.At(x, y).RGBA()
		return shade{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
	}
	seen := map[shade]int{}
	box := p.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			seen[at(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(seen), func(a, b shade) int {
		return cmp.Or(seen[b]-seen[a], slices.Compare(a[:], b[:]))
	})
	// The likes of a colour that is there already leave room for others.
	apart := func(a, b shade) (d int) {
		for i := range a {
			d += (int(a[i]) - int(b[i])) * (int(a[i]) - int(b[i]))
		}
		return d
	}
	var pal color.Palette
	var kept []shade
	for _, s := range most {
		if len(kept) < 256 && !slices.ContainsFunc(kept, func(k shade) bool { return apart(k, s) < 30 }) {
			kept = append(kept, s)
			pal = append(pal, color.RGBA{s[0], s[1], s[2], 255})
		}
	}
	nearest := map[shade]uint8{}
	for s := range seen {
		best := 0
		for i, k := range kept {
			if apart(k, s) < apart(kept[best], s) {
				best = i
			}
		}
		nearest[s] = uint8(best)
	}
	out := image.NewPaletted(box, pal)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			out.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	return out
}
