package web

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"

	"withus.example/platform/i18n"
)

// kept is the pages made for visitors, kept while the counters of the rooms
// they were made from stand. A key is a path, its canonical query and the
// language; there is no way for anything else to enter a page.
type kept struct {
	mu    sync.Mutex
	pages map[string]*page
	order *list.List // least recently asked for last
	size  int
	most  int
}

// page is one kept page.
type page struct {
	key   string
	place *list.Element
	size  int // counted while under kept.mu

	mu    sync.Mutex // held while the page is made: one at a time per key
	stamp int64
	until time.Time
	made  *made
	tag   string
	asked int // how often it was sent since it was made
	gzip  []byte
	br    []byte
}

func newKept(most int) *kept {
	return &kept{pages: map[string]*page{}, order: list.New(), most: most}
}

// overhead is about what a page costs beside its bytes.
const overhead = 600

// page gives the place of a key, making room for it.
func (k *kept) page(key string) *page {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.pages[key]; p != nil {
		k.order.MoveToFront(p.place)
		return p
	}
	p := &page{key: key}
	p.place = k.order.PushFront(p)
	k.pages[key] = p
	return p
}

// weigh counts what a page holds now, and lets go of the ones nobody asked for
// longest until all fit.
func (k *kept) weigh(p *page, size int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pages[p.key] != p {
		return // let go of meanwhile
	}
	k.size += size - p.size
	p.size = size
	for k.size > k.most && k.order.Len() > 0 {
		old := k.order.Remove(k.order.Back()).(*page)
		delete(k.pages, old.key)
		k.size -= old.size
	}
}

// key is what tells one kept page from another.
func (rt *Route) key(r *http.Request, l *i18n.Lang) string {
	if r.URL.RawQuery == "" || len(rt.Query) == 0 {
		return l.Code + r.URL.Path
	}
	all, q := r.URL.Query(), url.Values{}
	for _, name := range rt.Query {
		if v := all[name]; len(v) > 0 {
			q[name] = v
		}
	}
	return l.Code + r.URL.Path + "?" + q.Encode()
}

// serveKept answers a visitor from what is kept, or makes it.
func (s *Server) serveKept(w http.ResponseWriter, hr *http.Request, rt *Route, build func(*Request) (*made, time.Time, error)) {
	// The stamp comes before the data: made from newer data under an older
	// stamp, a page is made again; the other way round it would stay wrong.
	stamp, err := s.DB.Stamp(hr.Context(), rt.Rooms...)
	if err != nil {
		s.fail(w, hr, nil, err)
		return
	}
	p := s.kept.page(rt.key(hr, s.lang(w, hr)))
	p.mu.Lock()
	if p.made == nil || p.stamp != stamp || !p.until.IsZero() && time.Now().After(p.until) {
		m, until, err := build(s.visitor(w, hr, rt))
		if err != nil {
			p.mu.Unlock()
			s.fail(w, hr, nil, err)
			return
		}
		sum := sha256.Sum256(m.body)
		p.made, p.stamp, p.until, p.asked, p.gzip, p.br = m, stamp, until, 0, nil, nil
		p.tag = `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		s.kept.weigh(p, overhead+len(p.key)+len(m.body))
	}
	p.asked++
	m, tag := p.made, p.tag
	body, enc := p.squeezed(s.kept, hr)
	first := p.asked == 1
	p.mu.Unlock()

	h := w.Header()
	for name, v := range m.head {
		h[name] = v
	}
	h["Cache-Control"] = revalidateHeader
	h["Vary"] = varyHeader
	h.Set("ETag", tag)
	if m.status == http.StatusOK && strings.Contains(hr.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if body == nil && first && accepts(hr, "gzip") && len(m.body) >= 1000 {
		h.Set("Content-Encoding", "gzip")
		w.WriteHeader(m.status)
		z := gzips.Get().(*gzip.Writer)
		defer gzips.Put(z)
		z.Reset(w)
		z.Write(m.body)
		z.Close()
		return
	}
	if body == nil {
		body = m.body
	}
	if enc != "" {
		h.Set("Content-Encoding", enc)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(m.status)
	w.Write(body)
}

var (
	revalidateHeader = []string{"no-cache"}
	varyHeader       = []string{"Accept-Encoding, Accept-Language, Cookie"}
)

// squeezed gives the page as small as the reader takes it. Squeezing well is
// worth it for a page that is asked for again, not for one of a million
// searches: until then nil is given.
func (p *page) squeezed(k *kept, r *http.Request) (body []byte, enc string) {
	if p.asked < 2 || len(p.made.body) < 1000 {
		return nil, ""
	}
	if accepts(r, "br") {
		if p.br == nil {
			var b bytes.Buffer
			z := brotli.NewWriterLevel(&b, 5)
			z.Write(p.made.body)
			z.Close()
			p.br = b.Bytes()
			k.weigh(p, p.weight())
		}
		return p.br, "br"
	}
	if accepts(r, "gzip") {
		if p.gzip == nil {
			var b bytes.Buffer
			z, _ := gzip.NewWriterLevel(&b, 6)
			z.Write(p.made.body)
			z.Close()
			p.gzip = b.Bytes()
			k.weigh(p, p.weight())
		}
		return p.gzip, "gzip"
	}
	return nil, ""
}

func (p *page) weight() int {
	return overhead + len(p.key) + len(p.made.body) + len(p.br) + len(p.gzip)
}
