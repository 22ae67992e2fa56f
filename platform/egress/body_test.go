package egress_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"withus.example/platform/egress"
	"withus.example/platform/fault"
)

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBodiesE4(t *testing.T) {
	const limit = 100_000
	full := bytes.Repeat([]byte("x"), limit)
	noise := make([]byte, limit) // does not compress
	for i, r := 0, uint32(1); i < limit; i++ {
		r = r*1664525 + 1013904223
		noise[i] = byte(r >> 24)
	}
	bomb := gzipped(t, make([]byte, 64<<20))
	empty := gzipped(t, nil)

	var encoding string
	var body []byte
	var stream func(http.ResponseWriter)
	s := newStreet()
	s.policy.MaxBody = limit
	port := s.house(t, serve(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("Accept-Encoding %q", r.Header.Get("Accept-Encoding"))
		}
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		if stream != nil {
			stream(w)
			return
		}
		w.Write(body)
	}))
	s.names["a.example"] = []string{"127.0.0.1"}

	for _, x := range []struct {
		name, encoding string
		body           []byte
		stream         func(http.ResponseWriter)
		want           []byte
		large          bool // want ErrTooLarge
		bad            bool // want another error
	}{
		{name: "nothing"},
		{name: "small", body: []byte("x"), want: []byte("x")},
		{name: "as large as allowed", body: full, want: full},
		{name: "one over", body: append([]byte("y"), full...), large: true},
		{name: "endless", stream: func(w http.ResponseWriter) {
			for _, err := w.Write(full); err == nil; _, err = w.Write(full) {
			}
		}, large: true},
		{name: "cut off", stream: func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "10")
			w.Write([]byte("half"))
		}, bad: true},
		{name: "gzip", encoding: "gzip", body: gzipped(t, full), want: full},
		{name: "x-gzip", encoding: "X-GZIP", body: gzipped(t, []byte("x")), want: []byte("x")},
		{name: "gzip of noise", encoding: "gzip", body: gzipped(t, noise), want: noise},
		{name: "gzip of nothing", encoding: "gzip", body: empty},
		{name: "gzip, no body", encoding: "gzip"},
		{name: "gzip in members", encoding: "gzip", body: append(gzipped(t, []byte("a")), gzipped(t, []byte("b"))...), want: []byte("ab")},
		{name: "gzip, one over", encoding: "gzip", body: gzipped(t, append([]byte("y"), full...)), large: true},
		{name: "gzip bomb", encoding: "gzip", body: bomb, large: true},
		{name: "gzip of nothing, for ever", encoding: "gzip", stream: func(w http.ResponseWriter) {
			for _, err := w.Write(empty); err == nil; _, err = w.Write(empty) {
			}
		}, large: true},
		{name: "gzip cut off", encoding: "gzip", body: gzipped(t, full)[:60], bad: true},
		{name: "gzip that isn't", encoding: "gzip", body: []byte("plain words, not gzip"), bad: true},
		{name: "gzip with a tail", encoding: "gzip", body: append(gzipped(t, []byte("a")), "tail"...), bad: true},
		{name: "gzip in gzip", encoding: "gzip, gzip", body: gzipped(t, gzipped(t, full)), bad: true},
		{name: "not asked for", encoding: "br", body: []byte("x"), bad: true},
	} {
		encoding, body, stream = x.encoding, x.body, x.stream
		resp, err := s.client().Get(t.Context(), at("a.example", port, "/"))
		switch {
		case x.large || x.bad:
			if err == nil || errors.Is(err, egress.ErrTooLarge) != x.large || resp != nil {
				t.Errorf("%s: %v %v", x.name, resp, err)
			}
		case err != nil:
			t.Errorf("%s: %v", x.name, err)
		case !bytes.Equal(resp.Body, x.want):
			t.Errorf("%s: %d bytes, want %d", x.name, len(resp.Body), len(x.want))
		case resp.Header.Get("Content-Encoding") != "":
			t.Errorf("%s: still says %s", x.name, resp.Header.Get("Content-Encoding"))
		}
	}

	encoding, body, stream = "gzip", nil, nil
	resp, err := s.client().Do(t.Context(), egress.Request{Method: "HEAD", URL: at("a.example", port, "/")})
	if err != nil || len(resp.Body) != 0 {
		t.Errorf("HEAD: %v %v", resp, err)
	}
}

// rawServer answers every connection with what talk writes, until the client
// goes away.
func rawServer(t *testing.T, talk func(io.Writer)) *httptest.Server {
	srv := httptest.NewUnstartedServer(nil)
	l := srv.Listener
	t.Cleanup(func() { l.Close() })
	srv.URL = "http://" + l.Addr().String()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					talk(conn)
				}
			}()
		}
	}()
	return srv
}

