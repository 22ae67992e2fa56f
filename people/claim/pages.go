package claim

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// beginLimit is how many groups somebody may ask for in a day.
var beginLimit = web.Limit{Name: "claim.begin", Most: 6, Per: 24 * time.Hour}

// openLimit is how many invitations' codes one client may try.
var openLimit = web.Limit{Name: "claim.open", Most: 20, Per: time.Hour}

const invitedPath = "/claims/invited"

// opened keeps the code that somebody came with, as long as what they type is kept
// over a sign-in: it stands in no address of theirs but the link of the letter.
var opened = web.Walk{Name: "opened", Start: "/claims/code", Life: web.DraftLife}

type openedBy struct{ Code string }

// opens gives the code that the browser came with, and the group that it opens.
func (s *Service) opens(r *web.Request) (code string, g Group, err error) {
	var by openedBy
	if err := opened.Read(r, &by); err != nil {
		return "", g, err
	}
	g, err = s.Invited(r.Context(), by.Code)
	return by.Code, g, err
}

// pages are where one begins, with or without an account.
func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get("/claims/new", look, s.showNew).Reads("q"),
		web.Get("/claims/institution", look, s.showInstitution).Reads("group"),
		web.FormAt("/claims/suggest", look, web.Form{Fields: []string{"name", "area", "reach"}, Show: s.showPropose, Save: s.savePropose}),
		web.FormAt("/claims/code", look, web.Form{Fields: []string{"code"}, Again: true, Show: s.showOpen, Save: s.saveOpen}),
		web.Get(invitedPath+"/{token}", look, s.followInvited),
		web.Get(invitedPath, look, s.showInvited),
		web.FormAt(invitedPath+"/claim", claiming, web.Form{Fields: []string{"part", "words"}, Show: s.showTake, Save: s.saveTake}),
		web.FormAt(invitedPath+"/off", look, web.Form{Fields: []string{"sure"}, Show: s.showOff, Save: s.saveOff}),
		web.FormAt("/claims/objection/{token}", look, web.Form{Fields: []string{"words"}, Show: s.showObjection, Save: s.saveObjection}),
	}
}

// showNew is where somebody looks for their group.
func (s *Service) showNew(r *web.Request) (*web.Answer, error) {
	words := r.Page.Query.Get("q")
	if words == "" {
		return web.Show(newView(r.Page, words, nil))
	}
	gs, err := s.groups.FindClaimed(r.Context(), r.Viewer, words)
	if err != nil {
		return nil, err
	}
	return web.Show(newView(r.Page, words, gs[:min(len(gs), mostFound)]))
}

// mostFound is how many groups are offered: more are narrowed by more letters.
const mostFound = 12

// showInstitution says kindly why an institution does not look after a group's
// page, and what it can do.
func (s *Service) showInstitution(r *web.Request) (*web.Answer, error) {
	g, err := s.groups.ClaimedAt(r.Context(), s.db, r.Viewer, r.Page.Query.Get("group"))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	return web.Show(institutionView(r.Page, g.Slug))
}

func institution(slug string) web.Next {
	return web.Next{To: "/claims/institution?group=" + url.QueryEscape(slug)}
}

func (s *Service) showPropose(r *web.Request, f *ui.Form) (templ.Component, error) {
	return proposeView(r.Page, f), nil
}

func (s *Service) savePropose(r *web.Request, f *ui.Form) (web.Next, error) {
	x := Proposal{f.Get("name"), f.Get("area"), f.Get("reach")}
	if err := x.validate(); err != nil {
		return web.Next{}, err
	}
	if err := proposeLimit.Take(r.Context(), s.db, r.Client(), s.now()); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/claims/new", Done: "claim.propose.done"}, s.Propose(r.Context(), x)
}

func (s *Service) showOpen(r *web.Request, f *ui.Form) (templ.Component, error) {
	return openView(r.Page, f), nil
}

// saveOpen opens the group of a code that was typed from a letter.
func (s *Service) saveOpen(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := openLimit.Take(r.Context(), s.db, r.Client(), s.now()); err != nil {
		return web.Next{}, err
	}
	_, err := s.Invited(r.Context(), f.Get("code"))
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrong("code", "claim.open.none")
	}
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: invitedPath}, opened.Keep(r, openedBy{f.Get("code")})
}

