package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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

// draftLife is how long words are kept for somebody who has to sign in first.
const draftLife = 24 * time.Hour

// keepDrafts bounds what somebody can have us keep before they have signed in.
var keepDrafts = Limit{Name: "web.draft", Most: 60, Per: time.Hour}

// A draft is what was typed into a form by somebody whose sign-in had expired.
// It is kept encrypted under a key that only their browser holds, and comes
// back when they open the form again.
type draft struct {
	Path   string
	Values url.Values
}

// keepDraft stores what was typed.
func (s *Server) keepDraft(ctx context.Context, w http.ResponseWriter, path string, values url.Values) error {
	secret := id.Secret()
	plain, err := json.Marshal(draft{path, values})
	if err != nil {
		return err
	}
	name, box, err := draftBox(secret)
	if err != nil {
		return err
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce)
	body := base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, plain, nil))
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO web_draft (id, body, at) VALUES ($1, $2, $3)`, name, body, time.Now())
		return err
	})
	if err == nil {
		s.setCookie(w, &http.Cookie{Name: s.cookie("draft"), Value: secret, MaxAge: int(draftLife.Seconds())})
	}
	return err
}

// draft gives what was typed into the form at a path, nil if nothing is kept.
func (s *Server) draft(r *http.Request) (url.Values, error) {
	c, err := r.Cookie(s.cookie("draft"))
	if err != nil {
		return nil, nil
	}
	name, box, err := draftBox(c.Value)
	if err != nil {
		return nil, err
	}
	text, err := db.One(r.Context(), s.DB, db.Text, `SELECT body FROM web_draft WHERE id = $1 AND at > $2`, name, time.Now().Add(-draftLife))
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) < box.NonceSize() {
		return nil, errors.Join(err, errors.New("web: a draft is broken"))
	}
	plain, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], nil)
	if err != nil {
		return nil, err
	}
	var d draft
	if err := json.Unmarshal(plain, &d); err != nil || d.Path != r.URL.Path {
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
	name, _, err := draftBox(c.Value)
	if err != nil {
		return err
	}
	r.SetCookie(&http.Cookie{Name: s.cookie("draft"), MaxAge: -1})
	return s.DB.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM web_draft WHERE id = $1`, name)
		return err
	})
}

// draftBox gives a draft's row and its cipher. Both come from the secret by
// hashes that do not lead from one to the other.
func draftBox(secret string) (name string, box cipher.AEAD, err error) {
	sum := sha256.Sum256([]byte("draft name " + secret))
	key := sha256.Sum256([]byte("draft key " + secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return "", nil, err
	}
	box, err = cipher.NewGCM(block)
	return hex.EncodeToString(sum[:]), box, err
}
