package mail_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"withus.example/platform/fault"
	"withus.example/platform/mail"
)

func open(t *testing.T, url string) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(url, from)
	if err != nil {
		t.Fatal(err)
	}
	s.Trust(testRoots)
	s.Within(5 * time.Second)
	return s
}

func TestDelivered(t *testing.T) {
	for _, scheme := range []string{"smtp", "smtps", "clear"} {
		sink := newSink(t, scheme == "smtps", scheme != "clear")
		url := scheme + "://me:p%40ss@" + sink.addr
		if scheme == "clear" {
			url = "smtp://" + sink.addr + "?tls=none"
		}
		s := open(t, url)
		for _, l := range []mail.Letter{letter(), arabic()} {
			if err := s.Send(t.Context(), l); err != nil {
				t.Fatalf("%s: %v", scheme, err)
			}
			got := sink.last(t)
			if got.from != from.Address || len(got.to) != 1 || got.to[0] != l.To || got.utf8 {
				t.Errorf("%s: from %s to %v, utf8 %v", scheme, got.from, got.to, got.utf8)
			}
			if got.tls != (scheme != "clear") || got.login != map[bool]string{true: "me p@ss"}[scheme != "clear"] {
				t.Errorf("%s: tls %v, signed in as %q", scheme, got.tls, got.login)
			}
			if got.helo != "network.example" { // and not the name of this machine
				t.Errorf("%s: says it is %q", scheme, got.helo)
			}
			if m := parse(t, got.data); m.plain != l.Plain() || !strings.Contains(m.html, l.Link.Label) {
				t.Errorf("%s: arrived as\n%s", scheme, got.data)
			}
		}
	}
}

// SMTPUTF8 is asked for where the address needs it, and there only.
func TestAddressInAnyScript(t *testing.T) {
	sink := newSink(t, false, true)
	s := open(t, "smtp://"+sink.addr)
	l := letter()
	l.To = "उपयोगकर्ता@example.org"
	if err := s.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if got := sink.last(t); !got.utf8 || got.to[0] != l.To {
		t.Errorf("to %v, utf8 %v", got.to, got.utf8)
	}
}

// A server without STARTTLS, or somebody in between who hides it, gets neither
// the letter nor the password.
func TestTLSIsRequired(t *testing.T) {
	sink := newSink(t, false, false)
	for _, url := range []string{"smtp://" + sink.addr, "smtp://me:pass@" + sink.addr, "smtps://me:pass@" + sink.addr} {
		if err := open(t, url).Send(t.Context(), letter()); !fault.Is(err, fault.Internal) || strings.Contains(err.Error(), "pass") {
			t.Errorf("%s: %v", url, err)
		}
	}
	// Certificates: from nobody we know, and for another name.
	secure := newSink(t, false, true)
	s := open(t, "smtp://me:pass@"+secure.addr)
	s.Trust(nil)
	if err := s.Send(t.Context(), letter()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("certificate of unknown origin: %v", err)
	}
	s = open(t, "smtp://me:pass@"+strings.Replace(secure.addr, "127.0.0.1", "localhost", 1))
	if err := s.Send(t.Context(), letter()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("certificate for another name: %v", err)
	}
	for _, x := range []interface{ seen() (int, string) }{sink, secure} {
		if n, login := x.seen(); n != 0 || login != "" {
			t.Errorf("%d letters arrived, signed in as %q", n, login)
		}
	}
}

// Unencrypted letters stay on this machine wherever its name for itself leads.
func TestClearStaysHere(t *testing.T) {
	s := open(t, "smtp://localhost:2525?tls=none")
	s.Lead("192.0.2.1")
	if err := s.Send(t.Context(), letter()); err == nil || !strings.Contains(err.Error(), "not on this machine") {
		t.Errorf("%v", err)
	}
}

func TestRefusedLettersNeverLeave(t *testing.T) {
	sink := newSink(t, false, true)
	s := open(t, "smtp://"+sink.addr)
	for _, to := range []string{"a@example.org\r\nRCPT TO:<b@example.org>", "a@example.org, b@example.org", "a@example.org> SIZE=1"} {
		l := letter()
		l.To = to
		if err := s.Send(t.Context(), l); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", to, err)
		}
	}
	if n, _ := sink.seen(); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

