package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Tx is a transaction that may write.
type Tx struct {
	Dialect Dialect
	db      *DB
	run     runner
	changed map[string]bool
}

// runner is what *sql.Tx and the SQLite writer's connection have in common.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Write runs fn in one transaction and returns once it is on disk. fn may run
// more than once, so it does nothing but database work through the context and
// transaction it is given. A unique rule it broke is [ErrConflict].
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(insideKey{}) != nil {
		return ErrNested
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	key, _ := ctx.Value(onceKey{}).(*once)
	body := fn
	if key != nil && !key.spent {
		body = func(ctx context.Context, tx *Tx) error {
			if err := tx.spend(ctx, key.name); err != nil {
				return err
			}
			return fn(ctx, tx)
		}
	}
	write := d.writePostgres
	if d.Dialect == SQLite {
		write = d.writeSQLite
	}
	for try := 0; ; try++ {
		err := write(context.WithValue(ctx, insideKey{}, true), body)
		if n, _ := ctx.Value(notedKey{}).(*noted); n != nil {
			n.forget()
		}
		if err == nil && key != nil {
			key.spent = true
		}
		if err == nil || try == 5 || !again(err) {
			return known(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try*try) * 5 * time.Millisecond):
		}
	}
}

type insideKey struct{}

func (d *DB) writePostgres(ctx context.Context, fn func(context.Context, *Tx) error) (err error) {
	t, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	tx := &Tx{Dialect: Postgres, db: d, run: t}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.count(ctx, slices.Sorted(maps.Keys(tx.changed))); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		if lost(err) {
			return fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		return err
	}
	return nil
}

// Exec runs one statement and says how many rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tick(ctx)
	q, a, err := t.db.prepare(query, args)
	if err != nil {
		return 0, err
	}
	res, err := t.run.ExecContext(ctx, q, a...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Query reads rows inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	tick(ctx)
	q, a, err := t.db.prepare(query, args)
	if err != nil {
		return nil, err
	}
	return t.run.QueryContext(ctx, q, a...)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	rows, err := t.Query(ctx, query, args...)
	return &Row{rows, err}
}

// Once gives a context whose first Write happens at most once for that key,
// however often it is tried; a later one is [ErrRepeated] and changes nothing.
// The key is spent in the same transaction as the work. Keys are forgotten
// after two days: see [DB.ForgetOnce].
func Once(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, onceKey{}, &once{name: key})
}

type onceKey struct{}

type once struct {
	name  string
	spent bool
}

func (t *Tx) spend(ctx context.Context, key string) error {
	n, err := t.Exec(ctx, `INSERT INTO db_once (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, time.Now().Truncate(time.Hour)) // of the hour: a moment would lead to what was done in it
	if err == nil && n == 0 {
		return ErrRepeated
	}
	return err
}

// Apart gives a context whose writes are no part of the [Once] work above them.
func Apart(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, (*once)(nil))
}

// Outcome keeps what came of a spent key, so that whoever repeats it can be
// shown the same.
func (d *DB) Outcome(ctx context.Context, key, outcome string) error {
	return d.Write(Apart(ctx), func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `UPDATE db_once SET outcome = $2 WHERE key = $1`, key, outcome)
		return err
	})
}

// OutcomeOf gives what came of a key: empty where it was never spent or
// nothing was kept.
func (d *DB) OutcomeOf(ctx context.Context, key string) (string, error) {
	s, err := One(ctx, d, Text, `SELECT outcome FROM db_once WHERE key = $1`, key)
	if errors.Is(err, ErrNone) {
		return "", nil
	}
	return s, err
}

// ForgetOnce deletes keys spent before a time.
func (d *DB) ForgetOnce(ctx context.Context, before time.Time) error {
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM db_once WHERE at < $1`, before)
		return err
	})
}

// ForUpdate ends a SELECT that reads rows to write something made from them, so
// that nobody changes them in between. SQLite has one writer and needs nothing.
func (t *Tx) ForUpdate() string {
	if t.Dialect == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// SkipLocked ends a SELECT that takes rows off a queue, so that several
// servers take different ones. SQLite has one writer and needs nothing.
func (t *Tx) SkipLocked() string {
	if t.Dialect == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}
