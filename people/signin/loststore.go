package signin

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

// insertLost keeps a wish, and says whether the same one did not wait already.
func insertLost(ctx context.Context, tx *db.Tx, x Lost) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO signin_lost (id, owner_member_id, old_email, new_email, lang, words, state, told, asked, due, changed, old_key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (old_email, new_email) WHERE state = 'waiting' DO NOTHING`,
		x.ID, x.owner, x.From, x.To, x.Lang, x.Words, string(x.State), x.Told, x.Asked, x.Due, x.Changed, x.key)
	return n > 0, err
}

const lostColumns = `id, owner_member_id, old_email, new_email, lang, words, state, told, asked, due, changed`

func readLost(scan db.Scan) (x Lost, err error) {
	err = scan(&x.ID, &x.owner, &x.From, &x.To, &x.Lang, &x.Words, &x.State, &x.Told, &x.Asked, &x.Due, &x.Changed)
	return x, db.Missing(err)
}

func lostOne(ctx context.Context, q db.Querier, id string) (Lost, error) {
	return db.One(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost WHERE id = $1`, id)
}

// lostAlive are those that wait or are on their way, the oldest first, from
// after one on.
func lostAlive(ctx context.Context, q db.Querier, after string, most int) ([]Lost, error) {
	from, err := lostOne(ctx, q, after)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	return db.All(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost
		WHERE state IN ('waiting', 'running', 'open') AND (asked > $1 OR asked = $1 AND id > $2) ORDER BY asked, id LIMIT $3`, from.Asked, from.ID, most)
}

// lostEnded are those that ended, the newest first.
func lostEnded(ctx context.Context, q db.Querier, most int) ([]Lost, error) {
	return db.All(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost
		WHERE state IN ('done', 'refused', 'stopped', 'silent', 'over') ORDER BY changed DESC, id DESC LIMIT $1`, most)
}

// lostCounts is how many wait, and how many are on their way.
func lostCounts(ctx context.Context, q db.Querier) (waiting, running int, err error) {
	_, err = db.All(ctx, q, func(scan db.Scan) (state lostState, err error) {
		var n int
		err = scan(&state, &n)
		if state == lostWaiting {
			waiting = n
		} else {
			running += n
		}
		return state, err
	}, `SELECT state, count(*) FROM signin_lost WHERE state IN ('waiting', 'running', 'open') GROUP BY state`)
	return waiting, running, err
}

// lostOf are all that are about an account, its address or its sign-in name.
func lostOf(ctx context.Context, q db.Querier, of kit.Subject) ([]Lost, error) {
	return db.All(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost WHERE owner_member_id = $1
		UNION SELECT `+lostColumns+` FROM signin_lost WHERE old_email = $2
		UNION SELECT `+lostColumns+` FROM signin_lost WHERE old_key = $3 AND old_key <> '' ORDER BY asked, id`, of.Member, of.Email, of.Login)
}

// lostRuns is the wish by which somebody is about to be let into an account; one of
// no state if there is none.
func lostRuns(ctx context.Context, q db.Querier, member string) (Lost, error) {
	x, err := db.One(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost WHERE owner_member_id = $1 AND state IN ('running', 'open')`, member)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return x, err
}

// startLost sets one on its way that waits, for an account; db.ErrConflict, in the
// end, if another one of that account is.
func startLost(ctx context.Context, tx *db.Tx, id, member string, due, now time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE signin_lost SET state = 'running', owner_member_id = $2, due = $3, changed = $4 WHERE id = $1 AND state = $5`, id, member, due, now, string(lostWaiting))
	if err == nil && n == 0 {
		err = errLostOver
	}
	return err
}

// toldLost notes that the old address was written to, and until when the owner
// has time from then on; once.
func toldLost(ctx context.Context, tx *db.Tx, id string, due time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE signin_lost SET told = TRUE, due = $2 WHERE id = $1 AND state = 'running' AND told = FALSE`, id, due)
	return n > 0, err
}

