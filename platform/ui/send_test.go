package ui

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"
)

var open = Message{Title: "بيت الأقران", Lines: []string{"نلتقي كل ثلاثاء", "", "\u2066+20 100 000 0000\u2069"}, Note: "Only members", Path: "/groups/بيت-الأقران", Slip: "/slip"}

// The message is plain lines, with the link in the reader's language last.
func TestMessage(t *testing.T) {
	for _, lang := range shipped {
		p := page(t, lang)
		want := "بيت الأقران\nنلتقي كل ثلاثاء\n\u2066+20 100 000 0000\u2069\nOnly members\nhttps://network.example/groups/بيت-الأقران?lang=" + lang
		if got := open.Text(p); got != want {
			t.Errorf("%s: %q", lang, got)
		}
		out := render(t, Send(p, open))
		if !strings.Contains(out, "readonly") || strings.Contains(out, "wa.me") || strings.Contains(out, "https://api.") {
			t.Errorf("%s: %s", lang, out)
		}
		for _, link := range all(`href="((?:sms|whatsapp)[^"]*)"`, out) {
			if strings.ContainsAny(link, "+ \n\"<") || !strings.Contains(link, "%D8%A8") {
				t.Errorf("%s: %s", lang, link)
			}
		}
		if n := len(all(`href="((?:sms|whatsapp):[^"]*)"`, out)); n != 2 {
			t.Errorf("%s: %d ways to send", lang, n)
		}
		// What needs a script is not there without one.
		for _, b := range all(`(<button[^>]*)>`, out) {
			if !strings.Contains(b, " hidden") {
				t.Errorf("%s: %s", lang, b)
			}
		}
	}
	if got := Digits(page(t, "ar").Lang, "+44 1"); got != "\u2066+44 1\u2069" {
		t.Errorf("Arabic: %q", got)
	}
	if got := Digits(page(t, "en").Lang, "+44 1") + Digits(page(t, "ar").Lang, ""); got != "+44 1" {
		t.Errorf("English: %q", got)
	}
}

var bar = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// The code that is drawn is, dot for dot, the one of the address, with its
// white edge.
func TestQRCode(t *testing.T) {
	p := page(t, "ar")
	address := open.Code(p)
	if !strings.HasPrefix(address, "https://network.example/groups/%D8%A8") || !strings.HasSuffix(address, "?lang=ar") {
		t.Errorf("it leads to %s", address)
	}
	c, err := qr.Encode(address, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	out := html.UnescapeString(render(t, Slips(p, open)))
	if want := fmt.Sprintf(`viewBox="0 0 %d %d"`, c.Size+8, c.Size+8); strings.Count(out, want) != slips {
		t.Errorf("no %s in %.300s", want, out)
	}
	black := map[[2]int]bool{}
	for _, m := range bar.FindAllStringSubmatch(out, -1) {
		var n [5]int
		for i := 1; i < 5; i++ {
			n[i], _ = strconv.Atoi(m[i])
		}
		for x := range n[3] {
			black[[2]int{n[1] + x - 4, n[2] - 4}] = true
		}
	}
	for y := -4; y < c.Size+4; y++ {
		for x := -4; x < c.Size+4; x++ {
			if want := x >= 0 && y >= 0 && x < c.Size && y < c.Size && c.Black(x, y); black[[2]int{x, y}] != want {
				t.Fatalf("the dot %d, %d is black: %v", x, y, !want)
			}
		}
	}
	if strings.Count(out, `role="img"`) != 1 || strings.Count(out, `aria-hidden`) < slips-1 || strings.Count(out, `id="code"`) != 1 {
		t.Error("the slip is said more than once")
	}
}

// The longest address there can be still has a code.
func TestLongestCode(t *testing.T) {
	p := page(t, "ar")
	m := Message{Path: "/groups/" + strings.Repeat("ب", 90)}
	if qrOf(m.Code(p)).Size == 0 {
		t.Errorf("an address of %d bytes has no code", len(m.Code(p)))
	}
}
