package group

import (
	"bytes"
	"context"
	"image/png"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/media"
)

// demoPictured is how many of the groups written by hand have a picture.
const demoPictured = 4

// demoPictures give the first groups patterns drawn here.
func (s *Service) demoPictures(ctx context.Context, written []Group) error {
	if s.pictures.Store == nil {
		return nil
	}
	for i := range written[:min(demoPictured, len(written))] {
		g, err := bySlug(ctx, s.db, (&access.Viewer{}).Scopes(), slug(written[i].Name))
		if err != nil {
			return err
		}
		var drawn bytes.Buffer
		if err := png.Encode(&drawn, media.Pattern(uint64(i), 900, 600)); err != nil {
			return err
		}
		made, err := s.pictures.Read(ctx, drawn.Bytes(), "picture")
		if err != nil {
			return err
		}
		words := s.langs.First()
		if l := s.langs.Get(g.WrittenIn); l != nil {
			words = l
		}
		err = s.keepPicture(ctx, made, words.T("group.picture.demo"), func(context.Context, *db.Tx) (*Group, error) { return g, nil })
		if err != nil {
			return err
		}
	}
	return nil
}
