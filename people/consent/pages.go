package consent

import (
	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	path = "/you/agreed"
)

func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get(path, mine, s.showAll),
		web.FormAt(path+"/{purpose}", mine, web.Form{Fields: []string{"yes", "lang"}, Show: s.showOne, Save: s.saveOne}),
		web.Do("/you/agreed-not", mine, s.saveWithdraw, "purpose"),
	}
}

// line is a purpose with what somebody said to it, if they said yes.
type line struct {
	Key    string
	Needed bool
	Said   *Entry
	Other  bool // the words are others by now
}

func (s *Service) lines(r *web.Request) (out []line, err error) {
	now, err := s.Mine(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	for _, p := range s.purposes {
		x := line{Key: p.Key, Needed: p.Needed}
		if e, ok := now[p.Key]; ok {
			x.Said = &e
			l := s.langs.Get(e.Lang)
			x.Other = l == nil || version(l.T(p.Key+".text")) != e.Version
		}
		if x.Said != nil || !x.Needed {
			out = append(out, x)
		}
	}
	return out, nil
}

func (s *Service) showAll(r *web.Request) (*web.Answer, error) {
	all, err := s.lines(r)
	if err != nil {
		return nil, err
	}
	return web.Show(allView(r.Page, all, r.FormKey()))
}

// asked is what one page asks; NotFound where it is not asked, or not here.
func (s *Service) asked(r *web.Request) (string, error) {
	p, known := s.purpose(r.PathValue("purpose"))
	if !known || p.Needed {
		return "", fault.Missing()
	}
	return p.Key, nil
}

func (s *Service) showOne(r *web.Request, f *ui.Form) (templ.Component, error) {
	key, err := s.asked(r)
	if err != nil {
		return nil, err
	}
	return oneView(r.Page, f, key), nil
}

func (s *Service) saveOne(r *web.Request, f *ui.Form) (web.Next, error) {
	key, err := s.asked(r)
	if err != nil {
		return web.Next{}, err
	}
	if f.Get("yes") != "yes" {
		return web.Next{}, fault.Wrong("yes", "consent.tick")
	}
	return web.Next{To: path, Done: "consent.agreed.done"}, s.Agree(r.Context(), r.Viewer, key, f.Get("lang"))
}

func (s *Service) saveWithdraw(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: path, Done: "consent.withdrawn.done"}, s.Withdraw(r.Context(), r.Viewer, f.Get("purpose"), r.Page.Code)
}

// you leads to what somebody agreed to.
func (s *Service) you(r *web.Request) (templ.Component, error) { return youView(r.Page), nil }
