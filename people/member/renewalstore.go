package member

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// unasked are those with some roles who came in, or last said that they stay, on
// a day or before it, and have not been asked since.
func unasked(ctx context.Context, q db.Querier, roles []string, until time.Time) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT m.id FROM member_member m LEFT JOIN member_asked a ON a.owner_member_id = m.id
		WHERE m.standing = 'in' AND m.role IN ($1) AND m.renewed <= $2 AND m.leaving = FALSE AND a.owner_member_id IS NULL ORDER BY m.renewed, m.id LIMIT 100`, roles, until)
}

// unanswered are those with some roles whose last letter went, or was tried, on
// a day or before it. Those who look after others stay when there is nothing
// left to send.
func unanswered(ctx context.Context, q db.Querier, roles []string, until time.Time) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT a.owner_member_id FROM member_asked a JOIN member_member m ON m.id = a.owner_member_id
		WHERE a.day <= $2 AND m.role IN ($1) AND m.leaving = FALSE AND (a.letters < $3 OR m.role IN ('member', 'supporter')) ORDER BY a.day, a.owner_member_id LIMIT 100`,
		roles, until, letters)
}

// askedOf says how somebody is asked, nil if they are not.
func askedOf(ctx context.Context, q db.Querier, member string) (*asked, error) {
	x := &asked{}
	err := q.QueryRow(ctx, `SELECT letters, day FROM member_asked WHERE owner_member_id = $1`, member).Scan(&x.Letters, &x.Day)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	return x, err
}

// putAsked notes how somebody is asked; nil: not at all.
func putAsked(ctx context.Context, tx *db.Tx, member string, x *asked) error {
	if x == nil {
		_, err := tx.Exec(ctx, `DELETE FROM member_asked WHERE owner_member_id = $1`, member)
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO member_asked (owner_member_id, letters, day) VALUES ($1, $2, $3)
		ON CONFLICT (owner_member_id) DO UPDATE SET letters = excluded.letters, day = excluded.day`, member, x.Letters, x.Day)
	return err
}

// tried puts right what was noted when a letter was tried, unless somebody has
// answered since; nil: they are not asked yet.
func tried(ctx context.Context, tx *db.Tx, member string, was, is *asked) error {
	if is == nil {
		_, err := tx.Exec(ctx, `DELETE FROM member_asked WHERE owner_member_id = $1 AND letters = $2 AND day = $3`, member, was.Letters, was.Day)
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE member_asked SET letters = $4, day = $5 WHERE owner_member_id = $1 AND letters = $2 AND day = $3`, member, was.Letters, was.Day, is.Letters, is.Day)
	return err
}

// forgetAsked asks those with some roles no more.
func forgetAsked(ctx context.Context, tx *db.Tx, roles []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_asked WHERE owner_member_id IN (SELECT id FROM member_member WHERE standing = 'in' AND role IN ($1))`, roles)
	return err
}

// setStanding keeps somebody out of the network; and asks them nothing.
func setStanding(ctx context.Context, tx *db.Tx, member string, to access.Role) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET standing = $2 WHERE id = $1`, member, string(to))
	return errors.Join(err, putAsked(ctx, tx, member, nil))
}

// comeIn lets somebody into the network, or notes that they stay: from this day
// on it is a while until they are asked.
func comeIn(ctx context.Context, tx *db.Tx, member string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET standing = 'in', renewed = $2,
		role_since = CASE WHEN standing <> 'in' AND role IN ('moderator', 'team') THEN $2 ELSE role_since END WHERE id = $1`, member, db.Day(now))
	return errors.Join(err, putAsked(ctx, tx, member, nil))
}

// seenAnew counts anew since when somebody looks after others, if they do: while they
// were not there, nobody could see that they do.
func seenAnew(ctx context.Context, tx *db.Tx, member string, day time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET role_since = $2 WHERE id = $1 AND role IN ('moderator', 'team')`, member, day)
	return err
}

// silence counts those who are asked and have not answered, and those whose
// membership rests; and says whether somebody who looks after others is silent.
func silence(ctx context.Context, q db.Querier, until time.Time) (open, resting int, team bool, err error) {
	n := 0
	err = errors.Join(
		q.QueryRow(ctx, `SELECT count(*) FROM member_asked`).Scan(&open),
		q.QueryRow(ctx, `SELECT count(*) FROM member_member WHERE standing = 'lapsed'`).Scan(&resting),
		q.QueryRow(ctx, `SELECT count(*) FROM member_asked a JOIN member_member m ON m.id = a.owner_member_id
			WHERE a.day <= $1 AND a.letters >= $2 AND m.role IN ('moderator', 'team')`, until, letters).Scan(&n))
	return open, resting, n > 0, err
}
