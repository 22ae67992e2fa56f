package ui

import (
	"net/url"
	"strings"

	"withus.example/platform/i18n"
)

// Message is a page as a short plain text, to send on or to write down.
type Message struct {
	Title string   // what the page is about
	Lines []string // what it is, and how to reach it: a line each; empty ones are left out
	Note  string   // who can open the link, where that is not everyone
	Path  string   // of the page
	Slip  string   // path of the same on paper; may be empty
}

// Link is the page's address in the reader's language.
func (m *Message) Link(p *Page) string {
	return p.Site.Origin + m.Path + "?" + url.Values{"lang": {p.Code}}.Encode()
}

// Code is the same link as a QR code holds it: in letters that every reader of
// codes knows.
func (m *Message) Code(p *Page) string {
	u := url.URL{Path: m.Path}
	return p.Site.Origin + u.EscapedPath() + "?" + url.Values{"lang": {p.Code}}.Encode()
}

// Address is what somebody types who has it on paper.
func (m *Message) Address(p *Page) string {
	_, host, _ := strings.Cut(p.Site.Origin, "://")
	return host + m.Path
}

// Text is the whole message. Each part has a line of its own, so that none in
// another direction turns its neighbours around.
func (m *Message) Text(p *Page) string {
	var out []string
	for _, line := range append(append([]string{m.Title}, m.Lines...), m.Note, m.Link(p)) {
		if line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// Digits keep their order in a text that runs the other way: a telephone
// number would be read from its end. U+2066 … U+2069 cost a short message half
// of its room, so they stand only where they are needed.
func Digits(l *i18n.Lang, s string) string {
	if s == "" || l.Dir == "ltr" {
		return s
	}
	return "\u2066" + s + "\u2069"
}

// smsTo opens a short message with a text and nobody chosen to send it to. Of
// the two ways phones know to separate the text, each leaves the other aside.
func smsTo(text string) string { return "sms:?&" + asked("body", text) }

// whatsAppTo opens WhatsApp where it is on the device. It is the program's own
// scheme and no address on the web: https://wa.me would tell its owners who
// sends what before anything is sent.
func whatsAppTo(text string) string { return "whatsapp://send?" + asked("text", text) }

// asked writes a value for programs that know no + for a space.
func asked(name, text string) string {
	return strings.ReplaceAll(url.Values{name: {text}}.Encode(), "+", "%20")
}
