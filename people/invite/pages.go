package invite

import (
	"net/url"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	minePath = "/you/invitations"
	deskPath = "/desk/invitations"
	openPath = "/invited"
)

var fields = []string{"as", "email", "note", "at-once"}

func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get(minePath, inviting, s.showMine),
		web.FormAt(minePath+"/new", inviting, web.Form{Fields: fields, Show: s.showNew, Save: s.save(false)}),
		web.Do(minePath+"/withdraw", inviting, s.saveWithdraw, "id"),
		web.Get(deskPath, ofDesk, s.showTeam),
		web.FormAt(deskPath+"/new", ofDesk, web.Form{Fields: fields, Fill: fillTeam, Show: s.showForTeam(intoNetwork), Save: s.save(true)}),
		web.FormAt(deskPath+"/team", ofDesk, web.Form{Fields: fields, Fill: s.fresh, Show: s.showForTeam(intoTeam), Save: s.saveHigh}),
		web.Do(deskPath+"/agree", ofDesk, s.saveAgree, "id"),
		web.Do(deskPath+"/members", ofDesk, s.saveMembers, "on"),
		web.FormAt(openPath, anyone, web.Form{Fields: []string{"code", "do"}, Again: true, Show: s.showCode, Save: s.saveCode}),
		web.FormAt(openPath+"/{token}", anyone, web.Form{Again: true, Show: s.showInvited, Save: s.saveInvited}),
	}
}

// you leads to a member's invitations.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	if !r.Viewer.May(inviting, "") {
		return nil, nil
	}
	return youPart(r.Page), nil
}

func (s *Service) desk(r *web.Request) (templ.Component, error) {
	n, err := asks(r.Context(), s.db, s.now())
	return deskPart(r.Page, n), err
}

func (s *Service) showMine(r *web.Request) (*web.Answer, error) {
	all, on, err := s.Mine(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(mineView(r.Page, all, on, s.now(), r.FormKey()))
}

func (s *Service) showTeam(r *web.Request) (*web.Answer, error) {
	all, on, err := s.Team(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Stands(s.now()) != Asked {
			continue // who made one is asked where a second one has to know
		}
		from, err := s.people.Inviter(r.Context(), s.db, all[i].Inviter)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		all[i].Name = from.Name
	}
	return web.Show(teamView(r.Page, all, on, s.now(), r.Viewer.Persona, r.FormKey()))
}

func (s *Service) showNew(r *web.Request, f *ui.Form) (templ.Component, error) {
	if c, err := s.slip(r, f); c != nil || err != nil {
		return c, err
	}
	if err := s.mayOwn(r.Context(), r.Viewer); err != nil {
		return nil, err
	}
	from, err := s.people.Inviter(r.Context(), s.db, r.Viewer.Persona)
	return newView(r.Page, f, intoNetwork, from.Name, false), err
}

func fillTeam(*web.Request) (map[string][]string, error) { return url.Values{"at-once": {"yes"}}, nil }

func (s *Service) showForTeam(roles []access.Role) func(r *web.Request, f *ui.Form) (templ.Component, error) {
	return func(r *web.Request, f *ui.Form) (templ.Component, error) {
		if c, err := s.slip(r, f); c != nil || err != nil {
			return c, err
		}
		return newView(r.Page, f, roles, "", true), nil
	}
}

// fresh has whoever gives away the team's own roles sign in once more: else
// whoever finds their screen could.
func (s *Service) fresh(r *web.Request) (map[string][]string, error) {
	return nil, s.doors.Fresh(r, deskPath+"/team")
}

func (s *Service) saveHigh(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.doors.Fresh(r, deskPath+"/team"); err != nil {
		return web.Next{}, err
	}
	if !highRole(access.Role(f.Get("as"))) {
		return web.Next{}, fault.Wrong("as", "invite.choose")
	}
	return web.Next{To: deskPath, Done: "invite.asked.done"}, s.make(r, f, true, new(string))
}

// save makes an invitation into the network, of somebody's own or the team's.
func (s *Service) save(team bool) func(r *web.Request, f *ui.Form) (web.Next, error) {
	list := minePath
	if team {
		list = deskPath
	}
	return func(r *web.Request, f *ui.Form) (web.Next, error) {
		if highRole(access.Role(f.Get("as"))) {
			return web.Next{}, fault.Wrong("as", "invite.choose")
		}
		code := ""
		if err := s.make(r, f, team, &code); err != nil {
			return web.Next{}, err
		}
		if code == "" {
			return web.Next{To: list, Done: "invite.sent.done"}, nil
		}
		f.Values = url.Values{slipCode: {code}}
		return web.Next{Look: true, Again: list}, nil
	}
}

func (s *Service) make(r *web.Request, f *ui.Form, team bool, code *string) (err error) {
	*code, err = s.Make(r.Context(), r.Viewer, Wish{Role: access.Role(f.Get("as")), Email: f.Get("email"), Note: f.Get("note"), AtOnce: f.Has("at-once", "yes"), Lang: r.Page.Code, Team: team})
	return err
}

// slipCode is no field of the form: only the answer to it has a code to show.
const slipCode = "slip"

// slip is an invitation to hand over, in the answer to the form that made it: its
// code is kept nowhere else, and stands in no address, history or log. Nil if none
// was made.
func (s *Service) slip(r *web.Request, f *ui.Form) (templ.Component, error) {
	code := f.Get(slipCode)
	if code == "" {
		return nil, nil
	}
	x, err := s.Slip(r.Context(), r.Viewer, code)
	return slipView(r.Page, x, id.PlainCode(code)), err
}

func (s *Service) saveWithdraw(r *web.Request, f *ui.Form) (web.Next, error) {
	ofTeam, err := s.Withdraw(r.Context(), r.Viewer, f.Get("id"))
	if ofTeam {
		return web.Next{To: deskPath, Done: "invite.withdrawn.done"}, err
	}
	return web.Next{To: minePath, Done: "invite.withdrawn.done"}, err
}

func (s *Service) saveAgree(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.doors.Fresh(r, deskPath); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: deskPath, Done: "invite.agreed.done"}, s.Agree(r.Context(), r.Viewer, f.Get("id"))
}

