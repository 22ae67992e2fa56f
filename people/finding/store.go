package finding

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
)

func readGround(scan db.Scan) (g Ground, err error) {
	err = scan(&g.Key, &g.Since)
	return g, err
}

func groundsOf(ctx context.Context, q db.Querier) ([]Ground, error) {
	return db.All(ctx, q, readGround, `SELECT key, since FROM finding_ground WHERE key IN ($1) ORDER BY key`, grounds)
}

// publish notes the day of a ground that is off, and leaves one that is on.
func publish(ctx context.Context, tx *db.Tx, key string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE finding_ground SET since = $2 WHERE key = $1 AND since = $3`, key, now, never)
	return err
}

func unpublish(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `UPDATE finding_ground SET since = $2 WHERE key = $1`, key, never)
	return err
}

const columns = `w.id, w.state, w.ground, w.name, w.place, w.words, w.reason, w.danger, w.tell_on, w.about_persona_id, w.asker_persona_id, w.second_persona_id,
	w.answer, w.held, w.asked, w.changed, w.told`

func readWish(scan db.Scan) (*Wish, error) {
	x := &Wish{}
	err := scan(&x.ID, &x.State, &x.Ground, &x.Name, &x.Place, &x.Words, &x.Reason, &x.Danger, &x.TellOn, &x.about, &x.Asker, &x.Second,
		&x.Answer, &x.Held, &x.Asked, &x.Changed, &x.Told)
	return x, db.Missing(err)
}

func insert(ctx context.Context, tx *db.Tx, x *Wish) error {
	_, err := tx.Exec(ctx, `INSERT INTO finding_wish (id, state, ground, name, place, words, reason, danger, tell_on, about_persona_id, asker_persona_id, second_persona_id,
		answer, held, asked, changed, told) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		x.ID, string(x.State), x.Ground, x.Name, x.Place, x.Words, x.Reason, x.Danger, x.TellOn, x.about, x.Asker, x.Second,
		x.Answer, x.Held, x.Asked, x.Changed, x.Told)
	return err
}

func byID(ctx context.Context, q db.Querier, id string) (*Wish, error) {
	return db.One(ctx, q, readWish, `SELECT `+columns+` FROM finding_wish w WHERE w.id = $1`, id)
}

// decide writes what became of a wish that waits, and says whether it still did.
func decide(ctx context.Context, tx *db.Tx, x *Wish) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE finding_wish SET state = $2, second_persona_id = $3, answer = $4, held = $5, changed = $6, told = $7 WHERE id = $1 AND state = 'waiting'`,
		x.ID, string(x.State), x.Second, x.Answer, x.Held, x.Changed, x.Told)
	return n > 0, err
}

// latest are wishes, the latest first, from after one on; but those about some
// personas.
func latest(ctx context.Context, q db.Querier, not []string, after string, most int) ([]*Wish, error) {
	from, err := db.One(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT changed FROM finding_wish WHERE id = $1`, after)
	if errors.Is(err, db.ErrNone) { // from the beginning
		from, err = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), nil
	}
	if err != nil {
		return nil, err
	}
	return db.All(ctx, q, readWish, `SELECT `+columns+` FROM finding_wish w WHERE w.about_persona_id NOT IN ($1)
		AND (w.changed < $2 OR w.changed = $2 AND w.id < $3) ORDER BY w.changed DESC, w.id DESC LIMIT $4`, not, from, after, most)
}

// toldTo are those somebody knows of by now, by what they are called here.
func toldTo(ctx context.Context, q db.Querier, personas []string) ([]*Wish, error) {
	return db.All(ctx, q, readWish, `SELECT `+columns+` FROM finding_wish w WHERE w.about_persona_id IN ($1) AND w.told > $2 ORDER BY w.changed DESC, w.id`, personas, never)
}

func askedBy(ctx context.Context, q db.Querier, personas []string) ([]*Wish, error) {
	return db.All(ctx, q, readWish, `SELECT `+columns+` FROM finding_wish w WHERE w.asker_persona_id IN ($1) ORDER BY w.asked, w.id`, personas)
}

