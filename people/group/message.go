package group

import (
	"strings"

	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// maxMessageWords is how much of what a group does a message says, in
// characters: with the rest it is to fit into a few short messages.
const maxMessageWords = 100

// message is a group's page to send on. Where it meets is not in it if that is
// told in person only: then it is not kept at all.
func message(p *ui.Page, g *Group) ui.Message {
	return ui.Message{
		Title: g.Name,
		Lines: []string{firstWords(g.About, maxMessageWords), whereabouts(p, g), ui.Digits(p.Lang, g.Phone), g.Email},
		Note:  whoSees(p, g),
		Path:  g.Path(),
		Slip:  g.Path() + "/slip",
	}
}

// whereabouts are where a group is, in one line.
func whereabouts(p *ui.Page, g *Group) string {
	var out []string
	for _, w := range []string{g.Place, g.Area, p.Country(g.Country)} {
		if w != "" {
			out = append(out, p.Isolate(w))
		}
	}
	if g.Online {
		out = append(out, p.T("group.online"))
	}
	return strings.Join(out, p.T("i18n.comma"))
}

// whoSees says who can open a group's page, where that is not everyone.
func whoSees(p *ui.Page, g *Group) string {
	switch {
	case g.Hidden:
		return p.T("group.state.hidden")
	case !g.Published:
		return p.T("group.state.waiting")
	case g.Audience == Members:
		return p.T("group.state.members")
	case g.Audience == Unlisted:
		return p.T("group.state.unlisted")
	}
	return ""
}

// showSlip is a group's page on paper.
func (s *Service) showSlip(r *web.Request) (*web.Answer, error) {
	g, err := s.Read(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	a := &web.Answer{Page: slipView(r.Page, g)}
	return a.Header("X-Robots-Tag", "noindex"), nil // its page is to be found, not this
}
