package group

import (
	"github.com/a-h/templ"

	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// askedOf is what an organiser is asked about one group, as the page shows it.
type askedOf struct {
	Asked
	said []said
	key  string
}

// showAsked is where the link of the mail leads: each line is answered with one
// press, by whoever has the link.
func (s *Service) showAsked(r *web.Request, f *ui.Form) (templ.Component, error) {
	v, a, err := s.byToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	all, _, err := s.asked(r.Context(), v, a.reminders)
	var out []askedOf
	for _, x := range all {
		o := askedOf{Asked: x, key: r.FormKey()}
		for _, y := range x.Suggestions {
			o.said = append(o.said, said{y, r.FormKey()})
		}
		out = append(out, o)
	}
	return askedView(r.Page, f, out), err
}

func (s *Service) saveAsked(r *web.Request, f *ui.Form) (web.Next, error) {
	v, a, err := s.byToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return web.Next{}, err
	}
	again := web.Next{To: r.URL.Path, Done: "group.asked.done"}
	switch answer := f.Get("answer"); answer {
	case "not-now", "stop":
		return web.Next{To: "/", Done: "group.asked.not-now.done"}, s.notNow(r.Context(), a, answer == "stop")
	case "right":
		_, err = s.StillRight(r.Context(), v, f.Get("group"))
	default:
		_, err = s.Decide(r.Context(), v, f.Get("group"), f.Get("suggestion"), f.Get("take") == "yes")
	}
	return again, err
}

func (s *Service) saveRemind(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "group.remind.done"}, s.Remind(r.Context(), r.Viewer, f.Get("reminders") == "yes")
}