// until writes what it is given over and over, with a pause, and ends when
// nobody listens any more.
func until(w io.Writer, pause time.Duration, s func(n int) string) {
	for n := 0; ; n++ {
		if _, err := io.WriteString(w, s(n)); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

func TestSlowServersE4(t *testing.T) {
	for _, x := range []struct {
		name string
		talk func(io.Writer)
	}{
		{"never answers", func(w io.Writer) { io.Copy(io.Discard, w.(net.Conn)) }},
		{"slow headers", func(w io.Writer) {
			io.WriteString(w, "HTTP/1.1 200 OK\r\n")
			until(w, 5*time.Millisecond, func(int) string { return "x" })
		}},
		{"slow body", func(w io.Writer) {
			io.WriteString(w, "HTTP/1.1 200 OK\r\n\r\n")
			until(w, 5*time.Millisecond, func(int) string { return "x" })
		}},
		{"slow chunks", func(w io.Writer) {
			io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			until(w, 5*time.Millisecond, func(int) string { return "1\r\nx\r\n" })
		}},
		{"redirects slowly, to itself", func(w io.Writer) {
			time.Sleep(80 * time.Millisecond)
			io.WriteString(w, "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
		}},
	} {
		s := newStreet()
		s.policy.Time = 200 * time.Millisecond
		port := s.house(t, rawServer(t, x.talk))
		s.names["a.example"] = []string{"127.0.0.1"}
		start := time.Now()
		_, err := s.client().Get(t.Context(), at("a.example", port, "/"))
		if !errors.Is(err, context.DeadlineExceeded) || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want out of time", x.name, err)
		}
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("%s: took %s", x.name, d)
		}

		// The caller's own end is the caller's, not the server's fault.
		s.policy.Time = time.Minute
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err = s.client().Get(ctx, at("a.example", port, "/"))
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || !fault.Is(err, fault.Internal) {
			t.Errorf("%s, caller gone: %v", x.name, err)
		}
	}
}

func TestHeaderCapE4(t *testing.T) {
	size := 0
	s := newStreet()
	port := s.house(t, serve(func(w http.ResponseWriter, r *http.Request) {
		for n := range size / 1000 {
			w.Header().Set(fmt.Sprintf("X-%d", n), strings.Repeat("y", 1000))
		}
	}))
	s.names["a.example"] = []string{"127.0.0.1"}
	for _, x := range []struct {
		cap  int64
		size int
		ok   bool
	}{{0, 50_000, true}, {0, 100_000, false}, {10_000, 5_000, true}, {10_000, 20_000, false}} {
		s.policy.MaxHeader, size = x.cap, x.size
		_, err := s.client().Get(t.Context(), at("a.example", port, "/"))
		if (err == nil) != x.ok {
			t.Errorf("headers of %d bytes under a cap of %d: %v", x.size, x.cap, err)
		}
	}
}

func TestHeaderFloodsE4(t *testing.T) {
	for _, x := range []struct {
		name string
		talk func(io.Writer)
	}{
		{"many", func(w io.Writer) {
			io.WriteString(w, "HTTP/1.1 200 OK\r\n")
			until(w, 0, func(n int) string { return fmt.Sprintf("X-%d: %s\r\n", n, strings.Repeat("y", 100)) })
		}},
		{"one long", func(w io.Writer) {
			io.WriteString(w, "HTTP/1.1 200 OK\r\nX: ")
			until(w, 0, func(int) string { return strings.Repeat("y", 1000) })
		}},
		{"long status", func(w io.Writer) {
			until(w, 0, func(int) string { return "HTTP/1.1 200 " + strings.Repeat("y", 1000) })
		}},
		{"early hints", func(w io.Writer) {
			until(w, 0, func(int) string { return "HTTP/1.1 103 Early Hints\r\nX: " + strings.Repeat("y", 1000) + "\r\n\r\n" })
		}},
		{"trailers", func(w io.Writer) {
			io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\nx\r\n0\r\n")
			until(w, 0, func(int) string { return "X: " + strings.Repeat("y", 1000) + "\r\n" })
		}},
	} {
		s := newStreet()
		s.policy.Time = 20 * time.Second
		port := s.house(t, rawServer(t, x.talk))
		s.names["a.example"] = []string{"127.0.0.1"}
		start := time.Now()
		_, err := s.client().Get(t.Context(), at("a.example", port, "/"))
		if err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want cut off at the cap", x.name, err)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: took %s", x.name, d)
		}
	}
}
