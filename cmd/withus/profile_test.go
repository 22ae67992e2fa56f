package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whoever looks for what is slow gets what Go's tools read.
func TestProfiles(t *testing.T) {
	mux := http.NewServeMux()
	addProfiles(mux)
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/debug/pprof/"+path, nil))
		return w.Code, w.Body.String()
	}
	const packed = "\x1f\x8b"
	for path, begins := range map[string]string{
		"": "profile?seconds=30\n", "heap?debug=1": "heap profile:", "goroutine": packed, "profile?seconds=0.01": packed, "trace?seconds=0.01": "go 1.",
	} {
		if code, body := get(path); code != http.StatusOK || !strings.HasPrefix(body, begins) {
			t.Errorf("%q: %d, %.60q", path, code, body)
		}
	}
	if code, _ := get("nothing"); code != http.StatusNotFound {
		t.Errorf("what is not there: %d", code)
	}
	_, list := get("")
	for _, path := range strings.Fields(list)[2:] {
		if code, _ := get(path); code != http.StatusOK {
			t.Errorf("%q is listed: %d", path, code)
		}
	}
}
