package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"syscall"
	"time"

	gomail "github.com/wneessen/go-mail"

	"withus.example/platform/fault"
)

// sendTime is for a whole letter, from the look-up of the server's name to its
// last word.
const sendTime = 30 * time.Second

// SMTP is a Sender that hands letters to a mail server. NewSMTP makes one; it
// is safe for use by many at once, each letter over a connection of its own.
type SMTP struct {
	from       From
	host       string
	port       int
	user, pass string
	security   security
	tls        *tls.Config
	time       time.Duration
}

// security is how the connection is kept from other eyes.
type security int

const (
	startTLS security = iota // required: without it nothing is sent
	fromTheStart
	inTheClear // on this very machine only
)

// how is said whenever a mail address can't be used.
const how = "write smtp://name:password@mail.example.org:587 or smtps://name:password@mail.example.org:465 " +
	"(in the name and the password write %40 for @, %3A for :, %2F for /, %23 for #, %25 for %)"

// NewSMTP makes a sender of the address of a mail server:
//
//	smtp://name:password@host:587   encrypted by STARTTLS, or nothing is sent
//	smtps://name:password@host:465  encrypted from the start
//	smtp://127.0.0.1:2525?tls=none  not encrypted; on this machine only
//
// Name and password may be left out, and the port. Errors say what to write
// instead and hold no part of the address but its host: a password is in it.
func NewSMTP(rawURL string, from From) (*SMTP, error) {
	if err := from.check(); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("mail: the mail server's address can't be read: " + how)
	}
	s := &SMTP{from: from, host: u.Hostname(), time: sendTime}
	switch u.Scheme {
	case "smtp":
		s.port = 587
	case "smtps":
		s.port, s.security = 465, fromTheStart
	default:
		return nil, errors.New("mail: the mail server's address begins with neither smtp:// nor smtps://: " + how)
	}
	if s.host == "" || checkHeader(s.host) != nil || u.Path != "" && u.Path != "/" || u.Fragment != "" || u.Opaque != "" {
		return nil, errors.New("mail: the mail server's address is more or less than a host and a port: " + how)
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("mail: the mail server's port is not between 1 and 65535: " + how)
		}
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.pass, _ = u.User.Password()
		if s.user == "" || s.pass == "" {
			return nil, errors.New("mail: the mail server's name or password is missing: " + how)
		}
	}
	switch u.RawQuery {
	case "":
	case "tls=none":
		if s.security == fromTheStart {
			return nil, errors.New("mail: smtps:// and tls=none contradict each other: leave one out")
		}
		if s.host != "localhost" && !isLoopback(s.host) {
			return nil, fmt.Errorf("mail: tls=none would send letters to %s for all to read, and is only for a server on this machine (127.0.0.1): leave it out", s.host)
		}
		if u.User != nil {
			return nil, errors.New("mail: tls=none would send the password for all to read: leave out one of them")
		}
		s.security = inTheClear
	default:
		return nil, errors.New("mail: the mail server's address has an option that isn't known; there is only ?tls=none")
	}
	s.tls = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	return s, nil
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// String is the server without name and password, for logs.
func (s *SMTP) String() string {
	scheme := "smtp"
	if s.security == fromTheStart {
		scheme = "smtps"
	}
	return scheme + "://" + net.JoinHostPort(s.host, strconv.Itoa(s.port))
}

// Send hands l to the server and waits until it has taken it, 30 seconds at
// most. Kind Invalid means that the letter can't be sent as it is or that the
// server refused it for good; after any other fault it may be tried again,
// and if the connection broke while the server made up its mind it may have
// been taken all the same, which the cause says.
func (s *SMTP) Send(ctx context.Context, l Letter) error {
	msg, err := compose(ctx, l, s.from)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.time)
	defer cancel()
	client, err := s.client(ctx, l)
	if err != nil {
		return &fault.Error{Err: fmt.Errorf("mail: %w", err)}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	// What goes wrong after the server took the letter is no reason to send it
	// twice.
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return s.failed(ctx, l, err)
}

// client makes the client of one letter.
func (s *SMTP) client(ctx context.Context, l Letter) (*gomail.Client, error) {
	opts := []gomail.Option{
		gomail.WithPort(s.port),
		gomail.WithTimeout(s.time + time.Second), // ctx ends first, and cuts the connection
		gomail.WithHELO(s.from.domain()),         // the default is this machine's name, which is nobody's business
		gomail.WithTLSConfig(s.tls),
		gomail.WithTLSPolicy(gomail.TLSMandatory),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return s.dial(ctx) }),
		gomail.WithoutNoop(),
		gomail.WithoutRset(),
	}
	if s.security == fromTheStart {
		opts = append(opts, gomail.WithSSL())
	}
	if s.security == inTheClear {
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.user != "" {
		opts = append(opts, gomail.WithUsername(s.user), gomail.WithPassword(s.pass),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthSCRAMSHA256))
	}
	// Asking for SMTPUTF8 where it isn't needed makes servers further along
	// refuse a letter they could have taken.
	if isASCII(l.To) && isASCII(s.from.Address) {
		opts = append(opts, gomail.WithoutSMTPUTF8())
	}
	return gomail.NewClient(s.host, opts...)
}

// dial connects, and cuts the connection when ctx ends: go-mail heeds it only
// until it is connected.
func (s *SMTP) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	if s.security == inTheClear {
		// "localhost" is a name like others, and may lead elsewhere.
		d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			if ap, err := netip.ParseAddrPort(address); err != nil || !ap.Addr().Unmap().IsLoopback() {
				return fmt.Errorf("%s is not on this machine, and tls=none is set", address)
			}
			return nil
		}
	}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.host, strconv.Itoa(s.port)))
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	if s.security != fromTheStart {
		return conn, nil
	}
	secure := tls.Client(conn, s.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

// failed makes a fault of what went wrong. Servers like to repeat whom a letter
// was for; the log has no use for that.
func (s *SMTP) failed(ctx context.Context, l Letter, err error) error {
	kind, unknown := fault.Internal, ""
	if e, ok := errors.AsType[*gomail.SendError](err); ok {
		final := e.ErrorCode() >= 500 && e.ErrorCode() < 600
		switch {
		case final && (e.Reason == gomail.ErrSMTPRcptTo || e.Reason == gomail.ErrSMTPDataClose):
			kind = fault.Invalid
		case e.Reason == gomail.ErrSMTPDataClose && e.ErrorCode() == 0:
			unknown = "it is not known whether the letter was taken: "
		}
	}
	said := regexp.MustCompile("(?i)"+regexp.QuoteMeta(l.To)).ReplaceAllString(err.Error(), "(recipient)")
	cause := fmt.Errorf("mail: %s: %s%.500s", s, unknown, said)
	if ctx.Err() != nil {
		cause = fmt.Errorf("%w (%w)", cause, ctx.Err())
	}
	return &fault.Error{Kind: kind, Key: why(ctx, err), Err: cause}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
