package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"withus.example/platform/fault"
)

// Argon2id as OWASP recommends it for servers: 19 MiB, two passes.
const (
	argonMemory = 19 * 1024
	argonTime   = 2
	argonKey    = 32
)

// hashing checks passwords on half of the processors, and lets a crowd wait for
// that: a few hundred who come at once are in within seconds. A flood is turned
// away, so that it can't starve the pages of everyone else.
type hashing struct {
	places  chan *hasher // as many as hash at once; nil where none is started
	waiting chan struct{}
	made    atomic.Int64 // hashes so far
	aside   bool         // in hashers, where they can be had
}

func newHashing() *hashing {
	h := &hashing{places: make(chan *hasher, max(1, runtime.GOMAXPROCS(0)/2)), waiting: make(chan struct{}, 250)}
	for range cap(h.places) {
		h.places <- nil
	}
	return h
}

// cost is what a hash takes.
type cost struct {
	Memory, Time uint32 // KiB, passes
	Threads      uint8
}

var usual = cost{argonMemory, argonTime, 1}

// task is one password to be hashed.
type task struct {
	Password, Salt []byte
	Cost           cost
}

func (t task) key() []byte {
	return argon2.IDKey(t.Password, t.Salt, t.Cost.Time, t.Cost.Memory, t.Cost.Threads, argonKey)
}

func (h *hashing) key(ctx context.Context, password string, salt []byte, c cost) ([]byte, error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, &fault.Error{Kind: fault.Limited, After: 30 * time.Second}
	}
	var p *hasher
	select {
	case p = <-h.places:
		defer func() { h.places <- p }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.made.Add(1)
	t := task{[]byte(password), salt, c}
	if key := p.ask(t); key != nil {
		return key, nil
	}
	p = nil // it went to rest since it was last asked, or was never there
	if h.aside {
		p = startHasher()
	}
	if key := p.ask(t); key != nil {
		return key, nil
	}
	p = nil
	return t.key(), nil
}

// seal makes the text a password is kept as.
func (h *hashing) seal(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := h.key(ctx, password, salt, usual)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, usual.Memory, usual.Time, usual.Threads, b64(salt), b64(key)), nil
}

// opens says whether a password fits what is kept. Nothing kept takes as long
// as something that does not fit.
func (h *hashing) opens(ctx context.Context, sealed, password string) (bool, error) {
	parts := strings.Split(sealed, "$")
	salt, want, c := make([]byte, 16), make([]byte, argonKey), usual
	known := len(parts) == 6
	if known {
		// At the cost it was sealed with, be ours another one today.
		_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads)
		if err != nil || c.Time == 0 || c.Threads == 0 {
			return false, fmt.Errorf("signin: a password is kept at no cost that can be read: %w", err)
		}
		if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
			return false, err
		}
		if want, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
			return false, err
		}
	}
	got, err := h.key(ctx, password, salt, c)
	return known && subtle.ConstantTimeCompare(got, want) == 1, err
}

// HashAside has passwords hashed in processes of their own from now on, where
// such can be started. Only for a program whose main calls Help.
func (s *Service) HashAside() { s.hash.aside = true }
