package member

import (
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	membershipPath = "/you/membership"
	stayPath       = "/stay"
)

// answering is saying yes by the link of a letter.
var answering = access.Permission{Name: "member.stay", Anyone: true}

// What somebody answers who is asked whether they stay.
const (
	answerStay  = "stay"
	answerPause = "pause"
)

// renewalPages are where somebody says whether they stay.
func (s *Service) renewalPages() []web.Route {
	return []web.Route{
		web.FormAt(membershipPath, mine, web.Form{Fields: []string{"answer"}, Show: s.showMembership, Save: s.saveMembership}),
		web.FormAt(stayPath+"/{token}", answering, web.Form{Show: s.showStay, Save: s.saveStay}),
	}
}

// membership is what somebody's own page about it says.
type membership struct {
	*Account
	Asked *asked    // nil: they are not
	Next  time.Time // when they are asked next, to the month; zero: never
}

func (s *Service) showMembership(r *web.Request, f *ui.Form) (templ.Component, error) {
	ctx := r.Context()
	a, err := byID(ctx, s.db, r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	if a.Standing == access.Pending || a.Standing == access.Expected {
		return nil, web.Elsewhere("/you") // where the answer will be
	}
	m := membership{Account: &a}
	if m.Asked, err = askedOf(ctx, s.db, a.ID); err != nil {
		return nil, err
	}
	ks, err := s.Kinds(ctx, s.db)
	if n := ks[a.kind()].Renews; n > 0 {
		m.Next = time.Date(a.Renewed.Year(), a.Renewed.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	}
	return membershipView(r.Page, f, m), err
}

func (s *Service) saveMembership(r *web.Request, f *ui.Form) (web.Next, error) {
	switch f.Get("answer") {
	case answerStay:
		return web.Next{To: membershipPath, Done: "member.stay.done"}, s.Stay(r.Context(), r.Viewer)
	case answerPause:
		return web.Next{To: membershipPath, Done: "member.pause.done"}, s.Pause(r.Context(), r.Viewer)
	}
	return web.Next{}, fault.Wrong("answer", "error.choice")
}

func (s *Service) showStay(r *web.Request, f *ui.Form) (templ.Component, error) {
	a, err := s.stayerOf(r.Context(), s.db, r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	if a.Discreet {
		r.Plain()
	}
	return stayView(r.Page, f), nil
}

func (s *Service) saveStay(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/", Done: "member.stay.done"}, s.StayBy(r.Context(), r.PathValue("token"))
}
