package group

import (
	"context"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

func scanUpload(scan db.Scan) (*Upload, error) {
	u := &Upload{}
	return u, scan(&u.ID, &u.author, &u.At, &u.State, &u.round, db.JSON(&u.Columns), &u.publish, &u.run, &u.Done, db.JSON(&u.Account))
}

const uploadColumns = `id, author_persona_id, at, state, round, columns, publish, run, done, account`

func insertUpload(ctx context.Context, tx *db.Tx, u *Upload) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_upload (id, author_persona_id, at, state, round, columns, publish, run, done, account)
		VALUES ($1, $2, $3, $4, 0, $5, FALSE, '', 0, $6)`, u.ID, u.author, u.At, u.State, db.JSON(u.Columns), db.JSON(u.Account))
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO group_upload_file (upload_id, file) VALUES ($1, $2)`, u.ID, u.file)
	}
	return err
}

// uploadByID reads a list without its file.
func uploadByID(ctx context.Context, q db.Querier, id string) (*Upload, error) {
	return db.One(ctx, q, scanUpload, `SELECT `+uploadColumns+` FROM group_upload WHERE id = $1`, id)
}

func uploadFile(ctx context.Context, q db.Querier, id string) ([]byte, error) {
	return db.One(ctx, q, func(scan db.Scan) (b []byte, err error) {
		err = scan(&b)
		return b, err
	}, `SELECT file FROM group_upload_file WHERE upload_id = $1`, id)
}

func uploads(ctx context.Context, q db.Querier, most int) ([]*Upload, error) {
	return db.All(ctx, q, scanUpload, `SELECT `+uploadColumns+` FROM group_upload ORDER BY at DESC, id LIMIT $1`, most)
}

// waitingUploads counts the lists that somebody has not finished.
func waitingUploads(ctx context.Context, q db.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM group_upload WHERE state IN ($1)`, unfinished).Scan(&n)
	return n, err
}

// moveUpload writes a list that somebody did something with, from the round
// they had seen.
func moveUpload(ctx context.Context, tx *db.Tx, u *Upload, from int) error {
	n, err := tx.Exec(ctx, `UPDATE group_upload SET state = $3, round = $4, columns = $5, publish = $6, run = '', done = $7, account = $8
		WHERE id = $1 AND round = $2`, u.ID, from, u.State, u.round, db.JSON(u.Columns), u.publish, u.Done, db.JSON(u.Account))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "group.import.moved")
	}
	return err
}

// beginUpload makes a run the one that takes a list in.
func beginUpload(ctx context.Context, tx *db.Tx, u *Upload) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE group_upload SET run = $3 WHERE id = $1 AND round = $2`, u.ID, u.round, u.run)
	return n > 0, err
}

// noteUpload keeps how far a run has come, as long as the list is its own.
func noteUpload(ctx context.Context, tx *db.Tx, u *Upload, a Account) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE group_upload SET done = $4, account = $5 WHERE id = $1 AND round = $2 AND run = $3`, u.ID, u.round, u.run, a.Rows, db.JSON(a))
	return n > 0, err
}

// endUpload keeps what came of a list. Its file is kept only if it is still to
// be taken in.
func endUpload(ctx context.Context, tx *db.Tx, u *Upload, state string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE group_upload SET state = $4, account = $5 WHERE id = $1 AND round = $2 AND run = $3`, u.ID, u.round, u.run, state, db.JSON(u.Account))
	if err != nil || n == 0 || state == checked {
		return n > 0, err
	}
	if _, err = tx.Exec(ctx, `DELETE FROM group_upload_file WHERE upload_id = $1`, u.ID); err == nil {
		_, err = tx.Exec(ctx, `UPDATE group_upload SET columns = $2 WHERE id = $1`, u.ID, db.JSON([]string{}))
	}
	return true, err
}

func deleteUpload(ctx context.Context, tx *db.Tx, id string, round int) error {
	n, err := tx.Exec(ctx, `DELETE FROM group_upload WHERE id = $1 AND round = $2`, id, round)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "group.import.moved")
	}
	return err
}

// sweepUploads deletes what was left behind since before a moment, and reports since
// before another, and says how much that was. Of a list that was half taken in its
// report stays as long as others.
func sweepUploads(ctx context.Context, tx *db.Tx, before, reports time.Time) (int64, error) {
	k, err := tx.Exec(ctx, `DELETE FROM group_upload WHERE state IN ($1) AND at < $2`, []string{done, stopped}, reports)
	if err != nil {
		return 0, err
	}
	n, err := tx.Exec(ctx, `DELETE FROM group_upload WHERE state IN ($1) AND at < $2`, []string{choosing, checking, checked}, before)
	if err != nil {
		return 0, err
	}
	m, err := tx.Exec(ctx, `DELETE FROM group_upload_file WHERE upload_id IN (SELECT id FROM group_upload WHERE state = $1 AND at < $2)`, taking, before)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `UPDATE group_upload SET state = $1, columns = $2, round = round + 1 WHERE state = $3 AND at < $4`,
		stopped, db.JSON([]string{}), taking, before)
	return k + n + m, err
}

// broughtBy is what somebody brought, for their export.
func broughtBy(ctx context.Context, q db.Querier, personas []string) ([]time.Time, error) {
	return db.All(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT at FROM group_upload WHERE author_persona_id IN ($1) ORDER BY at`, personas)
}

// forgetBrought leaves a network its reports, without who brought the lists.
func forgetBrought(ctx context.Context, tx *db.Tx, personas []string) error {
	_, err := tx.Exec(ctx, `UPDATE group_upload SET author_persona_id = '' WHERE author_persona_id IN ($1)`, personas)
	return err
}
