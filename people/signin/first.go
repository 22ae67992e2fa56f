package signin

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// checkPassword says what is wrong with a new password, at a field.
func checkPassword(field, fresh string) error {
	var p fault.Problems
	switch n := utf8.RuneCountInString(fresh); {
	case n < minPassword:
		p.Add(field, "signin.short", "min", minPassword)
	case n > 200:
		p.Add(field, "error.long", "max", 200)
	case strings.TrimSpace(fresh) == "":
		p.Add(field, "error.missing")
	}
	return p.Err()
}

// Those who open a network have a password before they have an account, and
// are signed in as soon as they have one.

// Seal makes what a password is kept as. What is wrong with it is said at a
// field.
func (s *Service) Seal(ctx context.Context, field, fresh string) (string, error) {
	if err := checkPassword(field, fresh); err != nil {
		return "", err
	}
	return s.hash.seal(ctx, fresh)
}

// Keep gives an account that is just being made its password.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, member, sealed string) error {
	return setPassword(ctx, tx, member, sealed)
}

// Enter signs somebody in who has just got their account.
func (s *Service) Enter(r *web.Request, member string) error {
	token := id.Secret()
	err := s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		return insertSession(ctx, tx, id.Hash(token), half{Member: member, Device: device(r.UserAgent())}, time.Now())
	})
	if err == nil {
		s.setCookie(r, In{Token: token})
	}
	return err
}
