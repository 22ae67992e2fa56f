package web

import (
	"bytes"
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
	"github.com/klauspost/compress/gzip"

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

// page gives the place of a key, making room for it. It weighs something
// before it is made.
func (k *kept) page(key string) *page {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.pages[key]; p != nil {
		k.order.MoveToFront(p.place)
		return p
	}
	p := &page{key: key, size: overhead + len(key)}
	p.place = k.order.PushFront(p)
	k.pages[key] = p
	k.size += p.size
	k.fit()
	return p
}

// weigh counts what a page holds now.
func (k *kept) weigh(p *page, size int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pages[p.key] != p {
		return // let go of meanwhile
	}
	k.size += size - p.size
	p.size = size
	k.fit()
}

// drop forgets a place nothing came to: there are more addresses that lead
// nowhere than there is memory.
func (k *kept) drop(p *page) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pages[p.key] == p {
		k.order.Remove(p.place)
		delete(k.pages, p.key)
		k.size -= p.size
	}
}

// fit lets go of the pages nobody asked for longest until all fit.
func (k *kept) fit() {
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
	if len(q) == 0 {
		return l.Code + r.URL.Path
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
	m, tag, body, enc, first, err := p.current(s, hr, stamp, func() (*made, time.Time, error) { return build(s.visitor(w, hr, rt)) })
	if err != nil {
		s.fail(w, hr, nil, err)
		return
	}

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
		z := m.open(w, hr, true)
		z.Write(m.body) // an error here is a reader who left
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

// current gives the page as it is under a stamp, making it if need be; first
// says that nobody asked for it since. A page that can't be made, even one that
// panics, leaves its place to the next one who tries.
func (p *page) current(s *Server, hr *http.Request, stamp int64, build func() (*made, time.Time, error)) (m *made, tag string, body []byte, enc string, first bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == nil || p.stamp != stamp || !p.until.IsZero() && time.Now().After(p.until) {
		m, until, err := build()
		if err != nil {
			if p.made == nil {
				s.kept.drop(p)
			}
			return nil, "", nil, "", false, err
		}
		sum := sha256.Sum256(m.body)
		p.made, p.stamp, p.until, p.asked, p.gzip, p.br = m, stamp, until, 0, nil, nil
		p.tag = `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		s.kept.weigh(p, p.weight())
	}
	p.asked++
	body, enc = p.squeezed(s.kept, hr)
	return p.made, p.tag, body, enc, p.asked == 1, nil
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
