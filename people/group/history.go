package group

import (
	"context"
	"slices"
	"strconv"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/record"
	"withus.example/platform/ui"
	"withus.example/platform/web"
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

// HistoryOf gives the changes of a group that another one stands for, to those
// who may edit that.
func (s *Service) HistoryOf(ctx context.Context, v *access.Viewer, slug, gone string, before int) (g *Group, m Merged, past []record.Past, names map[string]string, more bool, err error) {
	if g, err = s.forEdit(ctx, s.db, v, slug); err != nil {
		return nil, m, nil, nil, false, err
	}
	all, err := s.merges(ctx, v, g)
	if err != nil {
		return nil, m, nil, nil, false, err
	}
	i := slices.IndexFunc(all, func(m Merged) bool { return m.Gone == gone })
	if i < 0 {
		return nil, m, nil, nil, false, fault.Missing()
	}
	if past, more, err = record.History[Details](ctx, s.db, thing(gone), before); err == nil {
		names, err = s.people.Names(ctx, v, record.Authors(past))
	}
	return g, all[i], past, names, more, err
}

func (s *Service) showHistoryOf(r *web.Request, gone string, before int) (*web.Answer, error) {
	g, m, past, names, more, err := s.HistoryOf(r.Context(), r.Viewer, r.PathValue("slug"), gone, before)
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = g.Path() + "/history?of=" + gone + "&before=" + strconv.Itoa(past[len(past)-1].N)
	}
	return web.Show(historyOfView(r.Page, g, m, changes(r.Page, past, names, nil), older))
}

// changes are a group's history in a reader's words.
func changes(p *ui.Page, past []record.Past, names map[string]string, merged []Merged) (out []ui.Change) {
	with := map[int]string{} // by revision: which page was put together with this one
	for _, m := range merged {
		if m.Kept == m.Into.ID {
			with[m.N] = m.Name
		}
	}
	for _, x := range past {
		c := ui.Change{N: x.N, At: x.At, By: p.By(names[x.Author], "group.history.nobody")}
		switch {
		case x.N == 1:
			c.What = p.T("group.history.first")
		case with[x.N] != "":
			c.What = p.T("group.history.merged", "name", with[x.N])
			if len(x.Changed) > 0 {
				c.What += " " + p.Changed("group.field.", x.Changed)
			}
		case len(x.Changed) == 0:
			c.What = p.T("group.history.audience")
		default:
			c.What = p.Changed("group.field.", x.Changed)
		}
		out = append(out, c)
	}
	return out
}