// followInvited keeps the code of a link that was followed, and goes on without it.
func (s *Service) followInvited(r *web.Request) (*web.Answer, error) {
	code := r.PathValue("token")
	if _, err := s.Invited(r.Context(), code); err != nil {
		return nil, err
	}
	return &web.Answer{To: invitedPath}, opened.Keep(r, openedBy{code})
}

func (s *Service) showInvited(r *web.Request) (*web.Answer, error) {
	_, g, err := s.opens(r)
	if err != nil {
		return nil, err
	}
	return web.Show(invitedView(r.Page, g, invitedPath))
}

func (s *Service) showTake(r *web.Request, f *ui.Form) (templ.Component, error) {
	_, g, err := s.opens(r)
	if err != nil {
		return nil, err
	}
	return beginView(r.Page, f, g, invitedPath, true), nil
}

func (s *Service) saveTake(r *web.Request, f *ui.Form) (web.Next, error) {
	code, _, err := s.opens(r)
	if err == nil {
		err = beginLimit.Take(r.Context(), s.db, r.Viewer.Persona, s.now())
	}
	if err != nil {
		return web.Next{}, err
	}
	c, g, err := s.BeginInvited(r.Context(), r.Viewer, code, Ask{Part(f.Get("part")), f.Get("words")})
	if err != nil {
		return web.Next{}, err
	}
	if c.State == KeptOut {
		return institution(""), opened.End(r)
	}
	return web.Next{To: "/claim/" + g.Slug, Done: "claim.begin.done"}, opened.End(r)
}

func (s *Service) showOff(r *web.Request, f *ui.Form) (templ.Component, error) {
	_, g, err := s.opens(r)
	if err != nil {
		return nil, err
	}
	return offView(r.Page, f, g, invitedPath), nil
}

func (s *Service) saveOff(r *web.Request, f *ui.Form) (web.Next, error) {
	code, _, err := s.opens(r)
	if err != nil {
		return web.Next{}, err
	}
	if f.Get("sure") != "yes" {
		return web.Next{}, fault.Wrong("sure", "claim.off.unsure")
	}
	if err := s.TakeOffInvited(r.Context(), code); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/", Done: "claim.off.done"}, opened.End(r)
}

func (s *Service) showObjection(r *web.Request, f *ui.Form) (templ.Component, error) {
	c, err := s.Objecting(r.Context(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	return objectionView(r.Page, f, *c), nil
}

func (s *Service) saveObjection(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/", Done: "claim.object.done"}, s.ObjectByLink(r.Context(), r.PathValue("token"), f.Get("words"))
}

// part is the room's part of a group's page.
func (s *Service) part(r *web.Request, g web.Thing) (templ.Component, error) {
	switch {
	case r.Viewer.May(deciding, g.ID):
		if g.Away && g.Alone {
			return toInviteView(r.Page, g.Slug), nil
		}
		cs, err := about(r.Context(), s.db, []string{g.ID}, mostShown)
		if err != nil || len(cs) == 0 {
			return nil, err
		}
		n := 0
		for _, c := range cs {
			if c.live() && c.Claimer != r.Viewer.Persona {
				n++
			}
		}
		return toAllView(r.Page, g.Slug, n), nil
	case r.Viewer.SignedIn():
		w, err := s.waits.Get(r.Context(), s.db)
		if err != nil {
			return nil, err
		}
		if w.claims[g.ID][r.Viewer.Persona] {
			return toOwnView(r.Page, g.Slug), nil
		}
	}
	if g.Away || g.Past {
		return nil, nil
	}
	return fromHereView(r.Page, g.Slug, g.Alone), nil
}

// home leads somebody whose group may be missing, or waiting, to where they can
// say so.
func (s *Service) home(r *web.Request) (templ.Component, error) { return homeView(r.Page), nil }

// you leads from somebody's own page to what they asked for, and what they are
// asked.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	asked, mine, err := s.waitsFor(r.Context(), r.Viewer.Persona, r.Viewer.Held(access.Organiser))
	return youView(r.Page, asked, mine), err
}

// desk is the room's part of the desk.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	d, err := s.Desk(r.Context(), r.Viewer)
	return deskView(r.Page, d, s.now()), err
}
