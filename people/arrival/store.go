package arrival

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

const listColumns = `id, author_persona_id, called, at, state, round, choices, done, account, moved`

func scanList(scan db.Scan) (*List, error) {
	l := &List{}
	return l, scan(&l.ID, &l.author, &l.Called, &l.At, &l.State, &l.round, db.JSON(&l.Choices), &l.Done, db.JSON(&l.Account), &l.moved)
}

func insertList(ctx context.Context, tx *db.Tx, l *List) error {
	_, err := tx.Exec(ctx, `INSERT INTO arrival_list (id, author_persona_id, called, at, state, round, choices, done, account, moved) VALUES ($1, $2, $3, $4, $5, 0, $6, 0, $7, $4)`,
		l.ID, l.author, l.Called, l.At, l.State, db.JSON(l.Choices), db.JSON(l.Account))
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO arrival_file (list_id, file) VALUES ($1, $2)`, l.ID, l.file)
	}
	return err
}

func listByID(ctx context.Context, q db.Querier, id string) (*List, error) {
	l, err := db.One(ctx, q, scanList, `SELECT `+listColumns+` FROM arrival_list WHERE id = $1`, id)
	return l, db.Missing(err)
}

func fileOf(ctx context.Context, q db.Querier, id string) ([]byte, error) {
	b, err := db.One(ctx, q, func(scan db.Scan) (b []byte, err error) {
		err = scan(&b)
		return b, err
	}, `SELECT file FROM arrival_file WHERE list_id = $1`, id)
	return b, db.Missing(err)
}

func lists(ctx context.Context, q db.Querier, most int) ([]*List, error) {
	return db.All(ctx, q, scanList, `SELECT `+listColumns+` FROM arrival_list ORDER BY at DESC, id LIMIT $1`, most)
}

func unfinished(ctx context.Context, q db.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM arrival_list WHERE state IN ('choosing', 'marking', 'checked')`).Scan(&n)
	return n, err
}

var errMoved = fault.New(fault.Conflict, "arrival.moved")

// moveList writes a list that somebody did something with, from the round they had
// seen.
func moveList(ctx context.Context, tx *db.Tx, l *List, now time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE arrival_list SET state = $3, round = round + 1, choices = $4, done = 0, account = $5, moved = $6 WHERE id = $1 AND round = $2 AND state IN ('choosing', 'marking', 'checked')`,
		l.ID, l.round, l.State, db.JSON(l.Choices), db.JSON(l.Account), now)
	if err == nil && n == 0 {
		err = errMoved
	}
	return err
}

// advance notes how far a list is brought in, unless somebody else was faster. One
// that is done needs its file no more.
func advance(ctx context.Context, tx *db.Tx, l *List, from int, now time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE arrival_list SET state = $3, done = $4, account = $5, moved = $6 WHERE id = $1 AND done = $2 AND state = 'taking'`, l.ID, from, l.State, l.Done, db.JSON(l.Account), now)
	if err == nil && n == 0 {
		err = errMoved
	}
	if err == nil && l.State == done {
		_, err = tx.Exec(ctx, `DELETE FROM arrival_file WHERE list_id = $1`, l.ID)
	}
	return err
}

// deleteList drops a list, unless it is being brought in and rows came since then.
func deleteList(ctx context.Context, tx *db.Tx, id string, since time.Time) error {
	n, err := tx.Exec(ctx, `DELETE FROM arrival_list WHERE id = $1 AND (state <> 'taking' OR moved < $2)`, id, since)
	if err == nil && n == 0 {
		err = errMoved
	}
	return err
}

// sweep drops lists that nobody went on with, files of those that went nowhere while
// they were brought in, and marks that have had their time.
func sweep(ctx context.Context, tx *db.Tx, now time.Time) (files int64, err error) {
	files, err = tx.Exec(ctx, `DELETE FROM arrival_list WHERE state IN ('choosing', 'marking', 'checked') AND at < $1`, now.Add(-fileKept))
	if err == nil {
		var n int64
		n, err = tx.Exec(ctx, `DELETE FROM arrival_file WHERE list_id IN (SELECT id FROM arrival_list WHERE state = 'taking' AND moved < $1)`, now.Add(-fileKept))
		files += n
	}
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM arrival_gone WHERE until <= $1`, now)
	}
	return files, err
}

const personColumns = `owner_member_id, called, old_id, carried, day, state, due, letters, wrote`

func scanPerson(scan db.Scan) (p Person, err error) {
	err = scan(&p.Member, &p.Called, &p.old, db.JSON(&p.Carried), &p.Day, &p.State, &p.due, &p.letters, &p.wrote)
	return p, db.Missing(err)
}

func insertPerson(ctx context.Context, tx *db.Tx, p Person) error {
	_, err := tx.Exec(ctx, `INSERT INTO arrival_person (owner_member_id, called, old_id, carried, day, state, due, letters, wrote) VALUES ($1, $2, $3, $4, $5, $6, FALSE, 0, $7)`,
		p.Member, p.Called, p.old, db.JSON(p.Carried), p.Day, p.State, time.Unix(0, 0))
	return err
}

func personOf(ctx context.Context, q db.Querier, member string) (Person, error) {
	return db.One(ctx, q, scanPerson, `SELECT `+personColumns+` FROM arrival_person WHERE owner_member_id = $1`, member)
}

// lockedPerson is personOf, kept from others until the transaction ends.
func lockedPerson(ctx context.Context, tx *db.Tx, member string) (Person, error) {
	return db.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM arrival_person WHERE owner_member_id = $1`+tx.ForUpdate(), member)
}

