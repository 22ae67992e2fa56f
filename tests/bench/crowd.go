package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// crowd measures how long the first page takes, asked for a few hundred times a
// second, while nothing else is done and while many people sign in at once by a
// password: each from an address of their own, with one that nobody here has,
// which costs as much as another.
func crowd(ctx context.Context, p *process) error {
	const people, pace = 200, 10 * time.Millisecond
	pages := func(ctx context.Context) (out []float64, err error) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				tick := time.NewTicker(pace)
				defer tick.Stop()
				for ctx.Err() == nil {
					<-tick.C
					begun := time.Now()
					_, _, e := fetch(p.url+"/", "")
					took := float64(time.Since(begun).Microseconds()) / 1000
					mu.Lock()
					out, err = append(out, took), errors.Join(err, e)
					mu.Unlock()
				}
			})
		}
		all.Wait()
		return out, err
	}
	p95 := func(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)*95/100] }
	var before, during, ratios, lasted []float64
	for round := range *rounds {
		alone, stop := context.WithTimeout(ctx, time.Duration(*seconds*float64(time.Second)))
		one, err := pages(alone)
		stop()
		if err != nil {
			return err
		}
		meanwhile, done := context.WithCancel(ctx)
		var mu sync.Mutex
		var failed error
		var all sync.WaitGroup
		begun := time.Now()
		for i := range people {
			all.Go(func() {
				if err := knock(p, round, i); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			})
		}
		go func() { all.Wait(); done() }()
		two, err := pages(meanwhile)
		lasted = append(lasted, time.Since(begun).Seconds())
		if err = errors.Join(err, failed); err != nil {
			return err
		}
		before, during, ratios = append(before, p95(one)), append(during, p95(two)), append(ratios, p95(two)/p95(one))
	}
	says := ""
	if median(ratios) > 2 {
		says = "  OVER"
	}
	fmt.Printf("p95 of the first page: %.2f ms alone, %.2f ms while %d people sign in (%.1f s): %.2fx (%.2f..%.2f), budget 2%s\n",
		median(before), median(during), people, median(lasted), median(ratios), slices.Min(ratios), slices.Max(ratios), says)
	return nil
}

// knock tries to sign in, and waits for the answer.
func knock(p *process, round, i int) error {
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(round), byte(i+1))}}
	c := &http.Client{Transport: &http.Transport{DialContext: from.DialContext, DisableKeepAlives: true}}
	form := url.Values{"email": {fmt.Sprintf("nobody%d.%d.%d@withus.example", time.Now().Unix(), round, i)}, "password": {"four words in a row"}}
	res, err := c.Post(p.url+"/sign-in", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusUnprocessableEntity {
		return fmt.Errorf("signing in: %s", res.Status)
	}
	return nil
}
