package group

import (
	"slices"
	"time"

	"withus.example/platform/list"
)

// ofThePage are columns that say which page it is, or who sees it. A list that
// knows a group by another name does not rename the page that stands for both.
var ofThePage = []string{"name", "area", "country", "audience"}

// compareMerged says what a row changes whose group is part of another one's
// page now: what the list says since, and did not say when the two were put
// together. The same list once more says nothing new.
func (im *importing) compareMerged(o *outcome, gone, stands *Group) {
	if stands == nil || stands.merged {
		o.verdict, o.why = doubtful, list.Say("group.import.doubt.merging")
		return
	}
	o.verdict, o.was = unchanged, stands
	said, now := *gone, *stands
	if o.warnings, o.why = im.apply(o.row, &said, o.row.id == gone.ID); o.why.Key != "" {
		o.verdict = refused
		return
	}
	for _, c := range table[1:] {
		if c.same(gone, &said) || slices.Contains(ofThePage, c.name) {
			continue
		}
		err := c.set(&now, c.get(&said))
		if c.many() {
			all := c.items(stands)
			for _, x := range c.items(&said) {
				if !slices.Contains(all, x) {
					all = append(all, x)
				}
			}
			err = c.setItems(&now, all)
		}
		if err != nil {
			why := noteOf(err)
			o.verdict, o.why = refused, list.Note{Key: "group.import.row.here", Args: []any{"name", c.name}, Of: &why}
			return
		}
	}
	if err := now.Validate(im.vocabulary, time.Now()); err != nil {
		o.verdict, o.why = refused, list.Say("group.import.row.unkept")
		return
	}
	for _, c := range full {
		if !c.same(stands, &now) {
			o.fields = append(o.fields, c.name)
		}
	}
	switch {
	case im.watch != nil && stands.organisers > 0: // not even whether it says the same
		o.verdict = kept
	case len(o.fields) == 0:
	case stands.organisers > 0:
		o.verdict = kept
	default:
		o.verdict, o.now = changed, &now
	}
}
