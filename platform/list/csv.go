package list

import (
	"bufio"
	"encoding/csv"
	"io"
	"strings"
	"unicode/utf8"
)

// mostRow is the longest row of a list that is read, in bytes: the fullest page
// there can be takes about half of it. mostLines is how many lines it may run
// over, since a quotation mark that nothing closes makes them be read again.
const (
	mostRow   = 256 << 10
	mostLines = 1000
)

// csvSource reads CSV. encoding/csv cuts a row into cells, but not the file
// into rows: there, one quotation mark that is never closed would swallow
// every row behind it, however many and however long. Here it costs its own
// line.
type csvSource struct {
	shape   *Shape
	lines   lineReader
	comma   byte
	header  []string
	columns [][]boundPart // by the columns of the shape; nil: the list has none
	unused  []string
}

func newCSVSource(r *bufio.Reader, s *Shape, m Mapping) (*csvSource, error) {
	c, err := openCSV(r, s)
	if err == nil {
		c.columns, c.unused, err = m.bind(s, c.header)
	}
	return c, err
}

// openCSV reads as far as the header.
func openCSV(r *bufio.Reader, s *Shape) (*csvSource, error) {
	c := &csvSource{shape: s, lines: lineReader{from: r}}
	first, err := c.lines.next()
	if err != nil {
		return nil, err
	}
	if hint := strings.TrimSpace(first.text); len(hint) == 5 && strings.EqualFold(hint[:4], "sep=") { // what Excel writes above the header
		c.comma = hint[4]
	} else {
		c.lines.back = append(c.lines.back, first)
		c.comma = sniff(first.text)
	}
	_, cells, wrong, err := c.record()
	if err == io.EOF {
		return nil, Say("list.file.empty")
	}
	if err != nil {
		return nil, err
	}
	if wrong.Key != "" {
		return nil, Note{Key: "list.file.header", Of: &wrong}
	}
	for _, cell := range cells {
		c.header = append(c.header, strings.TrimSpace(Plain(cell)))
	}
	return c, nil
}

// sniff finds what stands between the cells of a header.
func sniff(header string) byte {
	quoted, most, best := false, 0, byte(',')
	count := map[byte]int{}
	for i := range len(header) {
		switch c := header[i]; c {
		case '"':
			quoted = !quoted
		case ',', ';', '\t':
			if !quoted {
				count[c]++
			}
		}
	}
	for _, c := range []byte{',', ';', '\t'} {
		if count[c] > most {
			most, best = count[c], c
		}
	}
	return best
}

func (c *csvSource) Ignored() []string { return c.unused }

func (c *csvSource) Next() (*Row, error) {
	for {
		line, cells, wrong, err := c.record()
		if err != nil {
			return nil, err
		}
		row := &Row{Line: line, Wrong: wrong}
		if wrong.Key != "" {
			return row, nil
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue // spreadsheets end with such rows
		}
		if len(cells) != len(c.header) {
			row.Wrong = Say("list.row.cells", "n", len(cells), "want", len(c.header))
			return row, nil
		}
		row.Cells, row.Has = make([]string, len(c.columns)), make([]bool, len(c.columns))
		for i, parts := range c.columns {
			row.Has[i] = parts != nil
			row.Cells[i] = fill(parts, c.shape.Columns[i].Join, cells)
		}
		return row, nil
	}
}

// record reads one row: the line it begins at and its cells, or what is wrong
// with it. Of a row that is wrong in its quotation marks only the first line is
// given up: the next may be a good row.
func (c *csvSource) record() (line int, cells []string, wrong Note, err error) {
	first, err := c.lines.next()
	for err == nil && !first.long && strings.TrimSpace(first.text) == "" {
		first, err = c.lines.next()
	}
	if err != nil {
		return 0, nil, Note{}, err
	}
	if first.long {
		return first.n, nil, tooLong, nil
	}
	q := quoting{comma: c.comma}
	used := []textLine{first}
	size := len(first.text)
	for q.feed(first.text); q.state == inQuotes; {
		next, err := c.lines.next()
		if err != nil && err != io.EOF {
			return 0, nil, Note{}, err
		}
		if err == nil {
			used = append(used, next)
			size += len(next.text) + 1
		}
		if err == io.EOF || next.long || size > mostRow || len(used) > mostLines {
			q.state = broken
			wrong = Say("list.row.quote-open")
			break
		}
		q.feed(next.text)
	}
	if q.state == broken {
		c.lines.back = append(used[1:], c.lines.back...)
		if wrong.Key == "" {
			wrong = Say("list.row.quote-inside")
		}
		return first.n, nil, wrong, nil
	}
	texts := make([]string, len(used))
	for i, l := range used {
		texts[i] = l.text
	}
	text := strings.Join(texts, "\n")
	switch {
	case !utf8.ValidString(text):
		return first.n, nil, notUTF8, nil
	case strings.Contains(text, "\x00"):
		return first.n, nil, Say("list.row.nul"), nil
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = rune(c.comma)
	r.FieldsPerRecord = -1
	// The quotation marks were looked at already; left are those in the middle
	// of a cell without any around it, which are text: 12" records.
	r.LazyQuotes = true
	if cells, err = r.Read(); err != nil {
		return first.n, nil, Say("list.row.unreadable"), nil
	}
	return first.n, cells, Note{}, nil
}

var (
	tooLong = Say("list.row.long")
	notUTF8 = Say("list.row.not-utf8")
)

// quoting follows the quotation marks of a row, line by line.
type quoting struct {
	comma byte
	state int
}

const (
	atStart  = iota // of a cell
	inBare          // in a cell without quotation marks
	inQuotes        // in a cell with them
	atMark          // after one in there: the end, or the first of two
	broken
)

// feed takes a line. inQuotes afterwards: the row goes on in the next one.
func (q *quoting) feed(line string) {
	for i := range len(line) {
		switch c := line[i]; {
		case q.state == inQuotes:
			if c == '"' {
				q.state = atMark
			}
		case c == q.comma:
			q.state = atStart
		case q.state == atStart && c == '"', q.state == atMark && c == '"':
			q.state = inQuotes
		case q.state == atMark:
			q.state = broken
			return
		case q.state == atStart:
			q.state = inBare
		}
	}
}

// textLine is a line of a file without its end.
type textLine struct {
	n    int // 1 is the first
	text string
	long bool // longer than mostRow: the text is not whole
}

// lineReader reads lines that end in any of the three ways there are.
type lineReader struct {
	from *bufio.Reader
	n    int
	back []textLine // read, and to be read again
}

func (l *lineReader) next() (textLine, error) {
	if len(l.back) > 0 {
		first := l.back[0]
		l.back = l.back[1:]
		return first, nil
	}
	l.n++
	out := textLine{n: l.n}
	var b []byte
	for some := false; ; some = true {
		c, err := l.from.ReadByte()
		if err == io.EOF && some {
			break
		}
		if err != nil {
			return out, err
		}
		if c == '\r' {
			if next, err := l.from.Peek(1); err == nil && next[0] == '\n' {
				l.from.Discard(1)
			}
		}
		if c == '\r' || c == '\n' {
			break
		}
		if len(b) == mostRow {
			out.long = true
		} else {
			b = append(b, c)
		}
	}
	out.text = string(b)
	return out, nil
}
