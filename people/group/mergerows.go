package group

import (
	"net/url"
	"strings"

	"withus.example/platform/ui"
)

// row is one field of two pages beside each other, in the reader's words.
type row struct {
	Field, Label string
	A, B         []string // what each says, a paragraph each; nil: nothing
	Same, Both   bool     // nothing to choose; both may be had
	Chosen       string   // a, b or both
}

// plainly is the text of a column in a reader's words, a paragraph each.
func plainly(p *ui.Page, v *Vocabulary, c column, g *Group) (out []string) {
	list := func(all []string, say func(string) string) []string {
		var out []string
		for _, x := range all {
			out = append(out, say(x))
		}
		return []string{strings.Join(out, p.T("i18n.comma"))}
	}
	raw := c.get(g)
	if strings.TrimSpace(raw) == "" {
		return nil
	}
	switch c.name {
	case "for":
		return list(g.For, func(k string) string { return v.Say(p.Lang, k) })
	case "support":
		return list(g.Support, func(k string) string { return p.T("group.support." + k) })
	case "languages":
		return list(g.Languages, p.Language)
	case "form":
		return []string{p.T("group.form." + raw)}
	case "country":
		return []string{p.Country(raw)}
	case "online", "open":
		if raw == "yes" {
			return []string{p.T("group.yes")}
		}
		return []string{p.T("group.no")}
	case "registers":
		return c.items(g)
	}
	return split(raw, "\n")
}

// label is what a field is called; a question without its marks.
func mergeLabel(p *ui.Page, field string) string {
	if field == fieldPicture {
		return p.T("group.picture.change")
	}
	return strings.Trim(p.T("group.field."+field), "¿?؟ \u00a0")
}

func lifely(p *ui.Page, g *Group) []string {
	return append([]string{p.T("group.life." + string(g.Life))}, split(g.Farewell, "\n")...)
}

// rows are all fields of two pages, those that differ and those that do not.
func (x *sides) rows(p *ui.Page, v *Vocabulary) (out []row) {
	for _, c := range mergeable {
		r := row{Field: c.field(), Label: mergeLabel(p, c.field()), A: plainly(p, v, c, x.A), B: plainly(p, v, c, x.B), Same: c.same(x.A, x.B), Both: c.many()}
		if c.name == "place" && (x.A.Confidential || x.B.Confidential) {
			continue // nobody keeps it
		}
		r.Chosen = x.name(x.Choices.side(c, x.Kept, x.Gone))
		if r.A != nil || r.B != nil {
			out = append(out, r)
		}
	}
	life := row{Field: fieldLife, Label: mergeLabel(p, fieldLife), A: lifely(p, x.A), B: lifely(p, x.B), Same: x.A.Life == x.B.Life && x.A.Farewell == x.B.Farewell}
	life.Chosen = x.name(x.Choices.life(x.Kept, x.Gone))
	out = append(out, life)
	if x.A.Picture != nil || x.B.Picture != nil {
		out = append(out, row{Field: fieldPicture, Label: mergeLabel(p, fieldPicture), A: pictured(x.A), B: pictured(x.B), Chosen: x.name(x.Choices.picture(x.Kept, x.Gone))})
	}
	return out
}

func pictured(g *Group) []string {
	if g.Picture == nil {
		return nil
	}
	return []string{g.Picture.Words}
}

// line is one field of what comes of a merge.
type line struct {
	Label string
	Text  []string
	From  Side
}

// result is what the page that stays says where the two differed.
func (m *merging) result(p *ui.Page, v *Vocabulary, out *Group) (lines []line) {
	if out == nil {
		return nil
	}
	for _, c := range mergeable {
		if c.same(m.Kept, m.Gone) || c.name == "other_names" || c.name == "place" && out.Confidential {
			continue
		}
		lines = append(lines, line{mergeLabel(p, c.field()), plainly(p, v, c, out), m.Choices.side(c, m.Kept, m.Gone)})
	}
	if len(out.OtherNames) > 0 {
		lines = append(lines, line{Label: p.T("group.field.otherNames"), Text: out.OtherNames})
	}
	if m.Kept.Life != m.Gone.Life || m.Kept.Farewell != m.Gone.Farewell {
		lines = append(lines, line{mergeLabel(p, fieldLife), lifely(p, out), m.Choices.life(m.Kept, m.Gone)})
	}
	if m.Kept.Picture != nil || m.Gone.Picture != nil {
		from := m.Choices.picture(m.Kept, m.Gone)
		g := m.Kept
		if from == Gone {
			g = m.Gone
		}
		lines = append(lines, line{mergeLabel(p, fieldPicture), pictured(g), from})
	}
	return lines
}

func joinLines(all []string) string { return strings.Join(all, "\n") }

// chosenQuery is what was chosen, as part of an address.
func chosenQuery(f *ui.Form) string {
	q := url.Values{}
	for _, name := range mergeFields {
		if v := f.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}
