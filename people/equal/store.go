package equal

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/crowd"
	"withus.example/platform/db"
)

// state is what a network asks, and what is shown of the answers.
type state struct {
	Asked   []string
	Quarter time.Time // after the last one that is shown; long ago: none was
	Shown   map[string]crowd.Table
}

func stateOf(ctx context.Context, q db.Querier) (s state, err error) {
	err = q.QueryRow(ctx, `SELECT asked, quarter, shown FROM equal_state`).Scan(db.JSON(&s.Asked), &s.Quarter, db.JSON(&s.Shown))
	return s, err
}

func putAsked(ctx context.Context, tx *db.Tx, asked []string) error {
	_, err := tx.Exec(ctx, `UPDATE equal_state SET asked = $1`, db.JSON(append([]string{}, asked...)))
	return err
}

// putShown shows other numbers, unless another server has just done so.
func putShown(ctx context.Context, tx *db.Tx, quarter time.Time, shown map[string]crowd.Table) error {
	_, err := tx.Exec(ctx, `UPDATE equal_state SET quarter = $1, shown = $2 WHERE quarter < $1`, quarter, db.JSON(shown))
	return err
}

// anyWaits says whether anything was ever sealed that is still here.
func anyWaits(ctx context.Context, q db.Querier) (bool, error) {
	_, err := db.One(ctx, q, db.Text, `SELECT sealer FROM equal_waiting LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// waits is what a sealer has sealed, and the quarter of the last answer in it;
// kept from others until the transaction ends.
func waits(ctx context.Context, tx *db.Tx, sealer string, now time.Time) (body string, quarter time.Time, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO equal_waiting (sealer, quarter, body) VALUES ($1, $2, '') ON CONFLICT (sealer) DO NOTHING`, sealer, now); err != nil {
		return "", quarter, err
	}
	err = tx.QueryRow(ctx, `SELECT body, quarter FROM equal_waiting WHERE sealer = $1`+tx.ForUpdate(), sealer).Scan(&body, &quarter)
	return body, quarter, err
}

// sealed is what a sealer has sealed, as it is now; "" if nothing.
func sealed(ctx context.Context, q db.Querier, sealer string) (string, error) {
	body, err := db.One(ctx, q, db.Text, `SELECT body FROM equal_waiting WHERE sealer = $1`, sealer)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return body, err
}

func putWaits(ctx context.Context, tx *db.Tx, sealer, body string, quarter time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE equal_waiting SET body = $2, quarter = $3 WHERE sealer = $1`, sealer, body, quarter)
	return err
}

func addTally(ctx context.Context, tx *db.Tx, quarter time.Time, question, choice string, n int) error {
	_, err := tx.Exec(ctx, `INSERT INTO equal_tally (quarter, question, choice, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (quarter, question, choice) DO UPDATE SET n = equal_tally.n + excluded.n`, quarter, question, choice, n)
	return err
}

// tallies are how often what was said, from one quarter up to another.
func tallies(ctx context.Context, q db.Querier, from, to time.Time) (map[string]map[string]int, error) {
	out := map[string]map[string]int{}
	_, err := db.All(ctx, q, func(scan db.Scan) (question string, err error) {
		var choice string
		var n int
		err = scan(&question, &choice, &n)
		if out[question] == nil {
			out[question] = map[string]int{}
		}
		out[question][choice] += n
		return question, err
	}, `SELECT question, choice, n FROM equal_tally WHERE quarter >= $1 AND quarter < $2`, from, to)
	return out, err
}

// offer notes that somebody opens the questions, and says whether they had not in
// this quarter.
func offer(ctx context.Context, tx *db.Tx, member string, month, quarter time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO equal_offered (owner_member_id, month) VALUES ($1, $2)
		ON CONFLICT (owner_member_id) DO UPDATE SET month = excluded.month WHERE equal_offered.month < $3`, member, month, quarter)
	return n > 0, err
}

// offered is the month in which somebody last opened the questions; the zero time:
// they did not, or long ago.
func offered(ctx context.Context, q db.Querier, member string) (time.Time, error) {
	at, err := db.One(ctx, q, func(scan db.Scan) (at time.Time, err error) { return at, scan(&at) }, `SELECT month FROM equal_offered WHERE owner_member_id = $1`, member)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return at, err
}

func forget(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM equal_offered WHERE owner_member_id = $1`, member)
	return err
}

// dropOld drops what is kept for a time.
func dropOld(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM equal_tally WHERE quarter < $1`, now.Add(-tallyKept))
	_, err2 := tx.Exec(ctx, `DELETE FROM equal_waiting WHERE quarter < $1`, now.Add(-waitingKept))
	_, err3 := tx.Exec(ctx, `DELETE FROM equal_offered WHERE month < $1`, now.Add(-offeredKept))
	return errors.Join(err1, err2, err3)
}
