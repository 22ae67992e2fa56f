package member

import (
	"github.com/a-h/templ"

	"withus.example/platform/web"
)

// you is the reader's own account, on their own page.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	a, p, err := accountAndPersona(r.Context(), s.db, r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	return youView(r.Page, a, p), nil
}
