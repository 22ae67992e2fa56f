package group

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"withus.example/people/group/internal/list"
	"withus.example/platform/fault"
	"withus.example/platform/id"
)

// read makes out what a row says, as if its group were new.
func (im *importing) read(r *importRow) {
	r.id, r.apart, r.warnings, r.fresh = "", false, nil, Group{Audience: Everyone}
	var said string
	switch given := strings.ToLower(strings.TrimSpace(r.Cells[0])); {
	case given == "new":
		r.apart = true
	case id.Valid(given):
		r.id = given
	case given != "":
		said = im.leftOut(full[0], given, "no id of this network's; the group is told by the rest")
	}
	for _, i := range []int{audience, published} {
		if err := full[i].set(&r.fresh, r.Cells[i]); err != nil {
			r.warnings = append(r.warnings, im.leftOut(full[i], r.Cells[i], err.Error()))
		}
	}
	own := r.warnings
	if r.warnings, r.Wrong = im.apply(r, &r.fresh, true); said != "" {
		own = append(own, said)
	}
	r.warnings = append(own, r.warnings...)
}

// apply lets a row say what it says of a group. What can't be kept is left out,
// as it was before, with a warning: one bad address is no reason to lose a
// group. Without a name there is none: that is why it may be refused.
func (im *importing) apply(r *importRow, g *Group, whole bool) (warnings []string, wrong string) {
	was := *g
	leave := func(c column, why string) {
		warnings = append(warnings, im.leftOut(c, r.Cells[columnNamed(c.name)], why))
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
			var more []string
			text, more = im.sift(c, text)
			warnings = append(warnings, more...)
			err = c.set(g, text)
		}
		if err != nil {
			leave(c, err.Error())
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
			return warnings, ""
		}
		f := fault.Of(err)
		if f.Kind != fault.Invalid || try == 2 {
			return warnings, "it can't be kept: " + err.Error()
		}
		var done []string
		for _, p := range f.Problems {
			i, ok := byField[strings.ToLower(p.Field)]
			why := im.say(p)
			switch {
			case slices.Contains(done, p.Field):
			case p.Field == "name":
				return warnings, "its name: " + why
			case !ok || !says(i):
				return warnings, fmt.Sprintf("what is here already can't be kept: %s: %s", p.Field, why)
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
func (im *importing) sift(c column, text string) (good string, warnings []string) {
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
		why := err.Error()
		if f := fault.Of(err); len(f.Problems) > 0 {
			why = im.say(f.Problems[0])
		}
		warnings = append(warnings, im.leftOut(c, item, why))
	}
	return strings.Join(out, c.join), warnings
}

// say is a problem in words for the command line.
func (im *importing) say(p fault.Problem) string {
	if p.Key == "error.choice" { // on a form they stand below; here they don't
		return "none of the words there are for it"
	}
	return im.english.T(p.Key, p.Args...)
}

// many says whether a column holds a list.
func (c column) many() bool { return c.join == "; " || c.join == "\n" }

func (im *importing) leftOut(c column, text, why string) string {
	return fmt.Sprintf("%s %q left out: %s", c.name, list.Shown(text, 60), why)
}

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
