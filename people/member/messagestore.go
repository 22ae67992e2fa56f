package member

import (
	"context"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// insertMessage keeps one for an account that is still there.
func insertMessage(ctx context.Context, tx *db.Tx, member string, m Message) error {
	if err := lockAccount(ctx, tx, member); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO member_message (id, owner_member_id, at, fresh, says) VALUES ($1, $2, $3, $4, $5)`, m.ID, member, m.At, m.Fresh, db.JSON(m.Says))
	return err
}

func scanMessage(scan db.Scan) (m Message, err error) {
	err = scan(&m.ID, &m.At, &m.Fresh, db.JSON(&m.Says))
	return m, db.Missing(err)
}

func messageOf(ctx context.Context, q db.Querier, member, id string) (Message, error) {
	return db.One(ctx, q, scanMessage, `SELECT id, at, fresh, says FROM member_message WHERE id = $1 AND owner_member_id = $2`, id, member)
}

// messages are somebody's, the newest first, from before one on.
func messages(ctx context.Context, q db.Querier, member, before string, most int) ([]Message, error) {
	from, err := messageOf(ctx, q, member, before)
	if fault.Is(err, fault.NotFound) {
		from.At, err = time.Now().AddDate(1, 0, 0), nil
	}
	if err != nil {
		return nil, err
	}
	return db.All(ctx, q, scanMessage, `SELECT id, at, fresh, says FROM member_message
		WHERE owner_member_id = $1 AND (at < $2 OR at = $2 AND id < $3) ORDER BY at DESC, id DESC LIMIT $4`, member, from.At, from.ID, most)
}

// allMessages are all of somebody's.
func allMessages(ctx context.Context, q db.Querier, member string) ([]Message, error) {
	return db.All(ctx, q, scanMessage, `SELECT id, at, fresh, says FROM member_message WHERE owner_member_id = $1 ORDER BY at, id`, member)
}

// freshAndAsked is how many messages are new to somebody, and how they are asked
// whether they stay, in one look: their own page has many.
func freshAndAsked(ctx context.Context, q db.Querier, member string) (fresh int, x *asked, err error) {
	var is asked
	var day *time.Time
	err = q.QueryRow(ctx, `SELECT (SELECT count(*) FROM member_message n WHERE n.owner_member_id = m.id AND n.fresh = TRUE), COALESCE(a.letters, 0), a.day
		FROM member_member m LEFT JOIN member_asked a ON a.owner_member_id = m.id WHERE m.id = $1`, member).Scan(&fresh, &is.Letters, &day)
	if day != nil {
		is.Day, x = *day, &is
	}
	return fresh, x, db.Missing(err)
}

func readMessage(ctx context.Context, tx *db.Tx, member, id string) (int64, error) {
	return tx.Exec(ctx, `UPDATE member_message SET fresh = FALSE WHERE id = $1 AND owner_member_id = $2`, id, member)
}

func readAll(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `UPDATE member_message SET fresh = FALSE WHERE owner_member_id = $1 AND fresh = TRUE`, member)
	return err
}

func dropMessage(ctx context.Context, tx *db.Tx, member, id string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM member_message WHERE id = $1 AND owner_member_id = $2`, id, member)
}

func dropOldMessages(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_message WHERE at < $1`, before)
	return err
}
