package member

import (
	"fmt"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/web"
)

// you is the reader's own account, on their own page.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	me, ok := r.Viewer.Acting.(acting)
	if !ok {
		return nil, fmt.Errorf("member: %T reads their own page", r.Viewer.Acting)
	}
	fresh, open, err := freshAndAsked(r.Context(), s.db, me.Account.ID)
	if err != nil {
		return nil, err
	}
	x, err := applicationOf(r.Context(), s.db, me.Account.ID)
	wish := &x
	if fault.Is(err, fault.NotFound) { // somebody made their account
		wish, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	asked, err := s.asksThem(r.Context(), r.Viewer)
	return youView(r.Page, me.Account, me.as, s.face(&me.as), wish, open != nil, asked, fresh, r.FormKey()), err
}
