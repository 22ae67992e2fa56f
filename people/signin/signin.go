// Package signin is the ways in: a link sent by mail, or a password; and the
// sessions they open.
//
// What the database holds opens nothing: of sessions and links it has hashes,
// of passwords argon2id.
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

const (
	sessionLife = 30 * 24 * time.Hour
	linkLife    = time.Hour
	shortLife   = 2 * time.Hour // on a device that others use
	freshLife   = time.Hour     // how long somebody counts as just signed in
	minPassword = 10
)

// Session is one device somebody is signed in on.
type Session struct {
	Key    string    // hash of its token
	Device string    // "firefox/android": the kind, never more
	Day    time.Time // last used, to the day
	Here   bool      // the one that asks
}

// device tells browsers and systems apart as coarsely as a person would.
func device(agent string) string {
	first := func(otherwise string, pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return otherwise
	}
	browser := first("other", "Firefox/", "firefox", "FxiOS/", "firefox", "Edg", "edge", "SamsungBrowser/", "samsung", "Chrome/", "chrome", "CriOS/", "chrome", "Safari/", "safari")
	system := first("other", "Android", "android", "iPhone", "iphone", "iPad", "ipad", "Windows", "windows", "Mac OS", "mac", "CrOS", "chromeos", "Linux", "linux")
	return browser + "/" + system
}

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
	running, waiting chan struct{}
	made             atomic.Int64 // hashes so far
}

func newHashing() *hashing {
	return &hashing{running: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), waiting: make(chan struct{}, 250)}
}

// cost is what a hash takes.
type cost struct {
	memory, time uint32 // KiB, passes
	threads      uint8
}

var usual = cost{argonMemory, argonTime, 1}

func (h *hashing) key(ctx context.Context, password string, salt []byte, c cost) ([]byte, error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, &fault.Error{Kind: fault.Limited, After: 30 * time.Second}
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.made.Add(1)
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, argonKey), nil
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
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, usual.memory, usual.time, usual.threads, b64(salt), b64(key)), nil
}

// opens says whether a password fits what is kept. Nothing kept takes as long
// as something that does not fit.
func (h *hashing) opens(ctx context.Context, sealed, password string) (bool, error) {
	parts := strings.Split(sealed, "$")
	salt, want, c := make([]byte, 16), make([]byte, argonKey), usual
	known := len(parts) == 6
	if known {
		// At the cost it was sealed with, be ours another one today.
		_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads)
		if err != nil || c.time == 0 || c.threads == 0 {
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
