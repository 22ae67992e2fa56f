package link

import (
	"net/url"
	"slices"
	"strings"

	"withus.example/platform/ui"
)

func webPath(g Group) string   { return "/group-web/" + url.PathEscape(g.Slug) }
func offerPath(g Group) string { return "/links/" + url.PathEscape(g.Slug) + "/offer" }
func askPath(g Group) string   { return "/introductions/" + url.PathEscape(g.Slug) + "/ask" }

// where says where a group is, as lists do.
func where(p *ui.Page, g Group) string {
	var out []string
	for _, w := range []string{g.Area, p.Country(g.Country)} {
		if w != "" {
			out = append(out, p.Isolate(w))
		}
	}
	return strings.Join(out, p.T("i18n.comma"))
}

func cards(p *ui.Page, es []End) (out []ui.Card) {
	for _, e := range es {
		out = append(out, ui.Card{Path: e.Other.Path, Title: e.Other.Name, Lang: e.Other.Lang, Note: where(p, e.Other)})
	}
	return out
}

// answers are the offers that wait for the reader, or those for others.
func answers(os []Offered, mine bool) (out []Offered) {
	for _, o := range os {
		if o.Answer == mine {
			out = append(out, o)
		}
	}
	return out
}

// choices are what one can offer a group.
func choices(p *ui.Page, other Group) (out []ui.Option) {
	for _, w := range ways {
		if !other.Organised && (w != string(CarriesOn) || other.Life != ended) {
			continue
		}
		out = append(out, ui.Option{Value: w, Text: p.T("link.choice."+w, "name", other.Name)})
	}
	return out
}

func ofGroups(gs []Group) (out []ui.Option) {
	for _, g := range gs {
		out = append(out, ui.Option{Value: g.ID, Text: g.Name})
	}
	return out
}

// says is a mark's name with what it has to do with the one it hangs on.
func (m *Mark) says(p *ui.Page) string {
	if m.Way == "" {
		return m.Name
	}
	return p.T("link.mark", "name", m.Name, "says", p.T("link.says."+m.Way, "me", m.On, "other", m.Name))
}

// says is what a line says.
func (l *Line) says(p *ui.Page) string {
	return p.T("link.says."+string(l.Kind), "me", l.From, "other", l.To)
}

// line is an introduction in one line, for either side: who asks whom, and
// when.
func (k *Kept) line(p *ui.Page, i Intro) string {
	name := func(id string) string {
		if g, ok := k.Groups[id]; ok {
			return g.Name
		}
		return p.T("link.unseen")
	}
	return p.T("link.intro.line", "by", name(i.By), "of", name(i.Of), "day", i.Asked)
}

func (k *Kept) stopped(group, by string) bool { return slices.Contains(k.Stops, Stop{group, by}) }
