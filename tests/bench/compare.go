package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"time"
)

// sample is what one round gives: microseconds of CPU a request and requests a
// second, of the bare handler and of ours.
type sample struct{ cpuBare, cpuOurs, rateBare, rateOurs float64 }

// compare runs the bare handler and ours in turn and prints the medians.
func compare(ctx context.Context, m measure) error {
	each := time.Duration(*seconds * float64(time.Second))
	times, rounds := 1, *rounds
	if m.words { // many words, each once and shortly
		times, rounds, each = *words, 1, each/4
	}
	var all []sample
	for range times {
		one := m
		if m.words {
			word := m.path()
			one.path = func() string { return word }
		}
		got, err := pair(ctx, one, rounds, each)
		if err != nil {
			return err
		}
		all = append(all, got...)
	}
	var cpuBare, cpuOurs, ratios, rates []float64
	for _, s := range all {
		cpuBare, cpuOurs = append(cpuBare, s.cpuBare), append(cpuOurs, s.cpuOurs)
		ratios, rates = append(ratios, s.cpuOurs/s.cpuBare), append(rates, s.rateOurs/s.rateBare)
	}
	says := fmt.Sprintf("at most %g times the CPU", m.budget)
	ok := median(ratios) <= m.budget
	if m.budget == 0 {
		says, ok = "at least half the rate", median(rates) >= 0.5
	}
	if !ok {
		says += "  OVER"
	}
	fmt.Printf("%-28s %9.1f %9.1f %11.2fx %9.2fx (%.2f..%.2f)  %s\n", m.name, median(cpuBare), median(cpuOurs), median(ratios), median(rates), slices.Min(rates), slices.Max(rates), says)
	return nil
}

// pair measures both, in turn, with the same bytes.
func pair(ctx context.Context, m measure, rounds int, each time.Duration) (out []sample, err error) {
	body, kind, err := fetch(m.server.url+m.path(), m.cookie)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "bare")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	if _, err := file.Write(body); err != nil {
		return nil, err
	}
	file.Close()
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	plain, err := startBare(ctx, self, file.Name(), kind)
	if err != nil {
		return nil, err
	}
	defer plain.stop()
	for _, p := range []*process{plain, m.server} { // unmeasured
		if _, _, err := load(p, m, each/4); err != nil {
			return nil, err
		}
	}
	for range rounds {
		var s sample
		if s.cpuBare, s.rateBare, err = load(plain, m, each); err != nil {
			return nil, err
		}
		if s.cpuOurs, s.rateOurs, err = load(m.server, m, each); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// load asks for pages for a while and gives the server's CPU time a request,
// in microseconds, and the requests a second.
func load(p *process, m measure, d time.Duration) (cpu, rate float64, err error) {
	done := make(chan error, *conns)
	counts := make(chan int, *conns)
	before, begun := p.cpu(), time.Now()
	for range *conns {
		go func() {
			n, err := client(p, m, begun.Add(d))
			counts <- n
			done <- err
		}()
	}
	total := 0
	for range *conns {
		total += <-counts
		err = errors.Join(err, <-done)
	}
	if total == 0 {
		return 0, 0, errors.Join(err, errors.New("no answers"))
	}
	took := time.Since(begun).Seconds()
	return (p.cpu() - before).Seconds() * 1e6 / float64(total), float64(total) / took, err
}

// client is one connection that asks again and again.
func client(p *process, m measure, until time.Time) (n int, err error) {
	c, err := p.dial()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	in := bufio.NewReaderSize(c, 64<<10)
	cookie := ""
	if m.cookie != "" {
		cookie = "Cookie: " + m.cookie + "\r\n"
	}
	for time.Now().Before(until) {
		if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n%s\r\n", m.path(), p.host(), cookie); err != nil {
			return n, err
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return n, err
		}
		_, err = io.Copy(io.Discard, res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			return n, fmt.Errorf("%s: %s, %w", m.path(), res.Status, err)
		}
		n++
	}
	return n, nil
}
