package web

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

// A Walk is a way of several pages, by somebody who may be nobody yet. What
// they have said so far is kept in a box that their browser holds the key of:
// they may stop, come back, and go on. Its pages are forms that may be sent
// Again.
type Walk struct {
	Name  string        // of its cookie: "join"
	Start string        // where it begins
	Life  time.Duration // how long it is kept after the last page
}

// keepWalks bounds how many ways one client may have us keep.
var keepWalks = Limit{Name: "web.walk", Most: 60, Per: time.Hour}

func (w Walk) box() Box { return Box("walk." + w.Name) }

// Read reads what was said so far into v. Who has said nothing yet, or too long
// ago, is led to where the way begins.
func (w Walk) Read(r *Request, v any) error {
	_, err := w.box().Get(r.Context(), r.s.DB, r.Held(w.Name), time.Now(), v)
	if errors.Is(err, db.ErrNone) {
		return Elsewhere(w.Start)
	}
	return err
}

// Begun says whether the browser is on the way.
func (w Walk) Begun(r *Request) bool {
	var any struct{}
	return w.Read(r, &any) == nil
}

// Keep keeps what was said so far. On the first page of the way it begins it.
func (w Walk) Keep(r *Request, v any) error {
	secret := r.Held(w.Name)
	if !w.Begun(r) {
		if err := keepWalks.Take(r.Context(), r.s.DB, r.Client(), time.Now()); err != nil {
			return err
		}
		secret = id.Secret()
	}
	err := r.s.DB.Write(db.Apart(r.Context()), func(ctx context.Context, tx *db.Tx) error {
		return w.box().Put(ctx, tx, secret, v, time.Now().Add(w.Life))
	})
	if err == nil { // each page anew, so that the cookie lives as long as the box
		r.Keep(w.Name, secret, w.Life)
	}
	return err
}

// End forgets what was said, here and in the browser.
func (w Walk) End(r *Request) error {
	secret := r.Held(w.Name)
	if secret == "" {
		return nil
	}
	r.Keep(w.Name, "", 0)
	return r.s.DB.Write(db.Apart(r.Context()), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.box().Drop(ctx, tx, secret)
		return err
	})
}
