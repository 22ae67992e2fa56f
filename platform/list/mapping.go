package list

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Mapping says which columns of theirs fill which of ours; docs/import/README.md
// explains it. nil stands for our own columns by their names.
type Mapping map[string][]Part

// Part is one thing that goes into a column of ours. In the file, a plain
// text is short for {"from": "…"}, and several parts stand in a list.
type Part struct {
	From   string            `json:"from"`   // their header
	At     int               `json:"-"`      // or the place of their column, where somebody pointed at it; 1 is the first
	Always string            `json:"always"` // instead of from: the same for every row
	When   map[string]string `json:"when"`   // only in rows that hold this in those columns of theirs
	Drop   int               `json:"drop"`   // letters at its end that are left out
	Pad    int               `json:"pad"`    // a number shorter than this gets its noughts back
	Means  map[string]string `json:"means"`  // their word → ours; capitals do not count
	Tidy   string            `json:"tidy"`   // "title": a name in capitals becomes one in both
	Before string            `json:"before"` // put before it
}

// mostMapping is the longest mapping that is read, in bytes.
const mostMapping = 1 << 20

// ReadMapping reads a mapping for a shape; none from nil.
func ReadMapping(r io.Reader, shape *Shape) (Mapping, error) {
	if r == nil {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(r, mostMapping+1))
	if err != nil {
		return nil, err
	}
	if len(b) > mostMapping {
		return nil, errors.New("the mapping is longer than 1 MB")
	}
	var in map[string]json.RawMessage
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(b), "\uFEFF")), &in); err != nil {
		return nil, fmt.Errorf("the mapping is no JSON object: %w", err)
	}
	m := Mapping{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if name == "note" { // for those who read it
			continue
		}
		if !shape.has(name) {
			return nil, fmt.Errorf("the mapping fills %q, which is no column of ours; they are %s", name, strings.Join(shape.names(), ", "))
		}
		if m[name], err = readParts(in[name]); err != nil {
			return nil, fmt.Errorf("the mapping of %q: %w", name, err)
		}
	}
	if m["name"] == nil {
		return nil, errors.New("the mapping does not say which column is the name")
	}
	return m, nil
}

func readParts(raw json.RawMessage) ([]Part, error) {
	var several []json.RawMessage
	if json.Unmarshal(raw, &several) != nil {
		several = []json.RawMessage{raw}
	}
	if len(several) == 0 {
		return nil, errors.New("the list is empty")
	}
	var out []Part
	for _, one := range several {
		var p Part
		if json.Unmarshal(one, &p.From) != nil {
			d := json.NewDecoder(strings.NewReader(string(one)))
			d.DisallowUnknownFields()
			if err := d.Decode(&p); err != nil {
				return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
			}
		}
		switch {
		case (p.From == "") == (p.Always == ""):
			return nil, errors.New(`say either "from" (a column of theirs) or "always" (a text)`)
		case p.Tidy != "" && p.Tidy != "title":
			return nil, fmt.Errorf(`"tidy" can be "title", not %q`, p.Tidy)
		case p.Pad < 0 || p.Pad > 40:
			return nil, errors.New(`"pad" is how many digits a number has, 40 at most`)
		case p.Drop < 0:
			return nil, errors.New(`"drop" is how many letters at the end are left out`)
		}
		low := map[string]string{}
		for theirs, ours := range p.Means {
			theirs = strings.ToLower(strings.TrimSpace(theirs))
			if _, twice := low[theirs]; twice {
				return nil, fmt.Errorf(`"means" has %q twice`, theirs)
			}
			low[theirs] = ours
		}
		p.Means = low
		out = append(out, p)
	}
	return out, nil
}

// boundPart is a Part that knows its columns in a file.
type boundPart struct {
	Part
	at   int // -1: always
	when map[int]string
}

// bind finds the columns of a mapping in a file's header. It gives what fills
// each column of the shape, and which columns of theirs fill none.
func (m Mapping) bind(s *Shape, header []string) (columns [][]boundPart, unused []string, err error) {
	if m == nil {
		m = Mapping{}
		for _, c := range s.Columns {
			if slices.ContainsFunc(header, func(h string) bool { return foldHeader(h) == foldHeader(c.Name) }) {
				m[c.Name] = []Part{{From: c.Name}}
			}
		}
		if m["name"] == nil {
			return nil, nil, Say("list.file.no-name", "names", Shown(strings.Join(header, ", "), 300))
		}
	}
	used := make([]bool, len(header))
	find := func(name string) (int, error) {
		at := -1
		for i, h := range header {
			if foldHeader(h) != foldHeader(name) {
				continue
			}
			if at >= 0 {
				return 0, fmt.Errorf("two columns of the file are called %q", Shown(name, 80))
			}
			at = i
		}
		if at < 0 {
			return 0, fmt.Errorf("the mapping names %q, and no column of the file is called that; they are %s", Shown(name, 80), Shown(strings.Join(header, ", "), 300))
		}
		used[at] = true
		return at, nil
	}
	for _, c := range s.Columns {
		var bound []boundPart
		for _, p := range m[c.Name] {
			b := boundPart{Part: p, at: -1, when: map[int]string{}}
			if p.At > len(header) {
				return nil, nil, Say("list.file.no-name", "names", "")
			} else if p.At > 0 {
				b.at = p.At - 1
				used[b.at] = true
			}
			if p.From != "" {
				if b.at, err = find(p.From); err != nil {
					return nil, nil, err
				}
			}
			for name, value := range p.When {
				i, err := find(name)
				if err != nil {
					return nil, nil, err
				}
				b.when[i] = value
			}
			bound = append(bound, b)
		}
		columns = append(columns, bound)
	}
	for i, h := range header {
		if !used[i] && h != "" {
			unused = append(unused, h)
		}
	}
	return columns, unused, nil
}

// foldHeader lets "Other names" be other_names.
func foldHeader(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '_' || r == '-' {
			return -1
		}
		return r
	}, s))
}

// fill makes a cell of ours out of a row of theirs.
func fill(parts []boundPart, join string, row []string) string {
	if len(parts) == 1 && parts[0].bare() { // as it is, to its last space
		return Plain(row[parts[0].at])
	}
	var out []string
	for _, p := range parts {
		if s := p.of(row); s != "" {
			out = append(out, s)
		}
	}
	if join == "" && len(out) > 0 { // the first that says anything
		return out[0]
	}
	return strings.Join(out, join)
}

func (p *boundPart) bare() bool {
	return p.at >= 0 && len(p.when)+len(p.Means)+p.Pad+p.Drop == 0 && p.Tidy+p.Before == ""
}

func (p *boundPart) of(row []string) string {
	for i, value := range p.when {
		if !strings.EqualFold(strings.TrimSpace(Plain(row[i])), value) {
			return ""
		}
	}
	s := p.Always
	if p.at >= 0 {
		s = strings.TrimSpace(Plain(row[p.at]))
	}
	if p.Drop > 0 {
		r := []rune(s)
		s = strings.TrimSpace(string(r[:max(0, len(r)-p.Drop)]))
	}
	if strings.Trim(s, "0123456789") == "" && s != "" && len(s) < p.Pad {
		s = strings.Repeat("0", p.Pad-len(s)) + s
	}
	if ours, ok := p.Means[strings.ToLower(s)]; ok {
		s = ours
	}
	if p.Tidy == "title" {
		s = titled(s)
	}
	if s != "" {
		s = p.Before + s
	}
	return s
}
