package group

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
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

// importRow is what one row of a list says, by the columns of full.
type importRow struct {
	line  int // where it begins in the file
	cells []string
	has   []bool // the list has this column at all
	wrong string // why the row can't be read

	fresh    Group    // what it says, as a group of its own
	warnings []string // what of it can't be kept
	id       string   // of the group it means; empty: it does not say
	apart    bool     // it says that it is nobody who is here already
}

// importSource gives the rows of a list one by one, and io.EOF after the last.
type importSource interface {
	next() (*importRow, error)
	ignored() []string // columns that fill nothing here
}

// openImport finds out what a list is written in.
func openImport(r io.Reader, m mapping) (importSource, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(4 << 10)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, errors.New("this is a spreadsheet: save it as CSV, in UTF-8, and import that")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("this file is in UTF-16: save it as CSV in UTF-8")
	case bytes.IndexByte(head, 0) >= 0:
		return nil, errors.New("this is neither CSV nor JSON")
	}
	mark := []byte("\uFEFF")
	if bytes.HasPrefix(head, mark) {
		head = head[len(mark):]
		b.Discard(len(mark))
	}
	if first := bytes.TrimLeft(head, " \t\r\n"); len(first) == 0 {
		return nil, errors.New("the file is empty")
	} else if first[0] == '[' || first[0] == '{' {
		if m != nil {
			return nil, errors.New("a mapping is for CSV; this file is JSON")
		}
		return newJSONSource(b)
	}
	return newCSVSource(b, m)
}

// csvSource reads CSV. encoding/csv cuts a row into cells, but not the file
// into rows: there, one quotation mark that is never closed would swallow
// every row behind it, however many and however long. Here it costs its own
// line.
type csvSource struct {
	lines   lineReader
	comma   byte
	header  []string
	columns [][]boundPart // by the columns of full; nil: the list has none
	unused  []string
}

func newCSVSource(r *bufio.Reader, m mapping) (*csvSource, error) {
	c := &csvSource{lines: lineReader{from: r}}
	first, err := c.lines.next()
	if err != nil {
		return nil, err
	}
	if s := strings.TrimSpace(first.text); len(s) == 5 && strings.EqualFold(s[:4], "sep=") { // what Excel writes above the header
		c.comma = s[4]
	} else {
		c.lines.back = append(c.lines.back, first)
		c.comma = sniff(first.text)
	}
	_, cells, wrong, err := c.record()
	if err == io.EOF {
		return nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, err
	}
	if wrong != "" {
		return nil, errors.New("the header can't be read: " + wrong)
	}
	for _, cell := range cells {
		c.header = append(c.header, strings.TrimSpace(plain(cell)))
	}
	c.columns, c.unused, err = m.bind(c.header)
	return c, err
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

func (c *csvSource) ignored() []string { return c.unused }

func (c *csvSource) next() (*importRow, error) {
	for {
		line, cells, wrong, err := c.record()
		if err != nil {
			return nil, err
		}
		row := &importRow{line: line, wrong: wrong}
		if wrong != "" {
			return row, nil
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue // spreadsheets end with such rows
		}
		if len(cells) != len(c.header) {
			row.wrong = fmt.Sprintf("it has %d cells, and the header has %d: is there a comma, semicolon or line break too many, outside quotation marks?", len(cells), len(c.header))
			return row, nil
		}
		row.cells, row.has = make([]string, len(full)), make([]bool, len(full))
		for i, parts := range c.columns {
			row.has[i] = parts != nil
			row.cells[i] = fill(parts, full[i].join, cells)
		}
		return row, nil
	}
}

// record reads one row: the line it begins at and its cells, or what is wrong
// with it. Of a row that is wrong in its quotation marks only the first line is
// given up: the next may be a good row.
func (c *csvSource) record() (line int, cells []string, wrong string, err error) {
	first, err := c.lines.next()
	for err == nil && !first.long && strings.TrimSpace(first.text) == "" {
		first, err = c.lines.next()
	}
	if err != nil {
		return 0, nil, "", err
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
			return 0, nil, "", err
		}
		if err == nil {
			used = append(used, next)
			size += len(next.text) + 1
		}
		if err == io.EOF || next.long || size > mostRow || len(used) > mostLines {
			q.state = broken
			wrong = "a quotation mark opens a cell, and nothing closes it"
			break
		}
		q.feed(next.text)
	}
	if q.state == broken {
		c.lines.back = append(used[1:], c.lines.back...)
		if wrong == "" {
			wrong = "a quotation mark stands inside a cell in quotation marks: write it twice"
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
		return first.n, nil, "it holds a NUL: this is no text", nil
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = rune(c.comma)
	r.FieldsPerRecord = -1
	// The quotation marks were looked at already; left are those in the middle
	// of a cell without any around it, which are text: 12" records.
	r.LazyQuotes = true
	if cells, err = r.Read(); err != nil {
		return first.n, nil, err.Error(), nil
	}
	return first.n, cells, "", nil
}

const (
	tooLong = "it is longer than 256 KB"
	notUTF8 = "it is not UTF-8: save the file as UTF-8"
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
