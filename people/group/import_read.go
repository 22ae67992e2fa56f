package group

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/list"
	"withus.example/platform/search"
)

// byField finds a column of full by a group's field in JSON, in small letters.
var byField = func() map[string]int {
	out := map[string]int{}
	for i, c := range full {
		out[strings.ReplaceAll(c.name, "_", "")] = i
	}
	return out
}()

// shape is what a list is read into: a group by the columns of full.
var shape = func() *list.Shape {
	s := &list.Shape{Object: cellsOf, Own: []string{"slug", "revision", "changed", "checked", "picture", "life", "farewell"}}
	for _, c := range full {
		s.Columns = append(s.Columns, list.Column{Name: c.name, Join: c.join})
	}
	return s
}()

// cellsOf is a group in JSON as the columns of full.
func cellsOf(raw []byte) (cells []string, err error) {
	var in struct {
		ID string `json:"id"`
		Details
		Audience  Audience `json:"audience"`
		Published bool     `json:"published"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	g := Group{ID: in.ID, Details: in.Details, Audience: in.Audience, Published: in.Published}
	for _, c := range full {
		cells = append(cells, c.get(&g))
	}
	return cells, nil
}

// importRow is a row of a list and what it says.
type importRow struct {
	*list.Row

	fresh    Group     // what it says, as a group of its own
	warnings []leftOut // what of it can't be kept
	id       string    // of the group it means; empty: it does not say
	apart    bool      // it says that it is nobody who is here already
}

// read makes out what a row says, as if its group were new.
func (im *importing) read(r *importRow) {
	r.id, r.apart, r.warnings, r.fresh = "", false, nil, Group{Audience: Everyone}
	var said []leftOut
	switch given := strings.ToLower(strings.TrimSpace(r.Cells[0])); {
	case given == "new":
		r.apart = true
	case id.Valid(given):
		r.id = given
	case given != "":
		said = []leftOut{{full[0].name, given, list.Say("group.import.cell.no-id")}}
	}
	for _, i := range []int{audience, published} {
		if err := full[i].set(&r.fresh, r.Cells[i]); err != nil {
			r.warnings = append(r.warnings, leftOut{full[i].name, r.Cells[i], noteOf(err)})
		}
	}
	own := append(r.warnings, said...)
	r.warnings, r.Wrong = im.apply(r, &r.fresh, true)
	r.warnings = append(own, r.warnings...)
}

// apply lets a row say what it says of a group. What can't be kept is left out,
// as it was before, with a warning: one bad address is no reason to lose a
// group. Without a name there is none: that is why it may be refused.
func (im *importing) apply(r *importRow, g *Group, whole bool) (warnings []leftOut, wrong list.Note) {
	was := *g
	leave := func(c column, why list.Note) {
		warnings = append(warnings, leftOut{c.name, r.Cells[columnNamed(c.name)], why})
		if err := c.set(g, c.get(&was)); err != nil {
			c.set(g, "")
		}
	}
	says := func(i int) bool {
		return i != 0 && i != audience && i != published && r.Has[i] && (whole || strings.TrimSpace(r.Cells[i]) != "")
	}
	for i, c := range full {
		if !says(i) {
			continue
		}
		text := im.spelling.cell(c.name, r.Cells[i], im.vocabulary.Has)
		err := c.set(g, text)
		if err != nil && c.many() {
			var more []leftOut
			text, more = im.sift(c, text)
			warnings = append(warnings, more...)
			err = c.set(g, text)
		}
		if err != nil {
			leave(c, noteOf(err))
		}
	}
	if !whole {
		g.Registers = joined(was.Registers, g.Registers)
	}
	now := time.Now()
	for try := 0; ; try++ {
		clean := *g // Validate takes out what it complains about
		err := clean.Validate(im.vocabulary, now)
		if err == nil {
			*g = clean
			return warnings, list.Note{}
		}
		f := fault.Of(err)
		if f.Kind != fault.Invalid || try == 2 {
			return warnings, list.Say("group.import.row.unkept")
		}
		var done []string
		for _, p := range f.Problems {
			i, ok := byField[strings.ToLower(p.Field)]
			why := problem(p)
			switch {
			case slices.Contains(done, p.Field):
			case p.Field == "name":
				return warnings, list.Note{Key: "group.import.row.name", Of: &why}
			case !ok || !says(i):
				return warnings, list.Note{Key: "group.import.row.here", Args: []any{"name", p.Field}, Of: &why}
			case try == 0 && full[i].many():
				good, more := im.sift(full[i], full[i].get(g))
				full[i].set(g, good)
				warnings = append(warnings, more...)
			default:
				leave(full[i], why)
			}
			done = append(done, p.Field)
		}
	}
}

// sift takes out of a list what can't be kept, one by one.
func (im *importing) sift(c column, text string) (good string, warnings []leftOut) {
	at := strings.TrimSpace(c.join)
	if at == "" || strings.Contains(text, "\n") {
		at = "\n"
	}
	var out []string
	for _, item := range split(text, at) {
		alone := Group{Details: Details{Name: "-"}}
		err := c.set(&alone, item)
		if err == nil {
			err = alone.Validate(im.vocabulary, time.Now())
		}
		if err == nil {
			out = append(out, item)
			continue
		}
		warnings = append(warnings, leftOut{c.name, item, noteOf(err)})
	}
	return strings.Join(out, c.join), warnings
}

// leftOut is something a row says that can't be kept.
type leftOut struct {
	column, text string
	why          list.Note
}

// problem is what is wrong with a field, as a note.
func problem(p fault.Problem) list.Note {
	if p.Key == "error.choice" { // on a form they stand below; here they don't
		return list.Say("group.import.cell.choice")
	}
	return list.Say(p.Key, p.Args...)
}

// noteOf is why a cell can't be kept.
func noteOf(err error) list.Note {
	if n, ok := errors.AsType[list.Note](err); ok {
		return n
	}
	if f := fault.Of(err); len(f.Problems) > 0 {
		return problem(f.Problems[0])
	}
	return list.Say("group.import.cell.wrong")
}

// many says whether a column holds a list.
func (c column) many() bool { return c.join == "; " || c.join == "\n" }

// joined adds a row's register numbers to a group's. On a register the row
// speaks of, its number counts.
func joined(old, said []Register) []Register {
	out := slices.DeleteFunc(slices.Clone(old), func(r Register) bool {
		return !slices.Contains(said, r) && slices.ContainsFunc(said, func(s Register) bool { return s.Scheme == r.Scheme })
	})
	for _, r := range said {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// asBefore is a text as it was, unless more of it changed than capitals,
// accents and spaces.
func asBefore(was, now string) string {
	if key := search.SortKey(was); key != "" && key == search.SortKey(now) {
		return was
	}
	return now
}

// sum tells rows that say the same from others.
func (r *importRow) sum() [32]byte {
	b, _ := json.Marshal(r.Cells[1:]) // the id is no part of what it says
	return sha256.Sum256(b)
}

// Where some columns of full are.
var (
	audience  = columnNamed("audience")
	published = columnNamed("published")
)

func columnNamed(name string) int {
	return slices.IndexFunc(full, func(c column) bool { return c.name == name })
}