// setPerson keeps how somebody stands, and what went to them.
func setPerson(ctx context.Context, tx *db.Tx, p Person) error {
	_, err := tx.Exec(ctx, `UPDATE arrival_person SET carried = $2, state = $3, due = $4, letters = $5, wrote = $6 WHERE owner_member_id = $1`,
		p.Member, db.JSON(p.Carried), p.State, p.due, p.letters, p.wrote)
	return err
}

// waitingFrom are those who have not arrived, the first who came first, from after
// somebody on.
func waitingFrom(ctx context.Context, q db.Querier, after string, most int) ([]Person, error) {
	var day time.Time
	if after != "" {
		if p, err := personOf(ctx, q, after); err == nil {
			day = p.Day
		} else if after = ""; !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return db.All(ctx, q, scanPerson, `SELECT `+personColumns+` FROM arrival_person WHERE state <> 'arrived' AND (day > $1 OR day = $1 AND owner_member_id > $2) ORDER BY day, owner_member_id LIMIT $3`, day, after, most)
}

// Counts are how many stand how.
type Counts struct{ Unwritten, Sending, Written, Quiet, Arrived, Remind int }

func counts(ctx context.Context, q db.Querier, before time.Time) (c Counts, err error) {
	err = errors.Join(
		q.QueryRow(ctx, `SELECT count(*) FROM arrival_person WHERE state = 'waiting' AND letters = 0 AND due = FALSE`).Scan(&c.Unwritten),
		q.QueryRow(ctx, `SELECT count(*) FROM arrival_person WHERE due = TRUE`).Scan(&c.Sending),
		q.QueryRow(ctx, `SELECT count(*) FROM arrival_person WHERE state = 'waiting' AND letters > 0`).Scan(&c.Written),
		q.QueryRow(ctx, `SELECT count(*) FROM arrival_person WHERE state IN ('stopped', 'bounced')`).Scan(&c.Quiet),
		q.QueryRow(ctx, `SELECT count(*) FROM arrival_person WHERE state = 'arrived'`).Scan(&c.Arrived),
		q.QueryRow(ctx, `SELECT count(*) FROM arrival_person WHERE state = 'waiting' AND letters = 1 AND due = FALSE AND wrote < $1`, before).Scan(&c.Remind))
	return c, err
}

// askLetters has letters go to those who have had so many, the last one before a
// moment.
func askLetters(ctx context.Context, tx *db.Tx, had int, before time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE arrival_person SET due = TRUE WHERE state = 'waiting' AND letters = $1 AND due = FALSE AND wrote < $2`, had, before)
}

// askedFor are those to whom a letter is to go.
func askedFor(ctx context.Context, q db.Querier, most int) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT owner_member_id FROM arrival_person WHERE due = TRUE ORDER BY day, owner_member_id LIMIT $1`, most)
}

// tooLong are those who came over before a moment and have not arrived.
func tooLong(ctx context.Context, q db.Querier, before time.Time, most int) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT owner_member_id FROM arrival_person WHERE state <> 'arrived' AND day < $1 ORDER BY day, owner_member_id LIMIT $2`, before, most)
}

// holdLetters has none go that was asked for.
func holdLetters(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE arrival_person SET due = FALSE WHERE due = TRUE`)
	return err
}

// olds are those of some old ids that came before in a list of that name. In
// another, a number may be somebody else's.
func olds(ctx context.Context, q db.Querier, called string, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return db.All(ctx, q, db.Text, `SELECT old_id FROM arrival_person WHERE called = $1 AND old_id IN ($2)`, called, ids)
}

// byOld is who came with an old id in a list of that name; empty: nobody.
func byOld(ctx context.Context, q db.Querier, called, old string) (string, error) {
	all, err := db.All(ctx, q, db.Text, `SELECT owner_member_id FROM arrival_person WHERE called = $1 AND old_id = $2 ORDER BY day, owner_member_id LIMIT 1`, called, old)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

func gone(ctx context.Context, q db.Querier, marks []string) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT mark FROM arrival_gone WHERE mark IN ($1)`, marks)
}

func insertGone(ctx context.Context, tx *db.Tx, mark string, until time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO arrival_gone (mark, until) VALUES ($1, $2) ON CONFLICT (mark) DO NOTHING`, mark, until)
	return err
}

func broughtBy(ctx context.Context, q db.Querier, personas []string) ([]time.Time, error) {
	return db.All(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT at FROM arrival_list WHERE author_persona_id IN ($1) ORDER BY at`, personas)
}

// forget drops somebody who came over, and whose list it was.
func forget(ctx context.Context, tx *db.Tx, member string, personas []string) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM arrival_person WHERE owner_member_id = $1`, member)
	_, err2 := tx.Exec(ctx, `UPDATE arrival_list SET author_persona_id = '' WHERE author_persona_id IN ($1)`, personas)
	return errors.Join(err1, err2)
}
