package network

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// row is all the database holds of the network itself.
type row struct {
	Settings
	secret   string // the mail server's password
	revision int
	code     string    // hash of the code that opens the first steps
	opened   time.Time // zero: nobody went through the first steps
}

func read(ctx context.Context, q db.Querier) (r row, err error) {
	var opened *time.Time
	err = q.QueryRow(ctx, `SELECT settings, secret, revision, code, opened FROM network_network WHERE id = 'network'`).
		Scan(db.JSON(&r.Settings), &r.secret, &r.revision, &r.code, &opened)
	if opened != nil {
		r.opened = *opened
	}
	return r, err
}

// write keeps settings made from an earlier revision. If there is a newer one it
// is a Conflict.
func write(ctx context.Context, tx *db.Tx, r row, was int) error {
	n, err := tx.Exec(ctx, `UPDATE network_network SET settings = $1, secret = $2, revision = $3 WHERE id = 'network' AND revision = $4`,
		db.JSON(r.Settings), r.secret, r.revision, was)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "network.changed-meanwhile")
	}
	return err
}

// setCode lets a code open the first steps, and none from before.
func setCode(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := tx.Exec(ctx, `UPDATE network_network SET code = $1 WHERE id = 'network'`, hash)
	return err
}

// open opens the network, which is done once: the second time it is NotFound.
func open(ctx context.Context, tx *db.Tx, now time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE network_network SET opened = $1, code = '' WHERE id = 'network' AND opened IS NULL`, now)
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	return err
}

func addSetup(ctx context.Context, tx *db.Tx, key string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO network_setup (key, people, at) VALUES ($1, $2, $3)`, key, db.JSON([]founder{}), now)
	return err
}

// setup gives those somebody has named so far; Denied where they have not typed
// the code.
func setup(ctx context.Context, q db.Querier, key string, after time.Time) (out []founder, err error) {
	err = q.QueryRow(ctx, `SELECT people FROM network_setup WHERE key = $1 AND at > $2`, key, after).Scan(db.JSON(&out))
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.Denied, "")
	}
	return out, err
}

func setFounders(ctx context.Context, tx *db.Tx, key string, people []founder) error {
	_, err := tx.Exec(ctx, `UPDATE network_setup SET people = $2 WHERE key = $1`, key, db.JSON(people))
	return err
}

// dropSetups forgets what was typed on the way, by whomever.
func dropSetups(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM network_setup`)
	return err
}

func dropOldSetups(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM network_setup WHERE at < $1`, before)
	return err
}
