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
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"

	"withus.example/platform/i18n"
	"withus.example/platform/ui"
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

// page is the place of one kept page.
type page struct {
	key   string
	place *list.Element
	size  int // counted while under kept.mu

	mu  sync.Mutex // held while the page is made: one at a time per key
	now atomic.Pointer[edition]
}

// edition is a page as it was made once. Its squeezed form is made when first
// asked for.
type edition struct {
	*made
	stamp    int64
	until    time.Time
	tag      string
	asked    atomic.Int64 // how often it was sent
	gzip     func() []byte
	squeezed atomic.Int64 // bytes that holds
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

// weigh counts what a page holds, now that e is what stands there.
func (k *kept) weigh(p *page, e *edition) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pages[p.key] != p || p.now.Load() != e {
		return // let go of, or made anew, meanwhile
	}
	k.size -= p.size
	p.size = overhead + len(p.key) + len(e.body) + int(e.squeezed.Load())
	k.size += p.size
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
	e, err := s.kept.current(rt.key(hr, s.lang(w, hr)), stamp, func() (*made, time.Time, error) { return build(s.visitor(w, hr, rt)) })
	if err != nil {
		s.fail(w, hr, nil, err)
		return
	}
	h := w.Header()
	for name, v := range e.head {
		h[name] = v
	}
	h["Cache-Control"] = revalidateHeader
	h["Vary"] = varyHeader
	h.Set("ETag", e.tag)
	if e.status == http.StatusOK && strings.Contains(hr.Header.Get("If-None-Match"), e.tag) {
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	// Squeezing well is worth it for a page that is asked for again, not for
	// one of a million searches.
	again := e.asked.Add(1) > 1
	body := e.body
	switch {
	case len(body) < smallest:
	case again && ui.Accepts(hr, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = e.gzip()
	case !again:
		e.write(w, hr)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.status)
	w.Write(body)
}

var (
	revalidateHeader = []string{"no-cache"}
	varyHeader       = []string{"Accept-Encoding, Accept-Language, Cookie"}
)

// current gives the page of a key as it is under a stamp, making it if need be.
// A page that can't be made leaves its place to the next one who tries.
func (k *kept) current(key string, stamp int64, build func() (*made, time.Time, error)) (*edition, error) {
	p := k.page(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.now.Load()
	if old != nil && old.stamp == stamp && (old.until.IsZero() || time.Now().Before(old.until)) {
		return old, nil
	}
	m, until, err := build()
	if err != nil {
		if old == nil {
			k.drop(p)
		}
		return nil, err
	}
	sum := sha256.Sum256(m.body)
	e := &edition{made: m, stamp: stamp, until: until, tag: `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	e.gzip = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
		z.Write(m.body)                                       // a buffer takes everything
		z.Close()
		e.squeezed.Add(int64(b.Len()))
		k.weigh(p, e)
		return b.Bytes()
	})
	p.now.Store(e)
	k.weigh(p, e)
	return e, nil
}
