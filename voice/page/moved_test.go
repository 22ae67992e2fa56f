package page

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// What somebody's list says, line by line, before anything is kept.
func TestReadMoved(t *testing.T) {
	s := service(t, nil)
	for text, want := range map[string]string{
		"/old /about":                                  "/old>/about",
		"/old/path/\t/groups?q=1#top":                  "/old/path>/groups?q=1#top",
		`"/old, path";"/about"`:                        "/old, path>/about",
		`"/old","/about"`:                              "/old>/about",
		"https://old.example/x/?p=1 /about":            "/x?p=1>/about",
		"/old https://network.example/about":           "/old>/about",
		"/caf%C3%A9 /about":                            "/café>/about",
		"/index.php?p=12 /about":                       "/index.php?p=12>/about",
		"/old":                                         "page.moved.not-two",
		"/old /about /groups":                          "page.moved.not-two",
		"old /about":                                   "page.moved.bad-old",
		"ftp://old.example/x /about":                   "page.moved.bad-old",
		"//evil.example/x /about":                      "page.moved.bad-old",
		"/x https://evil.example/about":                "page.moved.bad-new",
		"/x //evil.example":                            "page.moved.bad-new",
		`/x /\evil.example`:                            "page.moved.bad-new",
		"/x javascript:alert(1)":                       "page.moved.bad-new",
		"/x https://network.example@evil.example/":     "page.moved.bad-new",
		"/x https://network.example.evil.example/":     "page.moved.bad-new",
		"/x http://network.example/about":              "page.moved.bad-new",
		"/x /about%0d%0aSet-Cookie:x":                  "page.moved.bad-new",
		"/about /groups":                               "page.moved.taken",
		"/about/ /groups":                              "page.moved.taken",
		"/?p=1 /groups":                                "page.moved.taken",
		"/x /nowhere":                                  "page.moved.nothing",
		"/x /x":                                        "page.moved.nothing", // so there is no loop, and no chain
		"/" + strings.Repeat("x", longestPath) + " /a": "page.moved.bad-old",
	} {
		lines := s.ReadMoved("/first /about\n"+text, nil)
		got := lines[len(lines)-1].Wrong
		if got == "" {
			got = lines[1].Old + ">" + lines[1].Target
		}
		if len(lines) != 2 || got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	lines := s.ReadMoved("\ufeffOld address;New address\r\n\r\n/a;/about\r\n/a/;/groups\r\n/b;/about\r\n", []Moved{{Old: "/b", Target: "/groups"}})
	if len(lines) != 3 || lines[0].N != 3 || lines[1].Wrong != "page.moved.twice" || lines[2].Was != "/groups" {
		t.Errorf("%+v", lines)
	}
	var many strings.Builder
	for i := range mostMoved + 2 {
		fmt.Fprintf(&many, "/m%d /about\n", i)
	}
	if lines := s.ReadMoved(many.String(), nil); lines[mostMoved-1].Wrong != "" || lines[mostMoved].Wrong != "page.moved.too-many" {
		t.Error("there is no end to them")
	}
}

func (s *Service) goes(t *testing.T, to string) string {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	_, where, err := s.Moved(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// Old addresses lead on, to this site alone, and are counted by the day.
func TestMoved(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		s.now = func() time.Time { return now }
		for _, v := range []*access.Viewer{visitor, member} {
			if _, err := s.SaveMoved(ctx, v, "/a /about"); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else: %v", err)
			}
			if _, err := s.Addresses(ctx, v, "", 9); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else looks: %v", err)
			}
			if err := s.DropMoved(ctx, v, []string{"/a"}); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else removes: %v", err)
			}
		}
		if s.goes(t, "/a") != "" {
			t.Error("nothing leads on yet")
		}
		if n, err := s.SaveMoved(ctx, ana, "/a /about\n/x //evil.example\n/a?p=1 /groups\n/gone /pages/x"); err != nil || n != 3 {
			t.Fatalf("%d, %v", n, err)
		}
		if _, err := s.SaveMoved(ctx, ana, "/x //evil.example"); !fault.Is(err, fault.Invalid) {
			t.Errorf("no line is right: %v", err)
		}
		for from, want := range map[string]string{"/a": "/about", "/a/": "/about", "/a?p=2": "/about", "/a?p=1": "/groups", "/a/?p=1": "/groups", "/A": "", "/b": "", "/x": "", "/gone": "/pages/x"} {
			if got := s.goes(t, from); got != want {
				t.Errorf("%s leads to %q, want %q", from, got, want)
			}
		}
		standsAt["/pages/x"] = false
		if got := s.goes(t, "/gone"); got != "" {
			t.Errorf("where nothing stands any more: %q", got)
		}
		standsAt["/pages/x"] = true
		if err := s.count(ctx); err != nil {
			t.Fatal(err)
		}
		now = now.Add(40 * aDay)
		s.goes(t, "/a")
		ms, err := s.Addresses(ctx, ana, "", 9)
		if err != nil || len(ms) != 3 || ms[0].Old != "/a" || ms[0].Month != 1 || ms[0].Year != 4 || ms[1].Year != 2 {
			t.Errorf("%+v, %v", ms, err)
		}
		now = now.Add(2 * followedFor)
		if err := s.round(ctx); err != nil { // also when none was followed since
			t.Fatal(err)
		}
		if n, err := db.One(ctx, s.db, func(scan db.Scan) (n int, err error) { return n, scan(&n) }, `SELECT count(*) FROM page_followed`); err != nil || n != 0 {
			t.Errorf("%d days are kept, %v", n, err)
		}
		if err := s.DropMoved(ctx, ben, []string{"/a"}); err != nil || s.goes(t, "/a") != "" || s.goes(t, "/a?p=1") != "/groups" {
			t.Errorf("removed: %v", err)
		}
		if ms, _ := s.Addresses(ctx, ana, "/a?p=1", 9); len(ms) != 1 {
			t.Errorf("after one: %+v", ms)
		}
	})
}
