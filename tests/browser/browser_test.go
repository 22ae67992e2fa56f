// Package browser walks through the house in Chromium, as people do: by the
// pointer, by keys alone, with scripts and without, in two languages, on a
// small screen and a wide one, light and dark.
//
// WITHUS_SHOTS=DIR saves a picture of every page and state to look at.
// WITHUS_PICTURES=DIR saves the few that the README shows:
//
//	WITHUS_PICTURES=docs/pictures go test ./tests/browser -run TestPictures
package browser

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/i18n"
	"withus.example/platform/mail"
	"withus.example/platform/web/webtest"
)

// patience is how long anything on a page may take. It is long because the
// machine may be busy with other tests; nothing waits for it in vain.
const patience = 20 * time.Second

// chrome is the one browser of all tests; nil where there is none.
var chrome context.Context

var noChrome = "no Chromium here: make needs installs it"

func TestMain(m *testing.M) {
	os.Exit(func() int {
		bin := ""
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
			if p, err := exec.LookPath(name); err == nil {
				bin = p
				break
			}
		}
		if bin == "" {
			return m.Run()
		}
		dir, err := os.MkdirTemp("", "withus-browser")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		pictures = filepath.Join(dir, "pictures")
		opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.UserDataDir(dir),
			// It asks nobody anything but the test's own servers.
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-domain-reliability", true),
			chromedp.Flag("no-pings", true), chromedp.Flag("dns-prefetch-disable", true), chromedp.Flag("hide-scrollbars", true))
		if os.Getuid() == 0 {
			opts = append(opts, chromedp.NoSandbox)
		}
		ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
		defer cancel()
		ctx, cancel = chromedp.NewContext(ctx)
		defer cancel()
		if err := chromedp.Do(ctx); err != nil { // starts it
			noChrome = fmt.Sprintf("Chromium does not start: %v", err)
			fmt.Fprintln(os.Stderr, noChrome)
			return 1
		}
		chrome = ctx
		code := m.Run()
		stop, end := context.WithTimeout(ctx, 10*time.Second)
		defer end()
		chromedp.Cancel(stop)
		return code
	}())
}

// house is a running demo network.
type house struct {
	*app.App
	t    *testing.T
	url  string
	tray *mail.Tray

	down      atomic.Bool                   // no connection comes to an answer: there is no net
	elsewhere string                        // the harmless page "Leave this site" leads to
	hold      atomic.Pointer[chan struct{}] // what that page waits for, if it is to be slow
}

// demo is the demo network, made once.
var demo = dbtest.Template{Name: "browser", Make: func(ctx context.Context, at dbtest.Place) error {
	a, err := app.Open(ctx, options(at, &mail.Tray{}, "http://127.0.0.1", "http://127.0.0.1"))
	if err != nil {
		return err
	}
	_, err = a.FillDemo(ctx, 1, 67, 120)
	return errors.Join(err, a.Close())
}}

// pictures is the folder of the demo's pictures, for all copies of its database.
var pictures string

func options(at dbtest.Place, tray *mail.Tray, origin, leave string) app.Options {
	return app.Options{
		Store:   conf.Store{Data: at.Dir, Media: pictures},
		Network: conf.Network{Leave: leave}, // the rest is as the demo chose it
		Serving: conf.Serving{URL: origin, PageCache: 16}, Mail: tray, Demo: true,
		Log: slog.New(slog.DiscardHandler),
	}
}

// open opens a demo network of the test's own, with its door on a port.
func open(t *testing.T) *house {
	t.Helper()
	return openAs(t, demo, options)
}

// openAs opens a network of a kind, with its door on a port.
func openAs(t *testing.T, tm dbtest.Template, options func(at dbtest.Place, tray *mail.Tray, origin, leave string) app.Options) *house {
	t.Helper()
	if testing.Short() {
		t.Skip("the browser takes its time: not with -short")
	}
	if chrome == nil {
		t.Skip(noChrome)
	}
	h := &house{t: t, tray: &mail.Tray{}}
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := h.hold.Load(); c != nil {
			<-*c
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="en"><title>Weather</title><h1>Weather</h1><p>Rain, then sun.`)
	}))
	t.Cleanup(away.Close)
	h.elsewhere = away.URL + "/"
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.down.Load() {
			panic(http.ErrAbortHandler)
		}
		h.Handler.ServeHTTP(w, r)
	}))
	// By a name: passkeys are for none that is reached by a number.
	h.url = fmt.Sprintf("http://localhost:%d", srv.Listener.Addr().(*net.TCPAddr).Port)
	var err error
	if h.App, err = app.Open(t.Context(), options(dbtest.SQLite(t, tm), h.tray, h.url, h.elsewhere)); err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// visitor goes in without a browser, to prepare what a journey needs.
func (h *house) visitor() *webtest.Visitor { return webtest.New(h.t, h.Handler) }

// work does the jobs that are due.
func (h *house) work() {
	h.t.Helper()
	for {
		did, err := h.Jobs.Next(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if !did {
			return
		}
	}
}

// lang is what the house says in a language.
func (h *house) lang(code string) *i18n.Lang { return h.Server.Langs.Get(code) }
