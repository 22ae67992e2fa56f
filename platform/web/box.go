package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/db"
)

// A Box keeps something for a while for whoever holds a secret: a browser with
// a cookie, or the reader of a letter with a link in it. It is encrypted under
// that secret, which is kept nowhere here: a copy of the database opens none.
// Its word says what is kept; what one box keeps no other one gives.
type Box string

// Put keeps v under a secret until it ends, in place of what was kept before.
func (b Box) Put(ctx context.Context, tx *db.Tx, secret string, v any, ends time.Time) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return err
	}
	name, lock, err := b.open(secret)
	if err != nil {
		return err
	}
	nonce := make([]byte, lock.NonceSize())
	rand.Read(nonce)
	body := base64.StdEncoding.EncodeToString(lock.Seal(nonce, nonce, plain, nil))
	_, err = tx.Exec(ctx, `INSERT INTO web_box (name, body, ends) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, ends = excluded.ends`, name, body, ends)
	return err
}

// Get reads what is kept under a secret into v, and says until when; db.ErrNone
// if nothing is, or not any more.
func (b Box) Get(ctx context.Context, q db.Querier, secret string, now time.Time, v any) (ends time.Time, err error) {
	name, lock, err := b.open(secret)
	if err != nil {
		return ends, err
	}
	var text string
	if err := q.QueryRow(ctx, `SELECT body, ends FROM web_box WHERE name = $1 AND ends > $2`, name, now).Scan(&text, &ends); err != nil {
		return ends, err
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sealed) < lock.NonceSize() {
		return ends, errors.Join(err, errors.New("web: what a box keeps is broken"))
	}
	plain, err := lock.Open(nil, sealed[:lock.NonceSize()], sealed[lock.NonceSize():], nil)
	if err != nil {
		return ends, err
	}
	return ends, json.Unmarshal(plain, v)
}

// Drop forgets what is kept under a secret, and says whether anything was: of
// two who drop it at once, one is told so.
func (b Box) Drop(ctx context.Context, tx *db.Tx, secret string) (bool, error) {
	name, _, err := b.open(secret)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `DELETE FROM web_box WHERE name = $1`, name)
	return n > 0, err
}

// open gives the row of a secret and its cipher. Both come from the secret by
// hashes that do not lead from one to the other.
func (b Box) open(secret string) (name string, lock cipher.AEAD, err error) {
	sum := sha256.Sum256([]byte(string(b) + " name " + secret))
	key := sha256.Sum256([]byte(string(b) + " key " + secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return "", nil, err
	}
	lock, err = cipher.NewGCM(block)
	return hex.EncodeToString(sum[:]), lock, err
}
