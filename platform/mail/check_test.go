package mail_test

import (
	"errors"
	"maps"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/fault"
	"withus.example/platform/mail"
)

// Line breaks, and characters that work like them or turn what is read around.
var smuggled = []string{
	"\r\nBcc: b@example.org", "\nBcc: b@example.org", "\rBcc: b@example.org", "\r\n\r\n<b>body</b>", "\r\n folded",
	"\x00", "\x01", "\t", "\v", "\f", "\x1b[2J", "\x7f", "\u0085", "\u0080", "\u2028", "\u2029",
	"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c",
	"\u200b", "\u2060", "\ufeff", "\ufff9", "\xff", "\xc0\x8a", "=?utf-8?q?=0D=0ABcc:_b@example.org?=",
}

func TestHeadersC4(t *testing.T) {
	for _, s := range smuggled {
		for name, place := range map[string]func(*mail.Letter){
			"subject":        func(l *mail.Letter) { l.Subject = "Hello" + s },
			"subject, first": func(l *mail.Letter) { l.Subject = s + "Hello" },
			"to":             func(l *mail.Letter) { l.To = "a@example.org" + s },
			"to, local part": func(l *mail.Letter) { l.To = "a" + s + "@example.org" },
			"language":       func(l *mail.Letter) { l.Lang = "en" + s },
			"direction":      func(l *mail.Letter) { l.Dir = "ltr" + s },
			"link":           func(l *mail.Letter) { l.Link.URL += s },
		} {
			if name == "link" && strings.HasPrefix(s, "=?") {
				continue // only headers are written in this code
			}
			l := letter()
			place(&l)
			_, err := mail.Raw(t.Context(), l, from)
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q in %s: %v, want invalid", s, name, err)
			}
			if err != nil && strings.Contains(err.Error(), "example.org") {
				t.Errorf("the error quotes the letter: %v", err)
			}
		}
		if _, err := mail.NewSMTP("smtp://mail.example.org", mail.From{Name: "Us" + s, Address: from.Address}); err == nil {
			t.Errorf("%q in the From name: no error", s)
		}
		if _, err := mail.NewSMTP("smtp://mail.example.org", mail.From{Address: from.Address + s}); err == nil {
			t.Errorf("%q in the From address: no error", s)
		}
	}
	for _, s := range []string{"Réunion à 18 h", "رسالة لك", "می\u200cخواهم", "हिन्दी क्\u200dष", "👩\u200d👩\u200d👧", "a = b? yes", strings.Repeat("ы", 255)} {
		l := letter()
		l.Subject = s
		if got, err := new(mime.WordDecoder).DecodeHeader(parse(t, raw(t, l)).header.Get("Subject")); err != nil || got != s {
			t.Errorf("subject %q arrives as %q, %v", s, got, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, s := range []string{"a@example.org", "a.b+c_d-e@mail.example.org", "o'brien@example.org", "उपयोगकर्ता@example.org", strings.Repeat("a", 64) + "@example.org"} {
		if err := mail.CheckAddress(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{
		"", "a", "@example.org", "a@", "a@@example.org", "a b@example.org", " a@example.org", "a@example.org ",
		"a@example.org,b@example.org", "a@example.org, b@example.org", "a@example.org;b@example.org", "a@example.org b@example.org",
		"A <a@example.org>", "<a@example.org>", "a@example.org (A)", "list: a@example.org;", `"a"@example.org`, `"a b"@example.org`,
		`"a@example.org> SIZE=1"@example.org`, "a@[127.0.0.1]", "a@[IPv6:::1]", "a..b@example.org", "a>@example.org", "a=?utf-8?q?b?=@example.org",
		strings.Repeat("a", 250) + "@example.org",
	} {
		if err := mail.CheckAddress(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want invalid", s, err)
		}
	}
}

func TestLetters(t *testing.T) {
	for name, change := range map[string]func(*mail.Letter){
		"no subject":       func(l *mail.Letter) { l.Subject = "" },
		"long subject":     func(l *mail.Letter) { l.Subject = strings.Repeat("x", 256) },
		"no language":      func(l *mail.Letter) { l.Lang = "" },
		"no such language": func(l *mail.Letter) { l.Lang = `en" onload="x` },
		"no direction":     func(l *mail.Letter) { l.Dir = "" },
		"auto":             func(l *mail.Letter) { l.Dir = "auto" },
		"endless":          func(l *mail.Letter) { l.Paragraphs = []string{strings.Repeat("x", 300<<10)} },
		"javascript":       func(l *mail.Letter) { l.Link.URL = "javascript:alert(1)" },
		"data":             func(l *mail.Letter) { l.Link.URL = "data:text/html,<b>x</b>" },
		"mailto":           func(l *mail.Letter) { l.Link.URL = "mailto:a@example.org" },
		"other host":       func(l *mail.Letter) { l.Link.URL = "//evil.example/" },
		"no host":          func(l *mail.Letter) { l.Link.URL = "https:///x" },
		"a path":           func(l *mail.Letter) { l.Link.URL = "/you" },
		"nothing":          func(l *mail.Letter) { l.Link.URL = "" },
		"name in it":       func(l *mail.Letter) { l.Link.URL = "https://network.example@evil.example/" },
		"space":            func(l *mail.Letter) { l.Link.URL = "https://network.example/ evil" },
		"backslash":        func(l *mail.Letter) { l.Link.URL = `https://network.example\@evil.example/` },
		"broken":           func(l *mail.Letter) { l.Link.URL = "https://network.example/%zz?token=hush" },
	} {
		l := letter()
		change(&l)
		_, err := mail.Raw(t.Context(), l, from)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error quotes the link: %v", name, err)
		}
	}
	// The least a letter can be.
	if _, err := mail.Raw(t.Context(), mail.Letter{To: "a@example.org", Subject: "x", Lang: "zh-Hant", Dir: "ltr"}, mail.From{Address: "b@example.org"}); err != nil {
		t.Error(err)
	}
}

// Whatever passes arrives as that header and no other.
func FuzzHeader(f *testing.F) {
	f.Add("A message for you", "a@example.org", "Us")
	f.Add("رسالة لك من الشبكة رسالة لك من الشبكة رسالة لك من الشبكة", "उपयोगकर्ता@example.org", "Réseau \"de\" l'Est (a.b@c)")
	f.Add("x", "a@example.org", `Réseau \ de l'Est`) // Go writes what it can't read
	f.Add("  two  spaces  ", "a.b@example.org", "")
	for _, s := range smuggled {
		f.Add("Hello"+s, "a"+s+"@example.org", "Us"+s)
	}
	f.Fuzz(func(t *testing.T, subject, to, name string) {
		l := letter()
		l.Subject, l.To = subject, to
		if _, err := mail.NewSMTP("smtp://mail.example.org", mail.From{Name: name, Address: from.Address}); err != nil {
			name = from.Name
		}
		b, err := mail.Raw(t.Context(), l, mail.From{Name: name, Address: from.Address})
		if err != nil {
			if _, ok := errors.AsType[*fault.Error](err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if strings.ContainsAny(subject+to+name, "\r\n\x00\u202e\u2066\u200f") {
			t.Fatalf("%q to %q from %q passed", subject, to, name)
		}
		m := parse(t, b)
		if got := slices.Sorted(maps.Keys(m.header)); !slices.Equal(got, headersSent) {
			t.Fatalf("headers %q", got)
		}
		for k, v := range m.header {
			if len(v) != 1 {
				t.Fatalf("%s: %q", k, v)
			}
		}
		spaces := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		if got, err := new(mime.WordDecoder).DecodeHeader(m.header.Get("Subject")); err != nil || spaces(got) != spaces(subject) {
			t.Fatalf("subject %q arrives as %q, %v", subject, got, err)
		}
		if a, err := m.header.AddressList("To"); err != nil || len(a) != 1 || *a[0] != (netmail.Address{Address: to}) {
			t.Fatalf("to %q arrives as %v, %v", to, a, err)
		}
		if a, err := m.header.AddressList("From"); err != nil || len(a) != 1 || a[0].Address != from.Address || spaces(a[0].Name) != spaces(name) {
			t.Fatalf("from %q arrives as %v, %v", name, a, err)
		}
	})
}
