// Package tests holds what crosses rooms. It goes in through the front door.
package tests

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/id"
	"withus.example/platform/mail"
	"withus.example/platform/web/webtest"
)

// options are those of the demo network, as tests open it.
func options(at dbtest.Place, tray *mail.Tray) app.Options {
	return app.Options{
		Store:   conf.Store{Data: at.Dir, Database: at.URL, Media: "none", Erased: newLedger()},
		Network: conf.Network{Name: "Open Door Network", Languages: []string{"en", "es", "fr", "ar"}, Leave: "https://www.wikipedia.org/"},
		Serving: conf.Serving{URL: "http://127.0.0.1", PageCache: 16}, Mail: tray, Demo: true,
	}
}

// newLedger is a folder for a network's ledger of erasures: one network's would
// erase in another. Whoever opens the same network again says one of their own.
func newLedger() string { return filepath.Join(ledgers, id.New(context.Background())) }

var ledgers = filepath.Join(os.TempDir(), "withus-ledgers-"+id.New(context.Background()))

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(ledgers); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// demo is the demo network, made once an engine.
var demo = dbtest.Template{Name: "demo", Make: func(ctx context.Context, at dbtest.Place) error {
	a, err := app.Open(ctx, options(at, &mail.Tray{}))
	if err != nil {
		return err
	}
	_, err = a.FillDemo(ctx, 1, 67, 120)
	return errors.Join(err, a.Close())
}}

// house is a running demo network for one test.
type house struct {
	*app.App
	t    *testing.T
	tray *mail.Tray
	kept string // the folder of its pictures: empty at first
}

// each runs a test against a demo network of its own on each engine.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) { fn(t, open(t, at)) })
}

// one is each on SQLite alone, for what does not touch the database.
func one(t *testing.T) *house {
	t.Helper()
	return open(t, dbtest.SQLite(t, demo))
}

func open(t *testing.T, at dbtest.Place) *house {
	t.Helper()
	h := &house{t: t, tray: &mail.Tray{}, kept: t.TempDir()}
	o := options(at, h.tray)
	o.Store.Erased = filepath.Join(t.TempDir(), "erased")
	o.Store.Media = h.kept
	var err error
	if h.App, err = app.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// visitor is somebody who is not signed in.
func (h *house) visitor() *webtest.Visitor {
	return webtest.New(h.t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Handler.ServeHTTP(w, r) }))
}

// as is somebody of the demo, signed in: organiser, member, supporter,
// moderator or team.
func (h *house) as(role string) *webtest.Visitor {
	h.t.Helper()
	return h.visitor().SignIn(role+"@withus.example", "withus-"+role)
}

// second is another of the team.
func (h *house) second() *webtest.Visitor {
	h.t.Helper()
	return h.visitor().SignIn("team2@withus.example", "withus-team")
}

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
