package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

func room(name string, steps ...string) db.Migrations {
	files := fstest.MapFS{}
	for i, s := range steps {
		files[fmt.Sprintf("migrations/%05d_x.sql", i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + s)}
	}
	return db.Migrations{Room: name, Files: files}
}

var things = room("thing", `CREATE TABLE thing_thing (name TEXT PRIMARY KEY, at TIMESTAMP, list JSONB NOT NULL DEFAULT '[]', n BIGINT NOT NULL DEFAULT 0, ok BOOLEAN NOT NULL DEFAULT FALSE);`)

func put(ctx context.Context, d *db.DB, name string) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO thing_thing (name) VALUES ($1)`, name)
		return err
	})
}

func names(t *testing.T, d *db.DB) []string {
	t.Helper()
	out, err := db.All(t.Context(), d, db.Text, `SELECT name FROM thing_thing ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestValuesComeBackTheSame(t *testing.T) {
	dbtest.Run(t, []db.Migrations{things}, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		at := time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.FixedZone("x", 3600))
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			// $2 stands before $1 on purpose: numbers bind by number.
			if _, err := tx.Exec(ctx, `INSERT INTO thing_thing (at, name, list, ok) VALUES ($2, $1, $3, $4)`, "a", at, db.JSON([]string{"é", "心"}), true); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO thing_thing (name, at) VALUES ($1, $2)`, "b", db.Maybe(time.Time{}))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var got time.Time
		var list []string
		var ok bool
		if err := d.QueryRow(ctx, `SELECT at, list, ok FROM thing_thing WHERE name = $1`, "a").Scan(&got, db.JSON(&list), &ok); err != nil {
			t.Fatal(err)
		}
		if !got.Equal(at.Truncate(time.Microsecond)) || got.Location() != time.UTC || !ok || !slices.Equal(list, []string{"é", "心"}) {
			t.Errorf("read %v %q %v", got, list, ok)
		}
		var none *time.Time
		if err := d.QueryRow(ctx, `SELECT at FROM thing_thing WHERE name = 'b'`).Scan(&none); err != nil || none != nil {
			t.Errorf("no time came back as %v, %v", none, err)
		}
		if err := d.QueryRow(ctx, `SELECT at FROM thing_thing WHERE name = $1`, "zz").Scan(&got); !errors.Is(err, db.ErrNone) {
			t.Errorf("no row: %v", err)
		}
		if err := put(ctx, d, "a"); !errors.Is(err, db.ErrConflict) {
			t.Errorf("same name twice: %v", err)
		}
	})
}

func TestListsSpread(t *testing.T) {
	dbtest.Run(t, []db.Migrations{things}, func(t *testing.T, d *db.DB) {
		for _, n := range []string{"a", "b", "c", "d$1", "e"} {
			if err := put(t.Context(), d, n); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct{ in, want []string }{
			{nil, nil}, {[]string{"a"}, []string{"a"}}, {[]string{"a", "c", "zz"}, []string{"a", "c"}},
			{[]string{"e", "d$1", "c", "b", "a"}, []string{"a", "b", "c", "d$1", "e"}},
		} {
			got, err := db.All(t.Context(), d, db.Text, `SELECT name FROM thing_thing WHERE name IN ($2) AND name <> $1 AND name <> '$9' ORDER BY name`, "q", c.in)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%q: %q, %v", c.in, got, err)
			}
		}
		if _, err := d.Query(t.Context(), `SELECT $1, $2`, 1); err == nil {
			t.Error("a missing argument went unnoticed")
		}
	})
}

// Many writers at once, some failing, some panicking, some called off: each
// gets its own answer, and exactly what was acknowledged is there.
func TestWritersTogether(t *testing.T) {
	dbtest.Run(t, []db.Migrations{things}, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var mu sync.Mutex
		var want []string
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				name := fmt.Sprintf("n%03d", i)
				no := errors.New("no")
				switch i % 5 {
				case 1: // fails after writing
					err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
						tx.Exec(ctx, `INSERT INTO thing_thing (name) VALUES ($1)`, name)
						return no
					})
					if !errors.Is(err, no) {
						t.Errorf("%s: %v", name, err)
					}
				case 2: // panics after writing
					func() {
						defer func() {
							if recover() == nil {
								t.Errorf("%s: the panic was swallowed", name)
							}
						}()
						d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
							tx.Exec(ctx, `INSERT INTO thing_thing (name) VALUES ($1)`, name)
							panic("boo")
						})
					}()
				case 3: // called off before it began
					off, cancel := context.WithCancel(ctx)
					cancel()
					if err := put(off, d, name); !errors.Is(err, context.Canceled) {
						t.Errorf("%s: %v", name, err)
					}
				default:
					if err := put(ctx, d, name); err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					mu.Lock()
					want = append(want, name)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(want)
		if got := names(t, d); !slices.Equal(got, want) {
			t.Errorf("there are %d rows, %d were acknowledged", len(got), len(want))
		}
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, d, "inside") })
		if !errors.Is(err, db.ErrNested) {
			t.Errorf("a Write inside a Write: %v", err)
		}
	})
}

// The last of several rows: a conditional update of the parent holds it on
// both engines, whoever comes first.
func TestOnlyOneTakesTheLastPlace(t *testing.T) {
	dbtest.Run(t, []db.Migrations{things}, func(t *testing.T, d *db.DB) {
		if err := put(t.Context(), d, "room"); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		took := 0
		for range 16 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					n, err := tx.Exec(ctx, `UPDATE thing_thing SET n = n + 1 WHERE name = $1 AND n < 1`, "room")
					if err == nil && n == 0 {
						return errors.New("full")
					}
					return err
				})
				if err == nil {
					mu.Lock()
					took++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if took != 1 {
			t.Errorf("%d took the last place", took)
		}
	})
}

func TestOnceKey(t *testing.T) {
	dbtest.Run(t, []db.Migrations{things}, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		no := errors.New("no")
		if err := d.Write(db.Once(ctx, "k"), func(context.Context, *db.Tx) error { return no }); !errors.Is(err, no) {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		done, repeated := 0, 0
		for i := range 8 {
			wg.Go(func() {
				err := put(db.Once(ctx, "k"), d, fmt.Sprint("x", i))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					done++
				case errors.Is(err, db.ErrRepeated):
					repeated++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if done != 1 || repeated != 7 || len(names(t, d)) != 1 {
			t.Errorf("done %d times, repeated %d, rows %q", done, repeated, names(t, d))
		}
		// Two writes under one key are one piece of work: only the first spends it.
		two := db.Once(ctx, "k2")
		if err := errors.Join(put(two, d, "y1"), put(two, d, "y2")); err != nil {
			t.Error(err)
		}
		if err := d.Outcome(ctx, "k2", "/there"); err != nil {
			t.Error(err)
		}
		if s, err := d.OutcomeOf(ctx, "k2"); s != "/there" || err != nil {
			t.Errorf("outcome %q, %v", s, err)
		}
		if err := d.ForgetOnce(ctx, time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		if err := put(db.Once(ctx, "k2"), d, "y3"); err != nil {
			t.Error("a forgotten key still counts:", err)
		}
	})
}

// In a request's context PostgreSQL is asked for the counters once, until
// something is written there.
func TestNoted(t *testing.T) {
	dbtest.Run(t, []db.Migrations{things}, func(t *testing.T, d *db.DB) {
		ctx, n := db.Counted(db.Noted(t.Context()))
		ask := func(statements int64, rooms ...string) int64 {
			t.Helper()
			before := n.Load()
			sum, err := d.Stamp(ctx, rooms...)
			if err != nil {
				t.Fatal(err)
			}
			if got := n.Load() - before; d.Dialect == db.Postgres && got != statements || d.Dialect == db.SQLite && got != 0 {
				t.Errorf("%v took %d statements", rooms, got)
			}
			return sum
		}
		raise := func(ctx context.Context, room string) {
			t.Helper()
			if err := d.Write(ctx, func(_ context.Context, tx *db.Tx) error { tx.Changed(room); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		raise(ctx, "other")
		was := ask(1, "thing", "other")
		ask(0, "other")
		ask(0, "other", "third")
		if got := ask(0, "thing", "other"); got != was {
			t.Errorf("%d, and %d before", got, was)
		}
		raise(ctx, "thing")
		if got := ask(1, "thing", "other"); got != was+1 {
			t.Errorf("%d after a write, and %d before", got, was)
		}
		raise(t.Context(), "thing") // somebody else
		if got, err := d.Stamp(t.Context(), "thing", "other"); err != nil || got != was+2 {
			t.Error(got, err)
		}
	})
}

func TestStampMovesWithCommits(t *testing.T) {
	dbtest.Each(t, []db.Migrations{things}, func(t *testing.T, at dbtest.Place) {
		ctx := t.Context()
		a, b := dbtest.Open(t, at), dbtest.Open(t, at)
		stamp := func(d *db.DB, rooms ...string) int64 {
			n, err := d.Stamp(ctx, rooms...)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		change := func(fail error, rooms ...string) {
			t.Helper()
			err := a.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				tx.Changed(rooms...)
				return fail
			})
			if !errors.Is(err, fail) {
				t.Fatal(err)
			}
		}
		zero := stamp(a, "thing", "other")
		change(errors.New("no"), "thing")
		if stamp(a, "thing", "other") != zero {
			t.Error("a failed write moved the stamp")
		}
		change(nil, "thing")
		one := stamp(a, "thing", "other")
		if one == zero || stamp(a, "other") != 0 {
			t.Error("a write did not move its own stamp alone")
		}
		// Another process on the same file or server sees it soon.
		deadline := time.Now().Add(2 * time.Second)
		for stamp(b, "thing", "other") != one {
			if time.Now().After(deadline) {
				t.Fatal("the other one never saw it")
			}
			time.Sleep(time.Millisecond)
		}
	})
}

func TestMigrate(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, at dbtest.Place) {
		ctx := t.Context()
		d := dbtest.Open(t, at)
		one := `CREATE TABLE %s_a (x TEXT);`
		both := []db.Migrations{db.Ground, room("one", fmt.Sprintf(one, "one")), room("two", fmt.Sprintf(one, "two"))}
		var wg sync.WaitGroup
		for range 4 { // several servers start at once
			wg.Go(func() {
				d := dbtest.Open(t, at)
				if _, err := d.Migrate(ctx, both...); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n, err := d.Migrate(ctx, both...); n != 0 || err != nil {
			t.Errorf("again: %d steps, %v", n, err)
		}
		// A step that breaks half way leaves nothing of itself, and goes on once mended.
		broken := room("one", fmt.Sprintf(one, "one"), "CREATE TABLE one_b (x TEXT);\nINSERT INTO nowhere VALUES (1);")
		if _, err := d.Migrate(ctx, db.Ground, broken, both[2]); err == nil {
			t.Error("a broken step passed")
		}
		mended := room("one", fmt.Sprintf(one, "one"), "CREATE TABLE one_b (x TEXT);")
		if n, err := d.Migrate(ctx, db.Ground, mended, both[2]); n != 1 || err != nil {
			t.Errorf("mended: %d steps, %v", n, err)
		}
		// An older program refuses, before it runs anything of its own.
		older := []db.Migrations{db.Ground, both[1], both[2], room("three", fmt.Sprintf(one, "three"))}
		if _, err := d.Migrate(ctx, older...); !errors.Is(err, db.ErrNewer) {
			t.Errorf("an old program ran on newer tables: %v", err)
		}
		if _, err := d.Migrate(ctx, db.Ground, mended); !errors.Is(err, db.ErrNewer) {
			t.Errorf("a program without room two ran: %v", err)
		}
		if _, err := d.Query(ctx, `SELECT x FROM three_a`); err == nil {
			t.Error("a refused program made a table")
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	if _, err := db.Open(t.Context(), "mysql://x", ""); err == nil {
		t.Error("a mysql URL was taken")
	}
	file := filepath.Join(t.TempDir(), "f")
	if _, err := db.Open(t.Context(), "", filepath.Join(file, "\x00")); err == nil {
		t.Error("an impossible folder was taken")
	}
}

// What is kept for some keys stands while the counter does, is no more than was
// wanted, and is never older than the counter it was made under.
func TestMemos(t *testing.T) {
	dbtest.Run(t, []db.Migrations{things}, func(t *testing.T, d *db.DB) {
		ctx, made := t.Context(), 0
		m := db.Memos[string, int]{Rooms: []string{"thing"}, Most: 2}
		raise := func() {
			t.Helper()
			if err := d.Write(ctx, func(_ context.Context, tx *db.Tx) error { tx.Changed("thing"); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		get := func(key string, want int) {
			t.Helper()
			if n, err := m.Get(ctx, d, key, func(context.Context) (int, error) { made++; return made, nil }); err != nil || n != want {
				t.Errorf("%s is %d, %v; want %d", key, n, err, want)
			}
		}
		get("a", 1)
		get("b", 2)
		get("a", 1)
		raise()
		get("a", 3)
		get("b", 4)
		get("c", 5) // no room for three
		get("c", 5)
		get("a", 6)
		if _, err := m.Get(ctx, d, "wrong", func(context.Context) (int, error) { return 0, errors.New("no") }); err == nil {
			t.Error("an error was lost")
		}
		get("wrong", 7)
		// Changed while it is made: it is given, and not kept.
		n, err := m.Get(ctx, d, "late", func(context.Context) (int, error) { raise(); get("new", 8); return 0, nil })
		if n != 0 || err != nil {
			t.Error(n, err)
		}
		get("late", 9)
		get("new", 8)
	})
}
