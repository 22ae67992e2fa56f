package egress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	dialTime  = 5 * time.Second // for one address, so that a dead one leaves time for the next
	dialTries = 4               // addresses of one name
)

// closed are the addresses nobody on the public internet lives at, or that are
// a way round to ones like that. From the IANA special-purpose registries.
var closed = []struct {
	net netip.Prefix
	why string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this host"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "shared by a provider's customers; metadata at Alibaba"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("168.63.129.16/32"), "metadata at Azure"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local; metadata nearly everywhere"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "protocol assignments; metadata at Oracle"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved; broadcast"},
	{netip.MustParsePrefix("2001::/23"), "protocol assignments; Teredo"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("2002::/16"), "6to4"},
	{netip.MustParsePrefix("3fff::/20"), "documentation"},
}

// global6 is all that is given out of IPv6. Whatever lies outside (loopback,
// mapped and NAT64 forms of IPv4, unique local, link-local, site-local,
// multicast, anything with a zone, and what the registries add there next) is
// closed by this alone.
var global6 = netip.MustParsePrefix("2000::/3")

// checkAddr says why a must not be dialled.
func checkAddr(a netip.Addr) error {
	if !a.IsValid() {
		return fmt.Errorf("%w: no address", ErrRefused)
	}
	if a.Is6() && !global6.Contains(a) {
		return fmt.Errorf("%w: %s is not a global address", ErrRefused, a)
	}
	for _, c := range closed {
		if c.net.Contains(a) {
			return fmt.Errorf("%w: %s (%s)", ErrRefused, a, c.why)
		}
	}
	return nil
}

// checkName says why host, which is no address, must not be looked up.
// Resolvers differ in what they take for an address (127.1, 0x7f.1, 0177.0.0.1
// and 2130706433 all mean loopback somewhere), so what looks like one and isn't
// in the usual form is refused; no public name ends in a number.
func checkName(host string) error {
	name := strings.TrimSuffix(host, ".")
	if name == "" || len(name) > 253 {
		return fmt.Errorf("%w: host of %d characters", ErrRefused, len(name))
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return fmt.Errorf("%w: host %q has a character no name has", ErrRefused, host)
		}
	}
	last := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == "" {
		return fmt.Errorf("%w: host %q is an address in disguise", ErrRefused, host)
	}
	return nil
}

// resolve gives the addresses of host, all of them checked. One that is closed
// closes the name: a name with a public and a private address is a trick, or
// none of our business.
func (c *Client) resolve(ctx context.Context, host string, port uint16) ([]netip.AddrPort, error) {
	addrs := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, a)
	} else {
		if err := checkName(host); err != nil {
			return nil, err
		}
		lookup := net.DefaultResolver.LookupNetIP
		if c.lookup != nil {
			lookup = c.lookup
		}
		found, err := lookup(ctx, "ip", host)
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			// The resolver writes IPv4 answers in IPv6 form at times.
			addrs = append(addrs, a.Unmap())
		}
	}
	if len(addrs) == 0 {
		return nil, errors.New("the name has no address")
	}
	var to []netip.AddrPort
	for _, a := range addrs {
		ap := netip.AddrPortFrom(a, port)
		if err := c.check(ap); err != nil {
			return nil, err
		}
		to = append(to, ap)
	}
	// IPv4 first: many servers have IPv6 addresses that lead nowhere.
	slices.SortStableFunc(to, func(a, b netip.AddrPort) int {
		return cmp.Compare(a.Addr().BitLen(), b.Addr().BitLen())
	})
	return to[:min(len(to), dialTries)], nil
}

// dial connects to an address that was checked, by that address and not by its
// name, so that no second answer from the name server can come between.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, err
	}
	to, err := c.resolve(ctx, host, uint16(port))
	if err != nil {
		return nil, err
	}
	d := c.dialer()
	var all []error
	for _, ap := range to {
		conn, err := d.DialContext(ctx, network, ap.String())
		if err == nil {
			return conn, nil
		}
		all = append(all, err)
	}
	return nil, errors.Join(all...)
}

// dialer checks once more, at the last moment before the socket connects, so
// that the rule holds even if someone changes how addresses are found.
func (c *Client) dialer() *net.Dialer {
	return &net.Dialer{
		Timeout: dialTime,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			return c.check(ap)
		},
	}
}

func (c *Client) check(ap netip.AddrPort) error {
	if c.permit != nil && c.permit(ap) {
		return nil
	}
	return checkAddr(ap.Addr())
}
