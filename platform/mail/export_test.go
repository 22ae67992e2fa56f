package mail

import (
	"bytes"
	"context"
	"crypto/x509"
	"time"
)

// Trust makes s believe roots alone.
func (s *SMTP) Trust(roots *x509.CertPool) { s.tls.RootCAs = roots }

// Within gives s less patience.
func (s *SMTP) Within(d time.Duration) { s.time = d }

// Lead makes the name of s's server lead to another address.
func (s *SMTP) Lead(address string) { s.host = address }

// Raw is the message of l as it goes over the wire.
func Raw(ctx context.Context, l Letter, from From) ([]byte, error) {
	m, err := compose(ctx, l, from)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = m.WriteTo(&b)
	return b.Bytes(), err
}
