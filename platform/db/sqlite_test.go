package db

import (
	"context"
	"database/sql"
	"runtime"
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
