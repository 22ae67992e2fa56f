package member

import (
	"context"

	"withus.example/platform/db"
)

func numbers(ctx context.Context, q db.Querier) (n Numbers, err error) {
	err = q.QueryRow(ctx, `SELECT day, shown FROM member_number`).Scan(&n.Day, db.JSON(&n))
	return n, err
}

// putNumbers shows other numbers, unless another server has just done so.
func putNumbers(ctx context.Context, tx *db.Tx, n Numbers) error {
	_, err := tx.Exec(ctx, `UPDATE member_number SET day = $1, shown = $2 WHERE day < $1`, n.Day, db.JSON(n))
	return err
}

// in are the accounts that are in the network, or were in it where they are
// carried over from.
func in(ctx context.Context, q db.Querier) ([]Account, error) {
	return db.All(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m WHERE m.standing IN ('in', 'expected') AND m.leaving = FALSE`)
}
