package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"filippo.io/age"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/id"
	"withus.example/platform/media"
)

const (
	first = `-- +goose Up
CREATE TABLE thing_whole (id TEXT PRIMARY KEY, n BIGINT, yes BOOLEAN, at TIMESTAMP, more JSONB, file BYTEA);
CREATE TABLE thing_a_part (whole_id TEXT NOT NULL REFERENCES thing_whole (id), n INTEGER NOT NULL, PRIMARY KEY (whole_id, n));
INSERT INTO thing_whole (id, n) VALUES ('from a migration', 7);
`
	second = `-- +goose Up
ALTER TABLE thing_whole ADD COLUMN later TEXT NOT NULL DEFAULT 'not said';
`
	derived = `-- +goose Up
CREATE TABLE found_word (word TEXT PRIMARY KEY);
`
)

// house is two rooms, the first with some of its steps.
func house(steps ...string) []db.Migrations {
	files := fstest.MapFS{}
	for i, s := range steps {
		files[fmt.Sprintf("migrations/%05d_thing.sql", i+1)] = &fstest.MapFile{Data: []byte(s)}
	}
	return []db.Migrations{db.Ground, {Room: "thing", Files: files},
		{Room: "found", Files: fstest.MapFS{"migrations/00001_found.sql": {Data: []byte(derived)}}, Derived: true}}
}

var today = house(first, second)

// row is one of thing_whole.
type row struct {
	id    string
	n     any
	yes   any
	at    any
	more  any
	file  any
	later string
}

// odd are values that are easily lost on the way.
func odd() []row {
	at := time.Date(2026, 3, 29, 1, 59, 59, 123456000, time.UTC)
	return []row{
		{id: "nothing", later: ""},
		{"least", int64(-1 << 63), false, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), `null`, []byte{}, "null"},
		{"most", int64(1<<63 - 1), true, time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), `7`, []byte{0, 1, 254, 255}, "2026-03-29 01:59:59"},
		{`quotes ' " \ $1 ?`, int64(0), true, at, `["a","b"]`, []byte("\x00'"), "line\nline\ttab\r\n"},
		{"عربي हिन्दी 中文 🜨 e\u0301 \u2028", int64(9007199254740993), false, at.Truncate(time.Second), `{"k":{"<b>":[1.5,true,null,"ü"]}}`, bytes.Repeat([]byte{7}, 100_000), "</script>&amp;"},
	}
}

