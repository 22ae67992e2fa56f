package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrations are the steps of one room: files NNNNN_name.sql in its folder
// "migrations", forward only, one text for both engines, or a pair
// NNNNN_name.sqlite.sql and NNNNN_name.postgres.sql where a step must differ.
type Migrations struct {
	Room    string
	Files   fs.FS
	Derived bool // its tables are made from other rooms', and stand in no backup
}

//go:embed migrations
var files embed.FS

// Ground are this package's own tables: change counters and spent form keys.
var Ground = Migrations{Room: "db", Files: files}

// ErrNewer is a database that a newer withus has written.
var ErrNewer = errors.New("this data was written by a newer withus: use that one, or restore a backup made before it")

const (
	versions  = "_migration" // the version table of room x is x_migration
	lockTable = "db_lock"    // goose's: whose turn it is to migrate
)

// Migrate brings every room's tables up to date, in the order given, and says
// how many steps it took. One server migrates at a time; the others wait. If
// any room, or any table, is newer than this program, nothing is run.
func (d *DB) Migrate(ctx context.Context, rooms ...Migrations) (steps int, err error) {
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return 0, fmt.Errorf("another server is still bringing the data up to date: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()

	known := map[string]bool{}
	var pending []*goose.Provider
	for _, r := range rooms {
		known[r.Room+versions] = true
		p, err := d.provider(r)
		if err != nil {
			return 0, err
		}
		have, want, err := p.GetVersions(ctx)
		if err != nil {
			return 0, err
		}
		if have > want {
			return 0, fmt.Errorf("%w (%s is at step %d, this one knows %d)", ErrNewer, r.Room, have, want)
		}
		if have < want {
			pending = append(pending, p)
		}
	}
	all, err := tables(ctx, d, d.Dialect)
	if err != nil {
		return 0, err
	}
	for _, t := range all {
		if strings.HasSuffix(t, versions) && !known[t] {
			return 0, fmt.Errorf("%w (it has a room %q)", ErrNewer, strings.TrimSuffix(t, versions))
		}
	}
	for _, p := range pending {
		done, err := p.Up(ctx)
		steps += len(done)
		if err != nil {
			return steps, err
		}
	}
	if d.Dialect == SQLite {
		return steps, d.look(ctx)
	}
	return steps, nil
}

// MigrateTo brings an empty database to where another one was when Steps was
// asked of it. Rooms it did not have are left out.
func (d *DB) MigrateTo(ctx context.Context, steps map[string]int64, rooms ...Migrations) (err error) {
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	for _, r := range rooms {
		if steps[r.Room] == 0 {
			continue
		}
		p, err := d.provider(r)
		if err != nil {
			return err
		}
		if _, err := p.UpTo(ctx, steps[r.Room]); err != nil {
			return err
		}
	}
	return nil
}

// Known says whether these rooms have come as far as the steps say, or further;
// otherwise the error is ErrNewer.
func Known(steps map[string]int64, rooms ...Migrations) error {
	last := map[string]int64{}
	for _, r := range rooms {
		all, err := fs.Glob(r.Files, "migrations/*.sql")
		if err != nil {
			return err
		}
		for _, f := range all {
			n, err := goose.NumericComponent(f)
			if err != nil {
				return err
			}
			last[r.Room] = max(last[r.Room], n)
		}
	}
	for room, n := range steps {
		if n > last[room] || last[room] == 0 {
			return fmt.Errorf("%w (%s is at step %d, this one knows %d)", ErrNewer, room, n, last[room])
		}
	}
	return nil
}

func (d *DB) provider(r Migrations) (*goose.Provider, error) {
	steps, err := d.steps(r)
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectPostgres
	if d.Dialect == SQLite {
		dialect = goose.DialectSQLite3
	}
	return goose.NewProvider(dialect, d.write, steps, goose.WithDisableGlobalRegistry(true), goose.WithTableName(r.Room+versions))
}

// steps are a room's files without the other engine's.
func (d *DB) steps(r Migrations) (fs.FS, error) {
	other := Postgres
	if d.Dialect == Postgres {
		other = SQLite
	}
	all, err := fs.Glob(r.Files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	for _, f := range all {
		if strings.HasSuffix(f, "."+string(other)+".sql") {
			continue
		}
		b, err := fs.ReadFile(r.Files, f)
		if err != nil {
			return nil, err
		}
		out[path.Base(f)] = &fstest.MapFile{Data: b}
	}
	return out, nil
}

// lockMigrations takes the one lock of a database: a file in the data folder,
// or a row with a lease, since the distributed PostgreSQLs have no advisory
// locks.
func (d *DB) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	if d.Dialect == SQLite {
		return lockFile(ctx, File(d.Dir)+".lock")
	}
	l, err := lock.NewPostgresTableLocker(lock.WithTableName(lockTable),
		lock.WithTableLockTimeout(100*time.Millisecond, 600),
		lock.WithTableLeaseDuration(10*time.Second), lock.WithTableHeartbeatInterval(2*time.Second))
	if err != nil {
		return nil, err
	}
	if err := l.Lock(ctx, d.write); err != nil {
		return nil, err
	}
	return func() error { return l.Unlock(context.WithoutCancel(ctx), d.write) }, nil
}

// tables lists the tables there are, in the order of their names.
func tables(ctx context.Context, q Querier, d Dialect) ([]string, error) {
	text := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if d == Postgres {
		text = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	}
	return All(ctx, q, Text, text)
}
