package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// pragmas ride in the DSN, so that every pooled connection has them.
// busy_timeout comes first: setting the others may already meet a lock.
// synchronous(FULL): what was answered is on disk. secure_delete: what was
// erased is overwritten. cache_size: a MB a connection; the system keeps the file
// in its memory, too, and more of it here makes no page faster.
var pragmas = []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)", "trusted_schema(0)", "cache_size(-1000)"}

// readers is how many connections read a SQLite file at once.
const readers = 4

func dsn(dir string, readOnly bool) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}, "_time_format": {"sqlite"}, "_texttotime": {"1"}, "_timezone": {"UTC"}}
	if readOnly {
		// Otherwise immediate would make readers take the write lock.
		q.Set("mode", "ro")
	}
	return "file:" + (&url.URL{Path: File(dir)}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, dir string) (*DB, error) {
	release, err := hold(opened(dir), among)
	if errors.Is(err, errHeld) {
		return nil, ErrReplacing
	}
	if err != nil {
		return nil, fmt.Errorf("the data folder can't be opened: %w", err)
	}
	d, err := openFile(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	d.release = release
	return d, nil
}

func openFile(ctx context.Context, dir string) (*DB, error) {
	// Whoever made a successor here is dead: they would hold the folder alone.
	if err := os.RemoveAll(filepath.Join(dir, besideName)); err != nil {
		return nil, fmt.Errorf("what is left of a restore can't be taken away: %w", err)
	}
	// Nobody else on the machine reads it, whatever the folder allows; the log
	// takes after the file.
	f, err := os.OpenFile(File(dir), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the database file can't be opened: %w", err)
	}
	f.Close()
	d := &DB{Dialect: SQLite, Dir: dir, queue: make(chan *request, 256), stopped: make(chan struct{})}
	if d.write, err = sql.Open("sqlite", dsn(dir, false)); err != nil {
		return nil, err
	}
	d.write.SetMaxOpenConns(1)
	conn, err := d.write.Conn(ctx)
	if err == nil {
		err = checkPragmas(ctx, conn)
	}
	if err != nil {
		d.write.Close()
		return nil, fmt.Errorf("the database file %s can't be opened: %w", File(dir), err)
	}
	conn.Close()
	if d.read, err = sql.Open("sqlite", dsn(dir, true)); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	d.read.SetMaxOpenConns(readers + 1) // one watches the counters: see Stamp
	d.read.SetMaxIdleConns(readers + 1)
	go d.writer()
	return d, nil
}

// checkPragmas reads back what the connection was told.
func checkPragmas(ctx context.Context, c *sql.Conn) error {
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "trusted_schema": "0", "busy_timeout": "5000"}
	for name, v := range want {
		var got string
		if err := c.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return err
		}
		if got != v {
			return fmt.Errorf("PRAGMA %s is %s, not %s", name, got, v)
		}
	}
	return nil
}

// request is a Write that waits for the writer.
type request struct {
	ctx   context.Context
	fn    func(context.Context, *Tx) error
	tx    *Tx
	err   error
	panic any
	done  chan struct{}
}

func (d *DB) writeSQLite(ctx context.Context, fn func(context.Context, *Tx) error) error {
	r := &request{ctx: ctx, fn: fn, done: make(chan struct{})}
	if err := d.enqueue(r); err != nil {
		return err
	}
	<-r.done
	if r.panic != nil {
		panic(r.panic)
	}
	return r.err
}

var errClosed = errors.New("db: closed")

