package helpnow

import (
	"context"

	"withus.example/platform/access"
	"withus.example/platform/record"
	"withus.example/platform/ui"
)

// History gives the changes of a line before one, newest first, to the network
// team, with what their authors are called. more says whether there are older
// ones.
func (s *Service) History(ctx context.Context, v *access.Viewer, id string, before int) (l *Line, past []record.Past, names map[string]string, more bool, err error) {
	l, err = forEdit(ctx, s.db, v, id)
	if err != nil {
		return nil, nil, nil, false, err
	}
	past, more, err = record.History[Details](ctx, s.db, thing(l.ID), before)
	if err != nil {
		return nil, nil, nil, false, err
	}
	names, err = s.people.Names(ctx, v, record.Authors(past))
	return l, past, names, more, err
}

// changes are a line's history in a reader's words.
func changes(p *ui.Page, past []record.Past, names map[string]string) (out []ui.Change) {
	for _, x := range past {
		c := ui.Change{N: x.N, At: x.At, By: p.By(names[x.Author], "helpnow.history.nobody"), What: p.T("helpnow.history.first")}
		if x.N > 1 {
			c.What = p.Changed("helpnow.field.", x.Changed)
		}
		out = append(out, c)
	}
	return out
}
