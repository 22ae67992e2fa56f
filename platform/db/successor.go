package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// Successor is a new, empty database that is made beside a network's, to take
// its place in one step: a folder in its data folder, or a schema in its
// PostgreSQL. While it is there nobody else opens the network. What a program
// that died left of one is taken away when the network is next opened.
type Successor struct {
	URL, Dir string // where it is, for Open

	home   string  // the network's own data folder, of SQLite
	pool   *sql.DB // to the network's own schema, of PostgreSQL
	unlock func() error
}

// besideName is the folder, or the schema, of a successor.
const besideName = "db_next"

// opened is the file that all who have a SQLite network open hold together, and
// who replaces it holds alone.
func opened(dir string) string { return File(dir) + ".open" }

var (
	// ErrInUse is a network that a server, or another command, has open.
	ErrInUse = errors.New("this network is open: stop its server, wait until other commands are done, and try again")
	// ErrReplacing is a network whose successor is being made.
	ErrReplacing = errors.New("a backup is being put in the place of this network: wait until that is done, and try again")
)

// Succeed begins a successor of the database that Open would open at url or
// dir. ErrInUse, if somebody has that one open.
func Succeed(ctx context.Context, url, dir string) (*Successor, error) {
	if url != "" {
		return succeedPostgres(ctx, url)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder can't be made: %w", err)
	}
	unlock, err := hold(opened(dir), alone)
	if errors.Is(err, errHeld) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	s := &Successor{Dir: filepath.Join(dir, besideName), home: dir, unlock: unlock}
	err = os.RemoveAll(s.Dir)
	if err == nil {
		err = os.Mkdir(s.Dir, 0o700)
	}
	if err != nil {
		return nil, errors.Join(err, unlock())
	}
	return s, nil
}

