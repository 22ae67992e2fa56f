package claim

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// teamPages are for the network team, and for a group's organisers.
func (s *Service) teamPages() []web.Route {
	return []web.Route{
		web.FormAt("/claim/{slug}/all", deciding, web.Form{Fields: []string{"claim", "what", "words", "day"}, Fill: s.fillAll, Show: s.showAll, Save: s.saveAll}).Reads("claim"),
		web.FormAt("/claim/{slug}/invite", inviting, web.Form{Fields: []string{"how"}, Show: s.showInvite, Save: s.saveInvite}),
		web.Get("/claim/{slug}/letter/{token}", inviting, s.showLetter),
	}
}

func (s *Service) fillAll(r *web.Request) (map[string][]string, error) {
	if _, err := s.forDeciding(r.Context(), s.db, r.Viewer, r.PathValue("slug")); err != nil {
		return nil, err
	}
	return map[string][]string{"claim": {r.Page.Query.Get("claim")}}, nil
}

// showAll is the claims of a group; with one chosen, what can be done with it.
func (s *Service) showAll(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, all, err := s.About(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(x View) bool { return x.ID == f.Get("claim") })
	if i < 0 {
		return allView(r.Page, f, g, all), nil
	}
	ours := slices.Contains(g.Organisers, r.Viewer.Persona)
	return oneView(r.Page, f, g, all[i], may(all[i], g, r.Viewer.May(inviting, ""), ours, r.Viewer.Persona)), nil
}

// may are the verbs that somebody can choose from.
func may(c View, g Group, team, ours bool, viewer string) (out []string) {
	if c.Claimer == viewer {
		return nil
	}
	add := func(verb string, can bool) {
		if can {
			out = append(out, verb)
		}
	}
	add(talk, team && (c.State == Open || c.State == Stopped))
	add(letter, team && c.State == Open)
	second := team && !spoke(c.Events, viewer)
	add(agree, second && agreeable(c.Claim, g, c.Events))
	add(goOn, second && c.Objected)
	add(object, ours && (c.State == Open || c.State == Waiting))
	add(refuse, c.live())
	add(revoke, c.State == Held)
	return out
}

func (s *Service) saveAll(r *web.Request, f *ui.Form) (web.Next, error) {
	slug := r.PathValue("slug")
	d := Decision{What: f.Get("what"), Words: f.Get("words")}
	if on := strings.TrimSpace(f.Get("day")); on != "" {
		d.Day, _ = time.Parse(time.DateOnly, on) // what can't be read is the zero day, which validate refuses
	}
	code, err := s.Decide(r.Context(), r.Viewer, slug, f.Get("claim"), d)
	if err != nil {
		return web.Next{}, err
	}
	if code != "" {
		return web.Next{To: "/claim/" + slug + "/letter/" + url.PathEscape(code), Again: "/claim/" + slug + "/all"}, nil
	}
	return web.Next{To: "/claim/" + slug + "/all", Done: "claim.decide.done"}, nil
}

func (s *Service) showInvite(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, made, err := s.Invitation(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return inviteView(r.Page, f, g, made), nil
}

func (s *Service) saveInvite(r *web.Request, f *ui.Form) (web.Next, error) {
	slug, how := r.PathValue("slug"), f.Get("how")
	if _, _, err := s.Invitation(r.Context(), r.Viewer, slug); err != nil {
		return web.Next{}, err
	}
	if how != "mail" && how != letter {
		return web.Next{}, fault.Wrong("how", "error.choice")
	}
	code, err := s.Invite(r.Context(), r.Viewer, slug, how == "mail")
	if err != nil {
		return web.Next{}, err
	}
	if code != "" {
		return web.Next{To: "/claim/" + slug + "/letter/" + url.PathEscape(code), Again: "/claim/" + slug + "/invite"}, nil
	}
	return web.Next{To: "/groups/" + slug, Done: "claim.invite.done"}, nil
}

// showLetter is a letter to print, with a code that is kept nowhere else.
func (s *Service) showLetter(r *web.Request) (*web.Answer, error) {
	code := r.PathValue("token")
	g, ends, invites, err := s.Letter(r.Context(), r.Viewer, r.PathValue("slug"), code)
	if err != nil {
		return nil, err
	}
	return web.Show(letterView(r.Page, g, code, r.Origin(), ends, invites))
}
