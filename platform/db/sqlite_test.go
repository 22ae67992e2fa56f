package db

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Every pooled connection has the pragmas, readers too.
func TestPragmasOnEveryConnection(t *testing.T) {
	d, err := Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var conns []*sql.Conn
	for range readers {
		c, err := d.read.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
		if err := checkPragmas(t.Context(), c); err != nil {
			t.Error(err)
		}
		if _, err := c.ExecContext(t.Context(), "CREATE TABLE x (y)"); err == nil {
			t.Error("a reader wrote")
		}
	}
	for _, c := range conns {
		c.Close()
	}
}

// A transaction that breaks as a whole is tried again request by request, so
// that one request's full disk is not its neighbours'.
func TestBrokenBatch(t *testing.T) {
	d, err := Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(t.Context(), Ground); err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	var wg sync.WaitGroup
	write := func(q string, want bool) {
		wg.Go(func() {
			err := d.Write(t.Context(), func(ctx context.Context, tx *Tx) error {
				_, err := tx.Exec(ctx, q)
				return err
			})
			if (err == nil) != want {
				t.Errorf("%s: %v", q, err)
			}
		})
	}
	begun := make(chan struct{})
	wg.Go(func() {
		d.Write(t.Context(), func(context.Context, *Tx) error { close(begun); <-hold; return nil })
	})
	<-begun
	write(`INSERT INTO db_change (room, shard, n) VALUES ('a', 0, 1)`, true)
	write(`INSERT OR ROLLBACK INTO db_change (room, shard, n) VALUES ('x', 0, NULL)`, false)
	write(`INSERT INTO db_change (room, shard, n) VALUES ('b', 0, 1)`, true)
	for len(d.queue) < 3 {
		runtime.Gosched()
	}
	close(hold)
	wg.Wait()
	var n int
	if err := d.QueryRow(t.Context(), `SELECT count(*) FROM db_change WHERE room IN ('a', 'b')`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// A row that grew and was deleted stands nowhere in the file, while others write:
// not in what SQLite leaves in the middle of a page that it wrote anew, either.
func TestScrubGaps(t *testing.T) {
	d, err := Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(t.Context(), Ground); err != nil {
		t.Fatal(err)
	}
	do := func(q string, args ...any) {
		t.Helper()
		err := d.Write(t.Context(), func(ctx context.Context, tx *Tx) error {
			_, err := tx.Exec(ctx, q, args...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	const word = "zibbleflix"
	file := func() int {
		t.Helper()
		b, err := os.ReadFile(File(d.Dir))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(b), word)
	}
	do(`CREATE TABLE a_a (id INTEGER PRIMARY KEY, words TEXT NOT NULL)`)
	// Rows come in any order, and all of them grow in one transaction.
	r := rand.New(rand.NewPCG(1, 2))
	order := r.Perm(300)
	for _, i := range order {
		do(`INSERT INTO a_a (id, words) VALUES ($1, $2)`, i, strings.Repeat("o", 100+r.IntN(100)))
	}
	err = d.Write(t.Context(), func(ctx context.Context, tx *Tx) error {
		for _, i := range r.Perm(300) {
			if _, err := tx.Exec(ctx, `UPDATE a_a SET words = $2 WHERE id = $1`, i, fmt.Sprint(word, strings.Repeat("g", 150+r.IntN(200)))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range order {
		do(`DELETE FROM a_a WHERE id = $1`, i)
		do(`INSERT INTO a_a (id, words) VALUES ($1, 'rest')`, i)
	}
	if err := atFile(t.Context(), d.Dir, func(c *sql.Conn) error { return cutLog(t.Context(), c) }); err != nil {
		t.Fatal(err)
	}
	if file() == 0 {
		t.Fatal("SQLite leaves nothing lying about any more: wipe.go can go")
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 1000; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			err := d.Write(t.Context(), func(ctx context.Context, tx *Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO a_a (id, words) VALUES ($1, 'w')`, i)
				return err
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	err = d.Scrub(t.Context())
	close(stop)
	wg.Wait()
	if err != nil {
		t.Error(err)
	}
	if err := d.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := file(); n != 0 {
		t.Errorf("it stands in the file %d times", n)
	}
	var sound string
	if err := d.QueryRow(t.Context(), `PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("the file is %q, %v", sound, err)
	}
}
