// Package id makes identifiers: 128 random bits in UUIDv4 layout, made by us,
// never ordered by time and never counted up, since order reveals people.
package id

import (
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"sync"
)

// New makes an identifier, from the system's random generator unless ctx is
// Seeded.
func New(ctx context.Context) string {
	var b [16]byte
	if s, ok := ctx.Value(seedKey{}).(*seed); ok {
		s.fill(b[:])
	} else {
		crand.Read(b[:])
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Valid says whether s has the layout of an identifier of ours.
func Valid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s[14] == '4'
}

// Secret makes a token of 130 random bits for a link or a session, always from
// the system's generator.
func Secret() string { return crand.Text() }

// PlainCode is a part of a [Secret] that people type, without what makes it easier
// to read, and however it was typed: no code has 0, 1 or 8 in it.
func PlainCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '0':
			return 'O'
		case r == '1':
			return 'I'
		case r == '8':
			return 'B'
		case r >= 'A' && r <= 'Z' || r >= '2' && r <= '7':
			return r
		}
		return -1
	}, strings.ToUpper(code))
}

// Hash is what a secret is kept as: whoever reads it can't use it. A secret of
// ours needs no more than one plain hash.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

type seedKey struct{}

type seed struct {
	mu sync.Mutex
	r  *rand.PCG
}

func (s *seed) fill(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, s.r.Uint64())
	}
}

// Seeded makes New predictable below ctx: the same seed gives the same
// identifiers in the same order. For example content only.
func Seeded(ctx context.Context, n uint64) context.Context {
	return context.WithValue(ctx, seedKey{}, &seed{r: rand.NewPCG(n, 0x57697468)})
}
