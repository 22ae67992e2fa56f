package group

import (
	"context"
	"maps"
	"net/url"
	"strconv"

	"withus.example/platform/web"
)

// api is the same service as the pages, as JSON.
func (s *Service) api() []web.Route {
	return []web.Route{
		web.API("GET", "/groups", read, web.Operation{ID: "list-groups", Summary: "List groups, or the best matches for words", Tag: "group"}, s.apiList),
		web.API("GET", "/groups/{slug}", read, web.Operation{ID: "read-group", Summary: "Read one group", Tag: "group"}, s.apiRead),
		web.API("PUT", "/groups/{slug}", editing, web.Operation{ID: "edit-group", Summary: "Edit a group you organise", Tag: "group"}, s.apiEdit),
	}
}

type apiListIn struct {
	Q         string   `query:"q" maxLength:"200" doc:"words to look for"`
	Near      string   `query:"near" maxLength:"120" doc:"a town or a country: the nearest groups first"`
	Within    int      `query:"within" minimum:"1" maximum:"2000" default:"50" doc:"how far from a town, in kilometres"`
	Support   []string `query:"support" maxItems:"5" enum:"emotional,cultural,material,practical,financial" doc:"kinds of support, any of which will do"`
	Language  []string `query:"language" maxItems:"20" doc:"languages, any of which will do"`
	Community []string `query:"community" maxItems:"20" doc:"who it is for, by the keys of the network's words; any of which will do"`
	Country   []string `query:"country" maxItems:"20" doc:"ISO 3166-1 codes, any of which will do"`
	Form      []string `query:"form" maxItems:"10" enum:"collective,association,cooperative,company,charity,movement,other" doc:"kinds of group, any of which will do"`
	Open      []string `query:"open" maxItems:"1" enum:"yes" doc:"open to new people"`
	Online    []string `query:"online" maxItems:"1" enum:"yes" doc:"meets online"`
	Sort      string   `query:"sort" enum:"title,checked,new" doc:"by name; those looked through or changed last first; those that came here last first. Without it the best matches or the nearest come first, else it is by name"`
	Page      string   `query:"page" maxLength:"1000" doc:"next or prev of an earlier answer"`
}

type apiListOut struct {
	Body struct {
		Groups []*Group                  `json:"groups"`
		Total  int                       `json:"total"`
		Capped bool                      `json:"capped,omitempty" doc:"there are more matches than were looked at"`
		Counts map[string]map[string]int `json:"counts" doc:"by filter and value: how many groups it would leave"`
		Near   *apiNear                  `json:"near,omitempty" doc:"the place that was understood, of those asked for by near"`
		Km     []float64                 `json:"km,omitempty" doc:"with near, how far each group's town is; -1: not known"`
		Prev   string                    `json:"prev,omitempty"`
		Next   string                    `json:"next,omitempty"`
	}
}

type apiNear struct {
	Name    string `json:"name,omitempty" doc:"a town; without it the whole country"`
	Country string `json:"country" doc:"ISO 3166-1 alpha-2"`
}

func (s *Service) apiList(ctx context.Context, in *apiListIn) (*apiListOut, error) {
	filters := map[string][]string{"support": in.Support, "community": in.Community, "country": in.Country, "language": in.Language, "form": in.Form, "open": in.Open, "online": in.Online}
	maps.DeleteFunc(filters, func(_ string, values []string) bool { return len(values) == 0 })
	v := web.ViewerOf(ctx)
	near := s.readNear(url.Values{"near": {in.Near}, "within": {strconv.Itoa(in.Within)}})
	f, err := s.browse(ctx, v, in.Q, near, filters, in.Sort, in.Page)
	if err != nil {
		return nil, err
	}
	gs, err := s.Groups(ctx, v, f.IDs)
	out := &apiListOut{}
	if near.query() != nil {
		out.Body.Near, out.Body.Km = &apiNear{near.Place.Name, near.Place.Country}, f.Km
	}
	out.Body.Groups, out.Body.Total, out.Body.Capped, out.Body.Counts, out.Body.Prev, out.Body.Next = gs, f.Total, f.Capped, f.Counts, f.Prev, f.Next
	if gs == nil {
		out.Body.Groups = []*Group{}
	}
	return out, err
}

type apiGroupIn struct {
	Slug string `path:"slug" maxLength:"300"`
}

type apiGroupOut struct{ Body *Group }

func (s *Service) apiRead(ctx context.Context, in *apiGroupIn) (*apiGroupOut, error) {
	g, err := s.Read(ctx, web.ViewerOf(ctx), in.Slug)
	if err == nil {
		err = s.picture(ctx, g)
	}
	return &apiGroupOut{g}, err
}

type apiEditIn struct {
	Slug string `path:"slug" maxLength:"300"`
	Body Change
}

func (s *Service) apiEdit(ctx context.Context, in *apiEditIn) (*apiGroupOut, error) {
	g, err := s.Edit(ctx, web.ViewerOf(ctx), in.Slug, in.Body)
	return &apiGroupOut{g}, err
}
