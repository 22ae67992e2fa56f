package signin

import (
	"context"
	"errors"
	"net/url"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// Somebody who has just shown elsewhere in the house that an address is theirs need
// not type it once more: the sign-in page of their browser has it, once. Others may use
// that browser next. It opens nothing, stands in no address, and tells nobody whether
// there is an account.

const (
	readyCookie = "ready"
	readyLife   = 10 * time.Minute
)

// ready is where it is kept.
var ready web.Box = "ready"

// Ready keeps an address for the sign-in page, in the caller's transaction. What it
// gives has the browser hold the key, once that is so.
func (s *Service) Ready(ctx context.Context, tx *db.Tx, email string) (hold func(*web.Request), err error) {
	secret := id.Secret()
	err = ready.Put(ctx, tx, secret, email, time.Now().Add(readyLife))
	return func(r *web.Request) { r.Keep(readyCookie, secret, readyLife) }, err
}

// Unready has a browser forget it: somebody else may be there now.
func (s *Service) Unready(r *web.Request) {
	if r.Held(readyCookie) != "" {
		r.Keep(readyCookie, "", 0)
	}
}

func (s *Service) fillIn(r *web.Request) (map[string][]string, error) {
	out := url.Values{"next": {r.URL.Query().Get("next")}}
	secret := r.Held(readyCookie)
	if secret == "" {
		return out, nil
	}
	var email string
	err := s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := ready.Get(ctx, tx, secret, time.Now(), &email)
		if errors.Is(err, db.ErrNone) {
			return nil
		}
		if err == nil {
			_, err = ready.Drop(ctx, tx, secret)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	s.Unready(r)
	if !r.Viewer.SignedIn() {
		out.Set("email", email)
	}
	return out, nil
}
