package member

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const deskPath = "/desk/joining"

// What the team does with an application.
const (
	doWelcome = "welcome"
	doRefuse  = "refuse"
	doTalked  = "talked"
)

// deskPages are where the team answers those who want to join, and says how.
func (s *Service) deskPages() []web.Route {
	return []web.Route{
		web.Get(deskPath, welcoming, s.showDesk).Reads("after", "answered"),
		web.FormAt(deskPath+"/{id}", welcoming, web.Form{Fields: []string{"what", "reason"}, Show: s.showApplication, Save: s.saveApplication}),
		web.FormAt("/desk/kinds/{kind}", welcoming, web.Form{Fields: []string{"open", "met", "sees", "votes", "renews", "revision"}, Fill: s.fillOneKind, Show: s.showOneKind, Save: s.saveOneKind}),
		web.Get("/desk/kinds", welcoming, s.showKinds),
	}
}

// desk says how many wait, and for how long.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	n, oldest, err := waitingNow(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	open, resting, team, err := silence(r.Context(), s.db, ago(s.now(), between))
	if err != nil {
		return nil, err
	}
	wishes, err := allRoleWishes(r.Context(), s.db, s.wishesSince())
	return deskPart(r.Page, n, oldest, len(wishes), staysPart(r.Page, open, resting, team)), err
}

func (s *Service) showDesk(r *web.Request) (*web.Answer, error) {
	all, more, err := s.Desk(r.Context(), r.Viewer, r.Page.Query.Get("after"))
	if err != nil {
		return nil, err
	}
	next := ""
	if more {
		next = deskPath + "?after=" + url.QueryEscape(all[len(all)-1].ID)
	}
	given, names, older, err := s.Answers(r.Context(), r.Viewer, r.Page.Query.Get("answered"))
	if err != nil {
		return nil, err
	}
	before := ""
	if older {
		before = deskPath + "?answered=" + url.QueryEscape(given[len(given)-1].ID)
	}
	return web.Show(deskView(r.Page, all, next, given, names, before, s.now()))
}

func (s *Service) showApplication(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, err := s.Application(r.Context(), r.Viewer, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	var says [][2]string
	if x.Kind == Group {
		says, err = s.groups.SayNew(r.Context(), r.Page, x.Brings)
	}
	return applicationView(r.Page, f, x, says), err
}

func (s *Service) saveApplication(r *web.Request, f *ui.Form) (web.Next, error) {
	ctx, id := r.Context(), r.PathValue("id")
	switch f.Get("what") {
	case doWelcome:
		return web.Next{To: deskPath, Done: "member.welcomed.done"}, s.Welcome(ctx, r.Viewer, id)
	case doRefuse:
		return web.Next{To: deskPath, Done: "member.refused.done"}, s.Refuse(ctx, r.Viewer, id, f.Get("reason"))
	case doTalked:
		return web.Next{To: deskPath + "/" + id, Done: "member.talked.done"}, s.Talked(ctx, r.Viewer, id)
	}
	return web.Next{}, fault.Wrong("what", "error.choice")
}

func (s *Service) showKinds(r *web.Request) (*web.Answer, error) {
	ks, err := s.Kinds(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	return web.Show(kindsView(r.Page, ks))
}

// kind is the one a page is about; NotFound if there is none.
func (s *Service) kind(r *web.Request) (Kind, error) {
	ks, err := s.Kinds(r.Context(), s.db)
	k, ok := ks[access.Role(r.PathValue("kind"))]
	if err == nil && !ok {
		err = fault.Missing()
	}
	return k, err
}

func (s *Service) fillOneKind(r *web.Request) (map[string][]string, error) {
	k, err := s.kind(r)
	out := url.Values{"met": {k.Met}, "renews": {strconv.Itoa(k.Renews)}, "revision": {strconv.Itoa(k.Revision)}}
	for name, on := range map[string]bool{"open": k.Open, "sees": k.Sees, "votes": k.Votes} {
		if on {
			out.Set(name, "yes")
		}
	}
	return out, err
}

func (s *Service) showOneKind(r *web.Request, f *ui.Form) (templ.Component, error) {
	k, err := s.kind(r)
	if err != nil {
		return nil, err
	}
	return oneKindView(r.Page, f, k), nil
}

func (s *Service) saveOneKind(r *web.Request, f *ui.Form) (web.Next, error) {
	k, err := s.kind(r)
	if err != nil {
		return web.Next{}, err
	}
	renews := 0
	if k.Kind != Group {
		if renews, err = strconv.Atoi(f.Get("renews")); err != nil {
			return web.Next{}, fault.Wrong("renews", "error.choice")
		}
	}
	now := k.Revision
	if k.Revision, err = strconv.Atoi(f.Get("revision")); err != nil {
		return web.Next{}, fault.Wrong("", "member.kinds.changed-meanwhile")
	}
	k = Kind{Kind: k.Kind, Revision: k.Revision, Renews: renews, Open: f.Has("open", "yes"), Met: f.Get("met"), Sees: f.Has("sees", "yes"), Votes: f.Has("votes", "yes")}
	err = s.SetKind(r.Context(), r.Viewer, k)
	if fault.Is(err, fault.Conflict) {
		// Saving once more is made from the newest revision, knowingly.
		f.Values.Set("revision", strconv.Itoa(now))
	}
	return web.Next{To: "/desk/kinds", Done: "member.kinds.done"}, err
}
