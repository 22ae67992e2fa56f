package page

import (
	"context"

	"withus.example/platform/access"
	"withus.example/platform/record"
	"withus.example/platform/ui"
)

// History gives the changes of a page in a language before one, newest first, to
// the network team, with what their authors are called. more says whether there
// are older ones.
func (s *Service) History(ctx context.Context, v *access.Viewer, slug, lang string, before int) (p *Page, past []record.Past, names map[string]string, more bool, err error) {
	p, err = forEdit(ctx, s.db, v, slug)
	if err != nil {
		return nil, nil, nil, false, err
	}
	past, more, err = record.History[Details](ctx, s.db, thing(p.ID, lang), before)
	if err != nil {
		return nil, nil, nil, false, err
	}
	names, err = s.people.Names(ctx, v, record.Authors(past))
	return p, past, names, more, err
}

// changes are a history in a reader's words.
func changes(p *ui.Page, past []record.Past, names map[string]string) (out []ui.Change) {
	for _, x := range past {
		c := ui.Change{N: x.N, At: x.At, By: p.By(names[x.Author], "page.history.nobody")}
		switch {
		case x.N == 1:
			c.What = p.T("page.history.first")
		case len(x.Changed) == 0:
			c.What = p.T("page.history.checked")
		default:
			c.What = p.Changed("page.field.", x.Changed)
		}
		out = append(out, c)
	}
	return out
}
