package web

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

//go:embed migrations
var files embed.FS

// Ground are the tables of what this package keeps for a while.
var Ground = db.Migrations{Room: "web", Files: files}

// DraftLife is how long words are kept for somebody who has to sign in first.
const DraftLife = 24 * time.Hour

// keepDrafts bounds what somebody can have us keep before they have signed in.
var keepDrafts = Limit{Name: "web.draft", Most: 60, Per: time.Hour}

// A draft is what was typed into a form by somebody whose sign-in had expired.
// It comes back when they open the form again.
type draft struct {
	Path   string
	Values url.Values
}

const drafts Box = "draft"

// keepDraft stores what was typed.
func (s *Server) keepDraft(ctx context.Context, w http.ResponseWriter, path string, values url.Values) error {
	secret := id.Secret()
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return drafts.Put(ctx, tx, secret, draft{path, values}, time.Now().Add(DraftLife))
	})
	if err == nil {
		s.setCookie(w, &http.Cookie{Name: s.cookie("draft"), Value: secret, MaxAge: int(DraftLife.Seconds())})
	}
	return err
}

// draft gives what was typed into the form at a path, nil if nothing is kept.
func (s *Server) draft(r *http.Request) (url.Values, error) {
	c, err := r.Cookie(s.cookie("draft"))
	if err != nil {
		return nil, nil
	}
	var d draft
	_, err = drafts.Get(r.Context(), s.DB, c.Value, time.Now(), &d)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	if err != nil || d.Path != r.URL.Path {
		return nil, err
	}
	return d.Values, nil
}

// dropDraft forgets what was kept for the form that was just saved. What waits
// for another one stays: signing in, on the way there, is a form too.
func (s *Server) dropDraft(r *Request) error {
	kept, err := s.draft(r.Request)
	if err != nil || kept == nil {
		return err
	}
	c, err := r.Cookie(s.cookie("draft"))
	if err != nil {
		return nil
	}
	r.SetCookie(&http.Cookie{Name: s.cookie("draft"), MaxAge: -1})
	return s.DB.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := drafts.Drop(ctx, tx, c.Value)
		return err
	})
}
