package db

import (
	"context"
	"database/sql"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Every room has a change counter, raised in the transaction that changes what
// the room shows. Whoever keeps something made from a room's data keeps the
// counter's stamp, read before the data, beside it: while the stamp stands,
// what was kept is true.

// shards spreads a counter over rows on PostgreSQL, where one row would make
// its writers wait for each other.
const shards = 16

// Changed notes that what a room shows is about to change.
func (t *Tx) Changed(rooms ...string) {
	if t.changed == nil {
		t.changed = map[string]bool{}
	}
	for _, r := range rooms {
		t.changed[r] = true
	}
}

// count raises counters, last in the transaction and in sorted order, so that
// writers neither wait long nor for each other in a circle.
func (t *Tx) count(ctx context.Context, rooms []string) error {
	for _, r := range rooms {
		if _, err := t.Exec(ctx, `INSERT INTO db_change (room, shard, n) VALUES ($1, $2, 1)
			ON CONFLICT (room, shard) DO UPDATE SET n = db_change.n + 1`, r, rand.IntN(shards)); err != nil {
			return err
		}
	}
	return nil
}

// bump is count for the SQLite writer; it gives the counters' new stamps.
func (w *writer) bump(ctx context.Context, changed map[string]bool) (map[string]int64, error) {
	stamps := map[string]int64{}
	for _, r := range slices.Sorted(maps.Keys(changed)) {
		tx := &Tx{Dialect: SQLite, db: w.DB, run: w}
		var n int64
		if err := tx.QueryRow(ctx, `INSERT INTO db_change (room, shard, n) VALUES ($1, 0, 1)
			ON CONFLICT (room, shard) DO UPDATE SET n = db_change.n + 1 RETURNING n`, r).Scan(&n); err != nil {
			return nil, err
		}
		stamps[r] = n
	}
	return stamps, nil
}

// changes is a single server's memory of the counters, kept for SQLite only:
// several servers may share one PostgreSQL, and ask it each time.
type changes struct {
	mu      sync.RWMutex
	stamps  map[string]int64
	looked  atomic.Int64 // when another process was last looked for, Unix nanoseconds
	looking sync.Mutex
	conn    *sql.Conn
	version int64
}

func (c *changes) raise(stamps map[string]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stamps == nil {
		c.stamps = map[string]int64{}
	}
	for r, n := range stamps {
		c.stamps[r] = max(c.stamps[r], n)
	}
}

// forget gives back the connection that watches.
func (c *changes) forget() {
	c.looking.Lock()
	defer c.looking.Unlock()
	if c.conn != nil {
		c.conn.Close()
	}
}

// Stamp is the sum of the rooms' counters: it moves when any of them does.
//
// On SQLite it comes from memory; writes of another process on the same file
// (an import while the server runs) are seen within [Lag].
func (d *DB) Stamp(ctx context.Context, rooms ...string) (int64, error) {
	if d.Dialect == Postgres {
		return d.ask(ctx, rooms)
	}
	if err := d.look(ctx); err != nil {
		return 0, err
	}
	d.changes.mu.RLock()
	defer d.changes.mu.RUnlock()
	var n int64
	for _, r := range rooms {
		n += d.changes.stamps[r]
	}
	return n, nil
}

// Noted gives a context, for one request, in which counters are asked for once
// on PostgreSQL: what was read on the way in stands for the rest of it, until
// something is written. What it stands for can only be newer.
func Noted(ctx context.Context) context.Context {
	return context.WithValue(ctx, notedKey{}, &noted{})
}

type notedKey struct{}

type noted struct {
	mu     sync.Mutex
	stamps map[string]int64 // nil: not asked yet; a room that is not among them was never raised
}

type stamp struct {
	room string
	n    int64
}

// forget makes the counters be asked for again.
func (n *noted) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stamps = nil
}

// ask sums counters on PostgreSQL.
func (d *DB) ask(ctx context.Context, rooms []string) (sum int64, err error) {
	n, _ := ctx.Value(notedKey{}).(*noted)
	if n == nil {
		err := d.QueryRow(ctx, `SELECT COALESCE(SUM(n), 0) FROM db_change WHERE room IN ($1)`, rooms).Scan(&sum)
		return sum, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stamps == nil {
		// All at once: one page asks for those of several rooms, one after the other.
		all, err := All(ctx, d, func(scan Scan) (x stamp, err error) { return x, scan(&x.room, &x.n) }, `SELECT room, SUM(n) FROM db_change GROUP BY room`)
		if err != nil {
			return 0, err
		}
		n.stamps = map[string]int64{}
		for _, x := range all {
			n.stamps[x.room] = x.n
		}
	}
	for _, r := range rooms {
		sum += n.stamps[r]
	}
	return sum, nil
}

// Lag is how long another process's write to the same SQLite file may go
// unseen by a running server.
const Lag = 25 * time.Millisecond

// look reads the counters again if the file was written since the last look.
func (d *DB) look(ctx context.Context) error {
	c := &d.changes
	now := time.Now().UnixNano()
	if now-c.looked.Load() < int64(Lag) || !c.looking.TryLock() {
		return nil
	}
	defer c.looking.Unlock()
	ctx = context.WithoutCancel(ctx)
	if c.conn == nil {
		conn, err := d.read.Conn(ctx)
		if err != nil {
			return err
		}
		c.conn = conn
	}
	var v int64
	if err := c.conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&v); err != nil {
		return err
	}
	if v != c.version {
		rows, err := c.conn.QueryContext(ctx, `SELECT room, SUM(n) FROM db_change GROUP BY room`)
		if err != nil {
			return err
		}
		defer rows.Close()
		stamps := map[string]int64{}
		for rows.Next() {
			var r string
			var n int64
			if err := rows.Scan(&r, &n); err != nil {
				return err
			}
			stamps[r] = n
		}
		if err := rows.Err(); err != nil {
			return err
		}
		c.raise(stamps)
		c.version = v
	}
	c.looked.Store(now)
	return nil
}
