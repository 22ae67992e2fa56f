package fault

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The checks below clean a value in place and note what is wrong with it under
// its field's name. They are the same for a form, the API and an import.

// Required and Optional say whether a value may be empty.
const (
	Required = true
	Optional = false
)

// Line checks one line of at most max characters: spaces folded, characters
// that can't be seen or that turn the reading direction taken out.
func (p *Problems) Line(field string, v *string, max int, required bool) {
	s, ok := clean(*v)
	*v = strings.Join(strings.Fields(s), " ")
	p.size(field, *v, max, required, ok)
}

// Text checks paragraphs of at most max characters in all: line ends made \n,
// no more than one empty line at a time, nothing that turns the direction.
func (p *Problems) Text(field string, v *string, max int, required bool) {
	s, ok := clean(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(*v))
	lines := strings.Split(s, "\n")
	var out []string
	for _, l := range lines {
		l = strings.TrimRightFunc(l, unicode.IsSpace)
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	*v = strings.TrimSpace(strings.Join(out, "\n"))
	p.size(field, *v, max, required, ok)
}

func (p *Problems) size(field, v string, max int, required, ok bool) {
	switch {
	case !ok:
		p.Add(field, "error.control")
	case v == "" && required:
		p.Add(field, "error.missing")
	case utf8.RuneCountInString(v) > max:
		p.Add(field, "error.long", "max", max)
	}
}

// Clean takes out of a text what can't be seen or turns the reading direction.
func Clean(s string) string {
	s, _ = clean(s)
	return s
}

// clean takes out what can't be seen, and says whether the rest is text.
func clean(s string) (string, bool) {
	ok := utf8.ValidString(s)
	s = strings.ToValidUTF8(s, "")
	var before rune
	in := []rune(s)
	out := in[:0]
	for i, r := range in {
		switch {
		case r == '\u200c' || r == '\u200d':
			// Persian and the scripts of India need these between letters.
			if !unicode.IsLetter(before) && !unicode.IsMark(before) || i+1 == len(in) || !unicode.IsLetter(in[i+1]) || before < 0x590 {
				continue
			}
		case unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			continue
		case unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r):
			ok = false
			continue
		}
		before = r
		out = append(out, r)
	}
	return norm.NFC.String(string(out)), ok // what was taken out may have stood between a letter and its mark
}

// Email checks one address, without a name beside it.
func (p *Problems) Email(field string, v *string, required bool) {
	before := len(*p)
	p.Line(field, v, 254, required)
	if *v == "" || len(*p) > before {
		return
	}
	a, err := mail.ParseAddress(*v)
	if err != nil || a.Address != *v || strings.ContainsAny(*v, " \"(),:;<>[\\]") || !strings.Contains((*v)[strings.LastIndexByte(*v, '@'):], ".") {
		p.Add(field, "error.email")
	}
}

// URL checks the address of a page elsewhere: http or https, with a host,
// without a password in it. Where neither is written, https is meant.
func (p *Problems) URL(field string, v *string, max int, required bool) {
	before := len(*p)
	p.Line(field, v, max, required)
	if *v == "" || len(*p) > before {
		return
	}
	if host, _, _ := strings.Cut(*v, "/"); strings.Contains(host, ".") && !strings.ContainsAny(host, ":@ ") {
		*v = "https://" + *v
	}
	u, err := url.Parse(*v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.Opaque != "" ||
		strings.ContainsAny(*v, " \\<>\"") || !strings.Contains(u.Hostname(), ".") {
		p.Add(field, "error.url")
	}
}

// Choice checks that v is one of the answers offered.
func (p *Problems) Choice(field, v string, of ...string) {
	if !slices.Contains(of, v) {
		p.Add(field, "error.choice")
	}
}
