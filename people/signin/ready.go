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
// not type it once more: the sign-in page of their browser has it, for a while. It
// opens nothing, stands in no address, and tells nobody whether there is an account.

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

func (s *Service) fillIn(r *web.Request) (map[string][]string, error) {
	out := url.Values{"next": {r.URL.Query().Get("next")}}
	secret := r.Held(readyCookie)
	if secret == "" || r.Viewer.SignedIn() {
		return out, nil
	}
	var email string
	_, err := ready.Get(r.Context(), s.db, secret, time.Now(), &email)
	if errors.Is(err, db.ErrNone) {
		return out, nil
	}
	out.Set("email", email)
	return out, err
}
