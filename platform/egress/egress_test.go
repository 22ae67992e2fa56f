package egress_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"withus.example/platform/egress"
	"withus.example/platform/fault"
)

// A proxy in the environment is not asked, or every test here would fail: the
// standard library reads these once.
func TestMain(m *testing.M) {
	for _, k := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		os.Setenv(k, "http://127.0.0.1:1")
	}
	os.Exit(m.Run())
}

// trap is a server nobody may reach.
type trap struct {
	port int
	hits atomic.Int32
}

func newTrap(t *testing.T) *trap {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	x := &trap{port: l.Addr().(*net.TCPAddr).Port}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			x.hits.Add(1)
			conn.Close()
		}
	}()
	return x
}

// street is a piece of internet: servers on the loopback that stand for public
// ones, under names that resolve to them.
type street struct {
	policy egress.Policy
	open   map[netip.AddrPort]bool
	names  map[string][]string // answers, one after the other; the last stays
	roots  *x509.CertPool
}

func newStreet() *street {
	return &street{
		policy: egress.Policy{AllowHTTP: true},
		open:   map[netip.AddrPort]bool{},
		names:  map[string][]string{},
		roots:  x509.NewCertPool(),
	}
}

// house puts a server on the street and gives its port.
func (s *street) house(t *testing.T, srv *httptest.Server) int {
	t.Cleanup(srv.Close)
	u, _ := url.Parse(srv.URL)
	ap := netip.MustParseAddrPort(u.Host)
	s.open[ap] = true
	s.policy.Ports = append(s.policy.Ports, int(ap.Port()))
	if c := srv.Certificate(); c != nil {
		s.roots.AddCert(c)
	}
	return int(ap.Port())
}

func (s *street) client() *egress.Client {
	lookup := func(_ context.Context, _, host string) ([]netip.Addr, error) {
		all := s.names[host]
		if len(all) == 0 {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		if len(all) > 1 {
			s.names[host] = all[1:]
		}
		var addrs []netip.Addr
		for a := range strings.FieldsSeq(all[0]) {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		return addrs, nil
	}
	return egress.NewForTest(s.policy, lookup, func(ap netip.AddrPort) bool { return s.open[ap] }, s.roots)
}

func serve(h http.HandlerFunc) *httptest.Server { return httptest.NewServer(h) }

func at(host string, port int, path string) string {
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port)) + path
}

func TestGetAndPost(t *testing.T) {
	s := newStreet()
	port := s.house(t, serve(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Was", fmt.Sprintf("%s %s %q %q", r.Method, r.Header.Get("User-Agent"), r.Header.Get("X-Mine"), b))
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "سلام")
	}))
	s.names["a.example"] = []string{"127.0.0.1"}
	resp, err := s.client().Get(t.Context(), at("a.example", port, "/x?y=z"))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != http.StatusTeapot || string(resp.Body) != "سلام" || resp.Header.Get("X-Was") != `GET Withus "" ""` || resp.URL != at("a.example", port, "/x?y=z") {
		t.Errorf("got %+v", resp)
	}
	mine := http.Header{"X-Mine": {"1"}, "User-Agent": {"Other"}}
	resp, err = s.client().Do(t.Context(), egress.Request{Method: "POST", URL: at("a.example", port, "/"), Header: mine, Body: []byte("hello")})
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("X-Was"); got != `POST Other "1" "hello"` {
		t.Errorf("got %q", got)
	}
	if len(mine) != 2 {
		t.Errorf("the caller's headers were changed: %v", mine)
	}
}

// The zero policy is the strict one.
func TestSchemesAndPorts(t *testing.T) {
	never := func(context.Context, string, string) ([]netip.Addr, error) {
		t.Error("looked up")
		return nil, errors.New("looked up")
	}
	strict := egress.NewForTest(egress.Policy{}, never, nil, nil)
	loose := egress.NewForTest(egress.Policy{AllowHTTP: true, Ports: []int{8443}}, never, nil, nil)
	for _, x := range []struct {
		c   *egress.Client
		url string
	}{
		{strict, "http://a.example/"}, {strict, "https://a.example:8443/"}, {strict, "https://a.example:22/"},
		{loose, "http://a.example:8080/"}, {loose, "https://a.example:0/"}, {loose, "https://a.example:65616/"},
		{loose, "ftp://a.example/"}, {loose, "file:///etc/passwd"}, {loose, "gopher://a.example/"}, {loose, "unix:/x"},
		{loose, "//a.example/"}, {loose, "/a"}, {loose, "a.example"}, {loose, ""}, {loose, "https://"}, {loose, "https:a.example"},
		{loose, "https://me@a.example/"}, {loose, "https://me:pw@a.example/"}, {loose, "https://8.8.8.8@127.0.0.1/"},
		{loose, "javascript:alert(1)"}, {loose, "data:text/plain,x"},
	} {
		if _, err := x.c.Get(t.Context(), x.url); !errors.Is(err, egress.ErrRefused) {
			t.Errorf("%q: %v, want refused", x.url, err)
		}
	}
}

