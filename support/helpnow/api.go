package helpnow

import (
	"context"
	"time"

	"withus.example/platform/web"
)

// api is the same service as the pages for everybody, as JSON.
func (s *Service) api() []web.Route {
	return []web.Route{
		web.API("GET", "/help", read, web.Operation{ID: "list-help-countries", Summary: "List the countries the network has help lines for", Tag: "helpnow"}, s.apiCountries),
		web.API("GET", "/help/{country}", read, web.Operation{ID: "list-help-lines", Summary: "List the help lines of a country that the network tried", Tag: "helpnow"}, s.apiLines),
	}
}

type apiCountriesOut struct {
	Body struct {
		Countries []string `json:"countries" doc:"ISO 3166-1 alpha-2"`
	}
}

func (s *Service) apiCountries(ctx context.Context, _ *struct{}) (*apiCountriesOut, error) {
	codes, err := s.Countries(ctx)
	out := &apiCountriesOut{}
	if out.Body.Countries = codes; codes == nil {
		out.Body.Countries = []string{}
	}
	return out, err
}

type apiLinesIn struct {
	Country string `path:"country" maxLength:"2" doc:"ISO 3166-1 alpha-2"`
}

// apiLine is a line as everybody sees it: never who entered or tried it.
type apiLine struct {
	ID string `json:"id"`
	Details
	Link  string `json:"link,omitempty" doc:"what leads to it: tel:, sms: or https:; left out where that is not sure"`
	Tried string `json:"tried" doc:"the day the network last tried it, and it worked"`
}

type apiLinesOut struct {
	Body struct {
		Lines []apiLine `json:"lines" doc:"those for the whole country first, then by region"`
	}
}

func (s *Service) apiLines(ctx context.Context, in *apiLinesIn) (*apiLinesOut, error) {
	ls, err := s.Lines(ctx, in.Country)
	out := &apiLinesOut{}
	out.Body.Lines = []apiLine{}
	for _, l := range ls {
		out.Body.Lines = append(out.Body.Lines, apiLine{l.ID, l.Details, Href(l.Kind, l.Number), l.Tried.Format(time.DateOnly)})
	}
	return out, err
}
