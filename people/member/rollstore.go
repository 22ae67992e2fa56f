package member

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// roll are accounts in the order of their ids, which says nothing: from after one
// on, of a role or of any. Who has asked to join and has no answer is not there.
func roll(ctx context.Context, q db.Querier, role access.Role, after string, most int) ([]Account, error) {
	if role == "" {
		return db.All(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m
			WHERE m.id > $1 AND m.standing <> $2 ORDER BY m.id LIMIT $3`, after, string(access.Pending), most)
	}
	return db.All(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m
		WHERE m.role = $1 AND m.id > $2 AND m.standing <> $3 ORDER BY m.id LIMIT $4`, string(role), after, string(access.Pending), most)
}

func readRoleWish(scan db.Scan) (w RoleWish, err error) {
	err = scan(&w.Member, &w.Role, &w.asker, &w.Day)
	return w, err
}

const roleWishColumns = `owner_member_id, role, asker_persona_id, day`

// roleWishOf is what waits about an account since a day at most, or nil.
func roleWishOf(ctx context.Context, q db.Querier, member string, since time.Time) (*RoleWish, error) {
	w, err := db.One(ctx, q, readRoleWish, `SELECT `+roleWishColumns+` FROM member_role_wish WHERE owner_member_id = $1 AND day >= $2`, member, since)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	return &w, err
}

// allRoleWishes are what waits, the first thing first.
func allRoleWishes(ctx context.Context, q db.Querier, since time.Time) ([]RoleWish, error) {
	return db.All(ctx, q, readRoleWish, `SELECT `+roleWishColumns+` FROM member_role_wish WHERE day >= $1 ORDER BY day, owner_member_id LIMIT 100`, since)
}

func roleWishesBy(ctx context.Context, q db.Querier, personas []string) ([]RoleWish, error) {
	return db.All(ctx, q, readRoleWish, `SELECT `+roleWishColumns+` FROM member_role_wish WHERE asker_persona_id IN ($1) ORDER BY day, owner_member_id`, personas)
}

// teamAll is how many accounts are of the team, be they there now or not.
func teamAll(ctx context.Context, q db.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM member_member WHERE role = 'team'`).Scan(&n)
	return n, err
}

func putRoleWish(ctx context.Context, tx *db.Tx, w RoleWish) error {
	_, err := tx.Exec(ctx, `INSERT INTO member_role_wish (owner_member_id, role, asker_persona_id, day) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner_member_id) DO UPDATE SET role = $2, asker_persona_id = $3, day = $4`, w.Member, string(w.Role), w.asker, w.Day)
	return err
}

func dropRoleWish(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_role_wish WHERE owner_member_id = $1`, member)
	return err
}

// dropRoleWishes forgets what somebody wished, and what was wished about them.
func dropRoleWishes(ctx context.Context, tx *db.Tx, member string, personas []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_role_wish WHERE asker_persona_id IN ($1)`, personas)
	return errors.Join(err, dropRoleWish(ctx, tx, member))
}

func tidyRoleWishes(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_role_wish WHERE day < $1`, before)
	return err
}