// What the server says decides whether it makes sense to try again.
func TestServerSaysNo(t *testing.T) {
	sink := newSink(t, false, true)
	s := open(t, "smtp://me:pass@"+sink.addr)
	no := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "<Amina@Example.org> not here"}
	}
	for _, x := range []struct {
		where string
		code  int
		kind  fault.Kind
	}{
		{"rcpt", 550, fault.Invalid}, {"rcpt", 450, fault.Internal},
		{"data", 554, fault.Invalid}, {"data", 451, fault.Internal},
		{"mail", 550, fault.Internal}, {"auth", 535, fault.Internal}, // our set-up, not this letter
	} {
		sink.answer(x.where, no(x.code))
		err := s.Send(t.Context(), letter())
		sink.answer(x.where, nil)
		if !fault.Is(err, x.kind) || err == nil {
			t.Errorf("%d to %s: %v", x.code, x.where, err)
			continue
		}
		if msg := strings.ToLower(err.Error()); strings.Contains(msg, "amina") || strings.Contains(msg, "pass") || !strings.Contains(msg, fmt.Sprint(x.code)) {
			t.Errorf("%d to %s: the log reads %s", x.code, x.where, err)
		}
	}
}

// talk is a server that says its lines, one after each of the client's, and
// then nothing more. The channel is closed when the client has let go of the
// connection.
func talk(t *testing.T, lines ...string) (url string, gone chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	gone = make(chan struct{})
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer close(gone)
		defer conn.Close()
		r := bufio.NewReader(conn)
		for _, s := range lines {
			if s == "hang up" {
				return
			}
			io.WriteString(conn, s)
			end := "\n"
			if strings.HasPrefix(s, "354") {
				end = "\r\n.\r\n"
			}
			for heard := ""; !strings.HasSuffix(heard, end); {
				said, err := r.ReadString('\n')
				if err != nil {
					return
				}
				heard += said
			}
		}
		io.Copy(io.Discard, conn)
	}()
	return "smtp://" + l.Addr().String() + "?tls=none", gone
}

func TestServersThatHang(t *testing.T) {
	const hello, ok = "220 here\r\n", "250 ok\r\n"
	for _, x := range []struct {
		name  string
		lines []string
	}{
		{"at once", nil},
		{"after hello", []string{hello}},
		{"after a beginning", []string{hello, "250-beg"}},
		{"after the recipient", []string{hello, ok, ok}},
		{"after the letter", []string{hello, ok, ok, ok, "354 go on\r\n"}},
	} {
		for name, within := range map[string]func(*mail.SMTP) (context.Context, context.CancelFunc){
			"the caller's deadline": func(s *mail.SMTP) (context.Context, context.CancelFunc) {
				s.Within(time.Minute)
				return context.WithTimeout(t.Context(), 200*time.Millisecond)
			},
			"the caller's end": func(s *mail.SMTP) (context.Context, context.CancelFunc) {
				s.Within(time.Minute)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(200*time.Millisecond, cancel)
				return ctx, cancel
			},
			"our own": func(s *mail.SMTP) (context.Context, context.CancelFunc) {
				s.Within(200 * time.Millisecond)
				return context.WithCancel(t.Context())
			},
		} {
			url, gone := talk(t, x.lines...)
			s := open(t, url)
			ctx, cancel := within(s)
			start := time.Now()
			err := s.Send(ctx, letter())
			cancel()
			if !fault.Is(err, fault.Internal) || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
				t.Errorf("silent %s, %s: %v", x.name, name, err)
			}
			if d := time.Since(start); d > 2*time.Second {
				t.Errorf("silent %s, %s: took %s", x.name, name, d)
			}
			select {
			case <-gone:
			case <-time.After(2 * time.Second):
				t.Errorf("silent %s, %s: the connection stays open", x.name, name)
			}
			if said := "not known whether"; x.name == "after the letter" != strings.Contains(err.Error(), said) {
				t.Errorf("silent %s: %v", x.name, err)
			}
		}
	}
}