func TestRebindingE2(t *testing.T) {
	s := newStreet()
	port := s.house(t, serve(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	hidden := newTrap(t)
	s.policy.Ports = append(s.policy.Ports, hidden.port)

	// Between two requests.
	s.names["flips.example"] = []string{"127.0.0.1", "10.0.0.1"}
	c := s.client()
	if _, err := c.Get(t.Context(), at("flips.example", port, "/")); err != nil {
		t.Fatalf("while it was public: %v", err)
	}
	if _, err := c.Get(t.Context(), at("flips.example", port, "/")); !errors.Is(err, egress.ErrRefused) {
		t.Errorf("once it was private: %v, want refused", err)
	}
	// Between a request and its redirect.
	s.names["flips.example"] = []string{"127.0.0.1", "169.254.169.254"}
	if _, err := s.client().Get(t.Context(), at("flips.example", port, "/again")); !errors.Is(err, egress.ErrRefused) {
		t.Errorf("redirected once it was private: %v, want refused", err)
	}
	// Between the check and the dial: there is one look-up, so no between.
	s.names["flips.example"] = []string{"127.0.0.1", "10.0.0.1"}
	if _, err := s.client().Get(t.Context(), at("flips.example", port, "/")); err != nil || len(s.names["flips.example"]) != 1 {
		t.Errorf("%v; answers left %v, want one used", err, s.names["flips.example"])
	}
	// The same address on another port is another place.
	s.names["near.example"] = []string{"127.0.0.1"}
	if _, err := s.client().Get(t.Context(), at("near.example", hidden.port, "/")); !errors.Is(err, egress.ErrRefused) || hidden.hits.Load() != 0 {
		t.Errorf("%v and %d connections, want refused and none", err, hidden.hits.Load())
	}
}

func TestRedirectsE3(t *testing.T) {
	s := newStreet()
	var to string
	var status int
	port := s.house(t, serve(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Location", to)
			w.WriteHeader(status)
			return
		}
		n, _ := strconv.Atoi(r.URL.Path[1:])
		if n == 0 {
			fmt.Fprint(w, r.Method+" arrived")
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusMovedPermanently)
	}))
	s.names["a.example"] = []string{"127.0.0.1"}
	hidden := newTrap(t)
	s.policy.Ports = append(s.policy.Ports, hidden.port)
	c := s.client()

	for _, status = range []int{301, 302, 303, 307, 308} {
		for _, to = range []string{
			"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://2852039166/", "http://0xa9fea9fe/",
			at("127.0.0.1", hidden.port, "/"), at("127.1", hidden.port, "/"), at("::ffff:127.0.0.1", hidden.port, "/"),
			"//169.254.169.254/", "//10.0.0.1", "http://a.example:22/", "ftp://a.example/", "file:///etc/passwd", "http://me:pw@a.example/",
		} {
			if _, err := c.Get(t.Context(), at("a.example", port, "/")); !errors.Is(err, egress.ErrRefused) {
				t.Errorf("%d to %s: %v, want refused", status, to, err)
			}
		}
		to = "http://%zz/"
		if _, err := c.Get(t.Context(), at("a.example", port, "/")); err == nil {
			t.Errorf("%d to what is no address: no error", status)
		}
	}
	if n := hidden.hits.Load(); n != 0 {
		t.Errorf("%d connections reached the loopback", n)
	}

	resp, err := c.Get(t.Context(), at("a.example", port, "/5"))
	if err != nil || string(resp.Body) != "GET arrived" || resp.URL != at("a.example", port, "/0") {
		t.Errorf("five redirects: %v %v", resp, err)
	}
	if _, err := c.Get(t.Context(), at("a.example", port, "/6")); err == nil || !strings.Contains(err.Error(), "redirects") {
		t.Errorf("six redirects: %v, want too many", err)
	}
	// A redirect without a place to go to, and one in answer to a POST, are
	// answers.
	to, status = "", 302
	if resp, err := c.Get(t.Context(), at("a.example", port, "/")); err != nil || resp.Status != 302 {
		t.Errorf("redirect to nowhere: %v %v", resp, err)
	}
	to, status = at("a.example", port, "/0"), 307
	if resp, err := c.Do(t.Context(), egress.Request{Method: "POST", URL: at("a.example", port, "/"), Body: []byte("x")}); err != nil || resp.Status != 307 {
		t.Errorf("redirected POST: %v %v", resp, err)
	}
}

