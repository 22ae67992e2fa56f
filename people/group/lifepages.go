package group

import (
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// tending is what those who look after a group see beside its page.
type tending struct {
	said      []said
	ask       bool // whether the page is still right
	organises bool // else: the network team, of a group without organisers
	wishes    map[string]Wish
	mine      map[string]bool // which of the wishes are the reader's own
	merge     []*Question     // what its organisers are asked
	key       string
}

// tending is nil for whoever does not look after the group.
func (s *Service) tending(r *web.Request, g *Group) (*tending, error) {
	if !MayEdit(r.Viewer, g) {
		return nil, nil
	}
	t := &tending{organises: r.Viewer.May(edit, g.ID), ask: g.asksWhetherRight(time.Now()), mine: map[string]bool{}, key: r.FormKey()}
	var err error
	if t.organises {
		if t.merge, err = s.Questions(r.Context(), r.Viewer, []string{g.ID}); err != nil {
			return t, err
		}
	}
	if t.said, err = s.said(r, g); err != nil || !g.Hidden {
		return t, err // wishes are about hidden groups only
	}
	t.wishes, err = s.Wishes(r.Context(), r.Viewer, g)
	for what, w := range t.wishes {
		t.mine[what] = w.Mine(r.Viewer)
	}
	return t, err
}

// stage is how far a wish is: nobody wished it, somebody else did, or the reader
// did and must wait or need not any more.
func (t *tending) stage(what string) string {
	w, asked := t.wishes[what]
	switch {
	case !asked:
		return "hint"
	case !t.mine[what]:
		return "agree"
	case time.Now().Before(w.Due()):
		return "wait"
	}
	return "now"
}

func (t *tending) due(what string) time.Time {
	return t.wishes[what].Due()
}

func (s *Service) saveClose(r *web.Request, _ *ui.Form) (web.Next, error) {
	g, err := s.CloseCurtains(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.close.done"}, nil
}

func (s *Service) saveOpen(r *web.Request, _ *ui.Form) (web.Next, error) {
	g, open, err := s.OpenCurtains(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return web.Next{}, err
	}
	done := "group.open.wished.done"
	if open {
		done = "group.open.done"
	}
	return web.Next{To: g.Path(), Done: done}, nil
}

var lifeFields = []string{"life", "farewell", "keeper"}

func (s *Service) fillLife(r *web.Request) (map[string][]string, error) {
	g, err := s.forEdit(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return map[string][]string{"life": {string(g.Life)}, "farewell": {g.Farewell}, "keeper": {g.keeper}}, nil
}

func (s *Service) showLife(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, err := s.forEdit(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return lifeView(r.Page, f, g, r.Viewer.May(edit, g.ID)), nil
}

func (s *Service) saveLife(r *web.Request, f *ui.Form) (web.Next, error) {
	g, err := s.SetLife(r.Context(), r.Viewer, r.PathValue("slug"), Ending{Life(f.Get("life")), f.Get("farewell"), f.Get("keeper")})
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.life.done"}, nil
}

func (s *Service) showDelete(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, err := forOrganiser(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return deleteView(r.Page, f, g), nil
}

func (s *Service) saveDelete(r *web.Request, f *ui.Form) (web.Next, error) {
	g, err := forOrganiser(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err == nil && f.Get("sure") != "yes" {
		err = fault.Wrong("sure", "group.delete.unsure")
	}
	if err != nil {
		return web.Next{}, err
	}
	gone, err := s.Delete(r.Context(), r.Viewer, g.Slug)
	if err != nil {
		return web.Next{}, err
	}
	if gone {
		return web.Next{To: "/you", Done: "group.delete.done"}, nil
	}
	return web.Next{To: g.Path(), Done: "group.delete.wished.done"}, nil
}
