package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

type nopCloser struct{ io.Reader }

func (nopCloser) Close() error { return nil }

func httptestRequest(path string) *http.Request {
	return httptest.NewRequest(http.MethodGet, path, nil)
}

// C8: where a person is sent is a path of this house, whatever trick is played.
func TestLocal(t *testing.T) {
	for _, ok := range []string{"/", "/groups", "/groups?q=a+b&page=2", "/groups/%D9%85", "/a//b", "/%2f%2fevil.example", "/x?next=https://evil.example", "/x#y", "/:80", "/a@b", "/@evil.example"} {
		if !Local(ok) {
			t.Errorf("%q was refused", ok)
		}
	}
	for _, bad := range []string{"", "groups", "//evil.example", "///evil.example", `/\evil.example`, `\/evil.example`, `\\evil.example`, `/x\y`, "https://evil.example", "HTTPS:evil.example",
		"%2f%2fevil.example", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r\nSet-Cookie: x=y", " //evil.example", " /x", "javascript:alert(1)", "data:text/html,x",
		"//evil.example@127.0.0.1/", "?x", "#x", ".", "..", "/\x00", "/%", "http:///x", "mailto:a@b.example"} {
		if Local(bad) {
			t.Errorf("%q was taken for a path of this house", bad)
		}
	}
}

// Whatever passes for local leads to the same host, as a browser reads it.
func FuzzLocal(f *testing.F) {
	for _, s := range []string{"/", "//evil.example", `/\evil.example`, "/%2f%2fevil.example", "/\t/evil.example", "https://evil.example", "/..//evil.example", "/.//x", "/?x=//y", "/\u2028/evil.example", "/\u00a0/x"} {
		f.Add(s)
	}
	base, err := url.Parse("https://house.example/somewhere/deep?q=1")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, to string) {
		if !Local(to) {
			return
		}
		u, err := base.Parse(to)
		if err != nil || u.Host != "house.example" || u.Scheme != "https" || u.User != nil {
			t.Errorf("%q leads to %v, %v", to, u, err)
		}
		// Browsers drop tabs and line ends, and take a backslash for a slash.
		as := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimLeft(to, " "))
		if strings.HasPrefix(as, "//") || !strings.HasPrefix(as, "/") {
			t.Errorf("%q is read as %q", to, as)
		}
	})
}

func TestTell(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		key    string
	}{
		{errors.New("x"), 500, "error.internal"},
		{fault.Missing(), 404, "error.notfound"},
		{fault.New(fault.Denied, "x"), 403, "error.denied"},
		{fault.New(fault.Conflict, "x"), 409, "error.conflict"},
		{db.ErrConflict, 409, "error.conflict"},
		{fault.Wrong("a", "b"), 422, "error.invalid"},
		{&fault.Error{Kind: fault.Limited, After: time.Minute}, 429, "error.limited"},
		{errors.Join(db.ErrUnknown, io.EOF), 503, "error.unknown"},
		{fault.New(fault.Invalid, "error.toolarge"), 413, "error.toolarge"},
	} {
		if _, status, key := tell(c.err); status != c.status || key != c.key {
			t.Errorf("%v: %d, %s", c.err, status, key)
		}
	}
}

// A limit says when to try again, to people and to programs.
func TestLimitedSaysWhen(t *testing.T) {
	h := inHall(t)
	page := func() (*Answer, error) { return nil, &fault.Error{Kind: fault.Limited, After: 90 * time.Second} }
	h.page.Store(&page)
	p := h.visitor("").Get("/any").Is(t, http.StatusTooManyRequests).Shows(t, "Minutes to wait: 2.")
	if p.Header.Get("Retry-After") != "90" {
		t.Errorf("Retry-After: %q", p.Header.Get("Retry-After"))
	}
}
