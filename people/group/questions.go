package group

import (
	"slices"
	"strings"

	"withus.example/platform/ui"
)

// The questions of the form, with the locale keys their names lead to.

func text(name string, max int) ui.Field {
	return ui.Field{Name: name, Label: "group.field." + name, Max: max, Optional: true}
}

func hinted(q ui.Field) ui.Field {
	q.Hint = q.Label + "-hint"
	return q
}

func tall(q ui.Field, rows int) ui.Field {
	q.Rows = rows
	return q
}

func kindOf(q ui.Field, kind string) ui.Field {
	q.Type = kind
	return q
}

func required(q ui.Field) ui.Field {
	q.Optional = false
	return q
}

func choice(name string, options []ui.Option) ui.Field {
	return ui.Field{Name: name, Label: "group.field." + name, Options: options}
}

// questions are those whose general problems the summary says with their names.
func questions() (out []ui.Field) {
	for _, name := range formFields {
		out = append(out, text(name, 0))
	}
	return out
}

func options(p *ui.Page, prefix string, values []string) (out []ui.Option) {
	for _, v := range values {
		o := ui.Option{Value: v, Text: p.T(prefix + v)}
		if hint := prefix + v + "-hint"; p.T(hint) != hint {
			o.Hint = p.T(hint)
		}
		out = append(out, o)
	}
	return out
}

// terms of one kind, and those of it that are chosen though no longer offered.
func termQuestion(p *ui.Page, f *ui.Form, v *Vocabulary, kind string) ui.Field {
	q := ui.Field{Name: "for", Label: "group.kind." + kind}
	for _, t := range v.Of(kind, f.Values["for"]...) {
		q.Options = append(q.Options, ui.Option{Value: t.Key, Text: v.Say(p.Lang, t.Key), Hint: v.Means(p.Lang, t.Key)})
	}
	return q
}

// chosen says which terms of a kind are chosen, for a list that is folded up.
func chosen(p *ui.Page, f *ui.Form, v *Vocabulary, kind string) string {
	var out []string
	for _, t := range v.Of(kind, f.Values["for"]...) {
		if f.Has("for", t.Key) {
			out = append(out, v.Say(p.Lang, t.Key))
		}
	}
	return strings.Join(out, p.T("i18n.comma"))
}

// siteLanguages are the languages a page may be written in: those of the site,
// and the one it has.
func siteLanguages(p *ui.Page, f *ui.Form) (out []ui.Option) {
	for _, l := range p.Langs {
		out = append(out, ui.Option{Value: l.Code, Text: l.Name})
	}
	now := f.Get("writtenIn")
	if now != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == now }) {
		out = append(out, ui.Option{Value: now, Text: p.Language(now)})
	}
	return out
}

func languages(p *ui.Page, g *Group) string {
	var out []string
	for _, c := range g.Languages {
		out = append(out, p.Language(c))
	}
	return strings.Join(out, p.T("i18n.comma"))
}