func TestNeverFromHTTPSToHTTP(t *testing.T) {
	s := newStreet()
	plain := s.house(t, serve(func(w http.ResponseWriter, r *http.Request) { t.Error("arrived over http") }))
	to := at("a.example", plain, "/")
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stay" {
			io.WriteString(w, "safe")
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // two of these handshakes are meant to fail
	srv.StartTLS()
	tls := s.house(t, srv)
	s.names["a.example"] = []string{"127.0.0.1"}
	s.names["example.com"] = []string{"127.0.0.1"} // the name on httptest's certificate
	base := "https://example.com:" + strconv.Itoa(tls)
	if _, err := s.client().Get(t.Context(), base+"/"); !errors.Is(err, egress.ErrRefused) {
		t.Errorf("%v, want refused", err)
	}
	to = "/stay"
	if resp, err := s.client().Get(t.Context(), base+"/"); err != nil || string(resp.Body) != "safe" {
		t.Errorf("%v %v", resp, err)
	}
	// A certificate for another name, and one nobody vouches for.
	s.names["other.example"] = []string{"127.0.0.1"}
	if _, err := s.client().Get(t.Context(), "https://other.example:"+strconv.Itoa(tls)+"/stay"); err == nil {
		t.Error("took a certificate for another name")
	}
	s.roots = x509.NewCertPool()
	if _, err := s.client().Get(t.Context(), base+"/stay"); err == nil {
		t.Error("took a certificate of unknown origin")
	}
}

func TestCredentialsStayE3(t *testing.T) {
	secrets := []string{"Authorization", "Cookie", "Proxy-Authorization", "Signature", "X-Api-Key"}
	s := newStreet()
	var home, away int
	seen := map[string]http.Header{}
	handler := func(w http.ResponseWriter, r *http.Request) {
		seen[r.Host+r.URL.Path] = r.Header.Clone()
		http.SetCookie(w, &http.Cookie{Name: "c", Value: "1"})
		switch r.URL.Path {
		case "/start":
			http.Redirect(w, r, "/here", http.StatusFound)
		case "/here":
			http.Redirect(w, r, at("b.example", home, "/host"), http.StatusFound)
		case "/host":
			http.Redirect(w, r, at("a.example", home, "/back"), http.StatusFound)
		case "/port":
			http.Redirect(w, r, at("a.example", away, "/end"), http.StatusFound)
		}
	}
	home, away = s.house(t, serve(handler)), s.house(t, serve(handler))
	s.names["a.example"] = []string{"127.0.0.1"}
	s.names["b.example"] = []string{"127.0.0.1"}
	h := http.Header{"Accept": {"text/plain"}}
	for _, k := range secrets {
		h.Set(k, "secret")
	}
	for _, path := range []string{"/start", "/port"} {
		if _, err := s.client().Do(t.Context(), egress.Request{URL: at("a.example", home, path), Header: h}); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		at    string
		wants string
	}{
		{at("a.example", home, "/start"), "secret"},
		{at("a.example", home, "/here"), "secret"}, // same origin
		{at("b.example", home, "/host"), ""},       // another host
		{at("a.example", home, "/back"), ""},       // once gone, gone
		{at("a.example", home, "/port"), "secret"},
		{at("a.example", away, "/end"), ""}, // another port
	} {
		got := seen[strings.TrimPrefix(x.at, "http://")]
		if got == nil {
			t.Fatalf("%s was never reached", x.at)
		}
		for _, k := range secrets {
			if v := strings.Join(got.Values(k), "|"); v != x.wants {
				t.Errorf("%s: %s is %q, want %q", x.at, k, v, x.wants)
			}
		}
		if got.Get("Accept") != "text/plain" || got.Get("Referer") != "" {
			t.Errorf("%s: Accept %q, Referer %q", x.at, got.Get("Accept"), got.Get("Referer"))
		}
	}
}

// Errors hold no path, query or password, and are alike for the person whether
// we refused to go or nobody answered.
func TestErrorsGiveNothingAway(t *testing.T) {
	s := newStreet()
	port := s.house(t, serve(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://%zz/hush")
		w.WriteHeader(302)
	}))
	s.names["a.example"] = []string{"127.0.0.1"}
	s.names["inside.example"] = []string{"10.0.0.1"}
	for _, u := range []string{
		at("a.example", port, "/hush?token=hush"),
		at("inside.example", port, "/hush?token=hush"),
		at("nowhere.example", port, "/hush"),
		"http://me:hush@a.example/", "http://a.example:99/hush", "hush://a.example/hush#hush"[4:],
		"http://a.example:port/hush", "http://a.example/%zz?hush", "http://a.example/\x00hush", "mailto:hush",
	} {
		_, err := s.client().Get(t.Context(), u)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || f.Key != "" || len(f.Problems) != 0 {
			t.Errorf("%s: %#v", u, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: error says %q", u, err)
		}
	}
}
