package member

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
)

// answersGiven are applications that were answered, the latest answer first, from
// after one on.
func answersGiven(ctx context.Context, q db.Querier, after string, most int) ([]Application, error) {
	from, err := db.One(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT changed FROM member_application WHERE id = $1`, after)
	if errors.Is(err, db.ErrNone) { // from the beginning
		from, err = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), nil
	}
	if err != nil {
		return nil, err
	}
	return db.All(ctx, q, func(scan db.Scan) (Application, error) {
		decider := ""
		x, err := readApplication(func(into ...any) error { return scan(append(into, &decider)...) })
		x.decider = decider
		return x, err
	}, `SELECT `+applicationColumns+`, a.decider_persona_id FROM member_application a JOIN member_member m ON m.id = a.owner_member_id
		WHERE a.state IN ($1) AND a.met <> 'at-once' AND m.leaving = FALSE AND (a.changed < $2 OR a.changed = $2 AND a.id < $3)
		ORDER BY a.changed DESC, a.id DESC LIMIT $4`, []string{string(Welcomed), string(Refused)}, from, after, most)
}

func dropWelcomed(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM member_application WHERE state = 'welcomed' AND changed < $1`, before)
}

// refusedOne is whom a refusal belongs to, and where it stands in the order of them.
type refusedOne struct {
	id, member string
	changed    time.Time
}

// refusedBefore are those who were refused before a moment, are not in the network
// and are not about to leave by themselves; from after one on.
func refusedBefore(ctx context.Context, q db.Querier, before time.Time, after refusedOne, most int) ([]refusedOne, error) {
	return db.All(ctx, q, func(scan db.Scan) (x refusedOne, err error) {
		err = scan(&x.id, &x.member, &x.changed)
		return x, err
	}, `SELECT a.id, m.id, a.changed FROM member_application a JOIN member_member m ON m.id = a.owner_member_id
		WHERE a.state = 'refused' AND a.changed < $1 AND m.standing = 'pending' AND m.leaving = FALSE AND (a.changed > $2 OR a.changed = $2 AND a.id > $3)
		ORDER BY a.changed, a.id LIMIT $4`, before, after.changed, after.id, most)
}

// withdrawRefused ends an application that is still refused.
func withdrawRefused(ctx context.Context, tx *db.Tx, member string, before time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE member_application SET state = 'withdrawn' WHERE owner_member_id = $1 AND state = 'refused' AND changed < $2`, member, before)
}

// hushRefused leaves of an application what it takes to ask again: the group they
// brought is forgotten, so they ask for themselves.
func hushRefused(ctx context.Context, tx *db.Tx, member string, before time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE member_application SET words = '', reason = '', brings = '{}', invited = '', decider_persona_id = '',
		kind = (SELECT m.role FROM member_member m WHERE m.id = owner_member_id)
		WHERE owner_member_id = $1 AND state = 'refused' AND changed < $2`, member, before)
	return err
}

// withdrawnOf are those whose applications were taken back, and whose accounts are
// not gone yet.
func withdrawnOf(ctx context.Context, q db.Querier) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT owner_member_id FROM member_application WHERE state = 'withdrawn' ORDER BY id LIMIT 200`)
}
