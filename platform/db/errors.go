package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"withus.example/platform/fault"
)

var (
	// ErrNone is a query for one row that found none.
	ErrNone = errors.New("db: no such row")
	// ErrConflict is a broken unique rule.
	ErrConflict = errors.New("db: conflict")
	// ErrUnknown is a commit that may or may not have been carried out: the
	// connection was lost before the answer. Doing it again under the same
	// [Once] key settles it.
	ErrUnknown = errors.New("db: not known whether this was written")
	// ErrRepeated is a write whose [Once] key was already spent.
	ErrRepeated = errors.New("db: already done")
	// ErrNested is a Write inside a Write.
	ErrNested = errors.New("db: Write inside a transaction: pass the *Tx on instead")
)

// Missing is an error of a query as people are told of it: NotFound where it
// found no row.
func Missing(err error) error {
	if errors.Is(err, ErrNone) {
		return fault.Missing()
	}
	return err
}

// SQLite result codes, https://sqlite.org/rescode.html
const (
	sqliteBusy             = 5
	sqliteLocked           = 6
	sqliteCorrupt          = 11
	sqliteNotADB           = 26
	sqliteConstraintPK     = 1555
	sqliteConstraintUnique = 2067
)

// again says whether a write that failed with err may be tried once more.
func again(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		c := e.Code() & 0xff
		return c == sqliteBusy || c == sqliteLocked
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40001" || e.Code == "40P01" // serialization failure, deadlock
	}
	// The connection was already dead when the transaction began.
	return errors.Is(err, driver.ErrBadConn) && !errors.Is(err, ErrUnknown) || pgconn.SafeToRetry(err)
}

// known gives err the name callers look for.
func known(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && (e.Code() == sqliteConstraintUnique || e.Code() == sqliteConstraintPK) {
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23505" {
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}

// lost says whether the answer to a COMMIT never came, so that it may stand.
// A PostgreSQL error is an answer, except those that end the session.
func lost(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code[:2] == "57" || e.Code[:2] == "08"
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, net.ErrClosed)
}
