package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"syscall"

	gomail "github.com/wneessen/go-mail"
)

// why is the locale key that tells whoever set up a mail server what is wrong
// with it, in words they can act on. Servers' own words go to the log.
func why(ctx context.Context, err error) string {
	is := func(target error) bool { return errors.Is(err, target) }
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "mail.why.name"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "mail.why.certificate"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "mail.why.certificate"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || strings.Contains(err.Error(), "STARTTLS") {
		return "mail.why.encryption"
	}
	if is(syscall.ECONNREFUSED) || is(syscall.EHOSTUNREACH) || is(syscall.ENETUNREACH) || is(syscall.ECONNRESET) {
		return "mail.why.refused"
	}
	if e, ok := errors.AsType[*gomail.SendError](err); ok {
		switch e.Reason {
		case gomail.ErrSMTPMailFrom:
			return "mail.why.sender"
		case gomail.ErrSMTPRcptTo:
			return "mail.why.recipient"
		}
	}
	if e, ok := errors.AsType[*textproto.Error](err); ok && (e.Code == 535 || e.Code == 534 || e.Code == 530) || strings.Contains(err.Error(), "AUTH") {
		return "mail.why.account"
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() || ctx.Err() != nil {
		return "mail.why.silent"
	}
	return "mail.why.other"
}
