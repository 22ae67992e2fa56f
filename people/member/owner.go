package member

import (
	"cmp"
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// Owner is who is behind a name.
type Owner = struct {
	Member string
	Reach  string    // the address, or the sign-in name of whoever has none
	Since  time.Time // since when they belong here: for most, the account was made then
	Works  bool      // of the network team or a moderator, and not away
	// RoleSince is the day they came to have their role, or came back to it.
	RoleSince time.Time
}

// Owner is the account behind a persona; NotFound if there is none any more. It is
// for the one room that finds out who wrote something, and for nobody else.
func (s *Service) Owner(ctx context.Context, q db.Querier, persona string) (Owner, error) {
	a, err := byPersona(ctx, q, persona)
	return Owner{a.ID, cmp.Or(a.Email, a.Login), a.Created, (a.Role == access.Team || a.Role == access.Moderator) && a.Standing == In && !a.Leaving, a.RoleSince}, err
}

// Called is the persona that goes by exactly this name, "" if none does. A name
// that only looks like it is another name; and the one of those who gave none is
// nobody's.
func (s *Service) Called(ctx context.Context, q db.Querier, name string) (string, error) {
	persona, err := db.One(ctx, q, db.Text, `SELECT p.id FROM member_name n JOIN member_persona p ON p.id = n.holder_persona_id WHERE n.likeness = $1 AND p.name = $2`, likeness(name), name)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return persona, err
}
