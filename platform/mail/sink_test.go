package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// sink is a mail server that keeps what it is given.
type sink struct {
	addr string

	mu      sync.Mutex
	taken   []taken
	login   string
	answers map[string]error // what to say at "auth", "mail", "rcpt", "data"
}

type taken struct {
	helo, login, from string
	to                []string
	utf8, tls         bool
	data              []byte
}

// newSink starts a sink on 127.0.0.1: encrypted from the start, or on request
// if it can, or not at all. It takes passwords either way, as a careless
// server would.
func newSink(t *testing.T, fromTheStart, canTLS bool) *sink {
	t.Helper()
	s := &sink{answers: map[string]error{}}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{sink: s, conn: c}, nil }))
	srv.Domain = "sink.example"
	srv.AllowInsecureAuth = true
	srv.EnableSMTPUTF8 = true
	srv.ErrorLog = log.New(io.Discard, "", 0)
	if canTLS {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{testCert}}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	if fromTheStart {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return s
}

// last waits for nothing: a letter is there when Send has returned.
func (s *sink) last(t *testing.T) taken {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.taken) == 0 {
		t.Fatal("nothing arrived")
	}
	return s.taken[len(s.taken)-1]
}

func (s *sink) seen() (letters int, login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.taken), s.login
}

func (s *sink) answer(where string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[where] = err
}

func (s *sink) says(where string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[where]
}

type session struct {
	sink *sink
	conn *smtp.Conn
	now  taken
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(identity, user, pass string) error {
		if identity != "" {
			return errors.New("identity")
		}
		s.sink.mu.Lock()
		s.sink.login = user + " " + pass
		s.sink.mu.Unlock()
		s.now.login = user + " " + pass
		return s.sink.says("auth")
	}), nil
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	_, s.now.tls = s.conn.TLSConnectionState()
	s.now.helo, s.now.from, s.now.utf8 = s.conn.Hostname(), from, o.UTF8
	return s.sink.says("mail")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.now.to = append(s.now.to, to)
	return s.sink.says("rcpt")
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.sink.says("data"); err != nil {
		return err
	}
	s.now.data = b
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.taken = append(s.sink.taken, s.now)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// testCert is good for 127.0.0.1 where testRoots is trusted.
var testCert, testRoots = func() (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	ask := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, ask, ask, key.Public(), key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}()
