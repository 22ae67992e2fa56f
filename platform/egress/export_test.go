package egress

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
)

// For tests: a client whose names are resolved by lookup, that may go where
// permit says besides where anybody may, and trusts roots.
func NewForTest(p Policy, lookup func(context.Context, string, string) ([]netip.Addr, error), permit func(netip.AddrPort) bool, roots *x509.CertPool) *Client {
	c := New(p)
	c.lookup, c.permit = lookup, permit
	c.transport.TLSClientConfig.RootCAs = roots
	return c
}

func CheckAddr(a netip.Addr) error { return checkAddr(a) }

// Resolve is what dial does before it dials.
func (c *Client) Resolve(ctx context.Context, host string) ([]netip.AddrPort, error) {
	return c.resolve(ctx, host, 443)
}

// DialUnresolved goes past resolve, as code with a mistake in it might.
func (c *Client) DialUnresolved(ctx context.Context, address string) (net.Conn, error) {
	return c.dialer().DialContext(ctx, "tcp", address)
}
