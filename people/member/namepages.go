package member

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const namesPath = "/you/names"

// namePages are somebody's own names.
func (s *Service) namePages() []web.Route {
	fields := []string{"name", "words", "pronouns"}
	return []web.Route{
		web.Get(namesPath, mine, s.showNames),
		web.FormAt(namesPath+"/new", mine, web.Form{Fields: fields, Show: s.showNewName, Save: s.saveNewName}),
		web.FormAt(namesPath+"/{persona}", mine, web.Form{Fields: fields, Fill: s.fillName, Show: s.showName, Save: s.saveName}),
		web.Do(namesPath+"/act", mine, s.saveAct, "persona"),
		web.Do(namesPath+"/retire", mine, s.saveRetire, "persona"),
	}
}

func (s *Service) showNames(r *web.Request) (*web.Answer, error) {
	all, err := s.Personas(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(namesView(r.Page, all, r.FormKey()))
}

func (s *Service) showNewName(r *web.Request, f *ui.Form) (templ.Component, error) {
	words, err := s.words.ForOneself(r.Context(), r.Page.Lang)
	return nameForm(r.Page, f, "member.names.new", words), err
}

func typedName(f *ui.Form) Persona {
	return Persona{Name: f.Get("name"), Words: f.Get("words"), Pronouns: f.Get("pronouns")}
}

func (s *Service) saveNewName(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: namesPath, Done: "member.names.new.done"}, s.AddPersona(r.Context(), r.Viewer, typedName(f))
}

// own is the name of the viewer's that a page is about; NotFound if it is none.
func (s *Service) own(r *web.Request) (Persona, error) {
	all, err := s.Personas(r.Context(), r.Viewer)
	if err != nil {
		return Persona{}, err
	}
	i := slices.IndexFunc(all, func(p Persona) bool { return p.ID == r.PathValue("persona") })
	if i < 0 {
		return Persona{}, fault.Missing()
	}
	return all[i], nil
}

func (s *Service) fillName(r *web.Request) (map[string][]string, error) {
	p, err := s.own(r)
	return url.Values{"name": {p.Name}, "words": {p.Words}, "pronouns": {p.Pronouns}}, err
}

func (s *Service) showName(r *web.Request, f *ui.Form) (templ.Component, error) {
	if _, err := s.own(r); err != nil {
		return nil, err
	}
	words, err := s.words.ForOneself(r.Context(), r.Page.Lang)
	return nameForm(r.Page, f, "member.names.change", words), err
}

func (s *Service) saveName(r *web.Request, f *ui.Form) (web.Next, error) {
	p := typedName(f)
	p.ID = r.PathValue("persona")
	return web.Next{To: namesPath, Done: "member.names.changed.done"}, s.ChangePersona(r.Context(), r.Viewer, p)
}

func (s *Service) saveAct(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: namesPath, Done: "member.names.act.done"}, s.ActAs(r.Context(), r.Viewer, f.Get("persona"))
}

func (s *Service) saveRetire(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: namesPath, Done: "member.names.retired.done"}, s.Retire(r.Context(), r.Viewer, f.Get("persona"))
}
