package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// What is counted is a Prometheus histogram by route and status, and says
// nothing of which page it was.
func TestMetrics(t *testing.T) {
	m := newMetrics()
	for _, d := range []time.Duration{500 * time.Microsecond, 10 * time.Millisecond, time.Minute} {
		r := httptest.NewRequest(http.MethodGet, "/groups/open-door", nil)
		r.Pattern = `GET /groups/{slug}`
		m.saw(r, 200, d)
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	const labels = `{route="GET /groups/{slug}",status="200"`
	for _, want := range []string{
		`withus_http_request_seconds_bucket` + labels + `,le="0.001"} 1`,
		`withus_http_request_seconds_bucket` + labels + `,le="0.02"} 2`,
		`withus_http_request_seconds_bucket` + labels + `,le="10"} 2`,
		`withus_http_request_seconds_bucket` + labels + `,le="+Inf"} 3`,
		`withus_http_request_seconds_count` + labels + `} 3`,
		`withus_http_request_seconds_sum` + labels + `} 60.0105`,
		"\ngo_goroutines ", "\nprocess_resident_memory_bytes ",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is not there", want)
		}
	}
	if strings.Contains(w.Body.String(), "open-door") {
		t.Error("it tells which page was read")
	}
}