func (d *DB) enqueue(r *request) error {
	d.gate.RLock()
	defer d.gate.RUnlock()
	if d.closed {
		return errClosed
	}
	select {
	case d.queue <- r:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// writer is the one goroutine that writes: it takes whatever is waiting into
// one transaction, each behind its own savepoint, and commits them together.
// One sync to disk then serves them all.
func (d *DB) writer() {
	defer close(d.stopped)
	w := &writer{DB: d, stmts: map[string]*sql.Stmt{}}
	defer w.drop()
	for r := range d.queue {
		batch := []*request{r}
		for len(batch) < 128 && len(d.queue) > 0 {
			batch = append(batch, <-d.queue)
		}
		w.commit(batch)
		for _, r := range batch {
			close(r.done)
		}
	}
}

// writer holds the one connection that writes and what is prepared on it.
type writer struct {
	*DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// commit carries out a batch. Where the transaction as a whole breaks under
// one of several requests (a full disk, say), each is tried alone.
func (w *writer) commit(batch []*request) {
	if err := w.together(batch); err != nil {
		w.drop()
		if len(batch) == 1 {
			batch[0].err = err
			return
		}
		for _, r := range batch {
			r.err, r.panic = nil, nil
			w.commit([]*request{r})
		}
	}
}

// together runs a batch in one transaction. Its error says that nothing was
// written and nobody answered; a request's own failure is in the request.
func (w *writer) together(batch []*request) (err error) {
	ctx := context.Background()
	if w.conn == nil {
		if w.conn, err = w.write.Conn(ctx); err != nil {
			return err
		}
	}
	if _, err := w.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			w.conn.ExecContext(ctx, "ROLLBACK") // may be over already
		}
	}()
	changed := map[string]bool{}
	for _, r := range batch {
		// A statement cut off half way would take the whole transaction with
		// it, so a request is not interrupted once it has begun.
		if r.err = r.ctx.Err(); r.err != nil {
			continue
		}
		if _, err := w.ExecContext(ctx, "SAVEPOINT w"); err != nil {
			return err
		}
		r.tx = &Tx{Dialect: SQLite, db: w.DB, run: w}
		r.do(context.WithoutCancel(r.ctx))
		if r.err != nil || r.panic != nil {
			if _, err := w.ExecContext(ctx, "ROLLBACK TO w"); err != nil {
				return errors.Join(r.err, err)
			}
		} else {
			for name := range r.tx.changed {
				changed[name] = true
			}
		}
		if _, err := w.ExecContext(ctx, "RELEASE w"); err != nil {
			return errors.Join(r.err, err)
		}
	}
	stamps, err := w.bump(ctx, changed)
	if err != nil {
		return err
	}
	if _, err := w.ExecContext(ctx, "COMMIT"); err != nil {
		return err
	}
	w.changes.raise(stamps)
	return nil
}

func (r *request) do(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			// It goes on in the caller's goroutine, whose stack says nothing.
			r.panic = fmt.Errorf("%v\n%s", p, debug.Stack())
		}
	}()
	r.err = r.fn(ctx, r.tx)
}

// drop lets go of the connection after a failure.
func (w *writer) drop() {
	for _, s := range w.stmts {
		s.Close()
	}
	clear(w.stmts)
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

func (w *writer) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	if s := w.stmts[q]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, q)
	if err == nil {
		w.stmts[q] = s
	}
	return s, err
}

func (w *writer) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	s, err := w.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (w *writer) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s, err := w.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// Scrub finishes an erasure on disk: what lies between the rows is overwritten, and
// the log written back and cut to nothing, so that deleted text stands nowhere in
// the data folder. PostgreSQL
// keeps that to its own VACUUM and log retention, which docs/privacy.md names.
func (d *DB) Scrub(ctx context.Context) error {
	if d.Dialect != SQLite {
		return nil
	}
	return atFile(ctx, d.Dir, func(c *sql.Conn) error {
		if err := wipe(ctx, c); err != nil {
			return err
		}
		return cutLog(ctx, c)
	})
}

// cutLog writes the log back and cuts it to nothing.
func cutLog(ctx context.Context, c *sql.Conn) error {
	var busy, log, done int
	err := c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done)
	if err == nil && busy != 0 {
		err = errors.New("db: the log could not be cut: somebody is still reading")
	}
	return err
}

// atFile runs fn on a connection of its own, outside any transaction.
func atFile(ctx context.Context, dir string, fn func(*sql.Conn) error) error {
	p, err := sql.Open("sqlite", dsn(dir, false))
	if err != nil {
		return err
	}
	defer p.Close()
	c, err := p.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return fn(c)
}
