package member

import (
	"context"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// Withdrawn is the state of an application that was taken back, for the moment
// until its account is gone. Nobody sees one.
const Withdrawn State = "withdrawn"

const withdrawPath = joinPath + "/take-back"

var (
	errWithdrawn = fault.New(fault.Conflict, "member.withdrawn")
	errHolds     = fault.New(fault.Conflict, "member.withdraw.holds")
)

// Withdraw takes the viewer's application back: the account made for it goes with
// it, at once and for good. A Conflict if the answer came first, or if they look
// after a group, which leaving says more about.
func (s *Service) Withdraw(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(applying, ""); err != nil {
		return err
	}
	if len(v.Held(access.Organiser)) > 0 {
		return errHolds
	}
	// First what nobody can answer any more: whoever of the team presses at the same
	// time is told. Should the second part fail, tidy does it.
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("member")
		n, err := withdraw(ctx, tx, v.Member)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "member.withdraw.late")
		}
		if err == nil { // nobody has known them by a name: it need not rest
			err = dropNames(ctx, tx, v.Member)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.watch.Forget(ctx, v.Member)
}

func (s *Service) withdrawPages() []web.Route {
	return []web.Route{web.FormAt(withdrawPath, applying, web.Form{Fields: []string{"sure"}, Show: s.showWithdraw, Save: s.saveWithdraw})}
}

func (s *Service) showWithdraw(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, err := applicationOf(r.Context(), s.db, r.Viewer.Member)
	if err == nil && x.State != Waiting && len(f.Problems) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	return withdrawView(r.Page, f, x.State == Waiting, len(r.Viewer.Held(access.Organiser)) > 0), nil
}

func (s *Service) saveWithdraw(r *web.Request, f *ui.Form) (web.Next, error) {
	if f.Get("sure") != "yes" {
		return web.Next{}, fault.Wrong("sure", "error.choice")
	}
	if err := s.Withdraw(r.Context(), r.Viewer); err != nil {
		return web.Next{}, err
	}
	r.SetHeader("Clear-Site-Data", `"cache", "storage"`) // nor is anything to come back with Back
	return web.Next{To: "/", Done: "member.withdraw.done"}, nil
}
