package member

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// What somebody wishes for their own sake: to be discreet, and to have their
// curtains closed. Both count from the next request on.

var mine = access.Permission{Name: "member.mine", Roles: access.Everybody}

const wishPath = "/you/seen"

// Wish sets what the viewer wishes: here is to read here what they would be mailed.
func (s *Service) Wish(ctx context.Context, v *access.Viewer, discreet, curtains, here bool) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("member")
		return setWishes(ctx, tx, v.Member, discreet, curtains, here)
	})
}

func (s *Service) wishPages() []web.Route {
	return []web.Route{
		web.FormAt(wishPath, mine, web.Form{Fields: []string{"discreet", "curtains", "here"}, Fill: s.fillWish, Show: showWish, Save: s.saveWish}),
	}
}

func (s *Service) fillWish(r *web.Request) (map[string][]string, error) {
	me, err := byID(r.Context(), s.db, r.Viewer.Member)
	out := url.Values{}
	if me.Discreet {
		out.Set("discreet", "yes")
	}
	if me.Curtains {
		out.Set("curtains", "yes")
	}
	if me.Here {
		out.Set("here", "yes")
	}
	return out, err
}

func showWish(r *web.Request, f *ui.Form) (templ.Component, error) {
	me, _ := r.Viewer.Acting.(acting)
	return wishView(r.Page, f, me.Email != ""), nil
}

func (s *Service) saveWish(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "member.wish.done"}, s.Wish(r.Context(), r.Viewer, f.Has("discreet", "yes"), f.Has("curtains", "yes"), f.Has("here", "yes"))
}
