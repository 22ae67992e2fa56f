package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

func spend(t *testing.T, d *db.DB, key string) {
	t.Helper()
	if err := d.Write(db.Once(t.Context(), key), func(context.Context, *db.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// keys are what a database says it is.
func keys(t *testing.T, at dbtest.Place) string {
	t.Helper()
	d, err := db.Open(t.Context(), at.URL, at.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	all, err := db.All(t.Context(), d, db.Text, `SELECT key FROM db_once ORDER BY key`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// follow begins a successor with a key of its own.
func follow(t *testing.T, at dbtest.Place, key string) *db.Successor {
	t.Helper()
	s, err := db.Succeed(t.Context(), at.URL, at.Dir)
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), s.URL, s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrate(t.Context(), db.Ground); err != nil {
		t.Fatal(err)
	}
	spend(t, d, key)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuccessor(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, at dbtest.Place) {
		ctx := t.Context()
		d, err := db.Open(ctx, at.URL, at.Dir)
		if err != nil {
			t.Fatal(err)
		}
		spend(t, d, "old")
		if _, err := db.Succeed(ctx, at.URL, at.Dir); !errors.Is(err, db.ErrInUse) {
			t.Errorf("while it is open: %v", err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		s := follow(t, at, "dropped")
		if there, err := s.Succeeds(ctx); !there || err != nil {
			t.Errorf("nothing is there: %v", err)
		}
		if _, err := db.Open(ctx, at.URL, at.Dir); !errors.Is(err, db.ErrReplacing) {
			t.Errorf("opened meanwhile: %v", err)
		}
		if _, err := db.Succeed(ctx, at.URL, at.Dir); !errors.Is(err, db.ErrInUse) {
			t.Errorf("two at once: %v", err)
		}
		if err := s.Drop(ctx); err != nil {
			t.Fatal(err)
		}
		if got := keys(t, at); got != "old" {
			t.Errorf("dropped, and it is %q", got)
		}
		for _, key := range []string{"new", "newer"} {
			s = follow(t, at, key)
			if err := errors.Join(s.TakeOver(ctx), s.Drop(ctx)); err != nil {
				t.Fatal(err)
			}
			if got := keys(t, at); got != key {
				t.Errorf("it is %q, not %q", got, key)
			}
		}
	})
}

// What else stands in the schema of a PostgreSQL is nobody's to replace.
func TestSuccessorLeavesOthers(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, at dbtest.Place) {
		if at.URL == "" {
			t.Skip("a file is ours alone")
		}
		d := dbtest.Open(t, at)
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `CREATE TABLE spatial_ref_sys (srid INTEGER)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.Close()
		s := follow(t, at, "new")
		if err := errors.Join(s.TakeOver(t.Context()), s.Drop(t.Context())); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := dbtest.Open(t, at).QueryRow(t.Context(), `SELECT count(*) FROM spatial_ref_sys`).Scan(&n); err != nil {
			t.Error(err)
		}
	})
}

// Nothing that stands beside the old file of a SQLite gets into the new one: the
// log of a server that was killed, a file that is none, a successor whose maker
// died.
func TestSuccessorOfWreckage(t *testing.T) {
	migrated := func(t *testing.T) dbtest.Place {
		return dbtest.SQLite(t, dbtest.Template{Name: "successor", Make: func(ctx context.Context, at dbtest.Place) error {
			d, err := db.Open(ctx, at.URL, at.Dir)
			if err == nil {
				_, err = d.Migrate(ctx, db.Ground)
			}
			return errors.Join(err, d.Close())
		}})
	}
	for name, wreck := range map[string]func(t *testing.T, at dbtest.Place){
		"a log": func(t *testing.T, at dbtest.Place) {
			from := migrated(t)
			d := dbtest.Open(t, from)
			for i := range 20 {
				spend(t, d, fmt.Sprint("old ", i, strings.Repeat("x", 3000)))
			}
			for _, end := range []string{"", "-wal"} { // as they are while it runs
				b, err := os.ReadFile(db.File(from.Dir) + end)
				if err == nil {
					err = os.WriteFile(db.File(at.Dir)+end, b, 0o600)
				}
				if err != nil || end != "" && len(b) == 0 {
					t.Fatalf("%d bytes, %v", len(b), err)
				}
			}
		},
		"no database": func(t *testing.T, at dbtest.Place) {
			if err := os.WriteFile(db.File(at.Dir), []byte(strings.Repeat("this is no database ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"half a successor": func(t *testing.T, at dbtest.Place) {
			s := follow(t, at, "half")
			if err := os.WriteFile(filepath.Join(s.Dir, "more"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := s.Drop(t.Context()); err != nil { // which lets go of the folder, as dying does
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(s.Dir, "more"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			at := migrated(t)
			wreck(t, at)
			s := follow(t, at, "new")
			if err := errors.Join(s.TakeOver(t.Context()), s.Drop(t.Context())); err != nil {
				t.Fatal(err)
			}
			if got := keys(t, at); got != "new" {
				t.Errorf("it is %.100q", got)
			}
			if left, err := os.ReadDir(at.Dir); err != nil || len(left) > 3 { // two files to lock
				t.Errorf("left over: %v %v", left, err)
			}
		})
	}
}