// openLost lets a link go out for one whose time has come, and says whether none
// went before.
func openLost(ctx context.Context, tx *db.Tx, id string, until, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE signin_lost SET state = 'open', due = $2, changed = $3 WHERE id = $1 AND state = 'running' AND told = TRUE AND due <= $3`, id, until, now)
	return n > 0, err
}

// endLost ends one that is in one of some states, and gives it; NotFound if it
// is not.
func endLost(ctx context.Context, tx *db.Tx, id string, as lostState, now time.Time, from ...lostState) (Lost, error) {
	var in []string
	for _, s := range from {
		in = append(in, string(s))
	}
	return db.One(ctx, tx, readLost, `UPDATE signin_lost SET state = $2, changed = $3 WHERE id = $1 AND state IN ($4) RETURNING `+lostColumns, id, string(as), now, in)
}

// useLost ends one whose link is used in time; NotFound if it is too late.
func useLost(ctx context.Context, tx *db.Tx, id string, now time.Time) (Lost, error) {
	return db.One(ctx, tx, readLost, `UPDATE signin_lost SET state = 'done', changed = $2 WHERE id = $1 AND state = 'open' AND due > $2 RETURNING `+lostColumns, id, now)
}

// useLostCode ends one by the code of whoever asked, if its time has come; NotFound
// if it has not.
func useLostCode(ctx context.Context, tx *db.Tx, member, hash string, now time.Time) (Lost, error) {
	return db.One(ctx, tx, readLost, `UPDATE signin_lost SET state = 'done', changed = $3 WHERE owner_member_id = $1 AND new_email = $2 AND state = 'open' AND due > $3 RETURNING `+lostColumns,
		member, "#"+hash, now)
}

// stopLost stops the one that is on its way into an account, if there is one,
// and says so: its owner is there. what is how they showed it.
func stopLost(ctx context.Context, tx *db.Tx, member, what string, now time.Time) (bool, error) {
	x, err := db.One(ctx, tx, readLost, `UPDATE signin_lost SET state = 'stopped', changed = $2
		WHERE owner_member_id = $1 AND state IN ('running', 'open') RETURNING `+lostColumns, member, now)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(note(ctx, tx, x.ID, Happening{What: what}, &access.Viewer{}, now), tellLost(ctx, tx, x, x.To, "signin.lost.mail-stopped"))
}

// note writes down that something happened with a wish, and who did it, if it
// was one of the team.
func note(ctx context.Context, tx *db.Tx, lost string, h Happening, by *access.Viewer, now time.Time) error {
	if h.Talked.IsZero() {
		h.Talked = never
	}
	_, err := tx.Exec(ctx, `INSERT INTO signin_lost_event (id, lost_id, at, what, talked, why, actor_persona_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id.New(ctx), lost, now, h.What, db.Day(h.Talked), h.Why, by.Persona)
	return err
}

func readHappening(scan db.Scan) (h Happening, err error) {
	err = scan(&h.At, &h.What, &h.Talked, &h.Why, &h.Actor)
	return h, err
}

func happenings(ctx context.Context, q db.Querier, lost string) ([]Happening, error) {
	return db.All(ctx, q, readHappening, `SELECT at, what, talked, why, actor_persona_id FROM signin_lost_event WHERE lost_id = $1 ORDER BY at, id`, lost)
}

// happeningsBy is what one of the team did.
func happeningsBy(ctx context.Context, q db.Querier, personas []string) ([]Happening, error) {
	return db.All(ctx, q, readHappening, `SELECT at, what, talked, why, actor_persona_id FROM signin_lost_event WHERE actor_persona_id IN ($1) ORDER BY at, id`, personas)
}

// lostLate are those that nobody answered since before, those whose link nobody
// followed by now, and those whose letter to the old address could not be handed
// over since before; so many as one round takes.
func lostLate(ctx context.Context, q db.Querier, before, now time.Time) ([]Lost, error) {
	waited, err1 := db.All(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost WHERE state = 'waiting' AND asked <= $1 ORDER BY asked, id LIMIT 100`, before)
	open, err2 := db.All(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost WHERE state = 'open' AND due <= $1 ORDER BY changed, id LIMIT 100`, now)
	stuck, err3 := db.All(ctx, q, readLost, `SELECT `+lostColumns+` FROM signin_lost WHERE state = 'running' AND changed <= $1 ORDER BY changed, id LIMIT 100`, before)
	return append(append(waited, open...), stuck...), errors.Join(err1, err2, err3)
}

// holdLost stops whatever is on its way.
func holdLost(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err1 := tx.Exec(ctx, `UPDATE signin_lost SET state = 'stopped', changed = $1 WHERE state = 'running'`, now)
	_, err2 := tx.Exec(ctx, `UPDATE signin_lost SET state = 'stopped', changed = $1 WHERE state = 'open'`, now)
	return errors.Join(err1, err2)
}

func dropOldLost(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_lost WHERE state IN ('done', 'refused', 'stopped', 'silent', 'over') AND changed < $1`, before)
	return err
}

// forgetLost drops every wish about somebody, or that names their address, and
// that it was them who answered others'.
func forgetLost(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM signin_lost WHERE owner_member_id = $1`, sub.Member)
	_, err2 := tx.Exec(ctx, `DELETE FROM signin_lost WHERE old_email = $1`, sub.Email)
	_, err3 := tx.Exec(ctx, `DELETE FROM signin_lost WHERE new_email = $1`, sub.Email)
	_, err5 := tx.Exec(ctx, `DELETE FROM signin_lost WHERE old_key = $1 AND old_key <> ''`, sub.Login)
	_, err4 := tx.Exec(ctx, `UPDATE signin_lost_event SET actor_persona_id = '' WHERE actor_persona_id IN ($1)`, sub.Personas)
	return errors.Join(err1, err2, err3, err4, err5)
}

// tellLost has a letter sent about a wish, with a text and no link. Where there is
// no address, whoever asked comes to look.
func tellLost(ctx context.Context, tx *db.Tx, x Lost, to, text string) error {
	if !mailed(to) {
		return nil
	}
	return job.Add(ctx, tx, job.Job{Kind: lostLetterJob, Key: text + " " + id.Hash(to), Whom: lostWhom(x, to), Body: lostLetter{x.owner, to, x.Lang, text}})
}

// lostWhom is whom work about a wish is about, so that it is forgotten with them.
func lostWhom(x Lost, to string) string {
	if x.owner != "" {
		return x.owner
	}
	return id.Hash(to)
}
