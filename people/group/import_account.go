package group

import (
	"slices"

	"withus.example/platform/list"
)

// Account is what a page says of an import: how many rows came to what, and a
// remark on each that somebody may want to look at. It is kept in the database,
// so it holds of the list itself no more than it must: for good, the names and
// reasons of rows that did not come in.
type Account struct {
	Rows, New, Waiting, Changed, Unchanged, Kept, Repeated, Doubtful, Refused, LeftOut int

	Remarks []Remark
	First   []Sample   // of a preview: the first rows as the groups they would become
	Stop    *list.Note // why the file could not be read to its end
}

// Remark is what there is to say of one row.
type Remark struct {
	What   string // one of remarks
	Line   int    // of the file; 1 is the first
	Name   string // as the row has it; only of rows that do not come in
	Column string // of ours: what was left out
	Text   string // the text left out; only in a preview
	Why    list.Note
	Groups []string // ids of the groups it is, or may be
	As     int      // the line it may be the same group as; 0: none
	Fields []string // columns that change
}

// Sample is a row as the group it would become.
type Sample struct {
	Line    int
	New     bool
	Details Details
}

// remarks are the kinds of remark, in the order in which they are told.
var remarks = []string{"refused", "doubtful", "left-out", "kept", "changed", "repeated"}

const (
	mostRemarks = 300 // of one kind: a page of more would be read by nobody
	mostSamples = 5
)

// of are the remarks of a kind.
func (a *Account) of(what string) (out []Remark) {
	for _, r := range a.Remarks {
		if r.What == what {
			out = append(out, r)
		}
	}
	return out
}

// count is how many rows a kind of remark is about, also those that no remark
// was kept of.
func (a *Account) count(what string) int {
	return map[string]int{"refused": a.Refused, "doubtful": a.Doubtful, "left-out": a.LeftOut, "kept": a.Kept, "changed": a.Changed, "repeated": a.Repeated}[what]
}

// with is the account with some more rows in it. A preview says what was left
// out word for word; afterwards nothing of that is kept.
func (a Account) with(out []outcome, preview bool) Account {
	a.Remarks, a.First = slices.Clip(a.Remarks), slices.Clip(a.First)
	for _, o := range out {
		a.add(o, preview)
	}
	return a
}

func (a *Account) add(o outcome, preview bool) {
	a.Rows++
	r := Remark{Line: o.row.Line, Why: o.why}
	switch o.verdict {
	case created:
		a.New++
		if !o.now.Published {
			a.Waiting++
		}
	case changed:
		a.Changed++
		r.What, r.Groups, r.Fields = "changed", []string{o.was.ID}, o.fields
	case unchanged:
		a.Unchanged++
	case kept:
		a.Kept++
		r.What, r.Groups = "kept", []string{o.was.ID}
	case repeated:
		a.Repeated++
		r.What, r.As = "repeated", o.like[0].line
	case doubtful:
		a.Doubtful++
		r.What, r.Name = "doubtful", list.Shown(o.row.fresh.Name, 80)
		for _, g := range o.like[:min(mostLike, len(o.like))] {
			if g.line != 0 {
				r.As = g.line
			} else {
				r.Groups = append(r.Groups, g.id)
			}
		}
	case refused:
		a.Refused++
		r.What, r.Name = "refused", list.Shown(o.row.fresh.Name, 80)
	}
	a.remark(r)
	if o.verdict < kept {
		a.leftOut(o, preview)
		if preview && o.now != nil && len(a.First) < mostSamples {
			a.First = append(a.First, Sample{o.row.Line, o.verdict == created, o.now.Details})
		}
	}
}

func (a *Account) leftOut(o outcome, preview bool) {
	for _, w := range o.warnings {
		r := Remark{What: "left-out", Line: o.row.Line, Column: w.column}
		if preview {
			r.Text, r.Why = list.Shown(w.text, 60), w.why
		}
		a.LeftOut++
		a.remark(r)
	}
}

// remark keeps a remark, unless there are enough of its kind.
func (a *Account) remark(r Remark) {
	if r.What != "" && len(a.of(r.What)) < mostRemarks {
		a.Remarks = append(a.Remarks, r)
	}
}
