package mail_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/fault"
	"withus.example/platform/mail"
)

var from = mail.From{Name: "Réseau de l'Est", Address: "hello@network.example"}

func letter() mail.Letter {
	return mail.Letter{
		To:         "amina@example.org",
		Subject:    "A message for you",
		Lang:       "en",
		Dir:        "ltr",
		Greeting:   "Hello Amina,",
		Paragraphs: []string{"Something new is waiting.", "First line\nsecond line"},
		Link:       &mail.Link{Label: "Open it", URL: "https://network.example/you?a=1&b=2"},
		Foot:       []string{"You asked us to write.", "Stop at any time."},
	}
}

func arabic() mail.Letter {
	return mail.Letter{
		To:         "amina@example.org",
		Subject:    strings.Repeat("رسالة لك من الشبكة ", 6) + "٪ %",
		Lang:       "ar",
		Dir:        "rtl",
		Greeting:   "مرحبا أمينة،",
		Paragraphs: []string{strings.Repeat("كلمة طويلة ", 400), strings.Repeat("x", 3000), ".\n..\nFrom here"},
		Link:       &mail.Link{Label: "افتحي الرسالة", URL: "https://network.example/ar"},
	}
}

// message is a message as a reader's program takes it apart.
type message struct {
	header      netmail.Header
	plain, html string
}

var headersSent = []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}

