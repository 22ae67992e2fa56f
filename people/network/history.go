package network

import (
	"context"
	"strconv"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/record"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// History gives the changes of the settings before one, newest first, to the
// network's team, with what their authors are called. more says whether there
// are older ones.
func (s *Service) History(ctx context.Context, v *access.Viewer, before int) (past []record.Past, names map[string]string, more bool, err error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, nil, false, err
	}
	past, more, err = record.History[Settings](ctx, s.db, thing, before)
	if err != nil {
		return nil, nil, false, err
	}
	names, err = s.people.Names(ctx, v, record.Authors(past))
	return past, names, more, err
}

func (s *Service) showHistory(r *web.Request) (*web.Answer, error) {
	before, _ := strconv.Atoi(r.Page.Query.Get("before")) // anything else is the beginning
	past, names, more, err := s.History(r.Context(), r.Viewer, before)
	if err != nil {
		return nil, err
	}
	st, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = settingsPath + "/history?before=" + strconv.Itoa(past[len(past)-1].N)
	}
	var all []ui.Change
	for _, x := range past {
		c := ui.Change{N: x.N, At: x.At, By: r.Page.By(names[x.Author], "network.history.nobody"), What: r.Page.T("network.history.first")}
		if x.N > 1 {
			c.What = r.Page.Changed("network.field.", x.Changed)
		}
		all = append(all, c)
	}
	return web.Show(historyView(r.Page, all, st.revision, older, r.FormKey()))
}

func (s *Service) saveRestore(r *web.Request, f *ui.Form) (web.Next, error) {
	n, err1 := strconv.Atoi(f.Get("revision"))
	from, err2 := strconv.Atoi(f.Get("from"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.Missing()
	}
	return web.Next{To: settingsPath, Done: "network.restored.done"}, s.Restore(r.Context(), r.Viewer, n, from)
}
