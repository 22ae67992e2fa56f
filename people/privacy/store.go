package privacy

import (
	"context"
	"errors"
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

// leaveLater puts off whoever leaves before a day, and says who that is.
func leaveLater(ctx context.Context, tx *db.Tx, due time.Time) ([]string, error) {
	all, err := db.All(ctx, tx, db.Text, `SELECT owner_member_id FROM privacy_leaving WHERE due < $1`, due)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE privacy_leaving SET due = $1, going = FALSE WHERE due < $1`, due)
	return all, err
}

func dueOf(ctx context.Context, q db.Querier, member string) (due time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT due FROM privacy_leaving WHERE owner_member_id = $1`, member).Scan(&due)
	return due, db.Missing(err)
}

// dueBy are those whose time has come, at most so many as one round may take.
func dueBy(ctx context.Context, q db.Querier, now time.Time) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT owner_member_id FROM privacy_leaving WHERE due <= $1 ORDER BY due, owner_member_id LIMIT 100`, now)
}

func putCopy(ctx context.Context, tx *db.Tx, member, key, on string, ends time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO privacy_copy (owner_member_id, key, rests_on, ends) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner_member_id) DO UPDATE SET key = excluded.key, rests_on = excluded.rests_on, ends = excluded.ends`, member, key, on, ends)
	return err
}

// copyOf is what a copy rests on, and until when it can be fetched.
func copyOf(ctx context.Context, q db.Querier, member, key string, now time.Time) (on string, ends time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT rests_on, ends FROM privacy_copy WHERE owner_member_id = $1 AND key = $2 AND ends > $3`, member, key, now).Scan(&on, &ends)
	return on, ends, db.Missing(err)
}

// copyEnds is until when somebody can fetch a copy; zero: there is none.
func copyEnds(ctx context.Context, q db.Querier, member string) (ends time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT ends FROM privacy_copy WHERE owner_member_id = $1`, member).Scan(&ends)
	if errors.Is(err, db.ErrNone) {
		return time.Time{}, nil
	}
	return ends, err
}

func insertLook(ctx context.Context, tx *db.Tx, member, viewer, what string, day time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO privacy_look (owner_member_id, viewer_persona_id, what, day) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner_member_id, viewer_persona_id, what, day) DO NOTHING`, member, viewer, what, day)
	return err
}

func hasLook(ctx context.Context, q db.Querier, member, viewer, what string, day time.Time) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM privacy_look WHERE owner_member_id = $1 AND viewer_persona_id = $2 AND what = $3 AND day = $4`, member, viewer, what, day).Scan(&n)
	return n > 0, err
}

// looked are those of some people that a viewer looked at on a day.
func looked(ctx context.Context, q db.Querier, members []string, viewer, what string, day time.Time) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT owner_member_id FROM privacy_look WHERE owner_member_id IN ($1) AND viewer_persona_id = $2 AND what = $3 AND day = $4`, members, viewer, what, day)
}

func readLook(scan db.Scan) (x Look, err error) {
	err = scan(&x.Viewer, &x.What, &x.Day)
	return x, err
}

// looksAt are those at somebody.
func looksAt(ctx context.Context, q db.Querier, member string) ([]Look, error) {
	return db.All(ctx, q, readLook, `SELECT viewer_persona_id, what, day FROM privacy_look WHERE owner_member_id = $1 ORDER BY day DESC, what, viewer_persona_id`, member)
}

// looksBy are somebody's own.
func looksBy(ctx context.Context, q db.Querier, personas []string) ([]Look, error) {
	return db.All(ctx, q, readLook, `SELECT viewer_persona_id, what, day FROM privacy_look WHERE viewer_persona_id IN ($1) ORDER BY day DESC, what`, personas)
}

func latestLooks(ctx context.Context, q db.Querier, n int) ([]Look, error) {
	return db.All(ctx, q, readLook, `SELECT viewer_persona_id, what, day FROM privacy_look ORDER BY day DESC, viewer_persona_id DESC, what DESC LIMIT $1`, n)
}

func insertErased(ctx context.Context, tx *db.Tx, key string, day time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO privacy_erased (key, day) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, day)
	return err
}

// erasedKeys are the accounts that the database knows to be erased, with the day.
func erasedKeys(ctx context.Context, q db.Querier) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	_, err := db.All(ctx, q, func(scan db.Scan) (key string, err error) {
		var day time.Time
		err = scan(&key, &day)
		out[key] = day
		return key, err
	}, `SELECT key, day FROM privacy_erased`)
	return out, err
}

// tidy drops copies that can't be fetched any more, and looks of long ago.
func tidy(ctx context.Context, tx *db.Tx, now, old time.Time) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM privacy_copy WHERE ends <= $1`, now)
	_, err2 := tx.Exec(ctx, `DELETE FROM privacy_look WHERE day < $1`, old)
	return errors.Join(err1, err2)
}

// forget drops what is kept about somebody; that something was looked at by
// somebody stays, without who it was.
func forget(ctx context.Context, tx *db.Tx, member string, personas []string) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM privacy_leaving WHERE owner_member_id = $1`, member)
	_, err2 := tx.Exec(ctx, `DELETE FROM privacy_copy WHERE owner_member_id = $1`, member)
	_, err3 := tx.Exec(ctx, `DELETE FROM privacy_look WHERE owner_member_id = $1`, member)
	_, err4 := tx.Exec(ctx, `INSERT INTO privacy_look (owner_member_id, viewer_persona_id, what, day)
		SELECT DISTINCT owner_member_id, '', what, day FROM privacy_look WHERE viewer_persona_id IN ($1)
		ON CONFLICT (owner_member_id, viewer_persona_id, what, day) DO NOTHING`, personas)
	_, err5 := tx.Exec(ctx, `DELETE FROM privacy_look WHERE viewer_persona_id IN ($1)`, personas)
	return errors.Join(err1, err2, err3, err4, err5)
}
