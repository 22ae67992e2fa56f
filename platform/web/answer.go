package web

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"withus.example/platform/ui"
)

// Answer is what a handler gives back: a page, a file, or a way to go.
type Answer struct {
	Status int             // 0: 200
	Page   templ.Component // a page

	Type   string                     // or a file: its media type,
	Name   string                     // the name it is saved under (empty: shown in place),
	Stream func(w io.Writer) error    // and its bytes
	To     string                     // or an address to go to
	Until  time.Time                  // a kept page is true until then at the latest; zero: until something changes
	head   []struct{ name, v string } // further headers
}

// Show answers with a page.
func Show(c templ.Component) (*Answer, error) { return &Answer{Page: c}, nil }

// Picture answers with a picture of ours, and closes it. Nothing in it can run.
func Picture(file io.ReadCloser) *Answer {
	a := &Answer{Type: "image/jpeg", Stream: func(w io.Writer) error {
		defer file.Close()
		_, err := io.Copy(w, file)
		return err
	}}
	return a.Header("Content-Security-Policy", "default-src 'none'; sandbox")
}

// Header adds a header to the answer.
func (a *Answer) Header(name, v string) *Answer {
	a.head = append(a.head, struct{ name, v string }{name, v})
	return a
}

// made is an answer put into bytes.
type made struct {
	status int
	head   http.Header
	body   []byte
	buf    *bytes.Buffer // that body stands in, until it is written or kept
}

// header are the status and headers of an answer.
func (a *Answer) header() (int, http.Header) {
	h := http.Header{}
	for _, x := range a.head {
		h.Set(x.name, x.v)
	}
	switch {
	case a.To != "":
		h.Set("Location", a.To)
		return http.StatusSeeOther, h
	case a.Page != nil:
		h.Set("Content-Type", "text/html; charset=utf-8")
	default:
		h.Set("Content-Type", a.Type)
		if a.Name != "" {
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
		}
	}
	return cmp.Or(a.Status, http.StatusOK), h
}

// make renders all of an answer, so that nothing is sent before it is known to
// be whole.
func (a *Answer) make(ctx context.Context) (m *made, err error) {
	m = &made{}
	m.status, m.head = a.header()
	if a.To != "" {
		return m, nil
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	if a.Page != nil {
		err = a.Page.Render(ctx, buf)
	} else {
		err = a.Stream(buf)
	}
	m.body, m.buf = buf.Bytes(), buf
	return m, err
}

// keep moves the body to where it can stay.
func (m *made) keep() {
	m.body = bytes.Clone(m.body)
	m.free()
}

// free gives the buffer to the next page.
func (m *made) free() {
	if m.buf != nil && m.buf.Cap() < 1<<20 { // one long page should not be paid for ever after
		buffers.Put(m.buf)
	}
	m.buf = nil
}

// send sends a file as it is written, however long. If that breaks off, so does
// the connection: a file that looks whole must be.
func (a *Answer) send(w http.ResponseWriter, r *http.Request) {
	status, head := a.header()
	m := &made{status: status, head: head}
	z := m.open(w, r, !strings.HasPrefix(a.Type, "image/")) // those are squeezed already
	err := a.Stream(z)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// smallest is from how many bytes on squeezing gains anything.
const smallest = 1000

// write sends an answer made for one reader, squeezed fast, and is done with it.
func (m *made) write(w http.ResponseWriter, r *http.Request) {
	z := m.open(w, r, len(m.body) >= smallest)
	z.Write(m.body) // an error here is a reader who left
	z.Close()
	m.free()
}

// open sends what comes before the body, and gives what takes it: squeezed
// where that is worth it and the reader knows how.
func (m *made) open(w http.ResponseWriter, r *http.Request, squeeze bool) io.WriteCloser {
	h := w.Header()
	for k, v := range m.head {
		h[k] = v
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	if h.Get("Vary") == "" {
		h.Set("Vary", "Accept-Encoding")
	}
	if !squeeze || !ui.Accepts(r, "gzip") {
		w.WriteHeader(m.status)
		return unsqueezed{w}
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(m.status)
	z := gzips.Get().(*gzip.Writer)
	z.Reset(w)
	return &squeezed{z}
}

type unsqueezed struct{ io.Writer }

func (unsqueezed) Close() error { return nil }

// squeezed gives its writer back when it is closed.
type squeezed struct{ *gzip.Writer }

func (s *squeezed) Close() error {
	err := s.Writer.Close()
	gzips.Put(s.Writer)
	return err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, 1) // a page for one reader is sent once: 2 would save a fiftieth of the bytes for a sixth more work
	return z
}}
