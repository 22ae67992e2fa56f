package member

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
)

func allKinds(ctx context.Context, q db.Querier) ([]Kind, error) {
	return db.All(ctx, q, func(scan db.Scan) (k Kind, err error) {
		err = scan(&k.Kind, &k.Open, &k.Met, &k.Sees, &k.Votes, &k.Renews, &k.Revision)
		return k, err
	}, `SELECT kind, open, met, sees, votes, renews, revision FROM member_kind ORDER BY kind`)
}

// updateKind writes a kind that was read at a revision.
func updateKind(ctx context.Context, tx *db.Tx, k Kind, from int) (int64, error) {
	return tx.Exec(ctx, `UPDATE member_kind SET open = $2, met = $3, sees = $4, votes = $5, renews = $6, revision = $7 WHERE kind = $1 AND revision = $8`,
		string(k.Kind), k.Open, k.Met, k.Sees, k.Votes, k.Renews, k.Revision, from)
}

func insertApplication(ctx context.Context, tx *db.Tx, member string, x Application) error {
	_, err := tx.Exec(ctx, `INSERT INTO member_application (id, owner_member_id, kind, met, state, talked, words, reason, asked, changed, brings, invited, decider_persona_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '')`,
		x.ID, member, string(x.Kind), x.Met, string(x.State), x.Talked, x.Words, x.Reason, x.Asked, x.Changed, db.JSON(x.Brings), x.Invited)
	return err
}

const applicationColumns = `a.id, a.kind, a.met, a.state, a.talked, a.words, a.reason, a.asked, a.changed, a.brings, a.invited, m.email, m.does, m.own, m.country, m.lang, m.id`

func readApplication(scan db.Scan) (x Application, err error) {
	err = scan(&x.ID, &x.Kind, &x.Met, &x.State, &x.Talked, &x.Words, &x.Reason, &x.Asked, &x.Changed, db.JSON(&x.Brings), &x.Invited, &x.Email, db.JSON(&x.Does), &x.Own, &x.Country, &x.Lang, &x.member)
	x.Email = reachable(x.Email)
	return x, db.Missing(err)
}

// applications are those that wait, the oldest first, from after one on.
func applications(ctx context.Context, q db.Querier, after string, most int) ([]Application, error) {
	var asked time.Time
	if after != "" {
		err := q.QueryRow(ctx, `SELECT asked FROM member_application WHERE id = $1`, after).Scan(&asked)
		if errors.Is(err, db.ErrNone) {
			after = "" // it is gone: from the beginning
		} else if err != nil {
			return nil, err
		}
	}
	return db.All(ctx, q, readApplication, `SELECT `+applicationColumns+` FROM member_application a JOIN member_member m ON m.id = a.owner_member_id
		WHERE a.state = 'waiting' AND m.leaving = FALSE AND (a.asked > $1 OR a.asked = $1 AND a.id > $2) ORDER BY a.asked, a.id LIMIT $3`, asked, after, most)
}

func application(ctx context.Context, q db.Querier, id string) (Application, error) {
	return db.One(ctx, q, readApplication, `SELECT `+applicationColumns+` FROM member_application a JOIN member_member m ON m.id = a.owner_member_id WHERE a.id = $1 AND m.leaving = FALSE`, id)
}

func applicationOf(ctx context.Context, q db.Querier, member string) (Application, error) {
	return db.One(ctx, q, readApplication, `SELECT `+applicationColumns+` FROM member_application a JOIN member_member m ON m.id = a.owner_member_id WHERE a.owner_member_id = $1`, member)
}

// waitingNow counts those that wait, and says since when the oldest does.
func waitingNow(ctx context.Context, q db.Querier) (n int, oldest time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM member_application a JOIN member_member m ON m.id = a.owner_member_id WHERE a.state = 'waiting' AND m.leaving = FALSE`).Scan(&n)
	if err != nil || n == 0 {
		return n, oldest, err
	}
	err = q.QueryRow(ctx, `SELECT a.asked FROM member_application a JOIN member_member m ON m.id = a.owner_member_id
		WHERE a.state = 'waiting' AND m.leaving = FALSE ORDER BY a.asked, a.id LIMIT 1`).Scan(&oldest)
	if errors.Is(err, db.ErrNone) {
		return 0, oldest, nil // answered in between
	}
	return n, oldest, err
}

// decideApplication keeps an answer, and gives whose application it was. Of two
// who answer at once one is a Conflict.
func decideApplication(ctx context.Context, tx *db.Tx, x Application, decider string) (member string, err error) {
	err = tx.QueryRow(ctx, `UPDATE member_application SET state = $2, talked = $3, reason = $4, changed = $5, decider_persona_id = $6
		WHERE id = $1 AND state = 'waiting' RETURNING owner_member_id`, x.ID, string(x.State), x.Talked, x.Reason, x.Changed, decider).Scan(&member)
	if errors.Is(err, db.ErrNone) {
		err = errAnswered
	}
	return member, err
}

// welcomed lets somebody in, whatever kept them out.
func welcomed(ctx context.Context, tx *db.Tx, member string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE member_application SET state = 'welcomed', changed = $2 WHERE owner_member_id = $1 AND state <> 'welcomed'`, member, now)
	return errors.Join(err, comeIn(ctx, tx, member, now))
}

// withdraw keeps anybody from answering somebody's application that waits, and says
// whether it still did.
func withdraw(ctx context.Context, tx *db.Tx, member string) (int64, error) {
	return tx.Exec(ctx, `UPDATE member_application SET state = 'withdrawn', words = '', brings = '{}' WHERE owner_member_id = $1 AND state = 'waiting'`, member)
}

func askAgain(ctx context.Context, tx *db.Tx, member, words string, now time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE member_application SET state = 'waiting', words = $2, asked = $3, changed = $3
		WHERE owner_member_id = $1 AND state = 'refused'`, member, words, now)
}

// decidedBy is when somebody answered whether others may join.
func decidedBy(ctx context.Context, q db.Querier, personas []string) ([]time.Time, error) {
	all, err := db.All(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT changed FROM member_application WHERE decider_persona_id IN ($1) ORDER BY changed`, personas)
	return append([]time.Time{}, all...), err
}
