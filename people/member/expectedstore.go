package member

import (
	"context"
	"time"

	"withus.example/platform/db"
)

func idsByEmail(ctx context.Context, q db.Querier, emails []string) (map[string]string, error) {
	out := map[string]string{}
	_, err := db.All(ctx, q, func(scan db.Scan) (email string, err error) {
		var id string
		err = scan(&email, &id)
		out[email] = id
		return email, err
	}, `SELECT email, id FROM member_member WHERE email IN ($1)`, emails)
	return out, err
}

func expected(ctx context.Context, q db.Querier, members []string) ([]Account, error) {
	return db.All(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m WHERE m.id IN ($1) AND m.standing = 'expected' AND m.leaving = FALSE`, members)
}

func waits(ctx context.Context, q db.Querier, members []string) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT id FROM member_member WHERE id IN ($1) AND standing = 'expected'`, members)
}

// setArrived keeps what somebody is here, and since when they have belonged.
func setArrived(ctx context.Context, tx *db.Tx, member, kind string, since, day time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET role = $2, created = $3, role_since = $4 WHERE id = $1`, member, kind, since, day)
	return err
}
