package faults

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"withus.example/platform/db/dbtest"
)

// alone is a server on SQLite, for what never reaches the database.
func alone(t *testing.T) *server {
	t.Helper()
	t.Parallel()
	return start(t, at(t, dbtest.SQLite(t, example)), "serve")
}

// G2: clients that send too slowly are cut off, however many; others are served
// all the while.
func TestSlowClients(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until slow clients are cut off")
	}
	s := alone(t)
	var wg sync.WaitGroup
	cut := func(name string, begin string, bit string, at time.Duration) {
		wg.Go(func() {
			c := dial(t, s)
			io.WriteString(c, begin)
			begun := time.Now()
			// What the server answers at the end, if anything, until it hangs up.
			gone := make(chan string)
			go func() {
				c.SetReadDeadline(time.Now().Add(at + 15*time.Second))
				b, err := io.ReadAll(c)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					b = []byte("it never hung up")
				}
				gone <- string(b)
			}()
			for {
				select {
				case answer := <-gone:
					if took := time.Since(begun); took < at-time.Second || took > at+10*time.Second || answer == "it never hung up" {
						t.Errorf("%s: after %v: %.200s", name, took, answer)
					}
					if goWords.MatchString(answer) {
						t.Errorf("%s: it speaks Go: %s", name, answer)
					}
					return
				case <-time.After(200 * time.Millisecond):
					io.WriteString(c, bit) // an error here is the end, which is told above
				}
			}
		})
	}
	const form = "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\n\r\n"
	for range 100 {
		cut("headers byte by byte", "GET / HTTP/1.1\r\nHost: x\r\n", "a", 5*time.Second)
	}
	for range 50 {
		cut("a body byte by byte", form+"email=", "a", 20*time.Second)
		cut("a body that never comes", form, "", 20*time.Second)
		cut("a body in pieces that never end", "PUT /api/v1/groups/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n{\r\n", 20*time.Second)
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	slowest, n := time.Duration(0), 0
	for v := s.visitor(); ; n++ {
		begun := time.Now()
		if status, body := v.get("/groups"); status != http.StatusOK {
			t.Fatalf("others get status %d: %s", status, body)
		}
		slowest = max(slowest, time.Since(begun))
		select {
		case <-done:
			if slowest > 5*time.Second || n < 50 {
				t.Errorf("others were served %d times, one waited %v", n, slowest)
			}
			s.stop()
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// G1: everything has a size it may not pass, and what does is told so in plain
// words.
func TestTooMuch(t *testing.T) {
	s := alone(t)
	organiser := s.as("organiser")
	slug := run(t, organiser)[0]
	long := strings.Repeat("x", 300<<10)
	for _, c := range []struct {
		name, method, path, kind, body string
		header                         string
		status                         []int
		shows                          string
	}{
		{"a huge header", "GET", "/groups", "", "", strings.Repeat("x", 64<<10), []int{431}, ""},
		{"a form over its size", "POST", "/groups/" + slug + "/edit", "application/x-www-form-urlencoded", "about=" + long, "", []int{413}, "This is too big"},
		{"a form without an account", "POST", "/sign-in", "application/x-www-form-urlencoded", "email=" + long, "", []int{413}, "This is too big"},
		{"very many fields", "POST", "/groups/" + slug + "/edit", "application/x-www-form-urlencoded", strings.Repeat("for=a&", 2000), "", []int{413}, "This is too big"},
		{"JSON over its size", "PUT", "/api/v1/groups/" + slug, "application/json", `{"about":"` + long + `"}`, "", []int{413, 422}, "title"},
		{"deep JSON", "PUT", "/api/v1/groups/" + slug, "application/json", strings.Repeat(`{"a":`, 12000), "", []int{400, 422}, "title"},
		{"deep JSON that ends", "PUT", "/api/v1/groups/" + slug, "application/json", strings.Repeat(`[`, 30000) + strings.Repeat(`]`, 30000), "", []int{400, 422}, "title"},
		{"broken JSON", "PUT", "/api/v1/groups/" + slug, "application/json", `{"about": nope}`, "", []int{400, 422}, "title"},
		{"JSON of another shape", "PUT", "/api/v1/groups/" + slug, "application/json", `{"since": "x", "name": 4, "open": [], "revision": 99999999999999999999}`, "", []int{400, 422}, "title"},
		{"a query of 5000 characters", "GET", "/groups?q=" + strings.Repeat("x", 5000), "", "", "", []int{413, 414}, "This is too big"},
		{"a query of 5000 characters to a program", "GET", "/api/v1/groups?q=" + strings.Repeat("x", 5000), "", "", "", []int{413, 414, 422}, "title"},
		{"a query of words without end", "GET", "/groups?q=" + strings.Repeat("a+", 2000), "", "", "", []int{200}, ""},
		{"search operators", "GET", "/groups?q=" + `%22*%28NEAR%3A%29+OR+AND%27%5C%00%26%7C%21%3C-%3E`, "", "", "", []int{200}, ""},
		{"a path that is too long", "GET", "/groups/" + strings.Repeat("x", 3000), "", "", "", []int{413, 414}, "This is too big"},
		{"a page mark that is none", "GET", "/groups?page=%00%ff%3Cscript%3E", "", "", "", []int{200, 404, 422}, ""},
		{"revisions that are none", "GET", "/groups/" + slug + "/history?before=-99999999999999999999", "", "", "", []int{200, 404}, ""},
		{"several parts", "POST", "/groups/" + slug + "/edit", "multipart/form-data; boundary=x", "--x\r\n" + long, "", []int{413, 422}, ""},
		{"no such method", "PATCH", "/groups", "", "", "", []int{405}, "This page can"},
		{"bytes that are no text", "GET", "/groups/%ff%fe%00", "", "", "", []int{404}, "There is nothing here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequest(c.method, s.url+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			if c.header != "" {
				r.Header.Set("X-Long", c.header)
			}
			res, err := organiser.http.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			ok := false
			for _, want := range c.status {
				ok = ok || res.StatusCode == want
			}
			if !ok || !strings.Contains(string(body), c.shows) {
				t.Errorf("status %d: %.500s", res.StatusCode, body)
			}
			if found := goWords.Find(body); found != nil {
				t.Errorf("it speaks Go (%q): %.500s", found, body)
			}
		})
	}
	// What is no HTTP at all.
	for _, raw := range []string{"\x16\x03\x01\x02\x00\x01", "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n", "BREW / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c: d\r\n\r\n" + strings.Repeat("x", 10)} {
		c := dial(t, s)
		io.WriteString(c, raw)
		if w, ok := c.(*net.TCPConn); ok {
			w.CloseWrite()
		}
		c.SetReadDeadline(time.Now().Add(patience))
		b, err := io.ReadAll(c)
		if err != nil && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%q: %v", raw, err)
		}
		if goWords.Match(b) {
			t.Errorf("%q: it speaks Go: %s", raw, b)
		}
	}
	// Many requests on one connection, the bodies of refused ones left unread.
	c := dial(t, s)
	in := bufio.NewReader(c)
	for i := range 3 {
		fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
		res, err := http.ReadResponse(in, nil)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("number %d: %v, %v", i, res, err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	if bytes.Contains([]byte(s.log.String()), []byte("panicked")) {
		t.Errorf("the log: %s", s.log)
	}
	s.stop()
}
