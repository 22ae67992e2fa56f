package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests by route, never by path: which pages somebody read
// is nobody's business.
type Metrics struct {
	reg     *prometheus.Registry
	seconds *prometheus.HistogramVec
}

func newMetrics() *Metrics {
	m := &Metrics{reg: prometheus.NewRegistry(), seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "withus_http_request_seconds", Help: "Time to answer, in seconds, by route and status.",
		Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
	}, []string{"route", "status"})}
	m.reg.MustRegister(m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) saw(r *http.Request, status int, d time.Duration) {
	m.seconds.WithLabelValues(r.Pattern, strconv.Itoa(status)).Observe(d.Seconds())
}

// Handler serves them in Prometheus' format, on an address of its own.
func (m *Metrics) Handler() http.Handler { return promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{}) }