func TestTakenIsTaken(t *testing.T) {
	const hello, ok, on = "220 here\r\n", "250 ok\r\n", "354 go on\r\n"
	// It hangs up when it has the letter, instead of saying goodbye.
	url, _ := talk(t, hello, ok, ok, ok, on, ok, "hang up")
	s := open(t, url)
	if err := s.Send(t.Context(), letter()); err != nil {
		t.Errorf("taken, then hung up: %v", err)
	}
	// It hangs up without saying whether it has it.
	url, _ = talk(t, hello, ok, ok, ok, on, "hang up")
	s = open(t, url)
	if err := s.Send(t.Context(), letter()); !fault.Is(err, fault.Internal) || err == nil || !strings.Contains(err.Error(), "not known whether") {
		t.Errorf("hung up before the answer: %v", err)
	}
	s = open(t, "smtp://127.0.0.1:1?tls=none")
	if err := s.Send(t.Context(), letter()); !fault.Is(err, fault.Internal) || strings.Contains(err.Error(), "not known") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestNewSMTP(t *testing.T) {
	for url, want := range map[string]string{
		"smtp://mail.example.org":                          "smtp://mail.example.org:587",
		"smtp://mail.example.org/":                         "smtp://mail.example.org:587",
		"smtp://me:secret@mail.example.org:2587":           "smtp://mail.example.org:2587",
		"smtps://me%40example.org:secret@mail.example.org": "smtps://mail.example.org:465",
		"SMTPS://mail.example.org:4650":                    "smtps://mail.example.org:4650",
		"smtp://127.0.0.1:2525?tls=none":                   "smtp://127.0.0.1:2525",
		"smtp://[::1]:2525?tls=none":                       "smtp://[::1]:2525",
		"smtp://localhost:2525?tls=none":                   "smtp://localhost:2525",
		"smtp://me:secret@[2001:db8::1]":                   "smtp://[2001:db8::1]:587",
	} {
		s, err := mail.NewSMTP(url, from)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got := fmt.Sprintf("%v %+v %s", s, s, s); got != want+" "+want+" "+want {
			t.Errorf("%s prints as %s", url, got)
		}
	}
	for url, say := range map[string]string{
		"":                                           "write smtp://",
		"mail.example.org:587":                       "write smtp://",
		"http://mail.example.org":                    "write smtp://",
		"smtp:mail.example.org":                      "write smtp://",
		"smtp://":                                    "write smtp://",
		"smtp://:587":                                "write smtp://",
		"smtp://mail.example.org:0":                  "between 1 and 65535",
		"smtp://mail.example.org:65536":              "between 1 and 65535",
		"smtp://mail.example.org:x":                  "write smtp://",
		"smtp://mail.example.org/inbox":              "write smtp://",
		"smtp://mail.example.org#x":                  "write smtp://",
		"smtp://me@mail.example.org":                 "password is missing",
		"smtp://me:@mail.example.org":                "password is missing",
		"smtp://:secret@mail.example.org":            "name or password is missing",
		"smtp://me:sec/ret@mail.example.org":         "%2F for /",
		"smtp://me:sec#ret@mail.example.org":         "%23 for #",
		"smtp://me:sec%ret@mail.example.org":         "%25 for %",
		"smtp://me:secret@mail.example.org?tls=none": "mail.example.org",
		"smtp://mail.example.org?tls=none":           "only for a server on this machine",
		"smtp://10.0.0.1?tls=none":                   "only for a server on this machine",
		"smtp://127.0.0.1.example.org?tls=none":      "only for a server on this machine",
		"smtp://0.0.0.0?tls=none":                    "only for a server on this machine",
		"smtp://me:secret@127.0.0.1?tls=none":        "leave out one",
		"smtps://127.0.0.1?tls=none":                 "contradict",
		"smtp://mail.example.org?tls=off":            "only ?tls=none",
		"smtp://mail.example.org?tls=none&x=y":       "only ?tls=none",
		"smtp://mail.exam\nple.org":                  "write smtp://",
		"smtp://mail.exam%0d%0aple.org":              "write smtp://",
	} {
		_, err := mail.NewSMTP(url, from)
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v, want %q", url, err, say)
		} else if strings.Contains(err.Error(), "sec") {
			t.Errorf("%q: the password is in %v", url, err)
		}
	}
	for _, f := range []mail.From{{}, {Name: "Us"}, {Address: "network.example"}, {Address: "Us <us@network.example>"}} {
		if _, err := mail.NewSMTP("smtp://mail.example.org", f); err == nil || !strings.Contains(err.Error(), "letters come from") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
