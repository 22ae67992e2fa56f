package list

import (
	"bytes"
	"io"
	"strings"
)

// Head is what a list begins with, for whoever says what its columns are.
type Head struct {
	JSON    bool // its fields say themselves what they are
	Columns []Seen
}

// Seen is a column as the file has it.
type Seen struct {
	Header string
	Values []string // the first few, shortened
}

const (
	// MostColumns is how many columns a list may have that somebody goes
	// through one by one.
	MostColumns = 120
	someValues  = 3
	someRows    = 50 // are read to find them
)

// Look reads how a list begins. What is no list, or has too many columns, is a
// Note.
func Look(file []byte, s *Shape) (*Head, error) {
	b, err := begin(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if s.Object != nil && isJSON(b) {
		j, err := newJSONSource(b, s)
		if err != nil {
			return nil, err
		}
		if _, err = j.Next(); err == io.EOF {
			err = Say("list.file.empty")
		}
		return &Head{JSON: true}, err
	}
	c, err := openCSV(b, s)
	if err != nil {
		return nil, err
	}
	if len(c.header) > MostColumns {
		return nil, Say("list.file.columns", "n", MostColumns)
	}
	h := &Head{Columns: make([]Seen, len(c.header))}
	for i, name := range c.header {
		h.Columns[i].Header = Shown(name, 80)
	}
	for range someRows {
		_, cells, wrong, err := c.record()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for i := range min(len(cells), len(h.Columns)) {
			at := &h.Columns[i]
			if v := Shown(Plain(cells[i]), 60); wrong.Key == "" && v != "" && len(at.Values) < someValues {
				at.Values = append(at.Values, v)
			}
		}
	}
	return h, nil
}

// ByColumn is the mapping of somebody who went through the columns of a file:
// what each fills, by its place; empty: nothing.
func ByColumn(ours []string) Mapping {
	m := Mapping{}
	for i, name := range ours {
		if name != "" {
			m[name] = append(m[name], Part{At: i + 1})
		}
	}
	return m
}

// Guess says which of ours a column is by its header: known are our columns by
// what people may call them, folded by Fold.
func (h *Head) Guess(known map[string]string) []string {
	out, taken := make([]string, len(h.Columns)), map[string]bool{}
	for i, c := range h.Columns {
		if name := known[Fold(c.Header)]; name != "" && !taken[name] {
			out[i], taken[name] = name, true
		}
	}
	return out
}

// Fold lets "Other names" be other_names.
func Fold(s string) string { return strings.TrimRight(foldHeader(s), ":*?.") }