func (s *Service) saveMembers(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: deskPath, Done: "invite.members.done"}, s.SetMembers(r.Context(), r.Viewer, f.Has("on", "yes"))
}

// showCode asks for a code, and shows what one that was typed opens. It stands in
// no address: others may use that device next.
func (s *Service) showCode(r *web.Request, f *ui.Form) (templ.Component, error) {
	if f.Get("code") != "" && len(f.Problems) == 0 {
		x, from, err := s.open(r.Context(), s.db, hash(f.Get("code")))
		return invitedView(r.Page, f, x, from.Name), err
	}
	return codeView(r.Page, f), nil
}

func (s *Service) saveCode(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := tryCode.Take(r.Context(), s.db, r.Client(), s.now()); err != nil {
		return web.Next{}, err
	}
	code := id.PlainCode(f.Get("code"))
	if _, _, err := s.open(r.Context(), s.db, hash(code)); fault.Is(err, fault.NotFound) {
		return web.Next{}, fault.Wrong("code", "invite.code.wrong")
	} else if err != nil {
		return web.Next{}, err
	}
	if f.Get("do") == "" {
		return web.Next{Look: true}, nil
	}
	return s.begin(r, code)
}

// showInvited says who invites, and what to. It changes nothing: programs that
// look into mail follow every link.
func (s *Service) showInvited(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, from, err := s.open(r.Context(), s.db, hash(r.PathValue("token")))
	if err != nil {
		return nil, err
	}
	return invitedView(r.Page, f, x, from.Name), nil
}

func (s *Service) saveInvited(r *web.Request, _ *ui.Form) (web.Next, error) {
	if _, _, err := s.open(r.Context(), s.db, hash(r.PathValue("token"))); err != nil {
		return web.Next{}, err
	}
	return s.begin(r, r.PathValue("token"))
}

func (s *Service) begin(r *web.Request, code string) (web.Next, error) {
	if r.Viewer.SignedIn() {
		return web.Next{To: "/join"}, nil // which says why
	}
	return web.Next{To: "/join"}, s.people.BringInvitation(r, hash(code))
}
