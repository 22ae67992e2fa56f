package arrival

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"
	"time"

	"withus.example/platform/fault"
	"withus.example/platform/list"
)

// row is what a row of a list says.
type row struct {
	line    int
	why     list.Note // why it can't come in; no key: it can
	left    []list.Note
	came    Newcomer
	carried Carried
	old     string
	state   string
	said    []Said
	no      []Said // what a yes of before falls by
}

// less says whether a row says no to something: that counts, whoever else said what.
func (r row) less() bool { return r.state != waiting || len(r.no) > 0 }

// shape is a list read as it stands, column by column.
func shape(n int) (*list.Shape, list.Mapping) {
	s, names := &list.Shape{}, make([]string, n)
	for i := range n {
		names[i] = columnField(i)
		s.Columns = append(s.Columns, list.Column{Name: names[i]})
	}
	return s, list.ByColumn(names)
}

// look is how a list begins. What is no list is a list.Note.
func look(file []byte) (*list.Head, error) { return list.Look(file, &list.Shape{}) }

func open(l *List) (list.Source, error) {
	s, m := shape(len(l.Choices.Columns))
	return list.Open(bytes.NewReader(l.file), s, m)
}

// each reads a list, some rows at a time. What it can't be read beyond is a
// list.Note.
func (s *Service) each(l *List, some int, do func([]row) error) error {
	head, err := look(l.file)
	if err != nil {
		return err
	}
	src, err := open(l)
	if err != nil {
		return err
	}
	var rows []row
	for n := 0; ; n++ {
		r, err := src.Next()
		if err == nil && n == mostRows {
			err = list.Say("arrival.file.rows", "n", mostRows)
		}
		if err == nil {
			rows = append(rows, s.read(l, head, r))
		}
		if len(rows) == some || err != nil && len(rows) > 0 {
			if err := do(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// read says what a row says, by what the team said of its columns.
func (s *Service) read(l *List, head *list.Head, r *list.Row) row {
	out := row{line: r.Line, why: r.Wrong, state: waiting, came: Newcomer{Kind: l.Choices.Kind, Since: l.At}}
	if r.Wrong.Key != "" {
		return out
	}
	yes, no := map[string]string{}, map[string]string{}
	for i, c := range l.Choices.Columns {
		text := strings.TrimSpace(r.Cells[i])
		if c.Is == "" || text == "" {
			continue
		}
		says := c.says(text)
		words := head.Columns[i].Header + ": " + list.Shown(text, 160) + " (" + l.Called + ", " + l.At.UTC().Format(time.DateOnly) + ")"
		switch c.Is {
		case isEmail:
			out.came.Email = text
		case isOld:
			out.old = head.Columns[i].Header + " " + list.Shown(text, 80)
		case isName:
			var p fault.Problems
			if p.Line("name", &text, 60, fault.Optional); p.Err() == nil {
				out.carried.Name = text
			} else {
				out.left = append(out.left, list.Say("arrival.left.name"))
			}
		case isKind:
			if out.came.Kind = "member"; says {
				out.came.Kind = "supporter"
			}
		case isLang:
			if lang := s.langs.Get(s.langs.Find(text)); lang != nil {
				out.came.Lang = lang.Code
			} else {
				out.left = append(out.left, list.Say("arrival.left.language"))
			}
		case isCountry:
			if out.came.Country = s.country(text); out.came.Country == "" {
				out.left = append(out.left, list.Say("arrival.left.country"))
			}
		case isSince:
			if day, ok := s.since(text, c.First, l.At); ok {
				out.came.Since, out.carried.Since = day, true
			} else {
				out.left = append(out.left, list.Say("arrival.left.since"))
			}
		case isStop, isBounced:
			back := c.cameBack(text)
			switch {
			case back && out.state != stopped: // what they said goes before what machines found
				out.state = bounced
			case says && !back:
				out.state = stopped
				out.said = append(out.said, Said{Purpose: Letters, Words: words, Way: byList, At: l.At})
			}
		default: // a purpose
			if says {
				yes[c.Is] = cmp.Or(yes[c.Is], words)
			} else {
				no[c.Is] = cmp.Or(no[c.Is], words)
			}
		}
	}
	for _, key := range s.purposes() { // where two columns disagree, it is no yes
		switch {
		case no[key] != "":
			out.no = append(out.no, Said{Purpose: key, Words: no[key], Way: byList})
		case yes[key] != "":
			out.said = append(out.said, Said{Purpose: key, Given: true, Words: yes[key], Way: byList, At: l.At})
		}
	}
	var p fault.Problems
	p.Email("email", &out.came.Email, fault.Required)
	out.came.Email = strings.ToLower(out.came.Email)
	if len(p) > 0 {
		out.why = list.Say("arrival.refused.email")
	}
	return out
}

// note is what is wrong with a list, if that is all that is wrong.
func note(err error) *list.Note {
	if n, ok := errors.AsType[list.Note](err); ok {
		return &n
	}
	return nil
}
