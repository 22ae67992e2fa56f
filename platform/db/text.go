package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// text is a query cut at its placeholders: parts[0] $args[0] parts[1] …
type text struct {
	parts []string
	args  []int // 0 is $1
	most  int   // the highest n of $n
	plain string
}

// prepare puts a query and its arguments into the engine's form.
func (d *DB) prepare(query string, args []any) (string, []any, error) {
	var t *text
	if v, ok := d.texts.Load(query); ok {
		t = v.(*text)
	} else {
		t = cut(query)
		t.plain = t.join(d.Dialect, func(i int) (int, int) { return i, 1 })
		d.texts.Store(query, t)
	}
	if t.most != len(args) {
		return "", nil, fmt.Errorf("db: %d arguments for %d placeholders in %q", len(args), t.most, query)
	}
	spread := false
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			args[i] = micro(v)
		case sql.Null[time.Time]:
			args[i] = sql.NullTime{Time: micro(v.V), Valid: v.Valid}
		case []string:
			spread = true
		}
	}
	if !spread {
		return t.plain, args, nil
	}
	// Lists are padded to a power of two by repeating their last item, so that
	// there are few texts to prepare. An empty list matches nothing: no value
	// of ours is that one control character.
	at := make([][2]int, len(args))
	flat := make([]any, 0, 2*len(args))
	for i, a := range args {
		list, ok := a.([]string)
		if !ok {
			at[i] = [2]int{len(flat), 1}
			flat = append(flat, a)
			continue
		}
		if len(list) == 0 {
			list = []string{"\x01"}
		}
		n := 1 << bits.Len(uint(len(list)-1))
		at[i] = [2]int{len(flat), n}
		for j := range n {
			flat = append(flat, list[min(j, len(list)-1)])
		}
	}
	return t.join(d.Dialect, func(i int) (int, int) { return at[i][0], at[i][1] }), flat, nil
}

// Day is a time without its hours, UTC: they would say who is here when.
func Day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// join writes the query out with numbered placeholders; place gives, for each
// argument, the index of its first value and how many it has.
func (t *text) join(d Dialect, place func(int) (first, n int)) string {
	mark := byte('$')
	if d == SQLite {
		mark = '?' // there $1 would be a name, looked up for every row read
	}
	var b strings.Builder
	for i, a := range t.args {
		b.WriteString(t.parts[i])
		first, n := place(a)
		for j := range n {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteByte(mark)
			b.WriteString(strconv.Itoa(first + j + 1))
		}
	}
	b.WriteString(t.parts[len(t.parts)-1])
	return b.String()
}

// cut finds the placeholders outside quotes.
func cut(q string) *text {
	t := &text{}
	from, quote := 0, byte(0)
	for i := 0; i < len(q); i++ {
		c := q[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '$':
			j := i + 1
			for j < len(q) && q[j] >= '0' && q[j] <= '9' {
				j++
			}
			n, err := strconv.Atoi(q[i+1 : j])
			if err != nil || n < 1 {
				continue
			}
			t.parts = append(t.parts, q[from:i])
			t.args = append(t.args, n-1)
			t.most = max(t.most, n)
			from, i = j, j-1
		}
	}
	t.parts = append(t.parts, q[from:])
	return t
}

// JSON stands for a JSON column: give it the value to write, or a pointer to
// read into.
func JSON(v any) any { return &jsonValue{v} }

type jsonValue struct{ v any }

func (j *jsonValue) Value() (driver.Value, error) {
	b, err := json.Marshal(j.v)
	return string(b), err
}

func (j *jsonValue) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		return nil
	case string:
		if list, ok := j.v.(*[]string); ok && plainList(s, list) {
			return nil
		}
		return json.Unmarshal([]byte(s), j.v)
	case []byte:
		return json.Unmarshal(s, j.v)
	case int64, float64: // SQLite takes a lone number in a JSON column for a number
		return json.Unmarshal(fmt.Append(nil, s), j.v)
	}
	return fmt.Errorf("db: %T is not JSON", src)
}

// plainList reads a list of words that have nothing to escape, as nearly all in
// our columns are: a fifth of the work of reading JSON.
func plainList(s string, list *[]string) bool {
	inner, ok := strings.CutPrefix(s, `["`)
	inner, closed := strings.CutSuffix(inner, `"]`)
	if !ok || !closed || strings.Contains(inner, `\`) {
		return false
	}
	words := strings.Split(inner, `","`)
	for _, w := range words {
		if strings.Contains(w, `"`) {
			return false
		}
	}
	*list = words
	return true
}

// Maybe is t for a column that may be empty, which the zero time leaves so.
func Maybe(t time.Time) sql.Null[time.Time] {
	return sql.Null[time.Time]{V: t, Valid: !t.IsZero()}
}

type countKey struct{}

// Counted counts the statements run below the context it gives. Tests hold
// pages to it: a list of fifty costs as many statements as a list of two.
func Counted(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, countKey{}, n), n
}

func tick(ctx context.Context) {
	if n, ok := ctx.Value(countKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
