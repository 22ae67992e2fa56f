package mail

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxHeader  = 255 // characters of a subject or a name
	maxAddress = 254 // bytes, RFC 5321 and its erratum 1690
)

// hidden are characters that end a line somewhere, turn the direction of what
// follows, or take no room: all of them ways to make a reader or a mail server
// see something else than was checked.
var hidden = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x200b, Hi: 0x200b, Stride: 1}, // zero width space; the joiners next to it are needed to write
	{Lo: 0x2028, Hi: 0x2029, Stride: 1}, // line, paragraph separator
	{Lo: 0x2060, Hi: 0x2064, Stride: 1}, // word joiner, invisible operators
	{Lo: 0xfeff, Hi: 0xfeff, Stride: 1}, // byte order mark
	{Lo: 0xfff9, Hi: 0xfffb, Stride: 1}, // interlinear annotation
}}

// checkHeader says why s can't stand in a header.
func checkHeader(s string) error {
	if err := checkChars(s); err != nil {
		return err
	}
	// What is plain ASCII is sent as it is, and this is how a header writes
	// characters in code: the reader would see what was not checked.
	if strings.Contains(s, "=?") {
		return errors.New(`"=?" is not allowed`)
	}
	if n := utf8.RuneCountInString(s); n > maxHeader {
		return fmt.Errorf("%d characters, and %d are allowed", n, maxHeader)
	}
	return nil
}

func checkChars(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("not UTF-8")
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cc, unicode.Bidi_Control, hidden) {
			return fmt.Errorf("character %U is not allowed", r)
		}
	}
	return nil
}

// CheckAddress says why a letter can't go to addr, as a fault of kind Invalid:
// it must be one plain address, without a name, comment or quotes.
func CheckAddress(addr string) error {
	if err := checkAddress(addr); err != nil {
		return refused("address", err)
	}
	return nil
}

func checkAddress(addr string) error {
	if err := checkHeader(addr); err != nil {
		return err
	}
	if len(addr) > maxAddress {
		return fmt.Errorf("%d bytes, and %d are allowed", len(addr), maxAddress)
	}
	// What is read must be what was written, or there is more in it than an
	// address. Its errors quote what they read, so they stay here.
	a, err := netmail.ParseAddress(addr)
	if err != nil || a.Address != addr {
		return errors.New("not one plain address")
	}
	// An address by number makes the mail server knock where it is told to.
	if strings.HasSuffix(addr, "]") {
		return errors.New("a number for a domain")
	}
	return nil
}

func (f From) check() error {
	if err := checkHeader(f.Name); err != nil {
		return fmt.Errorf("the name letters come from: %w", err)
	}
	// net/mail writes it into a header that it can't read itself.
	if strings.Contains(f.Name, `\`) {
		return errors.New(`the name letters come from: \ is not allowed`)
	}
	if err := checkAddress(f.Address); err != nil {
		return fmt.Errorf("the address letters come from: %w", err)
	}
	return nil
}

func (f From) domain() string { return f.Address[strings.LastIndexByte(f.Address, '@')+1:] }

// text is s as it may stand in the body: its line breaks are kept. The two
// overrides go, which no language needs and which turn words around; the
// isolates stay, which keep names apart from the sentence around them.
func text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\u202d' || r == '\u202e' || r != '\n' && r != '\t' && unicode.Is(unicode.Cc, r):
			return -1
		}
		return r
	}, s)
}

// line is text on one line, for what must not look like more than it is.
func line(s string) string { return strings.Join(strings.Fields(text(s)), " ") }