// Succeeds says whether there is a network already whose place it would take.
func (s *Successor) Succeeds(ctx context.Context) (bool, error) {
	if s.pool != nil {
		all, err := s.strings(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND right(tablename, 10) = '_migration'`)
		return len(all) > 0, err
	}
	_, err := os.Stat(File(s.home))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return true, err
}

// TakeOver puts the successor, which must be closed, in the network's place. Cut
// off at any moment, it leaves the one or the other, whole.
func (s *Successor) TakeOver(ctx context.Context) error {
	if s.pool != nil {
		return s.takeSchema(ctx)
	}
	if err := sound(ctx, s.Dir); err != nil {
		return err
	}
	// A log left of the old file would be played into the new one, so what it
	// holds goes into the old file first. One that is no database any more has
	// nothing to keep.
	err := writeBack(ctx, s.home)
	if e, ok := errors.AsType[*sqlite.Error](err); ok && (e.Code()&0xff == sqliteCorrupt || e.Code()&0xff == sqliteNotADB) {
		err = nil
	}
	for _, log := range []string{"-wal", "-shm"} {
		if err == nil {
			if err = os.Remove(File(s.home) + log); errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		}
	}
	if err == nil {
		err = os.Rename(File(s.Dir), File(s.home))
	}
	if err == nil {
		err = SyncFolder(s.home)
	}
	return err
}

// Drop takes away what is left of the successor, and lets others open the
// network again.
func (s *Successor) Drop(ctx context.Context) error {
	if s.pool != nil {
		_, err := s.pool.ExecContext(context.WithoutCancel(ctx), `DROP SCHEMA IF EXISTS `+besideName+` CASCADE`)
		return errors.Join(err, s.pool.Close())
	}
	return errors.Join(os.RemoveAll(s.Dir), s.unlock())
}

// sound checks a closed SQLite file and puts it on disk, all of it in the one
// file.
func sound(ctx context.Context, dir string) error {
	err := atFile(ctx, dir, func(c *sql.Conn) error {
		var says string
		if err := c.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&says); err != nil {
			return err
		}
		if says != "ok" {
			return fmt.Errorf("the restored database is not sound: %s", says)
		}
		rows, err := c.QueryContext(ctx, "PRAGMA foreign_key_check")
		if err != nil {
			return err
		}
		defer rows.Close()
		if rows.Next() {
			return errors.New("the restored database is not sound: rows refer to others that are missing")
		}
		return rows.Err()
	})
	if err == nil {
		err = writeBack(ctx, dir)
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(File(dir), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// writeBack puts all that stands in a SQLite file's log into the file. Without
// a file there is nothing to do.
func writeBack(ctx context.Context, dir string) error {
	if _, err := os.Stat(File(dir)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return atFile(ctx, dir, func(c *sql.Conn) error { return cutLog(ctx, c) })
}

// SyncFolder puts the names in a folder on disk.
func SyncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// How connections to PostgreSQL call themselves: by that, those who open a
// network and those who replace it see each other. A lock would have to be an
// advisory one, which the distributed PostgreSQLs don't have.
const (
	serverName    = "withus"
	successorName = "withus-restore"
)

const connected = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = ANY (string_to_array($1, ','))`

// leave is how long connections of a program that has ended may still be seen.
const leave = 2 * time.Second

// away waits until nobody else is connected under some names, which have commas
// between them, and says whether that came about.
func away(ctx context.Context, p *sql.DB, names string) (bool, error) {
	for until := time.Now().Add(leave); ; time.Sleep(50 * time.Millisecond) {
		var n int
		err := p.QueryRowContext(ctx, connected, names).Scan(&n)
		if err != nil || n == 0 || time.Now().After(until) {
			return n == 0, err
		}
	}
}

func succeedPostgres(ctx context.Context, url string) (*Successor, error) {
	pool, err := connect(ctx, with(url, "application_name", successorName))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1) // it must not see itself
	s := &Successor{URL: with(with(url, "application_name", successorName), "search_path", besideName), pool: pool}
	free, err := away(ctx, pool, serverName+","+successorName)
	if err == nil && !free {
		err = ErrInUse
	}
	for _, q := range []string{`DROP SCHEMA IF EXISTS ` + besideName + ` CASCADE`, `CREATE SCHEMA ` + besideName} {
		if err == nil {
			_, err = pool.ExecContext(ctx, q)
		}
	}
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return s, nil
}

// takeSchema moves the successor's tables into the network's schema, in place of
// those that are there, in one transaction.
func (s *Successor) takeSchema(ctx context.Context) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	read := func(query string) (out []string) {
		if err == nil {
			out, err = texts(tx.QueryContext(ctx, query))
		}
		return out
	}
	run := func(query string) {
		if err == nil {
			_, err = tx.ExecContext(ctx, query)
		}
	}
	schema := read(`SELECT current_schema()`)
	old := read(`SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`)
	rooms := map[string]bool{}
	for _, t := range old {
		if room, is := strings.CutSuffix(t, versions); is {
			rooms[room] = true
		}
	}
	for _, t := range old { // a network may not be alone in its schema
		if room, _, _ := strings.Cut(t, "_"); rooms[room] {
			run(`DROP TABLE ` + quote(t) + ` CASCADE`)
		}
	}
	for _, t := range read(`SELECT tablename FROM pg_tables WHERE schemaname = '` + besideName + `' ORDER BY tablename`) {
		run(`ALTER TABLE ` + besideName + `.` + quote(t) + ` SET SCHEMA ` + quote(schema[0]))
	}
	// A server whose connections were all lost when it was looked for may be back.
	var n int
	if err == nil {
		err = tx.QueryRowContext(ctx, connected, serverName).Scan(&n)
	}
	if err == nil && n > 0 {
		err = ErrInUse
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

func (s *Successor) strings(ctx context.Context, query string) ([]string, error) {
	return texts(s.pool.QueryContext(ctx, query))
}

// texts reads rows of one text column.
func texts(rows *sql.Rows, err error) (out []string, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
