package group

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// jsonSource reads a list in JSON, as this room writes it: an array of groups.
type jsonSource struct {
	from   *lineCounter
	dec    *json.Decoder
	fields map[string]bool // met, and filling nothing here
	ended  bool
}

// The fields of a group in JSON that are its room's to say, not a list's.
var ownFields = []string{"slug", "revision", "changed", "checked", "picture", "life", "farewell"}

// byField finds a column of full by a group's field in JSON, in small letters.
var byField = func() map[string]int {
	out := map[string]int{}
	for i, c := range full {
		out[strings.ReplaceAll(c.name, "_", "")] = i
	}
	return out
}()

func newJSONSource(r *bufio.Reader) (*jsonSource, error) {
	from := &lineCounter{from: r, left: mostRow}
	j := &jsonSource{from: from, dec: json.NewDecoder(from), fields: map[string]bool{}}
	if t, err := j.dec.Token(); err != nil || t != json.Delim('[') {
		return nil, errors.New("this JSON is no list of groups: it has to begin with [")
	}
	return j, nil
}

func (j *jsonSource) ignored() []string { return slices.Sorted(maps.Keys(j.fields)) }

func (j *jsonSource) next() (*importRow, error) {
	if j.ended {
		return nil, io.EOF
	}
	j.from.left = 2 * mostRow // what the decoder holds already, and one group
	if !j.dec.More() {
		if _, err := j.dec.Token(); err != nil {
			return nil, j.stop(err)
		}
		j.ended = true
		return nil, io.EOF
	}
	var raw json.RawMessage
	if err := j.dec.Decode(&raw); err != nil {
		return nil, j.stop(err)
	}
	row := &importRow{line: j.from.line(j.dec.InputOffset() - int64(len(raw)))}
	if !utf8.Valid(raw) {
		row.wrong = notUTF8
		return row, nil
	}
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &given); err != nil {
		row.wrong = "it is no group: a group is written in { }"
		return row, nil
	}
	var g struct {
		ID string `json:"id"`
		Details
		Audience  Audience `json:"audience"`
		Published bool     `json:"published"`
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		row.wrong = "one of its fields can't be read"
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			field := e.Field[strings.LastIndexByte(e.Field, '.')+1:]
			row.wrong = fmt.Sprintf("its field %q can't be a %s", field, e.Value)
		}
		return row, nil
	}
	whole := Group{ID: g.ID, Details: g.Details, Audience: g.Audience, Published: g.Published}
	row.cells, row.has = make([]string, len(full)), make([]bool, len(full))
	for name := range given {
		if i, ok := byField[strings.ToLower(name)]; ok {
			row.has[i], row.cells[i] = true, full[i].get(&whole)
		} else if !slices.Contains(ownFields, name) && len(j.fields) < 100 {
			j.fields[name] = true
		}
	}
	return row, nil
}

// stop says from which line on the file can't be read.
func (j *jsonSource) stop(err error) error {
	at := j.dec.InputOffset()
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = e.Offset
	}
	return fmt.Errorf("the JSON can't be read on from line %d: %w", j.from.line(at), err)
}

// lineCounter remembers where the lines of a file begin, as far as they are not
// behind, and reads no more than it was left.
type lineCounter struct {
	from io.Reader
	left int
	read int64
	ends []int64 // offsets behind the line breaks not passed yet
	past int     // line breaks passed
}

func (l *lineCounter) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("one group is longer than 256 KB")
	}
	n, err := l.from.Read(p[:min(len(p), l.left)])
	l.left -= n
	for i := 0; i < n; {
		at := bytes.IndexByte(p[i:n], '\n')
		if at < 0 {
			break
		}
		i += at + 1
		l.ends = append(l.ends, l.read+int64(i))
	}
	l.read += int64(n)
	return n, err
}

// line is the line an offset is in. Offsets are asked for in their order.
func (l *lineCounter) line(offset int64) int {
	n, _ := slices.BinarySearchFunc(l.ends, offset, func(end, at int64) int {
		if end <= at {
			return -1
		}
		return 1
	})
	l.ends = l.ends[n:]
	l.past += n
	return l.past + 1
}
