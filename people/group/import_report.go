package group

import (
	"fmt"
	"io"
	"strings"

	"withus.example/platform/list"
)

// Report says what became of every row of a list: New, Changed, Unchanged, and
// the lengths of Refused and Doubtful add up to Rows.
type Report struct {
	DryRun    bool
	Rows      int
	New       int
	Waiting   int // of New: not published
	Changed   int
	Unchanged int // Kept and Repeated too: nothing was done for them

	Refused  []RowNote // why
	Doubtful []RowNote // why, and which groups it may be: neither merged nor made
	Changes  []RowNote // which columns
	Kept     []RowNote // which columns differ: the page is its organisers'
	Repeated []RowNote // the row that said the same
	LeftOut  []RowNote // values that could not be kept; their rows were
	Withheld int       // rows that say published, in an import that does not
	Ignored  []string  // columns of the file that fill none of ours

	english func(key string, args ...any) string // the command line speaks it
}

// RowNote is what there is to say of one row.
type RowNote struct {
	Line int    // of the file, where the row begins; 1 is the first
	Name string // of the group, as far as it is known
	Text string
	Like []string // the groups a doubtful row may be
}

// mostLike is how many groups are listed for a doubtful row.
const mostLike = 5

func (r *Report) add(o outcome) {
	r.Rows++
	n := RowNote{Line: o.row.Line, Name: list.Shown(o.row.fresh.Name, 80)}
	switch o.verdict {
	case created:
		r.New++
		if !o.now.Published {
			r.Waiting++
		}
	case changed:
		r.Changed++
		n.Text = strings.Join(o.fields, ", ")
		r.Changes = append(r.Changes, n)
	case unchanged:
		r.Unchanged++
	case kept:
		r.Unchanged++
		n.Text = strings.Join(o.fields, ", ")
		r.Kept = append(r.Kept, n)
	case repeated:
		r.Unchanged++
		n.Text = fmt.Sprintf("as line %d", o.like[0].line)
		r.Repeated = append(r.Repeated, n)
	case doubtful:
		n.Text = o.why.In(r.english)
		for i, g := range o.like {
			if i == mostLike {
				n.Like = append(n.Like, fmt.Sprintf("and %d more", len(o.like)-i))
				break
			}
			n.Like = append(n.Like, g.String())
		}
		r.Doubtful = append(r.Doubtful, n)
	case refused:
		n.Text = o.why.In(r.english)
		r.Refused = append(r.Refused, n)
	}
	if o.verdict < repeated {
		for _, w := range o.warnings {
			n.Text, n.Like = fmt.Sprintf("%s %q left out: %s", w.column, list.Shown(w.text, 60), w.why.In(r.english)), nil
			r.LeftOut = append(r.LeftOut, n)
		}
	}
	if o.withheld {
		r.Withheld++
	}
}

// String is a group as a report names it.
func (k *knownGroup) String() string {
	where := k.name
	for _, w := range []string{k.area, k.country} {
		if w != "" {
			where += ", " + w
		}
	}
	if where = list.Shown(where, 160); k.line != 0 {
		return fmt.Sprintf("%s (line %d)", where, k.line)
	}
	return fmt.Sprintf("%s (id %s)", where, k.id)
}

// Write writes the report in plain English, the sums last, where a terminal
// shows them.
func (r *Report) Write(w io.Writer) error {
	var b strings.Builder
	part := func(title string, notes []RowNote) {
		if len(notes) == 0 {
			return
		}
		fmt.Fprintf(&b, "%s\n", title)
		for _, n := range notes {
			fmt.Fprintf(&b, "  line %d: ", n.Line)
			if n.Name != "" {
				fmt.Fprintf(&b, "%s: ", n.Name)
			}
			fmt.Fprintln(&b, n.Text)
			for _, l := range n.Like {
				fmt.Fprintf(&b, "      %s\n", l)
			}
		}
		fmt.Fprintln(&b)
	}
	part("Changed:", r.Changes)
	part("Not changed, since these groups have organisers, whose page it is:", r.Kept)
	part("Twice in the file:", r.Repeated)
	part("Imported without a part:", r.LeftOut)
	part("Doubtful, and held back. Which group is it? Give its id in the column id, or write there: new", r.Doubtful)
	part("Refused:", r.Refused)
	if len(r.Ignored) > 0 {
		fmt.Fprintf(&b, "Columns not used: %s\n\n", list.Shown(strings.Join(r.Ignored, ", "), 1000))
	}
	fmt.Fprintf(&b, "Rows: %d\n  new %d\n  changed %d\n  unchanged %d\n  doubtful %d\n  refused %d\n",
		r.Rows, r.New, r.Changed, r.Unchanged, len(r.Doubtful), len(r.Refused))
	if r.Withheld > 0 {
		fmt.Fprintf(&b, "The file says of %d that they are published. They wait: that was not asked for (--publish).\n", r.Withheld)
	}
	switch {
	case r.DryRun:
		fmt.Fprintln(&b, "This was a dry run: nothing was written.")
	case r.Waiting > 0:
		fmt.Fprintf(&b, "New groups that wait: %d. Nobody but the network team sees them until they are checked and published.\n", r.Waiting)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// String is what Write writes.
func (r *Report) String() string {
	var b strings.Builder
	_ = r.Write(&b) // a Builder takes everything
	return b.String()
}
