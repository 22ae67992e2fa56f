package arrival

import (
	"errors"
	"maps"
	"slices"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	arrivePath = "/arrive"
	minePath   = "/you/arrival"
)

// What somebody does on arrival.
const (
	doCome   = "come"
	doRefuse = "refuse"
)

// arrivePages are where somebody arrives: by the link of a letter, or signed in.
func (s *Service) arrivePages() []web.Route {
	form := web.Form{Fields: []string{"what", "name", "kind", "does", "own", "lang", "country", "since", "yes"}, Fill: s.fillArrive, Show: s.showArrive, Save: s.saveArrive}
	return []web.Route{web.FormAt(arrivePath+"/{token}", arriving, form), web.FormAt(minePath, mine, form)}
}

// you asks somebody who signed in by themselves what stays.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	if r.Viewer.Role != access.Expected {
		return nil, nil
	}
	p, err := s.who(r.Context(), s.db, r.Viewer, "")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	return youView(r.Page, p), nil
}

func (s *Service) fillArrive(r *web.Request) (map[string][]string, error) {
	p, err := s.who(r.Context(), s.db, r.Viewer, r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	stand, err := s.consents.Stand(r.Context(), s.db, p.Member)
	out := map[string][]string{"name": {p.Carried.Name}, "kind": {p.Kind}, "does": slices.Clone(p.Does), "own": {p.Own}, "lang": {p.Lang}, "country": {p.Country}, "yes": slices.Sorted(maps.Keys(stand))}
	if p.Carried.Since {
		out["since"] = []string{"yes"}
	}
	return out, err
}

func (s *Service) showArrive(r *web.Request, f *ui.Form) (templ.Component, error) {
	p, err := s.who(r.Context(), s.db, r.Viewer, r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	stand, err1 := s.consents.Stand(r.Context(), s.db, p.Member)
	offers, err2 := s.people.Offers(r.Context(), s.db, p.Kind)
	var does []ui.Field
	if slices.Contains(offers, "member") && (p.Called == "" || len(p.Does) > 0 || p.Own != "") { // supporters are not asked
		_, ticks, own := s.people.AskedOnPaper(r.Page)
		ticks.Hint = "" // it is about those who wait for an answer
		does = []ui.Field{ticks, own}
	}
	yes := s.yesField(r.Page, "arrival.yes", p.either("arrival.said", "arrival.signed.said"), stand)
	return arriveView(r.Page, f, p, kindOf(r.Page, offers), yes, does), errors.Join(err1, err2)
}

// kindOf asks what somebody is here, among what they may arrive as.
func kindOf(p *ui.Page, offers []string) ui.Field {
	q := kindField(p, "arrival.kind.you")
	q.Options = slices.DeleteFunc(q.Options, func(o ui.Option) bool { return !slices.Contains(offers, o.Value) })
	if len(q.Options) == 1 {
		q.Hint = "arrival.kind.later"
	}
	return q
}

func (s *Service) saveArrive(r *web.Request, f *ui.Form) (web.Next, error) {
	ctx, token := r.Context(), r.PathValue("token")
	switch f.Get("what") {
	case doRefuse:
		// The link is spent, and its address is kept nowhere.
		return web.Next{To: "/", Done: "arrival.refuse.done"}, s.Refuse(ctx, r.Viewer, token)
	case doCome:
		hold, err := s.Arrive(ctx, r.Viewer, token, Answers{Name: f.Get("name"), Kind: f.Get("kind"), Does: f.Values["does"], Own: f.Get("own"), Lang: f.Get("lang"), Shown: r.Page.Code, Country: f.Get("country"), Since: f.Has("since", "yes"), Yes: f.Values["yes"]})
		if err != nil || hold == nil {
			return web.Next{To: "/you", Done: "arrival.come.done"}, err
		}
		hold(r) // the link is a month old at most: too old to open an account
		return web.Next{To: "/sign-in", Done: "arrival.come.sign-in.done"}, nil
	}
	return web.Next{}, fault.Wrong("what", "error.choice")
}
