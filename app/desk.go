package app

import (
	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/kit"
	"withus.example/platform/web"
)

var onDesk = access.Permission{Name: "app.desk", Roles: []access.Role{access.Team}}

// desk is where the network team finds what waits: each room's part of it.
func (a *App) desk(r *web.Request) (*web.Answer, error) {
	ps, err := a.panels(r, deskFirst, func(m *kit.Module) kit.Panel { return m.Desk })
	if err != nil {
		return nil, err
	}
	return web.Show(deskView(r.Page, ps))
}

// toDesk leads the team from their own page to the desk.
func toDesk(r *web.Request) []templ.Component {
	if !r.Viewer.May(onDesk, "") {
		return nil
	}
	return []templ.Component{toDeskView(r.Page)}
}
