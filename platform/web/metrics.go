package web

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// Metrics counts requests by route, never by path: which pages somebody read
// is nobody's business.
type Metrics struct {
	set  *metrics.Set
	seen sync.Map // histogram by route and status
}

func newMetrics() *Metrics { return &Metrics{set: metrics.NewSet()} }

// within are the upper bounds of the histogram's buckets, in seconds.
var within = []float64{.001, .005, .02, .1, .5, 2, 10}

// histogram is a Prometheus histogram: the library's own has buckets that
// Prometheus does not read.
type histogram struct {
	buckets []*metrics.Counter
	count   *metrics.Counter
	sum     *metrics.FloatCounter
}

func (m *Metrics) histogram(route string, status int) *histogram {
	labels := fmt.Sprintf(`route=%q,status="%d"`, route, status)
	name := func(suffix, more string) string {
		return "withus_http_request_seconds" + suffix + "{" + labels + more + "}"
	}
	h := &histogram{count: m.set.GetOrCreateCounter(name("_count", "")), sum: m.set.GetOrCreateFloatCounter(name("_sum", ""))}
	for _, most := range within {
		h.buckets = append(h.buckets, m.set.GetOrCreateCounter(name("_bucket", `,le="`+strconv.FormatFloat(most, 'g', -1, 64)+`"`)))
	}
	h.buckets = append(h.buckets, m.set.GetOrCreateCounter(name("_bucket", `,le="+Inf"`)))
	return h
}

func (m *Metrics) saw(r *http.Request, status int, d time.Duration) {
	type key struct {
		route  string
		status int
	}
	h, ok := m.seen.Load(key{r.Pattern, status})
	if !ok {
		h, _ = m.seen.LoadOrStore(key{r.Pattern, status}, m.histogram(r.Pattern, status))
	}
	took := h.(*histogram)
	for i, most := range within {
		if d.Seconds() <= most {
			took.buckets[i].Inc()
		}
	}
	took.buckets[len(within)].Inc()
	took.count.Inc()
	took.sum.Add(d.Seconds())
}

// Handler serves them in Prometheus' format, on an address of its own.
func (m *Metrics) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.set.WritePrometheus(w)
		metrics.WriteProcessMetrics(w)
	})
}
