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
	fields, files := []string{"name", "words", "pronouns", "seen"}, []string{"picture"}
	return []web.Route{
		web.Get(namesPath, mine, s.showNames),
		web.FormAt(namesPath+"/new", mine, web.Form{Fields: fields, Files: files, Show: s.showNewName, Save: s.saveNewName}),
		web.FormAt(namesPath+"/{persona}", mine, web.Form{Fields: fields, Files: files, Fill: s.fillName, Show: s.showName, Save: s.saveName}),
		web.Do(namesPath+"/act", mine, s.saveAct, "persona"),
		web.Do(namesPath+"/retire", mine, s.saveRetire, "persona"),
		web.Do(namesPath+"/no-picture", mine, s.saveNoPicture, "persona"),
		web.Get(picturePath+"{file}", mine, s.showPictureFile),
	}
}

func (s *Service) showNames(r *web.Request) (*web.Answer, error) {
	all, err := s.Personas(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(namesView(r.Page, all, s.face, r.FormKey()))
}

func (s *Service) showNewName(r *web.Request, f *ui.Form) (templ.Component, error) {
	words, err := s.words.ForOneself(r.Context(), r.Page.Lang)
	return s.nameForm(r.Page, f, "member.names.new", Persona{}, words), err
}

func typedName(f *ui.Form) Persona {
	return Persona{Name: f.Get("name"), Words: f.Get("words"), Pronouns: f.Get("pronouns"), Seen: f.Get("seen"), Sent: f.Files["picture"]}
}

// nameForm is the form about a name, the one x if it is there.
func (s *Service) nameForm(p *ui.Page, f *ui.Form, title string, x Persona, words []string) templ.Component {
	return nameForm(p, f, title, x, s.face(&x), s.pictures.Store != nil, words)
}

// chosen says of a picture that came along with a mistake elsewhere that it has to
// be chosen once more: no form can give a file back.
func chosen(f *ui.Form, err error) error {
	x := fault.Of(err)
	if len(f.Files) == 0 || x == nil || x.Kind != fault.Invalid || slices.ContainsFunc(x.Problems, func(p fault.Problem) bool { return p.Field == "picture" }) {
		return err
	}
	again := *x
	again.Problems = append(slices.Clone(x.Problems), fault.Problem{Field: "picture", Key: "member.picture.again"})
	return &again
}

func (s *Service) saveNewName(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: namesPath, Done: "member.names.new.done"}, chosen(f, s.AddPersona(r.Context(), r.Viewer, typedName(f)))
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
	return url.Values{"name": {p.Name}, "words": {p.Words}, "pronouns": {p.Pronouns}, "seen": {p.Seen}}, err
}

func (s *Service) showName(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, err := s.own(r)
	if err != nil {
		return nil, err
	}
	words, err := s.words.ForOneself(r.Context(), r.Page.Lang)
	return s.nameForm(r.Page, f, "member.names.change", x, words), err
}

func (s *Service) saveName(r *web.Request, f *ui.Form) (web.Next, error) {
	p := typedName(f)
	p.ID = r.PathValue("persona")
	return web.Next{To: namesPath, Done: "member.names.changed.done"}, chosen(f, s.ChangePersona(r.Context(), r.Viewer, p))
}

func (s *Service) saveAct(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: namesPath, Done: "member.names.act.done"}, s.ActAs(r.Context(), r.Viewer, f.Get("persona"))
}

func (s *Service) saveRetire(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: namesPath, Done: "member.names.retired.done"}, s.Retire(r.Context(), r.Viewer, f.Get("persona"))
}

func (s *Service) saveNoPicture(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: namesPath, Done: "member.picture.removed.done"}, s.RemovePicture(r.Context(), r.Viewer, f.Get("persona"))
}

// showPictureFile is the picture of a name. No browser keeps it: it has to be gone
// when its owner says so.
func (s *Service) showPictureFile(r *web.Request) (*web.Answer, error) {
	file, err := s.OpenPicture(r.Context(), r.Viewer, r.PathValue("file"))
	if err != nil {
		return nil, err
	}
	return web.Picture(file), nil
}
