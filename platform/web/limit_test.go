package web

import (
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"withus.example/platform/fault"
)

// B8: whose address counts. A forwarding header is believed as far as our own
// proxies wrote it, which is from the right.
func TestClient(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48")}
	for _, c := range []struct {
		name    string
		remote  string
		header  []string
		proxies []netip.Prefix
		want    string
	}{
		{"nobody in between", "192.0.2.7:4000", nil, nil, "192.0.2.7"},
		{"forged, no proxies", "192.0.2.7:4000", []string{"198.51.100.9"}, nil, "192.0.2.7"},
		{"forged, not from a proxy", "192.0.2.7:4000", []string{"198.51.100.9"}, proxies, "192.0.2.7"},
		{"from a proxy", "10.1.1.1:80", []string{"198.51.100.9"}, proxies, "198.51.100.9"},
		{"forged in front of a proxy", "10.1.1.1:80", []string{"203.0.113.1, 198.51.100.9"}, proxies, "198.51.100.9"},
		{"forged with our proxies' addresses", "10.1.1.1:80", []string{"203.0.113.1, 10.9.9.9, 198.51.100.9"}, proxies, "198.51.100.9"},
		{"two proxies", "10.1.1.1:80", []string{"203.0.113.1,198.51.100.9,10.2.2.2"}, proxies, "198.51.100.9"},
		{"two headers", "10.1.1.1:80", []string{"203.0.113.1", "198.51.100.9"}, proxies, "198.51.100.9"},
		{"all of them proxies", "10.1.1.1:80", []string{"10.3.3.3, 10.2.2.2"}, proxies, "10.3.3.3"},
		{"a proxy that says nothing", "10.1.1.1:80", nil, proxies, "10.1.1.1"},
		{"nonsense", "10.1.1.1:80", []string{"198.51.100.9, unknown"}, proxies, "10.1.1.1"},
		{"nonsense further left", "10.1.1.1:80", []string{"<script>, 198.51.100.9"}, proxies, "198.51.100.9"},
		{"an address with a port", "10.1.1.1:80", []string{"198.51.100.9:1234"}, proxies, "10.1.1.1"},
		{"empty", "10.1.1.1:80", []string{""}, proxies, "10.1.1.1"},
		{"an IPv6 household", "[2001:db8:1:2:3:4:5:6]:80", nil, nil, "2001:db8:1:2::/64"},
		{"another address of it", "[2001:db8:1:2:ffff::1]:80", nil, nil, "2001:db8:1:2::/64"},
		{"IPv4 written as IPv6", "[::ffff:192.0.2.7]:80", nil, nil, "192.0.2.7"},
		{"a proxy written as IPv6", "[::ffff:10.1.1.1]:80", []string{"::ffff:198.51.100.9"}, proxies, "198.51.100.9"},
		{"an IPv6 proxy", "[2001:db8:ffff::1]:80", []string{"2001:db8:1:2::9"}, proxies, "2001:db8:1:2::/64"},
		{"a socket", "@", []string{"198.51.100.9"}, proxies, "@"},
	} {
		r := httptestRequest("/")
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.remote, c.header
		r.Header.Set("Forwarded", "for=203.0.113.99")
		r.Header.Set("X-Real-IP", "203.0.113.99")
		if got := client(r, c.proxies); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// B5: limits count each by themselves, end by themselves, and can be taken back.
func TestLimits(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		ctx, now := t.Context(), time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)
		a, b := Limit{Name: "a", Most: 3, Per: time.Hour}, Limit{Name: "b", Most: 3, Per: time.Hour}
		for range 3 {
			if err := a.Take(ctx, h.DB, "ana", now); err != nil {
				t.Fatal(err)
			}
		}
		err := a.Take(ctx, h.DB, "ana", now.Add(20*time.Minute))
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Limited || f.After != 41*time.Minute { // at two: it ends on a quarter of its length
			t.Fatalf("a fourth: %+v", err)
		}
		if err := errors.Join(a.Take(ctx, h.DB, "ben", now), b.Take(ctx, h.DB, "ana", now)); err != nil {
			t.Error("one limit hit another:", err)
		}
		// Trying on does not make it longer.
		for range 5 {
			a.Take(ctx, h.DB, "ana", now.Add(59*time.Minute))
		}
		later := now.Add(75 * time.Minute)
		if err := a.Take(ctx, h.DB, "ana", later); err != nil {
			t.Error("it did not end:", err)
		}
		for range 2 {
			a.Take(ctx, h.DB, "ana", later)
		}
		if err := a.Take(ctx, h.DB, "ana", later); !fault.Is(err, fault.Limited) {
			t.Error("the next period has no limit:", err)
		}
		for range 2 { // as many as were too much
			if err := a.Back(ctx, h.DB, "ana"); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Take(ctx, h.DB, "ana", now.Add(time.Hour)); err != nil {
			t.Error("what was taken back still counts:", err)
		}
		// Who it was is not in the table; hours gone by are swept up.
		if n := h.count(`SELECT count(*) FROM web_limit WHERE key = 'ana' OR key = 'ben'`); n != 0 {
			t.Error("the table names people")
		}
		if err := h.Tidy(ctx); err != nil || h.count(`SELECT count(*) FROM web_limit`) != 0 {
			t.Error("limits gone by are still there", err)
		}
	})
}

// Many at once, over several connections: not one more than the limit.
func TestLimitsTogether(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		l := Limit{Name: "x", Most: 10, Per: time.Hour}
		var mu sync.Mutex
		var wg sync.WaitGroup
		passed := 0
		for range 40 {
			wg.Go(func() {
				err := l.Take(t.Context(), h.DB, "ana", time.Now())
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					passed++
				} else if !fault.Is(err, fault.Limited) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if passed != 10 {
			t.Errorf("%d passed", passed)
		}
	})
}
