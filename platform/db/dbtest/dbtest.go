// Package dbtest gives each test its own database, on both engines: a copy of
// one that was migrated once, so that a test costs milliseconds.
package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

// Place is where a test's database is: a URL, or a folder for SQLite.
type Place struct{ URL, Dir string }

// Run calls fn once for each engine with a database that holds the ground
// floor of db and the rooms named. PostgreSQL is skipped, and says so, where
// none runs.
func Run(t *testing.T, rooms []db.Migrations, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	Each(t, rooms, func(t *testing.T, at Place) { fn(t, Open(t, at)) })
}

// Open opens the database at a place until the test ends.
func Open(t testing.TB, at Place) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), at.URL, at.Dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Each is Run for tests that open the database themselves.
func Each(t *testing.T, rooms []db.Migrations, fn func(t *testing.T, at Place)) {
	t.Helper()
	rooms = append([]db.Migrations{db.Ground}, rooms...)
	From(t, Template{fingerprint(t, rooms), func(ctx context.Context, at Place) error { return migrate(ctx, at, rooms) }}, fn)
}

// Template is a database that is made once and copied for every test.
type Template struct {
	Name string // tells it from others, by letters, digits and _
	Make func(ctx context.Context, at Place) error
}

// From is Each for copies of a template of the test's own.
func From(t *testing.T, tm Template, fn func(t *testing.T, at Place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, tm)) })
	t.Run("postgres", func(t *testing.T) { fn(t, postgres(t, tm)) })
}

var (
	mu        sync.Mutex
	templates = map[string][]byte{} // SQLite files by fingerprint
)

// SQLite is a copy of a template on SQLite alone, for tests whose matter is not
// the database.
func SQLite(t testing.TB, tm Template) Place {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	if templates[tm.Name] == nil {
		dir := t.TempDir()
		if err := tm.Make(context.Background(), Place{Dir: dir}); err != nil { // closing writes the log back
			t.Fatal(err)
		}
		b, err := os.ReadFile(db.File(dir))
		if err != nil {
			t.Fatal(err)
		}
		templates[tm.Name] = b
	}
	dir := t.TempDir()
	if err := os.WriteFile(db.File(dir), templates[tm.Name], 0o600); err != nil {
		t.Fatal(err)
	}
	return Place{Dir: dir}
}

// postgres copies a template database, which the first test to need it makes
// under another name first: packages are tested in parallel.
func postgres(t *testing.T, tm Template) Place {
	t.Helper()
	base := os.Getenv("WITHUS_TEST_POSTGRES")
	if base == "" {
		t.Skip("no PostgreSQL here: WITHUS_TEST_POSTGRES is not set; make test sets it")
	}
	mu.Lock()
	defer mu.Unlock()
	root, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	template, mine := "template_"+tm.Name, fresh()
	var n int
	if err := root.QueryRow(`SELECT count(*) FROM pg_database WHERE datname = $1`, template).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		making := fresh()
		run(t, root, "CREATE DATABASE "+making)
		if err := tm.Make(context.Background(), Place{URL: within(t, base, making)}); err != nil {
			t.Fatal(err)
		}
		if _, err := root.Exec("ALTER DATABASE " + making + " RENAME TO " + template); err != nil {
			run(t, root, "DROP DATABASE "+making) // another package was first
		}
	}
	copyOf(t, root, mine, template)
	t.Cleanup(func() {
		if _, err := root.Exec("DROP DATABASE " + mine + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return Place{URL: within(t, base, mine)}
}

// copyOf copies files where the server knows how to: twice as fast as the log.
func copyOf(t *testing.T, root *sql.DB, mine, template string) {
	t.Helper()
	if _, err := root.Exec("CREATE DATABASE " + mine + " TEMPLATE " + template + " STRATEGY FILE_COPY"); err != nil {
		run(t, root, "CREATE DATABASE "+mine+" TEMPLATE "+template)
	}
}

func fresh() string { return "t_" + strings.ToLower(id.Secret()) }

func run(t *testing.T, d *sql.DB, q string) {
	t.Helper()
	if _, err := d.Exec(q); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
}

func within(t *testing.T, base, name string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func migrate(ctx context.Context, at Place, rooms []db.Migrations) error {
	d, err := db.Open(ctx, at.URL, at.Dir)
	if err != nil {
		return err
	}
	_, err = d.Migrate(ctx, rooms...)
	return errors.Join(err, d.Close())
}

// fingerprint names a set of migrations by their content.
func fingerprint(t *testing.T, rooms []db.Migrations) string {
	t.Helper()
	h := sha256.New()
	for _, r := range rooms {
		fmt.Fprintln(h, r.Room)
		err := fs.WalkDir(r.Files, ".", func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(p) != ".sql" {
				return err
			}
			b, err := fs.ReadFile(r.Files, p)
			fmt.Fprintln(h, p, len(b))
			h.Write(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
