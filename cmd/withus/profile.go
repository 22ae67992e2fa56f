package main

import (
	"fmt"
	"net/http"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"time"
)

// addProfiles adds what can be asked of the running program to the inner
// address. net/http/pprof, which reads profiles too, makes the program 0.16
// million bytes bigger.
func addProfiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/{$}", profiles)
	mux.HandleFunc("GET /debug/pprof/{name}", profile)
	mux.HandleFunc("GET /debug/pprof/profile", cpu)
	mux.HandleFunc("GET /debug/pprof/trace", events)
}

// profiles lists what there is.
func profiles(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "profile?seconds=30\ntrace?seconds=1")
	for _, p := range pprof.Profiles() {
		fmt.Fprintf(w, "%s?debug=1\n", p.Name())
	}
}

// profile writes one of them for go tool pprof, and with debug=1 for people.
func profile(w http.ResponseWriter, r *http.Request) {
	p := pprof.Lookup(r.PathValue("name"))
	if p == nil {
		http.NotFound(w, r)
		return
	}
	debug, _ := strconv.Atoi(r.FormValue("debug"))
	p.WriteTo(w, debug)
}

// cpu writes where time goes in the next seconds.
func cpu(w http.ResponseWriter, r *http.Request) {
	if err := pprof.StartCPUProfile(w); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	defer pprof.StopCPUProfile()
	wait(r, 30)
}

// events writes what happens in the next seconds, for go tool trace.
func events(w http.ResponseWriter, r *http.Request) {
	if err := trace.Start(w); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	defer trace.Stop()
	wait(r, 1)
}

// wait lasts as many seconds as a request says, or until nobody listens.
func wait(r *http.Request, seconds float64) {
	if s, err := strconv.ParseFloat(r.FormValue("seconds"), 64); err == nil && s > 0 {
		seconds = min(s, 600)
	}
	select {
	case <-time.After(time.Duration(seconds * float64(time.Second))):
	case <-r.Context().Done():
	}
}
