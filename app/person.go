package app

import (
	"context"

	"withus.example/people/member"
	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/record"
)

// Held gives everything the house holds about a person; the things it is about
// are named as far as a reader may see them.
func (a *App) Held(ctx context.Context, v *access.Viewer, l *i18n.Lang, s kit.Subject) (*kit.Held, error) {
	h := &kit.Held{}
	for _, m := range a.Rooms {
		if m.Export == nil {
			continue
		}
		part, err := m.Export(ctx, s)
		if err != nil {
			return nil, err
		}
		h.Parts = append(h.Parts, kit.HeldPart{Room: m.Name, Holdings: part})
	}
	var err error
	h.Things, err = a.cards(ctx, v, l, h.Refs())
	return h, err
}

// Export is the same as JSON, for whoever runs the network.
func (a *App) Export(ctx context.Context, s kit.Subject) (map[string]any, error) {
	h, err := a.Held(ctx, &access.Viewer{}, a.Server.Langs.First(), s)
	if err != nil {
		return nil, err
	}
	return h.JSON(), nil
}

// Erase forgets a person everywhere, at once and for good: in every room, on
// the ground floor, and on the disk.
func (a *App) Erase(ctx context.Context, s kit.Subject) error {
	err := a.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, m := range a.Rooms {
			if m.Erase == nil {
				continue
			}
			if err := m.Erase(ctx, tx, s); err != nil {
				return err
			}
		}
		for _, forget := range []func(context.Context, *db.Tx, []string) error{access.Erase, record.Erase} {
			if err := forget(ctx, tx, s.Personas); err != nil {
				return err
			}
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "person"})
	})
	if err != nil {
		return err
	}
	a.Privacy.Erased(s)
	// Now, so that it is done when this returns. Should somebody be reading just
	// then, the job sees to it: the person is gone either way.
	if err := a.dropPictures(ctx); err != nil {
		a.Server.Log.Warn("pictures of whoever was erased go later", "error", err)
	}
	if err := a.DB.Scrub(ctx); err != nil {
		a.Server.Log.Warn("what was erased is overwritten later", "error", err)
	}
	return nil
}

// dropPictures takes the pictures of whoever was erased off the disk; where it is
// not known where they are, the job is left to whoever does.
func (a *App) dropPictures(ctx context.Context) error {
	if a.media == nil {
		return nil
	}
	return a.Jobs.Finish(ctx, member.PictureJob)
}
