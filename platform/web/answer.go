package web

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
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

// Go answers with an address to go to.
func Go(to string) (*Answer, error) { return &Answer{To: to}, nil }

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
}

// make renders all of an answer, so that nothing is sent before it is known to
// be whole.
func (a *Answer) make(ctx context.Context) (*made, error) {
	m := &made{status: a.Status, head: http.Header{}}
	if m.status == 0 {
		m.status = http.StatusOK
	}
	for _, h := range a.head {
		m.head.Set(h.name, h.v)
	}
	if a.To != "" {
		m.status = http.StatusSeeOther
		m.head.Set("Location", a.To)
		return m, nil
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	var err error
	if a.Page != nil {
		m.head.Set("Content-Type", "text/html; charset=utf-8")
		err = a.Page.Render(ctx, buf)
	} else {
		m.head.Set("Content-Type", a.Type)
		if a.Name != "" {
			m.head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
		}
		err = a.Stream(buf)
	}
	m.body = bytes.Clone(buf.Bytes())
	return m, err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// write sends an answer made for one reader, squeezed fast.
func (m *made) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for k, v := range m.head {
		h[k] = v
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	h.Add("Vary", "Accept-Encoding")
	if len(m.body) < 1000 || !accepts(r, "gzip") {
		w.WriteHeader(m.status)
		w.Write(m.body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(m.status)
	z := gzips.Get().(*gzip.Writer)
	defer gzips.Put(z)
	z.Reset(w)
	z.Write(m.body)
	z.Close()
}

var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, 2) // twice as fast as the standard library's 3, and as small
	return z
}}

// accepts says whether the reader takes an encoding.
func accepts(r *http.Request, enc string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), enc) {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}
