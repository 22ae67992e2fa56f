package member

import (
	"slices"

	"withus.example/platform/access"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// vouching is for whoever may look after a group: which ones, the verbs ask.
var vouching = access.Permission{Name: "member.vouch", Roles: access.Roles}

const (
	vouchPath = "/vouching"
	bringPath = joinPath + "/vouching"
)

func (s *Service) vouchPages() []web.Route {
	return []web.Route{
		web.Get(bringPath, applying, s.showBring).Reads("q"),
		web.Do(bringPath+"/ask", applying, s.saveAskGroup, "group"),
		web.Get(vouchPath, vouching, s.showVouching),
		web.Do(vouchPath+"/answer", vouching, s.saveAnswerFor, "application", "group", "answer"),
	}
}

// showBring is where somebody looks for groups that know theirs.
func (s *Service) showBring(r *web.Request) (*web.Answer, error) {
	ctx, q := r.Context(), r.Page.Query.Get("q")
	x, err := s.bringing(ctx, s.db, r.Viewer)
	if err != nil {
		return nil, err
	}
	vs, err := vouchesOf(ctx, s.db, x.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range vs {
		ids = append(ids, w.Group)
	}
	asked, err := s.groups.SeenVouchers(ctx, r.Viewer, ids)
	if err != nil {
		return nil, err
	}
	var found []Voucher
	if q != "" {
		if found, err = s.groups.FindVouchers(ctx, r.Viewer, q); err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(g Voucher) bool { return slices.Contains(ids, g.ID) })
	}
	return web.Show(bringView(r.Page, vs, asked, found, q, r.FormKey))
}

func (s *Service) saveAskGroup(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: bringPath, Done: "member.vouch.asked.done"}, s.AskGroup(r.Context(), r.Viewer, f.Get("group"))
}

// showVouching is what the groups are asked that somebody looks after.
func (s *Service) showVouching(r *web.Request) (*web.Answer, error) {
	all, err := s.Asked(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	says := make([][][2]string, len(all))
	for i, x := range all {
		if says[i], err = s.groups.SayNew(r.Context(), r.Page, x.Brings); err != nil {
			return nil, err
		}
	}
	return web.Show(vouchingView(r.Page, all, says, r.FormKey))
}

func (s *Service) saveAnswerFor(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: vouchPath, Done: "member.vouch.answered.done"}, s.AnswerFor(r.Context(), r.Viewer, f.Get("application"), f.Get("group"), f.Get("answer") == "yes")
}
