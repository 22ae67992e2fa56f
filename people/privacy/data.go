package privacy

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/media"
	"withus.example/platform/ui"
)

// copyLife is how long a copy can be fetched.
const copyLife = time.Hour

// held is everything that is held about the viewer.
func (s *Service) held(ctx context.Context, v *access.Viewer, p *ui.Page) (*kit.Held, error) {
	if err := v.Need(mine, ""); err != nil {
		return nil, err
	}
	sub, err := s.people.SubjectOf(ctx, v.Member)
	if err != nil {
		return nil, err
	}
	return s.house.Held(ctx, v, p.Lang, sub)
}

// MakeCopy lets the viewer fetch a copy of everything, by a secret. The one they
// made before can be fetched no more.
func (s *Service) MakeCopy(ctx context.Context, v *access.Viewer) (secret string, err error) {
	if err := v.Need(mine, ""); err != nil {
		return "", err
	}
	secret = id.Secret()
	return secret, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		on, err := s.restsOn(ctx, tx, v.Member)
		if err != nil {
			return err
		}
		return putCopy(ctx, tx, v.Member, id.Hash(secret), on, s.now().Add(copyLife))
	})
}

// CopyUntil is until when the viewer can fetch their copy; NotFound if they
// can't: it is not theirs, its time is over, or they are somebody else here by
// now.
func (s *Service) CopyUntil(ctx context.Context, v *access.Viewer, secret string) (ends time.Time, err error) {
	if err := v.Need(mine, ""); err != nil {
		return ends, err
	}
	on, ends, err := copyOf(ctx, s.db, v.Member, id.Hash(secret), s.now())
	if err != nil {
		return ends, err
	}
	now, err := s.restsOn(ctx, s.db, v.Member)
	if err == nil && now != on {
		err = fault.Missing()
	}
	return ends, err
}

// restsOn is what a copy rests on: while it is the same, the copy can be fetched.
func (s *Service) restsOn(ctx context.Context, q db.Querier, member string) (string, error) {
	var all []string
	for _, g := range s.grounds {
		on, err := g.RestsOn(ctx, q, member)
		if err != nil {
			return "", err
		}
		all = append(all, on)
	}
	b, err := json.Marshal(all)
	return string(b), err
}

// writeCopy writes a copy as a ZIP file: what is held as JSON, for programs, as a
// page, for people, and the files that are theirs.
func writeCopy(ctx context.Context, w io.Writer, p *ui.Page, h *kit.Held) error {
	z := zip.NewWriter(w)
	page, err := z.Create("index.html")
	if err == nil {
		err = copyDocument(p, h).Render(ctx, page)
	}
	if err != nil {
		return err
	}
	data, err := z.Create("data.json")
	if err != nil {
		return err
	}
	e := json.NewEncoder(data)
	e.SetIndent("", "  ")
	if err := e.Encode(h.JSON()); err != nil {
		return err
	}
	for _, file := range h.Files() {
		if err := copyFile(ctx, z, file); err != nil {
			return err
		}
	}
	return z.Close()
}

// filesName is the folder of a copy that files stand in.
const filesName = "files/"

// copyFile puts a file into a copy. One that the disk lost keeps nobody from the
// rest.
func copyFile(ctx context.Context, z *zip.Writer, file *kit.File) error {
	r, err := file.Open(ctx)
	if errors.Is(err, media.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := z.Create(filesName + file.Name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}

// Looked notes that somebody who works here looked at something of a person's that
// is not for everybody. An empty viewer is whoever runs the machine.
func (s *Service) Looked(ctx context.Context, v *access.Viewer, member, what string) error {
	if v.Member == member {
		return nil
	}
	day := db.Day(s.now())
	if has, err := hasLook(ctx, s.db, member, v.Persona, what, day); err != nil || has {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return insertLook(ctx, tx, member, v.Persona, what, day)
	})
}

// LookedAtAll is Looked for a page of a list.
func (s *Service) LookedAtAll(ctx context.Context, v *access.Viewer, members []string, what string) error {
	day := db.Day(s.now())
	seen, err := looked(ctx, s.db, members, v.Persona, what, day)
	fresh := slices.DeleteFunc(slices.Clone(members), func(member string) bool { return member == v.Member || slices.Contains(seen, member) })
	if err != nil || len(fresh) == 0 {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, member := range fresh {
			if err := insertLook(ctx, tx, member, v.Persona, what, day); err != nil {
				return err
			}
		}
		return nil
	})
}

// Looks are the latest times when somebody who works here looked, for the team:
// who, at what kind of thing, and not whose. At most n.
func (s *Service) Looks(ctx context.Context, v *access.Viewer, n int) ([]Look, map[string]string, error) {
	if err := v.Need(watching, ""); err != nil {
		return nil, nil, err
	}
	all, err := latestLooks(ctx, s.db, n)
	if err != nil {
		return nil, nil, err
	}
	var personas []string
	for _, x := range all {
		personas = append(personas, x.Viewer)
	}
	names, err := s.people.Names(ctx, v, personas)
	return all, names, err
}

// Look is that somebody looked at something on a day.
type Look struct {
	Viewer string // persona; empty: whoever runs the machine, or somebody who left
	What   string // locale key
	Day    time.Time
}
