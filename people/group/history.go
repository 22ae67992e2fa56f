package group

import (
	"context"

	"withus.example/platform/access"
	"withus.example/platform/record"
	"withus.example/platform/ui"
)

// History gives the changes of a group before one, newest first, to those who
// may edit it, with what their authors are called. more says whether there are
// older ones.
func (s *Service) History(ctx context.Context, v *access.Viewer, slug string, before int) (g *Group, past []record.Past, names map[string]string, more bool, err error) {
	g, err = s.forEdit(ctx, s.db, v, slug)
	if err != nil {
		return nil, nil, nil, false, err
	}
	past, more, err = record.History[Details](ctx, s.db, thing(g.ID), before)
	if err != nil {
		return nil, nil, nil, false, err
	}
	names, err = s.people.Names(ctx, v, record.Authors(past))
	return g, past, names, more, err
}

// changes are a group's history in a reader's words.
func changes(p *ui.Page, past []record.Past, names map[string]string) (out []ui.Change) {
	for _, x := range past {
		c := ui.Change{N: x.N, At: x.At, By: p.By(names[x.Author], "group.history.nobody")}
		switch {
		case x.N == 1:
			c.What = p.T("group.history.first")
		case len(x.Changed) == 0:
			c.What = p.T("group.history.audience")
		default:
			c.What = p.Changed("group.field.", x.Changed)
		}
		out = append(out, c)
	}
	return out
}
