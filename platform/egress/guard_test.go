package egress_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"withus.example/platform/egress"
)

func TestAddressesE1(t *testing.T) {
	closed := []string{
		"0.0.0.0", "0.1.2.3", // unspecified, this network
		"127.0.0.1", "127.255.255.254", "::1", // loopback
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", // private
		"169.254.0.1", "169.254.169.254", "fe80::1", "febf::1", // link-local
		"100.64.0.1", "100.100.100.200", "100.127.255.255", // CGNAT
		"168.63.129.16", "192.0.0.192", "fd00:ec2::254", // metadata
		"224.0.0.1", "239.255.255.255", "ff02::1", // multicast
		"240.0.0.1", "255.255.255.255", // reserved, broadcast
		"198.18.0.1", "198.19.255.255", "2001:2::1", // benchmarking
		"192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "3fff::1", // documentation
		"192.88.99.1", "192.0.0.8",
		"::", "::7f00:1", // unspecified, IPv4-compatible
		"::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", // mapped, translated
		"64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", // NAT64
		"2002:7f00:1::", "2002:808:808::1", // 6to4
		"2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", // Teredo
		"fc00::1", "fdff::1", // unique local
		"fec0::1",                      // site-local
		"100::1", "5f00::1", "4000::1", // discard, segment routing, not given out
		"fe80::1%eth0", "2606:4700::1%1", // zones
	}
	for _, s := range closed {
		if err := egress.CheckAddr(netip.MustParseAddr(s)); !errors.Is(err, egress.ErrRefused) {
			t.Errorf("%s: %v, want refused", s, err)
		}
	}
	if err := egress.CheckAddr(netip.Addr{}); !errors.Is(err, egress.ErrRefused) {
		t.Errorf("no address: %v, want refused", err)
	}
	open := []string{
		"8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
		"126.255.255.255", "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
		"198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15",
		"2606:4700:4700::1111", "2a00:1450::1", "2001:200::1", "2001:4860:4860::8888", "2003::1",
	}
	for _, s := range open {
		if err := egress.CheckAddr(netip.MustParseAddr(s)); err != nil {
			t.Errorf("%s: %v, want open", s, err)
		}
	}
}

// Every way to write loopback, against a server that really listens there and
// a client as rooms have it.
func TestHostsE1(t *testing.T) {
	trap := newTrap(t)
	c := egress.New(egress.Policy{AllowHTTP: true, Ports: []int{trap.port}})
	for _, host := range []string{
		"127.0.0.1", "127.0.0.2", "localhost", "LOCALHOST",
		"2130706433", "017700000001", "0x7f000001", "0X7F000001",
		"127.1", "127.0.1", "0177.0.0.1", "0177.0.0.01", "0x7f.0.0.1", "0x7f.1", "127.0.0.0x1", "127.0.0.1.", "127.0.0.0x",
		"0", "0.0.0.0", "00", "0x",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::1%25lo]",
		"１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "ⓛocalhost",
	} {
		_, err := c.Get(t.Context(), fmt.Sprintf("http://%s:%d/", host, trap.port))
		if !errors.Is(err, egress.ErrRefused) {
			t.Errorf("%s: %v, want refused", host, err)
		}
	}
	for _, host := range []string{"", ".", "..", "localhost.", "127%2e0%2e0%2e1", " ", "a b.example", "a\x00b.example", "exa_mple.example/..", "[", "[::1", strings.Repeat("a.", 200) + "example"} {
		if _, err := c.Get(t.Context(), fmt.Sprintf("http://%s:%d/", host, trap.port)); err == nil {
			t.Errorf("%q was fetched", host)
		}
	}
	if n := trap.hits.Load(); n != 0 {
		t.Errorf("%d connections reached the loopback", n)
	}
}

// Even if the finding of addresses were wrong, the socket doesn't connect.
func TestDialChecksAgainE1(t *testing.T) {
	trap := newTrap(t)
	c := egress.New(egress.Policy{})
	for _, a := range []string{"127.0.0.1", "localhost", "0.0.0.0"} {
		conn, err := c.DialUnresolved(t.Context(), net.JoinHostPort(a, strconv.Itoa(trap.port)))
		if err == nil {
			conn.Close()
		}
		if !errors.Is(err, egress.ErrRefused) {
			t.Errorf("%s: %v, want refused", a, err)
		}
	}
	if n := trap.hits.Load(); n != 0 {
		t.Errorf("%d connections reached the loopback", n)
	}
}

