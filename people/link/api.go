package link

import (
	"context"

	"withus.example/platform/web"
)

// api is the same service as the pages, as JSON.
func (s *Service) api() []web.Route {
	return []web.Route{
		web.API("GET", "/links/{slug}", see, web.Operation{ID: "list-links", Summary: "List a group's links with other groups", Tag: "link"}, s.apiLinks),
	}
}

type apiIn struct {
	Slug string `path:"slug" maxLength:"300"`
}

type apiOut struct {
	Body struct {
		Links []apiLink `json:"links"`
	}
}

type apiLink struct {
	Way   string   `json:"way" enum:"part-of,part-of.to,works-with,grew-from,grew-from.to,carries-on,carries-on.to" doc:"what the group is to the other; with .to it is the other way round: part-of.to is the movement"`
	Group apiGroup `json:"group"`
	Day   string   `json:"day" format:"date" doc:"both agreed"`
}

type apiGroup struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
	Lang string `json:"writtenIn"`
}

func (s *Service) apiLinks(ctx context.Context, in *apiIn) (*apiOut, error) {
	v := web.ViewerOf(ctx)
	g, err := s.groups.LinkedAt(ctx, s.db, v, in.Slug)
	if err != nil {
		return nil, err
	}
	es, err := s.Of(ctx, v, g.ID)
	out := &apiOut{}
	out.Body.Links = []apiLink{}
	for _, e := range es {
		out.Body.Links = append(out.Body.Links, apiLink{e.Way, apiGroup{e.Other.ID, e.Other.Slug, e.Other.Name, e.Other.Lang}, e.Day.Format("2006-01-02")})
	}
	return out, err
}
