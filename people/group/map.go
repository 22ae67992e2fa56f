package group

import (
	"net/url"
	"slices"
	"strings"

	"withus.example/platform/atlas"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/place"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// The map is at addresses of its own: below /groups the last part is a group's,
// and whatever a group is called should stay its name.
func (s *Service) mapPages() []web.Route {
	return []web.Route{
		web.Get("/group-map", read, s.showMap).Reads(append([]string{"q"}, narrows...)...).Kept("group"),
		web.Get("/group-map/{area}", read, s.showMap).Reads(append([]string{"q"}, narrows...)...).Kept("group"),
	}
}

const mapPath = "/group-map"

// areaPath is the address of the map of the world, a continent or a country.
func areaPath(key string) string {
	if key == atlas.World {
		return mapPath
	}
	return mapPath + "/" + strings.ToLower(key)
}

// areaOf is the key of the map at an address, "" where there is none.
func areaOf(path string) string {
	if path == "" {
		return atlas.World
	}
	if atlas.Number(path) != "" {
		return path
	}
	code := strings.ToUpper(path)
	if _, ok := place.Middle(code); ok && path == strings.ToLower(path) && slices.Contains(i18n.Countries, code) {
		return code
	}
	return ""
}

// mapOf is the map that shows what a list does.
func mapOf(q url.Values, near *Near) string {
	key := atlas.World
	if near != nil && near.Place != nil {
		key = near.Place.Country
	}
	return withQuery(areaPath(key), q)
}

// withQuery is an address with what of a query both the list and the map read.
func withQuery(path string, q url.Values) string {
	out := url.Values{}
	for _, name := range append([]string{"q"}, narrows...) {
		if v := q[name]; len(v) > 0 {
			out[name] = v
		}
	}
	if len(out) == 0 {
		return path
	}
	return path + "?" + out.Encode()
}

// showMap is a map.
func (s *Service) showMap(r *web.Request) (*web.Answer, error) {
	key := areaOf(r.PathValue("area"))
	if key == "" {
		return nil, fault.Missing()
	}
	q := r.Page.Query
	on := readFilters(q)
	c, err := s.chart(r.Context(), r.Viewer, r.Page.Lang, key, q.Get("q"), on, q)
	if err != nil {
		return nil, err
	}
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Show(mapView(r.Page, c, q.Get("q"), v.filters(r.Page, c.Counts, on, true)))
}

// areaName is what a map shows in the reader's words.
func areaName(l *i18n.Lang, key string) string {
	switch {
	case key == atlas.World:
		return l.T("group.map.world")
	case atlas.Number(key) != "":
		return l.Continent(atlas.Number(key))
	}
	return l.Country(key)
}

// areas are the maps of the continents, and the world's.
func areas(p *ui.Page) (out []ui.Crumb) {
	for _, key := range append([]string{atlas.World}, atlas.Continents()...) {
		out = append(out, ui.Crumb{Path: withQuery(areaPath(key), p.Query), Text: areaName(p.Lang, key)})
	}
	return out
}

// above is the way back up from a map.
func above(p *ui.Page, key string) []ui.Crumb {
	out := []ui.Crumb{{Path: withQuery("/groups", p.Query), Text: p.T("group.title")}}
	if key != atlas.World {
		out = append(out, ui.Crumb{Path: withQuery(mapPath, p.Query), Text: p.T("group.map.world")})
	}
	if continent := atlas.Continent(key); continent != "" {
		out = append(out, ui.Crumb{Path: withQuery(areaPath(continent), p.Query), Text: areaName(p.Lang, continent)})
	}
	return out
}

// listOf is the list of what a map shows.
func (c *Chart) listOf(p *ui.Page) string {
	if len(c.Key) != 2 {
		return withQuery("/groups", p.Query)
	}
	return listAround(p.Lang, &place.Place{Country: c.Key}, usualKm, withQuery("", p.Query))
}