func TestSeveralAnswersE2(t *testing.T) {
	var answer []netip.Addr
	c := egress.NewForTest(egress.Policy{}, func(context.Context, string, string) ([]netip.Addr, error) {
		return answer, nil
	}, nil, nil)
	for _, x := range []struct {
		answers string
		want    string // addresses that would be dialled; empty: refused
	}{
		{"8.8.8.8", "8.8.8.8"},
		{"2606:4700::1 8.8.8.8", "8.8.8.8 2606:4700::1"},
		{"::ffff:8.8.8.8", "8.8.8.8"}, // the resolver's own way to write IPv4
		{"8.8.8.8 1.1.1.1 9.9.9.9 8.8.4.4 1.0.0.1", "8.8.8.8 1.1.1.1 9.9.9.9 8.8.4.4"},
		{"8.8.8.8 10.0.0.1", ""},
		{"10.0.0.1 8.8.8.8", ""},
		{"8.8.8.8 1.1.1.1 9.9.9.9 8.8.4.4 1.0.0.1 169.254.169.254", ""},
		{"8.8.8.8 ::1", ""},
		{"::ffff:127.0.0.1", ""},
		{"64:ff9b::a00:1", ""},
	} {
		answer = nil
		for s := range strings.FieldsSeq(x.answers) {
			answer = append(answer, netip.MustParseAddr(s))
		}
		to, err := c.Resolve(t.Context(), "many.example")
		var got []string
		for _, ap := range to {
			got = append(got, ap.Addr().String())
		}
		if g := strings.Join(got, " "); g != x.want {
			t.Errorf("%s: dials %q, want %q", x.answers, g, x.want)
		}
		if x.want == "" && !errors.Is(err, egress.ErrRefused) {
			t.Errorf("%s: %v, want refused", x.answers, err)
		}
	}
	answer = nil
	if _, err := c.Resolve(t.Context(), "none.example"); err == nil {
		t.Error("a name without addresses resolved")
	}
}

// aton reads an IPv4 address the way C libraries do: one to four parts, each
// decimal, octal or hex, the last filling what is left.
func aton(s string) (netip.Addr, bool) {
	parts := strings.Split(strings.TrimSuffix(s, "."), ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var v uint64
	for i, p := range parts {
		// Go reads these forms, C doesn't.
		if strings.ContainsAny(p, "_+-oO") || strings.HasPrefix(strings.ToLower(p), "0b") {
			return netip.Addr{}, false
		}
		n, err := strconv.ParseUint(p, 0, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			if n > 255 {
				return netip.Addr{}, false
			}
			v |= n << (24 - 8*i)
		} else if n >= 1<<(32-8*i) {
			return netip.Addr{}, false
		} else {
			v |= n
		}
	}
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(v)))), true
}

func FuzzHost(f *testing.F) {
	for _, s := range []string{
		"example.org", "127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "::1", "::ffff:10.0.0.1",
		"fe80::1%eth0", "8.8.8.8", "08.8.8.8", "2606:4700::1", "a_b.example.", "1.2.3.4.", "xn--mnchen-3ya.example", "0x", "",
	} {
		f.Add(s)
	}
	public := netip.MustParseAddr("8.8.8.8")
	f.Fuzz(func(t *testing.T, host string) {
		asked := ""
		c := egress.NewForTest(egress.Policy{}, func(_ context.Context, _, name string) ([]netip.Addr, error) {
			asked = name
			return []netip.Addr{public}, nil
		}, nil, nil)
		to, err := c.Resolve(t.Context(), host)
		if err != nil {
			return
		}
		for _, ap := range to {
			mustBePublic(t, ap.Addr())
		}
		if asked == "" {
			return
		}
		if _, err := netip.ParseAddr(asked); err == nil {
			t.Errorf("%q was looked up as a name", asked)
		}
		if a, ok := aton(asked); ok {
			t.Errorf("%q was looked up, and is %s to some", asked, a)
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "8.8.8.8", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2606:4700::1", "fd00::1"} {
		f.Add(netip.MustParseAddr(s).AsSlice())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, ok := netip.AddrFromSlice(b); ok && egress.CheckAddr(a) == nil {
			mustBePublic(t, a)
		}
	})
}

// mustBePublic judges an address by what the standard library knows and by
// arithmetic, not by our own table.
func mustBePublic(t *testing.T, a netip.Addr) {
	t.Helper()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || a.Is4In6() || a.Zone() != "" {
		t.Fatalf("%s let through", a)
	}
	b := a.AsSlice()
	if a.Is4() && (b[0] == 0 || b[0] >= 240 || b[0] == 100 && b[1]&0xc0 == 64 || b[0] == 198 && b[1]&0xfe == 18) ||
		a.Is6() && (b[0]&0xe0 != 0x20 || b[0] == 0x20 && b[1] == 0x02 || strings.HasPrefix(string(b), "\x20\x01\x00\x00")) {
		t.Fatalf("%s let through", a)
	}
}
