package list

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// jsonSource reads a list in JSON, as the room writes it: an array of groups.
type jsonSource struct {
	shape  *Shape
	column map[string]int // of the shape, by a group's field, in small letters
	from   *lineCounter
	dec    *json.Decoder
	fields map[string]bool // met, and filling nothing here
	ended  bool
}

func newJSONSource(r *bufio.Reader, s *Shape) (*jsonSource, error) {
	from := &lineCounter{from: r, left: mostRow}
	j := &jsonSource{shape: s, column: map[string]int{}, from: from, dec: json.NewDecoder(from), fields: map[string]bool{}}
	for i, c := range s.Columns {
		j.column[strings.ReplaceAll(c.Name, "_", "")] = i
	}
	if t, err := j.dec.Token(); err != nil || t != json.Delim('[') {
		return nil, Say("list.file.no-list")
	}
	return j, nil
}

func (j *jsonSource) Ignored() []string { return slices.Sorted(maps.Keys(j.fields)) }

func (j *jsonSource) Next() (*Row, error) {
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
	row := &Row{Line: j.from.line(j.dec.InputOffset() - int64(len(raw)))}
	if !utf8.Valid(raw) {
		row.Wrong = notUTF8
		return row, nil
	}
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &given); err != nil {
		row.Wrong = Say("list.row.no-object")
		return row, nil
	}
	cells, err := j.shape.Object(raw)
	if err != nil {
		row.Wrong = Say("list.row.unreadable")
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			field := e.Field[strings.LastIndexByte(e.Field, '.')+1:]
			row.Wrong = Say("list.row.field", "name", field)
		}
		return row, nil
	}
	row.Cells, row.Has = make([]string, len(cells)), make([]bool, len(cells))
	for name := range given {
		if i, ok := j.column[strings.ToLower(name)]; ok {
			row.Has[i], row.Cells[i] = true, cells[i]
		} else if !slices.Contains(j.shape.Own, name) && len(j.fields) < 100 {
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
	why := Say("list.file.no-json")
	if errors.Is(err, errLong) {
		why = tooLong
	}
	return Note{Key: "list.file.stop", Args: []any{"n", j.from.line(at)}, Of: &why}
}

var errLong = errors.New("one group is longer than 256 KB")

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
		return 0, errLong
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
