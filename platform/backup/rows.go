package backup

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"withus.example/platform/db"
)

// raw is a text that is not UTF-8, which JSON can't hold.
type raw struct {
	Base64 []byte `json:"base64"`
}

// encode writes a row as a line of JSON.
func encode(row []any) ([]byte, error) {
	cells := make([]any, len(row))
	for i, v := range row {
		cells[i] = v
		switch v := v.(type) {
		case string:
			if !utf8.ValidString(v) {
				cells[i] = raw{[]byte(v)}
			}
		case time.Time:
			cells[i] = v.UTC().Format(time.RFC3339Nano)
		}
	}
	return json.Marshal(cells)
}

// decode reads a line again, as a table's columns have it.
func decode(line []json.RawMessage, t *db.Table) ([]any, error) {
	if len(line) != len(t.Columns) {
		return nil, fmt.Errorf("%d values for %d columns of %s", len(line), len(t.Columns), t.Name)
	}
	row := make([]any, len(line))
	for i, c := range t.Columns {
		var err error
		if row[i], err = value(line[i], c.Kind); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.Name, c.Name, err)
		}
	}
	return row, nil
}

func value(b json.RawMessage, k db.Kind) (any, error) {
	if string(b) == "null" {
		return nil, nil
	}
	switch k {
	case db.KindInt:
		return as[int64](b)
	case db.KindBool:
		return as[bool](b)
	case db.KindTime:
		return as[time.Time](b)
	case db.KindText, db.KindJSON:
		if b[0] == '{' {
			r, err := as[raw](b)
			return string(r.Base64), err
		}
		return as[string](b)
	case db.KindBytes:
		s, err := as[string](b)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(s)
	}
	return nil, fmt.Errorf("%q is no kind", k)
}

func as[T any](b json.RawMessage) (v T, err error) { return v, json.Unmarshal(b, &v) }
