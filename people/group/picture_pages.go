package group

import (
	"github.com/a-h/templ"

	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// picturePages are the addresses of a group's picture.
func (s *Service) picturePages() []web.Route {
	return []web.Route{
		web.FormAt("/groups/{slug}/picture", editing, web.Form{Fields: []string{"words"}, Files: []string{"picture"}, Fill: s.fillPicture, Show: s.showPicture, Save: s.savePicture}),
		web.Do("/groups/{slug}/picture/remove", editing, s.saveNoPicture),
		web.Get("/groups/{slug}/picture/{file}", read, s.showPictureFile),
	}
}

// withPicture is the group at an address, to be edited, with its picture.
func (s *Service) withPicture(r *web.Request) (*Group, error) {
	g, err := s.forEdit(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return g, s.picture(r.Context(), g)
}

func (s *Service) fillPicture(r *web.Request) (map[string][]string, error) {
	g, err := s.withPicture(r)
	if err != nil || g.Picture == nil {
		return map[string][]string{}, err
	}
	return map[string][]string{"words": {g.Picture.Words}}, nil
}

func (s *Service) showPicture(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, err := s.withPicture(r)
	if err != nil {
		return nil, err
	}
	return pictureForm(r.Page, f, g, s.pictures.Store != nil), nil
}

func (s *Service) savePicture(r *web.Request, f *ui.Form) (web.Next, error) {
	g, err := s.SetPicture(r.Context(), r.Viewer, r.PathValue("slug"), f.Files["picture"], f.Get("words"))
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.picture.done"}, nil
}

func (s *Service) saveNoPicture(r *web.Request, _ *ui.Form) (web.Next, error) {
	g, err := s.RemovePicture(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.no-picture.done"}, nil
}

// showPictureFile is a file of a group's picture. A public one is kept by the
// reader's own browser, since what is at its address never changes; by no cache
// in between, which would go on showing the picture of a group that hides. Any
// other is kept nowhere.
func (s *Service) showPictureFile(r *web.Request) (*web.Answer, error) {
	file, everyone, err := s.OpenPicture(r.Context(), r.Viewer, r.PathValue("slug"), r.PathValue("file"))
	if err != nil {
		return nil, err
	}
	if everyone {
		return web.Picture(file).Header("Cache-Control", "private, max-age=31536000, immutable"), nil
	}
	return web.Picture(file).Header("X-Robots-Tag", "noindex"), nil
}
