package privacy

import (
	"context"
	"time"

	"withus.example/platform/db"
)

// insert notes that somebody leaves, and says whether they had not asked before.
func insert(ctx context.Context, tx *db.Tx, member string, asked, due time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO privacy_leaving (owner_member_id, asked, due) VALUES ($1, $2, $3)
		ON CONFLICT (owner_member_id) DO NOTHING`, member, asked, due)
	return n > 0, err
}

// goes marks somebody whose time has come, so that they can't stay any more, and
// says whether they are still leaving.
func goes(ctx context.Context, tx *db.Tx, member string, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE privacy_leaving SET going = TRUE WHERE owner_member_id = $1 AND due <= $2`, member, now)
	return n > 0, err
}

// stays takes somebody's leaving back, unless it is being done just now.
func stays(ctx context.Context, tx *db.Tx, member string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM privacy_leaving WHERE owner_member_id = $1 AND going = FALSE`, member)
}

func remove(ctx context.Context, tx *db.Tx, member string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM privacy_leaving WHERE owner_member_id = $1`, member)
}

func dueOf(ctx context.Context, q db.Querier, member string) (due time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT due FROM privacy_leaving WHERE owner_member_id = $1`, member).Scan(&due)
	return due, db.Missing(err)
}

// dueBy are those whose time has come, at most so many as one round may take.
func dueBy(ctx context.Context, q db.Querier, now time.Time) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT owner_member_id FROM privacy_leaving WHERE due <= $1 ORDER BY due, owner_member_id LIMIT 100`, now)
}
