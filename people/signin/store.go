package signin

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

func insertSession(ctx context.Context, tx *db.Tx, key, member, device string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_session (key, owner_member_id, device, day, ends) VALUES ($1, $2, $3, $4, $5)`,
		key, member, device, today(now), today(now).Add(sessionLife))
	return err
}

// today is a time without its hours: when exactly somebody came is not kept.
func today(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }

func session(ctx context.Context, q db.Querier, key string, now time.Time) (member string, day time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT owner_member_id, day FROM signin_session WHERE key = $1 AND ends > $2`, key, now).Scan(&member, &day)
	return member, day, err
}

func usedToday(ctx context.Context, tx *db.Tx, key string, today time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE signin_session SET day = $2, ends = $3 WHERE key = $1`, key, today, today.Add(sessionLife))
	return err
}

func sessions(ctx context.Context, q db.Querier, member, here string, now time.Time) ([]Session, error) {
	return db.All(ctx, q, func(scan db.Scan) (s Session, err error) {
		err = scan(&s.Key, &s.Device, &s.Day)
		s.Here = s.Key == here
		return s, err
	}, `SELECT key, device, day FROM signin_session WHERE owner_member_id = $1 AND ends > $2
		ORDER BY CASE WHEN key = $3 THEN 0 ELSE 1 END, day DESC, key`, member, now, here)
}

func endSession(ctx context.Context, tx *db.Tx, member, key string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM signin_session WHERE owner_member_id = $1 AND key = $2`, member, key)
}

func endOthers(ctx context.Context, tx *db.Tx, member, here string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_session WHERE owner_member_id = $1 AND key <> $2`, member, here)
	return err
}

func insertLink(ctx context.Context, tx *db.Tx, key, member, next string, ends time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_link (key, owner_member_id, next, ends) VALUES ($1, $2, $3, $4)`, key, member, next, ends)
	return err
}

// spendLink takes a link that still holds, so that nobody else can.
func spendLink(ctx context.Context, tx *db.Tx, key string, now time.Time) (member, next string, err error) {
	err = tx.QueryRow(ctx, `DELETE FROM signin_link WHERE key = $1 AND ends > $2 RETURNING owner_member_id, next`, key, now).Scan(&member, &next)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "signin.link.dead")
	}
	return member, next, err
}

func dropLink(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_link WHERE key = $1`, key)
	return err
}

func openLinks(ctx context.Context, q db.Querier, member string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM signin_link WHERE owner_member_id = $1`, member).Scan(&n)
	return n, err
}

func dropLinks(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_link WHERE owner_member_id = $1`, member)
	return err
}

// passwordOf is what a password is kept as; empty where there is none.
func passwordOf(ctx context.Context, q db.Querier, member string) (string, error) {
	sealed, err := db.One(ctx, q, db.Text, `SELECT sealed FROM signin_password WHERE owner_member_id = $1`, member)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return sealed, err
}

func setPassword(ctx context.Context, tx *db.Tx, member, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_password (owner_member_id, sealed) VALUES ($1, $2)
		ON CONFLICT (owner_member_id) DO UPDATE SET sealed = excluded.sealed`, member, sealed)
	return err
}

// passwordStands says whether a password is still kept as it was, and holds it
// so until the transaction ends.
func passwordStands(ctx context.Context, tx *db.Tx, member, sealed string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE signin_password SET sealed = $2 WHERE owner_member_id = $1 AND sealed = $2`, member, sealed)
	return n > 0, err
}

func dropExpired(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM signin_session WHERE ends <= $1`, now)
	_, err2 := tx.Exec(ctx, `DELETE FROM signin_link WHERE ends <= $1`, now)
	return errors.Join(err1, err2)
}

func forget(ctx context.Context, tx *db.Tx, member string) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM signin_session WHERE owner_member_id = $1`, member)
	_, err2 := tx.Exec(ctx, `DELETE FROM signin_password WHERE owner_member_id = $1`, member)
	return errors.Join(err1, err2, dropLinks(ctx, tx, member))
}
