package group

import (
	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

func (s *Service) savePublish(r *web.Request, _ *ui.Form) (web.Next, error) {
	g, err := s.Publish(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.publish.done"}, nil
}

// forOff gives a group that one organiser alone may take off the list.
func (s *Service) forOff(r *web.Request) (*Group, error) {
	g, err := forOrganiser(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err == nil && !g.mayGo() {
		err = fault.New(fault.Conflict, "group.off.not")
	}
	return g, err
}

func (s *Service) showOff(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, err := s.forOff(r)
	if err != nil {
		return nil, err
	}
	return offView(r.Page, f, g), nil
}

func (s *Service) saveOff(r *web.Request, f *ui.Form) (web.Next, error) {
	g, err := s.forOff(r)
	if err == nil && f.Get("sure") != "yes" {
		err = fault.Wrong("sure", "group.delete.unsure")
	}
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/you", Done: "group.off.done"}, s.TakeOffOwn(r.Context(), r.Viewer, g.Slug)
}
