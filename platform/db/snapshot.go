package db

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Snapshot is one moment of the database, to be read however long that takes,
// whoever writes meanwhile.
type Snapshot struct {
	db *DB
	tx *sql.Tx
}

// Snapshot lets fn read one moment of the database.
func (d *DB) Snapshot(ctx context.Context, fn func(ctx context.Context, s *Snapshot) error) error {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{Isolation: d.oneMoment(), ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	s := &Snapshot{d, tx}
	// The moment is that of the first reading, on both engines.
	if _, err := tables(ctx, s, d.Dialect); err != nil {
		return err
	}
	return fn(ctx, s)
}

// oneMoment is how PostgreSQL is asked for it; SQLite's readers always have one.
func (d *DB) oneMoment() sql.IsolationLevel {
	if d.Dialect == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// Query reads rows of that moment.
func (s *Snapshot) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	q, a, err := s.db.prepare(query, args)
	if err != nil {
		return nil, err
	}
	return s.tx.QueryContext(ctx, q, a...)
}

// QueryRow reads one row of that moment.
func (s *Snapshot) QueryRow(ctx context.Context, query string, args ...any) *Row {
	rows, err := s.Query(ctx, query, args...)
	return &Row{rows, err}
}

// Kind is what a column holds, whatever the engine calls it.
type Kind string

// The kinds, and what Go has for each.
const (
	KindText  Kind = "text"  // string
	KindInt   Kind = "int"   // int64
	KindBool  Kind = "bool"  // bool
	KindTime  Kind = "time"  // time.Time
	KindJSON  Kind = "json"  // string
	KindBytes Kind = "bytes" // []byte
)

// kinds are the kinds by what migrations and engines call them.
var kinds = map[string]Kind{
	"text": KindText, "integer": KindInt, "bigint": KindInt, "boolean": KindBool, "jsonb": KindJSON, "bytea": KindBytes,
	"timestamp": KindTime, "timestamp without time zone": KindTime,
}

// Table is a table by its columns.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
}

// Column is one of a table's.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Steps says how far each room's tables have come.
func (s *Snapshot) Steps(ctx context.Context) (map[string]int64, error) {
	all, err := tables(ctx, s, s.db.Dialect)
	out := map[string]int64{}
	for _, t := range all {
		room, is := strings.CutSuffix(t, versions)
		if !is || err != nil {
			continue
		}
		var n int64
		err = s.QueryRow(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+quote(t)).Scan(&n)
		out[room] = n
	}
	return out, err
}

// Tables are those of all rooms that hold what people wrote, with the number of
// their rows; one that refers to another comes after it. What goose keeps for
// itself is not among them, nor what rooms derive from others' tables.
func (s *Snapshot) Tables(ctx context.Context, rooms []Migrations) ([]Table, error) {
	out, err := kept(ctx, s, s.db.Dialect, rooms)
	for i := range out {
		if err != nil {
			return nil, err
		}
		err = s.QueryRow(ctx, `SELECT count(*) FROM `+quote(out[i].Name)).Scan(&out[i].Rows)
	}
	return out, err
}

// kept lists tables without counting rows.
func kept(ctx context.Context, q Querier, d Dialect, rooms []Migrations) ([]Table, error) {
	text := `SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`
	if d == Postgres {
		text = `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`
	}
	type found struct{ table, column, kind string }
	all, err := All(ctx, q, func(scan Scan) (f found, err error) { return f, scan(&f.table, &f.column, &f.kind) }, text)
	if err != nil {
		return nil, err
	}
	ours := map[string]bool{}
	for _, f := range all {
		if room, is := strings.CutSuffix(f.table, versions); is {
			ours[room] = true
		}
	}
	for _, r := range rooms {
		if r.Derived {
			ours[r.Room] = false
		}
	}
	var out []Table
	for _, f := range all {
		room, _, _ := strings.Cut(f.table, "_")
		if !ours[room] || f.table == lockTable || strings.HasSuffix(f.table, versions) {
			continue
		}
		kind := kinds[strings.ToLower(f.kind)]
		if kind == "" {
			return nil, fmt.Errorf("db: %s.%s is %s, which is no kind that can be kept in a backup", f.table, f.column, f.kind)
		}
		if len(out) == 0 || out[len(out)-1].Name != f.table {
			out = append(out, Table{Name: f.table})
		}
		t := &out[len(out)-1]
		t.Columns = append(t.Columns, Column{f.column, kind})
	}
	return inOrder(ctx, q, d, out)
}

