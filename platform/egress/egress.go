// Package egress is the only HTTP client of the house: it reaches the public
// internet and nothing else.
//
// Addresses to fetch come from people and from other servers, and some of them
// are meant to make us knock on doors inside our own walls: the database, the
// hosting company's metadata service, a neighbour's router. So every address a
// name resolves to is checked where it is dialled, at each redirect again, and
// everything that comes back is bounded in time, headers, body and hops.
// Nothing is read from the environment, no proxy and no cookies.
//
// Alone since 2026-11-21: no room fetches anything yet, and the first that does
// must find a door that is watched.
package egress

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"withus.example/platform/fault"
)

// What holds where a Policy says nothing.
const (
	defaultTime   = 15 * time.Second
	defaultBody   = 1 << 20
	defaultHeader = 64 << 10
)

// maxHops is how many redirects are followed.
const maxHops = 5

// ErrRefused is the cause where an address, a port or a scheme is one we don't
// go to. Trying again will not help.
var ErrRefused = errors.New("refused")

// ErrTooLarge is the cause where an answer's body is over its cap.
var ErrTooLarge = errors.New("answer too large")

// Policy says where a Client may go and how much it takes. The zero value is
// the strictest: https on ports 80 and 443, 15 seconds, bodies of 1 MiB.
type Policy struct {
	AllowHTTP bool          // plain http too; never after a redirect from https
	Ports     []int         // ports besides 80 and 443
	Time      time.Duration // for a whole request, redirects and body included; 0: 15 s
	MaxBody   int64         // bytes of a body once decompressed; 0: 1 MiB
	MaxHeader int64         // bytes of all headers of one answer; 0: 64 KiB
}

// Client makes outgoing requests. It is safe for use by many at once; New
// makes one.
type Client struct {
	policy    Policy
	transport *http.Transport

	// Tests put a server of theirs on the loopback and need a way to it.
	// There is no way to set these from outside the package.
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	permit func(netip.AddrPort) bool
}

// Request is what to ask for.
type Request struct {
	Method string // empty: GET
	URL    string // absolute
	Header http.Header
	Body   []byte
}

// Response is an answer, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // decompressed
	URL    string // where it came from, after redirects
}

// New makes a client that keeps to p.
func New(p Policy) *Client {
	if p.Time <= 0 {
		p.Time = defaultTime
	}
	if p.MaxBody <= 0 {
		p.MaxBody = defaultBody
	}
	if p.MaxHeader <= 0 {
		p.MaxHeader = defaultHeader
	}
	c := &Client{policy: p}
	c.transport = &http.Transport{
		Proxy:                  nil, // a proxy would resolve names where we can't check them
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		MaxResponseHeaderBytes: p.MaxHeader,
		DisableKeepAlives:      true, // each request dials, so each request is checked
		DisableCompression:     true, // readBody decompresses, and counts what comes out
	}
	return c
}

// Get fetches rawURL. Errors are those of Do.
func (c *Client) Get(ctx context.Context, rawURL string) (*Response, error) {
	return c.Do(ctx, Request{URL: rawURL})
}

// Do sends r and reads the whole answer. Any status is an answer, not an error.
//
// GET and HEAD follow up to five redirects. What other methods are redirected
// to is handed back as it came: the caller decided whom to tell, not the one
// who answered.
//
// Errors are faults of kind Invalid, ErrRefused or ErrTooLarge inside where it
// is that, or Internal if ctx itself ended. An address we refuse and one that
// doesn't answer are the same to the person, so that nobody can use us to feel
// out what stands inside our walls. Causes name the host and never the path or
// the query, which may hold a token.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, failed(&url.URL{}, withoutURL(err))
	}
	timed, cancel := context.WithTimeout(ctx, c.policy.Time)
	defer cancel()

	resp, last, err := c.walk(timed, r, u)
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil:
		return nil, &fault.Error{Err: fmt.Errorf("fetching %s: %w", place(last), ctx.Err())}
	case timed.Err() != nil:
		// However the network puts it, this is what happened.
		err = fmt.Errorf("not finished after %s: %w", c.policy.Time, timed.Err())
	}
	return nil, failed(last, err)
}

// walk asks u, then wherever that leads. The URL it gives back is the last one
// tried.
func (c *Client) walk(ctx context.Context, r Request, u *url.URL) (*Response, *url.URL, error) {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("User-Agent") == "" {
		header.Set("User-Agent", "Withus")
	}
	header.Set("Accept-Encoding", "gzip")

	for hop := 0; ; hop++ {
		if err := c.checkURL(u); err != nil {
			return nil, u, err
		}
		req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(r.Body))
		if err != nil {
			return nil, u, withoutURL(err)
		}
		req.Header = header.Clone()
		resp, err := c.transport.RoundTrip(req)
		if err != nil {
			return nil, u, err
		}
		to := ""
		if method == http.MethodGet || method == http.MethodHead {
			to = redirect(resp)
		}
		if to == "" {
			body, err := readBody(resp, method, c.policy.MaxBody)
			resp.Body.Close()
			if err != nil {
				return nil, u, err
			}
			return &Response{resp.StatusCode, resp.Header, body, u.String()}, u, nil
		}
		resp.Body.Close()
		if hop == maxHops {
			return nil, u, fmt.Errorf("more than %d redirects", maxHops)
		}
		next, err := u.Parse(to)
		if err != nil {
			return nil, u, withoutURL(err)
		}
		if u.Scheme == "https" && next.Scheme != "https" {
			return nil, next, fmt.Errorf("%w: redirected from https to %q", ErrRefused, next.Scheme)
		}
		if origin(next) != origin(u) {
			header = forStrangers(header)
		}
		u = next
	}
}

// redirect is where an answer sends us, or empty.
func redirect(resp *http.Response) string {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return resp.Header.Get("Location")
	}
	return ""
}

// forStrangers is what remains of a request's headers when it is sent to
// another origin. A list of what may stay, since what must go has no end:
// Authorization and Cookie, but signatures and keys of any name too.
func forStrangers(h http.Header) http.Header {
	kept := http.Header{}
	for _, name := range []string{"Accept", "Accept-Encoding", "Accept-Language", "User-Agent"} {
		if v := h.Values(name); len(v) > 0 {
			kept[name] = v
		}
	}
	return kept
}

// checkURL checks what can be said of u before its name is resolved; dial
// checks the host.
func (c *Client) checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%w: scheme %q is not http or https", ErrRefused, u.Scheme)
	case u.Scheme == "http" && !c.policy.AllowHTTP:
		return fmt.Errorf("%w: plain http", ErrRefused)
	case u.Hostname() == "":
		return fmt.Errorf("%w: no host", ErrRefused)
	case u.User != nil:
		return fmt.Errorf("%w: name and password in the address", ErrRefused)
	}
	n, err := strconv.Atoi(port(u))
	if err != nil || n != 80 && n != 443 && !slices.Contains(c.policy.Ports, n) {
		return fmt.Errorf("%w: port %s", ErrRefused, port(u))
	}
	return nil
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

func origin(u *url.URL) string {
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port(u)
}

// place is as much of u as a log may hold.
func place(u *url.URL) string {
	if u.Hostname() == "" {
		return "an address without a host"
	}
	return origin(u)
}

func failed(u *url.URL, err error) error {
	return &fault.Error{Kind: fault.Invalid, Err: fmt.Errorf("fetching %s: %w", place(u), err)}
}

// withoutURL takes the whole address off an error of net/url.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
