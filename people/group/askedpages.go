package group

import (
	"slices"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
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
	v, a, err := s.byToken(r.Context(), r.Viewer, r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	all, err := s.asked(r.Context(), v, a.reminders)
	if err != nil {
		return nil, err
	}
	var out []askedOf
	for _, x := range all.Of {
		o := askedOf{Asked: x, key: r.FormKey()}
		if o.said, err = s.toDecide(r, x.Suggestions); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	var more []templ.Component
	for _, x := range s.rooms {
		c, err := x.Lines(r, v, all.Active)
		if err != nil {
			return nil, err
		}
		if c != nil {
			more = append(more, c)
		}
	}
	return askedView(r.Page, f, out, more), nil
}

func (s *Service) saveAsked(r *web.Request, f *ui.Form) (web.Next, error) {
	v, a, err := s.byToken(r.Context(), r.Viewer, r.PathValue("token"))
	if err != nil {
		return web.Next{}, err
	}
	again := web.Next{To: r.URL.Path, Done: "group.asked.done"}
	answer := f.Get("answer")
	if of := f.Get("of"); of != "" {
		i := slices.IndexFunc(s.rooms, func(x room) bool { return x.name == of })
		if i < 0 {
			return again, fault.Missing()
		}
		again.Done, err = s.rooms[i].Answer(r.Context(), v, f.Get("about"), answer)
		return again, err
	}
	switch answer {
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
