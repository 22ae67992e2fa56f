// Package mail is mail as the house sends it: one letter to one person, in
// plain text and in HTML that says the same, with nothing in it that loads
// from anywhere or tells us whether it was read.
//
// A letter may be seen by someone it was not meant for: on a locked screen, in
// a list of messages, over a shoulder. Its subject is chosen by who writes it
// and gives nothing away; what mail programs show beside the subject is kept
// from giving away more.
package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"withus.example/platform/fault"
	"withus.example/platform/id"
)

// Sender takes letters.
type Sender interface {
	// Send sends one letter. A fault of kind Invalid means that this letter
	// will never be delivered as it stands, and Denied that this network sends
	// no mail; after anything else it may be tried again.
	Send(ctx context.Context, l Letter) error
}

// Letter is one message to one person, already in their language. Its words
// are text: whatever looks like HTML is shown as it was typed.
type Letter struct {
	To         string // one address, without a name
	Subject    string // may be read by anybody near
	Lang       string // BCP 47, "ar" for example
	Dir        string // "ltr" or "rtl"
	Greeting   string
	Paragraphs []string
	Link       *Link // what to do next; may be nil
	Foot       []string
	Nameless   bool // from the address alone: the network's name stays away
}

// Link is the one thing to do next.
type Link struct {
	Label string
	URL   string // absolute, http or https
	Here  string // path of the same for who is signed in, where the URL holds a key: such a link is not kept
}

// From is who letters come from.
type From struct {
	Name    string // may be empty
	Address string
}

// ErrNone is the cause where this network sends no mail.
var ErrNone = errors.New("this network sends no mail: no mail server is set")

// None is the Sender of a network without mail. Sending is an error, so that a
// page can say so instead of "look in your inbox".
type None struct{}

// Send gives a fault of kind Denied with ErrNone as its cause.
func (None) Send(context.Context, Letter) error {
	return &fault.Error{Kind: fault.Denied, Key: "mail.none", Err: ErrNone}
}

// maxText is how many bytes of words a letter may have.
const maxText = 256 << 10

// check says why l can't be sent. Causes don't quote it: they go to the log.
func (l Letter) check() error {
	if err := CheckAddress(l.To); err != nil {
		return err
	}
	if l.Subject == "" {
		return refused("subject", errors.New("empty"))
	}
	if err := checkHeader(l.Subject); err != nil {
		return refused("subject", err)
	}
	if !isLang(l.Lang) {
		return refused("language", errors.New("not a language tag"))
	}
	if l.Dir != "ltr" && l.Dir != "rtl" {
		return refused("direction", errors.New("neither ltr nor rtl"))
	}
	size := len(l.Greeting)
	for _, p := range l.Paragraphs {
		size += len(p)
	}
	for _, f := range l.Foot {
		size += len(f)
	}
	if l.Link != nil {
		size += len(l.Link.Label) + len(l.Link.URL)
		if err := checkLink(l.Link.URL); err != nil {
			return refused("link", err)
		}
	}
	if size > maxText {
		return refused("text", fmt.Errorf("%d bytes, and %d are allowed", size, maxText))
	}
	return nil
}

func refused(part string, err error) error {
	return &fault.Error{Kind: fault.Invalid, Err: fmt.Errorf("mail: %s: %w", part, err)}
}

// checkLink lets through what opens a page and nothing else. The address stands
// in the letter as text too, so it may not play tricks on the eye either.
func checkLink(s string) error {
	if err := checkChars(s); err != nil {
		return err
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return errors.New("not an address") // the error would quote it, token and all
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("neither https nor http")
	case u.Hostname() == "" || u.User != nil || strings.ContainsAny(s, " \\"):
		return errors.New("not the plain address of a page")
	}
	return nil
}

func isLang(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 35
}

// Plain is the letter as text. The subject and a rule come first, since some
// mail programs show the beginning of the text in their list of messages:
// about 200 characters, and that is what the rule takes up.
func (l Letter) Plain() string {
	rule := strings.Repeat("-", 72)
	parts := []string{line(l.Subject) + "\n" + rule + "\n" + rule + "\n" + rule}
	if l.Greeting != "" {
		parts = append(parts, line(l.Greeting))
	}
	for _, p := range l.Paragraphs {
		parts = append(parts, text(p))
	}
	if l.Link != nil {
		parts = append(parts, line(l.Link.Label)+":\n"+l.Link.URL)
	}
	if len(l.Foot) > 0 {
		foot := make([]string, len(l.Foot))
		for i, f := range l.Foot {
			foot[i] = line(f)
		}
		parts = append(parts, strings.Join(foot, "\n"))
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// html is the letter as HTML.
func (l Letter) html(ctx context.Context) (string, error) {
	var b bytes.Buffer
	if err := page(l).Render(ctx, &b); err != nil {
		return "", err
	}
	return b.String(), nil
}

// hush fills the preview that mail programs show beside the subject with
// nothing, so that the letter's own words don't.
var hush = strings.Repeat("\u200c\u00a0", 120)

// compose makes the message that is sent.
func compose(ctx context.Context, l Letter, from From) (*gomail.Msg, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	html, err := l.html(ctx)
	if err != nil {
		return nil, &fault.Error{Err: fmt.Errorf("mail: writing the HTML: %w", err)}
	}
	m := gomail.NewMsg(
		gomail.WithNoDefaultUserAgent(), // it would name our software and its version
		gomail.WithCharset(gomail.CharsetUTF8),
		gomail.WithEncoding(gomail.EncodingQP),
	)
	if l.Nameless {
		from.Name = ""
	}
	m.FromMailAddress(&netmail.Address{Name: from.Name, Address: from.Address})
	m.ToMailAddress(&netmail.Address{Address: l.To})
	m.Subject(l.Subject)
	// Not ours but the From address's domain: a machine's name says where
	// the network is kept.
	m.SetMessageIDWithValue(id.Secret() + "@" + from.domain())
	m.SetDateWithValue(time.Now().UTC())
	// Holiday replies would go to an address nobody reads.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, l.Plain())
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	return m, nil
}