// inOrder puts tables after those they refer to.
func inOrder(ctx context.Context, q Querier, d Dialect, ts []Table) ([]Table, error) {
	text := `SELECT m.name, f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	if d == Postgres {
		text = `SELECT c.relname, p.relname FROM pg_constraint x JOIN pg_class c ON c.oid = x.conrelid JOIN pg_class p ON p.oid = x.confrelid
			WHERE x.contype = 'f' AND c.relnamespace = current_schema()::regnamespace`
	}
	refers, err := All(ctx, q, func(scan Scan) (r [2]string, err error) { return r, scan(&r[0], &r[1]) }, text)
	if err != nil {
		return nil, err
	}
	waits := func(t Table, left []Table) bool {
		return slices.ContainsFunc(refers, func(r [2]string) bool {
			return r[0] == t.Name && r[1] != t.Name && slices.ContainsFunc(left, func(o Table) bool { return o.Name == r[1] })
		})
	}
	var out []Table
	for len(ts) > 0 {
		i := slices.IndexFunc(ts, func(t Table) bool { return !waits(t, ts) })
		if i < 0 {
			return nil, fmt.Errorf("db: %s and others refer to each other in a circle", ts[0].Name)
		}
		out = append(out, ts[i])
		ts = slices.Delete(ts, i, i+1)
	}
	return out, nil
}

// Rows gives every row of a table to fn, each value as its column's kind has it,
// nil where there is none.
func (s *Snapshot) Rows(ctx context.Context, t Table, fn func(row []any) error) error {
	rows, err := s.Query(ctx, `SELECT `+t.columns()+` FROM `+quote(t.Name))
	if err != nil {
		return err
	}
	defer rows.Close()
	row, to := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range row {
		to[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		for i, c := range t.Columns {
			if row[i], err = c.Kind.of(row[i]); err != nil {
				return fmt.Errorf("db: %s.%s: %w", t.Name, c.Name, err)
			}
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// of is a value as Go has it, of what an engine gave.
func (k Kind) of(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		switch k {
		case KindText:
			return v, nil
		case KindJSON:
			return compact([]byte(v))
		case KindBytes:
			return []byte(v), nil
		}
	case []byte:
		switch k {
		case KindBytes:
			return append([]byte{}, v...), nil // never nil: that would be no value at all
		case KindJSON:
			return compact(v)
		}
	case int64:
		switch k {
		case KindInt:
			return v, nil
		case KindBool: // SQLite has no other
			return v != 0, nil
		case KindJSON: // SQLite takes a lone number for one
			return fmt.Sprint(v), nil
		}
	case float64:
		if k == KindJSON {
			b, err := json.Marshal(v)
			return string(b), err
		}
	case bool:
		if k == KindBool {
			return v, nil
		}
	case time.Time:
		if k == KindTime {
			return v.UTC(), nil
		}
	}
	return nil, fmt.Errorf("%T is no %s", v, k)
}

// compact is JSON as this program writes it: PostgreSQL puts spaces in.
func compact(b []byte) (string, error) {
	var out bytes.Buffer
	err := json.Compact(&out, b)
	return out.String(), err
}

func (t Table) columns() string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, quote(c.Name))
	}
	return strings.Join(names, ", ")
}

// quote writes a name that is not ours to choose, as both engines read it.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Together is how many rows one Insert takes.
const Together = 50

// Insert puts rows into a table, at most Together of them, each value as its
// column's kind has it.
func (t *Tx) Insert(ctx context.Context, in Table, rows [][]any) error {
	var text strings.Builder
	text.WriteString(`INSERT INTO ` + quote(in.Name) + ` (` + in.columns() + `) VALUES `)
	var args []any
	for i, row := range rows {
		if len(row) != len(in.Columns) {
			return fmt.Errorf("db: %d values for %d columns of %s", len(row), len(in.Columns), in.Name)
		}
		mark := byte('(')
		if i > 0 {
			text.WriteByte(',')
		}
		for _, v := range row {
			args = append(args, v)
			fmt.Fprintf(&text, "%c$%d", mark, len(args))
			mark = ','
		}
		text.WriteByte(')')
	}
	_, err := t.Exec(ctx, text.String(), args...)
	return err
}

// ErrOther is a list of tables that is not this database's.
var ErrOther = errors.New("these are not the tables that a withus has at that step")

// Clear empties tables before they are filled from elsewhere: migrations put
// rows into some. The tables must be those that Tables would list, each with the
// same columns.
func (t *Tx) Clear(ctx context.Context, want []Table, rooms []Migrations) error {
	have, err := kept(ctx, t, t.Dialect, rooms)
	if err != nil {
		return err
	}
	for _, w := range want {
		i := slices.IndexFunc(have, func(h Table) bool { return h.Name == w.Name && sameColumns(h.Columns, w.Columns) })
		if i < 0 {
			return fmt.Errorf("%w: %s", ErrOther, w.Name)
		}
	}
	if len(want) != len(have) {
		return ErrOther
	}
	for _, h := range slices.Backward(have) {
		if _, err := t.Exec(ctx, `DELETE FROM `+quote(h.Name)); err != nil {
			return err
		}
	}
	return nil
}

// sameColumns says whether two lists hold the same columns: after an ALTER
// TABLE engines may list them in another order.
func sameColumns(a, b []Column) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(c Column) bool { return !slices.Contains(b, c) })
}
