package group

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"withus.example/platform/search"
)

// What two pages say, put together. One of them is kept, under its address and
// with its organisers and its history; the other one's address leads there. For
// every field in which they differ somebody chooses.

// Side says whose words a field keeps.
type Side string

// The sides.
const (
	Kept Side = "kept" // those of the page that is kept
	Gone Side = "gone" // those of the other one
	Both Side = "both" // lists only
)

// Choices are sides by field; a field without one gets what is sensible.
type Choices map[string]Side

// Fields of a merge that are no column.
const (
	fieldLife    = "life" // with what a group that rests or ended wants said
	fieldPicture = "picture"
)

// mergeable are the columns that somebody chooses for. What belongs to another
// follows it: the language to the words, a confidential place to itself.
var mergeable = slices.DeleteFunc(slices.Clone(table), func(c column) bool {
	return slices.Contains([]string{"id", "written_in", "confidential", "audience"}, c.name)
})

// field is a column's name as forms and histories know it.
func (c column) field() string {
	parts := strings.Split(c.name, "_")
	for i, p := range parts[1:] {
		parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(parts, "")
}

// items are what a list holds.
func (c column) items(g *Group) []string {
	s := c.get(g)
	if c.join == "\n" || strings.Contains(s, "\n") {
		return split(s, "\n")
	}
	return split(s, ";")
}

// setItems fills a list. Register numbers may hold a semicolon.
func (c column) setItems(g *Group, all []string) error {
	if c.name == "registers" || c.join == "\n" {
		return c.set(g, strings.Join(all, "\n")+"\n")
	}
	return c.set(g, strings.Join(all, "; "))
}

// same says whether two groups say the same in a column, whatever the order.
func (c column) same(a, b *Group) bool {
	if !c.many() {
		return c.get(a) == c.get(b)
	}
	x, y := c.items(a), c.items(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// silent says whether a group says nothing in a column. What kind of group it
// is, everyone says: "other" is what is said by who was not asked.
func (c column) silent(g *Group) bool {
	return c.get(g) == "" || c.name == "form" && g.Form == "other"
}

// fresher says whether the other page was looked through after the one kept, or
// changed after it where neither ever was.
func fresher(kept, gone *Group) bool {
	if !kept.Checked.Equal(gone.Checked) {
		return gone.Checked.After(kept.Checked)
	}
	return gone.Changed.After(kept.Changed)
}

// sensible is the side of a column as long as nobody chooses: the only one that
// says anything; of a list, both; else the one looked through last.
func (c column) sensible(kept, gone *Group) Side {
	switch {
	case c.same(kept, gone) || c.silent(gone):
		return Kept
	case c.silent(kept):
		return Gone
	case c.many():
		return Both
	case fresher(kept, gone):
		return Gone
	}
	return Kept
}

// side is what was chosen of a column, or what is sensible.
func (ch Choices) side(c column, kept, gone *Group) Side {
	if s := ch[c.field()]; s == Kept || s == Gone || s == Both && c.many() {
		return s
	}
	return c.sensible(kept, gone)
}

// life is whose life the page says.
func (ch Choices) life(kept, gone *Group) Side {
	if s := ch[fieldLife]; s == Kept || s == Gone {
		return s
	}
	if kept.Life != gone.Life && fresher(kept, gone) {
		return Gone
	}
	return Kept
}

// picture is whose picture the page shows.
func (ch Choices) picture(kept, gone *Group) Side {
	if s := ch[fieldPicture]; s == Kept || s == Gone {
		return s
	}
	if kept.Picture == nil && gone.Picture != nil {
		return Gone
	}
	return Kept
}

// narrower is who may see a page that was two: nobody who could not see both.
func narrower(a, b Audience) Audience {
	return Audience(audiences[max(slices.Index(audiences, string(a)), slices.Index(audiences, string(b)))])
}

// combine is the page that is kept as it is after a merge. Whether it is
// published stays as it is; whoever could see only one of the two sees no more.
func combine(kept, gone *Group, ch Choices) (*Group, error) {
	out := *kept
	for _, c := range mergeable {
		switch ch.side(c, kept, gone) {
		case Gone:
			if err := c.set(&out, c.get(gone)); err != nil {
				return nil, err
			}
		case Both:
			all := c.items(kept)
			for _, x := range c.items(gone) {
				if !slices.Contains(all, x) {
					all = append(all, x)
				}
			}
			if err := c.setItems(&out, all); err != nil {
				return nil, err
			}
		}
	}
	if ch.side(mergeable[slices.IndexFunc(mergeable, func(c column) bool { return c.name == "about" })], kept, gone) == Gone {
		out.WrittenIn = gone.WrittenIn
	}
	out.OtherNames = otherNames(out.Name, out.OtherNames, kept.Name, gone.Name)
	if out.Confidential = kept.Confidential || gone.Confidential; out.Confidential {
		out.Place = ""
	}
	out.Audience = narrower(kept.Audience, gone.Audience)
	if ch.life(kept, gone) == Gone {
		out.Life, out.Farewell = gone.Life, gone.Farewell
	}
	out.keeper = keepers(kept.keeper, gone.keeper)
	return &out, nil
}

// otherNames are the other names of a page: those it was called by before, as
// they were written there, then the others, without the one it has now.
func otherNames(now string, others []string, before ...string) []string {
	out := []string{}
	for _, n := range slices.Concat(before, others) {
		key := search.SortKey(n)
		if key != search.SortKey(now) && !slices.ContainsFunc(out, func(o string) bool { return search.SortKey(o) == key }) {
			out = append(out, n)
		}
	}
	return out
}

// keepers are the memory keepers of both, as far as there is room for both: the
// other page keeps its own in any case.
func keepers(kept, gone string) string {
	both := kept + " · " + gone
	switch {
	case kept == "":
		return gone
	case gone == "" || strings.Contains(kept, gone) || utf8.RuneCountInString(both) > maxLine:
		return kept
	}
	return both
}

// notes are what taking two pages apart needs beside the history of the one
// that was kept.
type notes struct {
	Was, Now    outside  // of the page that was kept, before the merge and after
	Picture     string   // key of the picture that came from the other one; empty: none did
	Swapped     bool     // the pictures changed places
	Suggestions []string // ids of those that came from the other one
}

// outside is what a page holds that its history does not.
type outside struct {
	Audience         Audience
	Life             Life
	Farewell, Keeper string
}

func (g *Group) outside() outside { return outside{g.Audience, g.Life, g.Farewell, g.keeper} }

// details is a group that says what a revision said.
func details(body json.RawMessage) (*Group, error) {
	g := &Group{}
	return g, json.Unmarshal(body, &g.Details)
}

// since names the columns in which a page changed after a merge.
func since(after, now *Group) (out []string) {
	for _, c := range table[1 : len(table)-1] {
		if !c.same(after, now) {
			out = append(out, c.field())
		}
	}
	return out
}

// apart takes out of a page what a merge put there: before and after are how it
// was, right before and right after. What was changed since stays; of a list,
// what was added or taken away since. A place that became confidential was not
// kept, and does not come back.
func apart(now, before, after *Group, n notes) error {
	for _, c := range table[1 : len(table)-1] {
		switch {
		case c.same(after, now):
			if err := c.set(now, c.get(before)); err != nil {
				return err
			}
		case c.many():
			was, put := c.items(before), c.items(after)
			all := slices.DeleteFunc(c.items(now), func(x string) bool { return slices.Contains(put, x) && !slices.Contains(was, x) })
			for _, x := range was {
				if !slices.Contains(put, x) && !slices.Contains(all, x) {
					all = append(all, x)
				}
			}
			if err := c.setItems(now, all); err != nil {
				return err
			}
		}
	}
	if now.Audience == n.Now.Audience {
		now.Audience = n.Was.Audience
	}
	if now.Life == n.Now.Life && now.Farewell == n.Now.Farewell {
		now.Life, now.Farewell = n.Was.Life, n.Was.Farewell
	}
	if now.keeper == n.Now.Keeper {
		now.keeper = n.Was.Keeper
	}
	return nil
}