func answeredBy(ctx context.Context, q db.Querier, personas []string) ([]*Wish, error) {
	return db.All(ctx, q, readWish, `SELECT `+columns+` FROM finding_wish w WHERE w.second_persona_id IN ($1) ORDER BY w.changed, w.id`, personas)
}

// allTold are the personas whose owners know that they were found, each as often
// as they were.
func allTold(ctx context.Context, q db.Querier) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT about_persona_id FROM finding_wish WHERE state = 'found' AND told > $1`, never)
}

// allWaiting are the personas that wishes which wait are about.
func allWaiting(ctx context.Context, q db.Querier) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT about_persona_id FROM finding_wish WHERE state = 'waiting'`)
}

// untold are those whose owners are to be told by now.
func untold(ctx context.Context, q db.Querier, now time.Time) ([]*Wish, error) {
	return db.All(ctx, q, readWish, `SELECT `+columns+` FROM finding_wish w WHERE w.state = 'found' AND w.told = $1 AND w.tell_on <= $2 ORDER BY w.tell_on, w.id LIMIT 100`, never, now)
}

// setTold notes that somebody is told, and says whether they were not before.
func setTold(ctx context.Context, tx *db.Tx, id string, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE finding_wish SET told = $2 WHERE id = $1 AND state = 'found' AND told = $3`, id, now, never)
	return n > 0, err
}

// lapse ends what has waited since a moment or longer.
func lapse(ctx context.Context, tx *db.Tx, since, now time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE finding_wish SET state = 'lapsed', changed = $2 WHERE state = 'waiting' AND changed <= $1`, since, now)
}

// lapseAll ends all that waits.
func lapseAll(ctx context.Context, tx *db.Tx, now time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE finding_wish SET state = 'lapsed', changed = $1 WHERE state = 'waiting'`, now)
}

// drop deletes what was found, and what was not, until a moment each, and
// says how many.
func drop(ctx context.Context, tx *db.Tx, found, rest time.Time) (int64, error) {
	n, err1 := tx.Exec(ctx, `DELETE FROM finding_wish WHERE state = 'found' AND changed <= $1`, found)
	m, err2 := tx.Exec(ctx, `DELETE FROM finding_wish WHERE state IN ($1) AND changed <= $2`, []string{string(Refused), string(Lapsed), string(Nobody)}, rest)
	return n + m, errors.Join(err1, err2)
}

func insertLook(ctx context.Context, tx *db.Tx, wish string, second bool, day time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO finding_look (wish_id, second, day) VALUES ($1, $2, $3) ON CONFLICT (wish_id, second, day) DO NOTHING`, wish, second, day)
	return err
}

// look is that one of the two looked.
type look struct {
	wish   string
	second bool
	day    time.Time
}

func looksAt(ctx context.Context, q db.Querier, wishes []string) ([]look, error) {
	return db.All(ctx, q, func(scan db.Scan) (x look, err error) {
		err = scan(&x.wish, &x.second, &x.day)
		return x, err
	}, `SELECT wish_id, second, day FROM finding_look WHERE wish_id IN ($1) ORDER BY day, wish_id, second`, wishes)
}

// forget takes a person out. Of what is about them nothing they could be known
// by stays, and nothing anybody said: what waits ends, since nobody is there to
// find. What they asked or answered stays without them, as the reason for what
// was done.
func forget(ctx context.Context, tx *db.Tx, personas []string, now time.Time) error {
	_, err1 := tx.Exec(ctx, `UPDATE finding_wish SET about_persona_id = '', name = '', place = '', words = '', reason = '', danger = '', answer = '',
		changed = CASE WHEN state = 'waiting' THEN $2 ELSE changed END, state = CASE WHEN state = 'waiting' THEN 'nobody' ELSE state END WHERE about_persona_id IN ($1)`, personas, now)
	_, err2 := tx.Exec(ctx, `UPDATE finding_wish SET asker_persona_id = '', changed = CASE WHEN state = 'waiting' THEN $2 ELSE changed END,
		state = CASE WHEN state = 'waiting' THEN 'lapsed' ELSE state END WHERE asker_persona_id IN ($1)`, personas, now)
	_, err3 := tx.Exec(ctx, `UPDATE finding_wish SET second_persona_id = '' WHERE second_persona_id IN ($1)`, personas)
	return errors.Join(err1, err2, err3)
}
