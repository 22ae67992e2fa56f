// Package db keeps the network's data in SQLite or PostgreSQL and settles once
// what differs between them: one hand-written SQL text serves both.
//
// Placeholders are $1, $2, …; a []string argument is spread over as many as it
// needs, so that `scope IN ($1)` takes a list. Times are kept as UTC
// microseconds. JSON columns are read and written through [JSON].
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Dialect is the engine under a database. Rooms need it only in their
// migrations; a word enters SQL elsewhere only when a second engine forces it.
type Dialect string

// The engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Querier reads: a [DB] from its pool, a [Tx] inside its transaction. Store
// functions that serve both take one.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *Row
}

// DB is one network's database.
type DB struct {
	Dialect Dialect
	Dir     string // folder of the SQLite file; empty for PostgreSQL

	read  *sql.DB
	write *sql.DB
	texts sync.Map // query → *text
	stmts sync.Map // text for the engine → *sql.Stmt; SQLite only

	queue   chan *request // SQLite only: what waits for the one writer
	gate    sync.RWMutex  // held to put something on the queue
	closed  bool
	stopped chan struct{}
	release func() error // lets go of the data folder

	changes changes
}

// Open opens the PostgreSQL database at a postgres:// URL or, where url is
// empty, the SQLite file in the folder dir, which it makes. Nothing is
// migrated: see [DB.Migrate].
func Open(ctx context.Context, url, dir string) (*DB, error) {
	if url == "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("the data folder can't be made: %w", err)
		}
		return openSQLite(ctx, dir)
	}
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errors.New("the database must be a postgres:// URL; leave it empty to use SQLite in the data folder")
	}
	return openPostgres(ctx, url)
}

// File is the path of the SQLite file in a data folder.
func File(dir string) string { return filepath.Join(dir, "withus.db") }

// Close waits for the writes under way and closes the database.
func (d *DB) Close() error {
	d.gate.Lock()
	first := !d.closed
	d.closed = true
	d.gate.Unlock()
	if first && d.queue != nil {
		close(d.queue)
		<-d.stopped
	}
	d.changes.forget()
	err := d.read.Close()
	if d.write != d.read {
		err = errors.Join(err, d.write.Close())
	}
	if first && d.release != nil {
		err = errors.Join(err, d.release())
	}
	return err
}

// Ping says whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.QueryRow(ctx, `SELECT 1`).Scan(&one)
}

// Query reads rows. Most callers want [All] or [One].
func (d *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	tick(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q, a, err := d.prepare(query, args)
	if err != nil {
		return nil, err
	}
	if d.Dialect == Postgres { // pgx keeps its own prepared statements
		return d.read.QueryContext(ctx, q, a...)
	}
	s, err := d.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	// A read of ours is short. Letting it be called off with the request would
	// cost two goroutines for each, a fifth of its time.
	return s.QueryContext(context.WithoutCancel(ctx), a...)
}

// QueryRow reads one row.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	rows, err := d.Query(ctx, query, args...)
	return &Row{rows, err}
}

func (d *DB) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	if s, ok := d.stmts.Load(q); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := d.read.PrepareContext(context.WithoutCancel(ctx), q)
	if err != nil {
		return nil, err
	}
	if first, raced := d.stmts.LoadOrStore(q, s); raced {
		s.Close()
		return first.(*sql.Stmt), nil
	}
	return s, nil
}

// Row is the answer to QueryRow.
type Row struct {
	rows *sql.Rows
	err  error
}

// Scan reads the row's columns; without a row the error is [ErrNone].
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNone
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// Scan reads the columns of one row.
type Scan func(dest ...any) error

// All reads every row of a query.
func All[T any](ctx context.Context, q Querier, read func(Scan) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// InOrder gives rows that were read by their ids in the order of these. An id
// without a row is left out.
func InOrder[T any](ids []string, rows []T, id func(T) string) (out []T) {
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		at[id(r)] = i
	}
	for _, id := range ids {
		if i, ok := at[id]; ok {
			out = append(out, rows[i])
			delete(at, id) // each row once
		}
	}
	return out
}

// One reads the one row of a query; without a row the error is [ErrNone].
func One[T any](ctx context.Context, q Querier, read func(Scan) (T, error), query string, args ...any) (T, error) {
	return read(q.QueryRow(ctx, query, args...).Scan)
}

// Text reads a row of one text column, for [All] and [One].
func Text(scan Scan) (s string, err error) {
	err = scan(&s)
	return s, err
}
