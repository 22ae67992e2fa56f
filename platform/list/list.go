// Package list reads a list that somebody brings, of groups or of people: what
// a spreadsheet or a register wrote as CSV, or JSON. It says what stands in each
// row, by the columns it is asked for, and knows neither what they mean nor any
// database.
package list

import (
	"bufio"
	"bytes"
	"embed"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ground are the texts about files and rows that can't be read.
//
//go:embed locale
var Ground embed.FS

// Shape is what a list is read into.
type Shape struct {
	Columns []Column
	// Object reads one thing of a JSON list into the texts of Columns; its error
	// says what is wrong with it. nil: a list comes as CSV alone.
	Object func(raw []byte) (cells []string, err error)
	// Own are fields in JSON that are the house's to say, not a list's.
	Own []string
}

// Column is one of ours.
type Column struct {
	Name string
	Join string // stands between what is put together in one cell; empty: the first that says anything counts
}

// has says whether there is a column of a name.
func (s *Shape) has(name string) bool {
	return slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Name == name })
}

func (s *Shape) names() (out []string) {
	for _, c := range s.Columns {
		out = append(out, c.Name)
	}
	return out
}

// Row is what one row of a list says, by the columns of its shape.
type Row struct {
	Line  int // where it begins in the file; 1 is the first
	Cells []string
	Has   []bool // the list has this column at all
	Wrong Note   // why the row can't be read; no key: it can
}

// Source gives the rows of a list one by one, and io.EOF after the last.
type Source interface {
	Next() (*Row, error)
	Ignored() []string // columns that fill nothing here
}

// Open finds out what a list is written in. What can't be read at all is a Note.
func Open(r io.Reader, s *Shape, m Mapping) (Source, error) {
	b, err := begin(r)
	if err != nil {
		return nil, err
	}
	if s.Object != nil && isJSON(b) {
		if m != nil {
			return nil, errors.New("a mapping is for CSV; this file is JSON")
		}
		return newJSONSource(b, s)
	}
	return newCSVSource(b, s, m)
}

// begin refuses what is no text, and leaves out the mark of UTF-8.
func begin(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(4 << 10)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, Say("list.file.spreadsheet")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, Say("list.file.utf16")
	case bytes.IndexByte(head, 0) >= 0:
		return nil, Say("list.file.neither")
	}
	mark := []byte("\uFEFF")
	if bytes.HasPrefix(head, mark) {
		head = head[len(mark):]
		b.Discard(len(mark))
	}
	if len(bytes.TrimLeft(head, " \t\r\n")) == 0 {
		return nil, Say("list.file.empty")
	}
	return b, nil
}

// isJSON says whether what begins here is meant to be JSON.
func isJSON(b *bufio.Reader) bool {
	head, _ := b.Peek(4 << 10) // begin has read it
	first := bytes.TrimLeft(head, " \t\r\n")
	return len(first) > 0 && (first[0] == '[' || first[0] == '{')
}

// Shown is text of a list as a terminal may show it: on one line, without what
// would steer it, and no longer than most.
func Shown(s string, most int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}

// signs begin what spreadsheets run as a formula, in narrow and wide forms,
// and the mark that keeps them from it.
const signs = "=+-@\t\r\n＝＋－＠'"

func signed(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune(signs, r)
}

// Safe keeps a cell from being run as a formula by a spreadsheet.
func Safe(s string) string {
	if signed(s) {
		return "'" + s
	}
	return s
}

// Plain takes the mark of Safe off again.
func Plain(s string) string {
	if rest, marked := strings.CutPrefix(s, "'"); marked && signed(rest) {
		return rest
	}
	return s
}
