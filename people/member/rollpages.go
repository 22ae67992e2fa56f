package member

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const rollPath = "/desk/members"

// rollPage is how many accounts a page of the roll shows.
const rollPage = 50

// rollPages are where the team keeps the accounts. An account's id is kept nowhere
// but with the account: forms that lead to one lead to the roll the second time.
func (s *Service) rollPages() []web.Route {
	return []web.Route{
		web.FormAt(rollPath, keeping, web.Form{Fields: []string{"email"}, Show: s.showRoll, Save: s.saveFind}).Reads("role", "after"),
		web.Get(rollPath+"/{id}", keeping, s.showAccount),
		web.FormAt(rollPath+"/{id}/role", keeping, web.Form{Fields: []string{"role"}, Fill: s.fillRole, Show: s.showRole, Save: s.saveRole}),
		web.Do(rollPath+"/{id}/role/drop", keeping, s.saveDropWish),
	}
}

func (s *Service) showRoll(r *web.Request, f *ui.Form) (templ.Component, error) {
	ctx, role := r.Context(), access.Role(r.Page.Query.Get("role"))
	if !slices.Contains(access.Roles, role) {
		role = ""
	}
	all, err := s.Roll(ctx, r.Viewer, role, r.Page.Query.Get("after"), rollPage+1)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(all) > rollPage {
		all = all[:rollPage]
		next = rollPath + "?" + url.Values{"role": {string(role)}, "after": {all[rollPage-1].ID}}.Encode()
	}
	wishes, err := s.Wishes(ctx, r.Viewer)
	return rollView(r.Page, f, role, all, wishes, next), err
}

// saveFind leads to the account of an address.
func (s *Service) saveFind(r *web.Request, f *ui.Form) (web.Next, error) {
	member, err := s.Find(r.Context(), r.Viewer, f.Get("email"))
	if fault.Is(err, fault.NotFound) {
		return web.Next{}, fault.Wrong("email", "member.roll.nobody")
	}
	return web.Next{To: rollPath + "/" + member, Again: rollPath}, err
}

func (s *Service) showAccount(r *web.Request) (*web.Answer, error) {
	a, w, err := s.Open(r.Context(), r.Viewer, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return web.Show(accountView(r.Page, a, w, r.FormKey))
}

// fillRole lets in whoever has just signed in: who has a role decides about
// others.
func (s *Service) fillRole(r *web.Request) (map[string][]string, error) {
	id := r.PathValue("id")
	if err := s.doors.Fresh(r, rollPath+"/"+id+"/role"); err != nil {
		return nil, err
	}
	a, _, err := s.Open(r.Context(), r.Viewer, id)
	return url.Values{"role": {string(a.Role)}}, err
}

func (s *Service) showRole(r *web.Request, f *ui.Form) (templ.Component, error) {
	a, w, err := s.Open(r.Context(), r.Viewer, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return roleView(r.Page, f, a, w), nil
}

func (s *Service) saveRole(r *web.Request, f *ui.Form) (web.Next, error) {
	to := rollPath + "/" + r.PathValue("id")
	if err := s.doors.Fresh(r, to+"/role"); err != nil {
		return web.Next{}, err
	}
	if a, err := byID(r.Context(), s.db, r.PathValue("id")); err == nil && a.Role == access.Role(f.Get("role")) {
		return web.Next{}, fault.Wrong("role", "member.role.same")
	}
	waits, err := s.ChangeRole(r.Context(), r.Viewer, r.PathValue("id"), access.Role(f.Get("role")))
	switch {
	case waits:
		return web.Next{To: to, Again: rollPath, Done: "member.role.waits.done"}, err
	case r.PathValue("id") == r.Viewer.Member:
		return web.Next{To: "/you", Done: "member.role.done"}, err
	}
	return web.Next{To: to, Again: rollPath, Done: "member.role.done"}, err
}

func (s *Service) saveDropWish(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: rollPath + "/" + r.PathValue("id"), Again: rollPath, Done: "member.role.drop.done"}, s.DropWish(r.Context(), r.Viewer, r.PathValue("id"))
}

// short is an address as lists have it: enough to know again, and too little to
// write to.
func short(email string) string {
	if email == "" {
		return ""
	}
	name, host, _ := strings.Cut(email, "@")
	first := func(s string) string {
		for _, r := range s {
			return string(r) + "…"
		}
		return "…"
	}
	end := "" // a host without a dot has none
	if i := strings.LastIndex(host, "."); i >= 0 {
		end = host[i:]
	}
	return first(name) + "@" + first(host) + end
}