func write(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func plant(t testing.TB, d *db.DB) {
	t.Helper()
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		run := func(query string, args ...any) {
			if err == nil {
				_, err = tx.Exec(ctx, query, args...)
			}
		}
		run(`DELETE FROM thing_whole`)
		for _, r := range odd() {
			run(`INSERT INTO thing_whole (id, n, yes, at, more, file, later) VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.id, r.n, r.yes, r.at, r.more, r.file, r.later)
		}
		for i := range 3 * db.Together / 2 { // one full batch, and the rest
			run(`INSERT INTO thing_a_part (whole_id, n) VALUES ('most', $1)`, i)
		}
		run(`INSERT INTO found_word (word) VALUES ('derived')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// all is everything in a database that a backup keeps.
func all(t testing.TB, d *db.DB) string {
	t.Helper()
	var out strings.Builder
	err := d.Snapshot(t.Context(), func(ctx context.Context, s *db.Snapshot) error {
		tables, err := s.Tables(ctx, today)
		for _, table := range tables {
			if table.Name == "db_once" {
				continue // the mark of a restore is there
			}
			fmt.Fprintln(&out, table)
			if err == nil {
				err = s.Rows(ctx, table, func(row []any) error {
					_, err := fmt.Fprintf(&out, "%#v\n", row)
					return err
				})
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func folder(t testing.TB) *media.Folder {
	t.Helper()
	f, err := media.OpenFolder(filepath.Join(t.TempDir(), "media"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func picture(t testing.TB, f *media.Folder, words string) (key string) {
	t.Helper()
	key = media.Key(id.New(t.Context()), 480)
	if err := f.Put(t.Context(), key, []byte(words)); err != nil {
		t.Fatal(err)
	}
	return key
}

func read(t testing.TB, f *media.Folder, key string) string {
	t.Helper()
	r, err := f.Open(t.Context(), key)
	if err != nil {
		return err.Error()
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// create writes a backup into a file.
func create(t testing.TB, d *db.DB, f *media.Folder, to ...age.Recipient) Source {
	t.Helper()
	var b bytes.Buffer
	if _, err := Create(t.Context(), d, today, f, to, "test", &b); err != nil {
		t.Fatal(err)
	}
	return file(t, b.Bytes())
}

func file(t testing.TB, b []byte) Source {
	t.Helper()
	name := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return Source{Name: name}
}

// restore puts a backup where a database is or is to be, as app does.
func restore(t testing.TB, s Source, at dbtest.Place, pictures *media.Folder) error {
	t.Helper()
	ctx := t.Context()
	c, _, err := Check(ctx, s, today)
	if err != nil {
		return err
	}
	next, err := db.Succeed(ctx, at.URL, at.Dir)
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, next.URL, next.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if err = errors.Join(Load(ctx, s, c, d, today, pictures, id.Secret()), d.Close()); err == nil {
		if d, err = db.Open(ctx, next.URL, next.Dir); err == nil {
			_, err = d.Migrate(ctx, today...)
			err = errors.Join(err, d.Close())
		}
	}
	if err == nil {
		err = next.TakeOver(ctx)
	}
	return errors.Join(err, next.Drop(ctx))
}

// Every value of every kind comes back as it was, on either engine and from one
// to the other, encrypted too; what a backup does not hold is empty.
func TestRoundTrip(t *testing.T) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, today[1:], func(t *testing.T, from dbtest.Place) {
		d := dbtest.Open(t, from)
		plant(t, d)
		pictures := folder(t)
		kept := picture(t, pictures, "a picture")
		s := create(t, d, pictures, key.Recipient())
		s.Keys = []age.Identity{key}
		want := all(t, d)
		if !strings.Contains(want, "most") || !strings.Contains(want, "thing_a_part") {
			t.Fatal(want)
		}
		dbtest.Each(t, today[1:], func(t *testing.T, to dbtest.Place) {
			there := folder(t)
			gone := picture(t, there, "another's")
			before := dbtest.Open(t, to)
			write(t, before, `INSERT INTO thing_whole (id) VALUES ('another')`)
			if err := before.Close(); err != nil {
				t.Fatal(err)
			}
			if err := restore(t, s, to, there); err != nil {
				t.Fatal(err)
			}
			after := dbtest.Open(t, to)
			if got := all(t, after); got != want {
				t.Errorf("it is\n%.3000s\nand was\n%.3000s", got, want)
			}
			var derived int
			if err := after.QueryRow(t.Context(), `SELECT count(*) FROM found_word`).Scan(&derived); err != nil || derived != 0 {
				t.Errorf("%d rows of what is derived, %v", derived, err)
			}
			if got := read(t, there, gone); got != "another's" {
				t.Errorf("before it is settled, a picture is %q", got)
			}
			for range 2 {
				if err := Settle(t.Context(), after, there); err != nil {
					t.Fatal(err)
				}
				if got := read(t, there, kept); got != "a picture" {
					t.Errorf("the picture is %q", got)
				}
				if got := read(t, there, gone); got != media.ErrNone.Error() {
					t.Errorf("the old picture is %q", got)
				}
			}
			// What it is filled with, rules hold for as before.
			if err := after.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO thing_a_part (whole_id, n) VALUES ('none', 1)`)
				return err
			}); err == nil {
				t.Error("a part of nothing is taken")
			}
		})
	})
}

// A backup made before a step is put back and then brought up to date.
func TestOlderSteps(t *testing.T) {
	before := house(first)
	dbtest.Each(t, before[1:], func(t *testing.T, at dbtest.Place) {
		d := dbtest.Open(t, at)
		write(t, d, `INSERT INTO thing_whole (id) VALUES ('old')`)
		s := create(t, d, nil)
		d.Close()
		if err := restore(t, s, at, nil); err != nil {
			t.Fatal(err)
		}
		d = dbtest.Open(t, at)
		if later, err := db.One(t.Context(), d, db.Text, `SELECT later FROM thing_whole WHERE id = 'old'`); err != nil || later != "not said" {
			t.Errorf("%q %v", later, err)
		}
	})
}

// What PostgreSQL can't hold is refused by it, and nothing current is touched.
func TestUnholdable(t *testing.T) {
	dbtest.Each(t, today[1:], func(t *testing.T, at dbtest.Place) {
		from := dbtest.Open(t, dbtest.SQLite(t, dbtest.Template{Name: "unholdable", Make: func(ctx context.Context, at dbtest.Place) error {
			d, err := db.Open(ctx, at.URL, at.Dir)
			if err == nil {
				_, err = d.Migrate(ctx, today...)
			}
			return errors.Join(err, d.Close())
		}}))
		write(t, from, `INSERT INTO thing_whole (id, later) VALUES ('x', $1)`, "not \xff UTF-8")
		s := create(t, from, nil)
		err := restore(t, s, at, nil)
		d := dbtest.Open(t, at)
		if at.URL != "" {
			if err == nil || strings.Contains(all(t, d), `"x"`) {
				t.Errorf("it says %v", err)
			}
			return
		}
		if err != nil || all(t, d) != all(t, from) {
			t.Errorf("it says %v", err)
		}
	})
}

// I6: while many write, a backup is of one moment. Each write takes from one
// table what it gives to the other.
func TestOneMoment(t *testing.T) {
	dbtest.Each(t, today[1:], func(t *testing.T, at dbtest.Place) {
		d := dbtest.Open(t, at)
		write(t, d, `UPDATE thing_whole SET n = 1000000`)
		write(t, d, `INSERT INTO thing_a_part (whole_id, n) VALUES ('from a migration', 0)`)
		// So many rows that they can't be read in a moment.
		for i := range 40 {
			write(t, d, `INSERT INTO thing_whole (id, n, later) VALUES ($1, 0, $2)`, fmt.Sprint(i), strings.Repeat("x", 50_000))
		}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		moved := make(chan struct{}, 1)
		for range 3 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.Exec(ctx, `UPDATE thing_whole SET n = n - 1 WHERE id = 'from a migration'`)
						if err == nil {
							_, err = tx.Exec(ctx, `UPDATE thing_a_part SET n = n + 1`)
						}
						return err
					}); err != nil {
						t.Error(err)
						return
					}
					select {
					case moved <- struct{}{}:
					default:
					}
				}
			})
		}
		seen := map[int64]bool{}
		for range 8 {
			<-moved
			s := create(t, d, nil)
			var sum, part int64
			if err := s.read(t.Context(), parts{
				manifest: func(*Manifest) {},
				contents: func(*Contents) error { return nil },
				rows: func(table db.Table, rows [][]any) error {
					for _, r := range rows {
						for i, c := range table.Columns {
							if c.Name == "n" && strings.HasPrefix(table.Name, "thing_") {
								sum += r[i].(int64)
								if table.Name == "thing_a_part" {
									part = r[i].(int64)
								}
							}
						}
					}
					return nil
				},
			}); err != nil {
				t.Fatal(err)
			}
			if sum != 1000000 {
				t.Errorf("the sum is %d", sum)
			}
			seen[part] = true
		}
		close(stop)
		wg.Wait()
		if len(seen) < 2 {
			t.Error("nobody wrote meanwhile")
		}
	})
}