func parse(t *testing.T, raw []byte) message {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("no message: %v\n%s", err, raw)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("is a %s, %v", kind, err)
	}
	var out []string
	r := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"text/plain", "text/html"} { // the better one last
		p, err := r.NextRawPart()
		if err != nil {
			t.Fatalf("part %s: %v", want, err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || kind != want || !strings.EqualFold(params["charset"], "utf-8") || p.Header.Get("Content-Transfer-Encoding") != "quoted-printable" || len(p.Header) != 2 {
			t.Fatalf("part %s has %v", want, p.Header)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ReplaceAll(string(b), "\r\n", "\n"))
	}
	if _, err := r.NextPart(); err != io.EOF {
		t.Fatalf("a third part: %v", err)
	}
	return message{m.Header, out[0], out[1]}
}

func raw(t *testing.T, l mail.Letter) []byte {
	t.Helper()
	b, err := mail.Raw(t.Context(), l, from)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMessage(t *testing.T) {
	for _, l := range []mail.Letter{letter(), arabic()} {
		b := raw(t, l)
		m := parse(t, b)
		for i, s := range strings.Split(string(b), "\r\n") {
			if len(s) > 78 || strings.ContainsAny(s, "\r\n") {
				t.Errorf("line %d is %d bytes or has half a line break: %.100q", i, len(s), s)
			}
			for _, c := range []byte(s) {
				if c >= 0x80 {
					t.Fatalf("line %d is not ASCII: %q", i, s)
				}
			}
		}
		// Neither our software and its version nor the machine's name.
		if got := slices.Sorted(maps.Keys(m.header)); !slices.Equal(got, headersSent) {
			t.Errorf("headers %v, want %v", got, headersSent)
		}
		if v := m.header.Get("Auto-Submitted"); v != "auto-generated" {
			t.Errorf("Auto-Submitted: %s", v)
		}
		if v := m.header.Get("Message-ID"); !regexp.MustCompile(`^<[A-Z2-7]{26}@network\.example>$`).MatchString(v) {
			t.Errorf("Message-ID: %s", v)
		}
		if d, err := m.header.Date(); err != nil || time.Since(d).Abs() > time.Minute || !strings.HasSuffix(m.header.Get("Date"), "+0000") {
			t.Errorf("Date: %s", m.header.Get("Date"))
		}
		if s, err := new(mime.WordDecoder).DecodeHeader(m.header.Get("Subject")); err != nil || s != l.Subject {
			t.Errorf("Subject: %q, want %q", s, l.Subject)
		}
		if a, err := m.header.AddressList("From"); err != nil || len(a) != 1 || a[0].Name != from.Name || a[0].Address != from.Address {
			t.Errorf("From: %v", a)
		}
		if a, err := m.header.AddressList("To"); err != nil || len(a) != 1 || *a[0] != (netmail.Address{Address: l.To}) {
			t.Errorf("To: %v", a)
		}
		if m.plain != l.Plain() {
			t.Errorf("plain part:\n%s\nwant\n%s", m.plain, l.Plain())
		}
		for _, words := range append([]string{l.Link.Label, `lang="` + l.Lang + `" dir="` + l.Dir + `"`}, l.Paragraphs...) {
			if !strings.Contains(m.html, strings.TrimSpace(words)) {
				t.Errorf("HTML lacks %.60q", words)
			}
		}
		// The document and the block inside it, for programs that keep only that.
		if n := strings.Count(m.html, ` lang="`+l.Lang+`" dir="`+l.Dir+`"`); n != 2 {
			t.Errorf("language and direction are set %d times, want 2", n)
		}
	}
}

// Nothing is loaded, nothing tells us that it was read, and a mail program is
// free to show it dark.
func TestHTMLIsQuiet(t *testing.T) {
	m := parse(t, raw(t, letter()))
	for _, bad := range []string{"<img", "<link", "<script", "<style", "<iframe", "<form", "<object", "src=", "background", "url(", "@import", "@font-face", "color:", "http-equiv"} {
		if strings.Contains(strings.ToLower(m.html), bad) {
			t.Errorf("HTML has %s", bad)
		}
	}
	if n := len(regexp.MustCompile(`(?i)https?://`).FindAllString(m.html, -1)); n != 2 { // the link and its address in words
		t.Errorf("%d addresses in the HTML, want the link's two", n)
	}
	if !strings.Contains(m.html, `<meta name="color-scheme" content="light dark">`) || !strings.Contains(m.html, `href="https://network.example/you?a=1&amp;b=2"`) {
		t.Errorf("HTML is\n%s", m.html)
	}
}

// What mail programs show beside the subject is the subject again (J12).
func TestPreviewGivesNothingAwayJ12(t *testing.T) {
	l := letter()
	m := parse(t, raw(t, l))
	_, body, _ := strings.Cut(m.html, "<body")
	for name, part := range map[string]string{"plain": m.plain, "HTML": regexp.MustCompile(`<[^>]*>`).ReplaceAllString("<body"+body, " ")} {
		shown := []rune(strings.TrimSpace(part))[:200]
		if !strings.HasPrefix(string(shown), l.Subject) {
			t.Errorf("%s begins with %q", name, string(shown))
		}
		for _, words := range []string{"Amina", "waiting", "Open", "network"} {
			if strings.Contains(string(shown), words) {
				t.Errorf("preview of the %s part shows %q", name, words)
			}
		}
	}
}

func TestHostileWordsC5(t *testing.T) {
	const bad = `</p></title><script>alert(1)</script><img src=x onerror=alert(1)>"'><a href="javascript:alert(1)">&lt;`
	l := letter()
	l.Subject, l.Greeting, l.Paragraphs, l.Foot = bad, bad, []string{bad}, []string{bad}
	l.Link = &mail.Link{Label: bad, URL: `https://network.example/?"><script>alert(1)</script>`}
	m := parse(t, raw(t, l))
	for _, tag := range []string{"<script", "<img", "</title><script", `href="javascript`, `"><script`} {
		if strings.Contains(m.html, tag) {
			t.Errorf("HTML has %s:\n%s", tag, m.html)
		}
	}
	if n := strings.Count(m.html, "&lt;script&gt;alert(1)&lt;/script&gt;"); n != 8 { // title, preview, greeting, paragraph, label, link twice, foot
		t.Errorf("the words stand there %d times, want 8:\n%s", n, m.html)
	}
	if n := strings.Count(m.html, "<a "); n != 1 {
		t.Errorf("%d links, want 1", n)
	}
	if !strings.Contains(m.plain, bad) {
		t.Error("the plain part changed the words")
	}
}

// Controls in the body are taken out; breaks stay where there is room for them.
func TestBodyText(t *testing.T) {
	l := letter()
	l.Greeting = "Hello\r\n\r\nhttps://evil.example,"
	l.Paragraphs = []string{"a\r\nb\rc\u2028d", "e\x00f\x1bg\u202eh\u202di\u2068j\u2069\xff"}
	l.Link.Label = "Open\nit"
	l.Foot = []string{"x\ny"}
	m := parse(t, raw(t, l))
	for _, want := range []string{"\n\nHello https://evil.example,\n\n", "\n\na\nb\nc\nd\n\n", "\n\nefghi\u2068j\u2069\ufffd\n\n", "\nOpen it:\nhttps://network.example/you?a=1&b=2\n", "\nx y\n"} {
		if !strings.Contains(m.plain, want) {
			t.Errorf("plain part lacks %q:\n%q", want, m.plain)
		}
	}
	if !strings.Contains(m.html, "<p>Hello https://evil.example,</p>") || !strings.Contains(m.html, ">a\nb\nc\nd</p>") {
		t.Errorf("HTML is\n%s", m.html)
	}
}

func TestTray(t *testing.T) {
	var tray mail.Tray
	if got := tray.Letters(); len(got) != 0 {
		t.Errorf("a new tray holds %v", got)
	}
	l := letter()
	if err := tray.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	l.Paragraphs[0], l.Link.Label = "changed", "changed"
	tray.Letters()[0].Letter.Foot[0] = "changed"
	got := tray.Letters()[0]
	if got.Letter.Plain() != letter().Plain() || time.Since(got.At).Abs() > time.Minute {
		t.Errorf("the tray holds %+v", got)
	}
	l.Subject = "a\nBcc: b@example.org"
	if err := tray.Send(t.Context(), l); !fault.Is(err, fault.Invalid) {
		t.Errorf("injection: %v", err)
	}

	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if err := tray.Send(t.Context(), letter()); err != nil {
					t.Error(err)
				}
				tray.Letters()
			}
		})
	}
	all.Wait()
	last := letter()
	last.To = "last@example.org"
	if err := tray.Send(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	kept := tray.Letters()
	if len(kept) != 200 || kept[0].Letter.To != last.To || kept[1].Letter.To == last.To {
		t.Errorf("the tray holds %d, the newest to %s", len(kept), kept[0].Letter.To)
	}
	if !slices.IsSortedFunc(kept, func(a, b mail.Kept) int { return b.At.Compare(a.At) }) {
		t.Error("not newest first")
	}
}

func TestNone(t *testing.T) {
	var s mail.Sender = mail.None{}
	if err := s.Send(t.Context(), letter()); !errors.Is(err, mail.ErrNone) || !fault.Is(err, fault.Denied) {
		t.Errorf("%v", err)
	}
}
