package member

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
	"withus.example/platform/media"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// A name may have a picture. Its address is made by chance, anew for each picture:
// nothing in it leads to the name, to the account, or to another name that has the
// same picture.

const (
	picturePath = "/name-pictures/"
	maxSeen     = 300 // of what is to be seen on it, in characters
	// PictureJob takes the files of pictures away that no name has.
	PictureJob = "member.picture"
)

// newPictures keeps one person from having the server draw all day.
var newPictures = web.Limit{Name: "member.pictures", Most: 30, Per: 24 * time.Hour}

// face is how a name's picture is shown; nil, if there is none to show.
func (s *Service) face(x *Persona) *ui.Face {
	if x.picture == "" || s.pictures.Store == nil {
		return nil
	}
	return &ui.Face{Path: picturePath + media.Key(x.picture, media.Face), Words: x.Seen}
}

// Faces gives the pictures of personas that have one, to whoever is in the network:
// see [Service.Names]. A name that was put away has none for others.
func (s *Service) Faces(ctx context.Context, v *access.Viewer, ids []string) (map[string]*ui.Face, error) {
	out := map[string]*ui.Face{}
	if !v.In() || len(ids) == 0 {
		return out, nil
	}
	ps, err := personas(ctx, s.db, ids)
	for _, p := range ps {
		if shown := s.face(&p); shown != nil && !p.Retired {
			out[p.ID] = shown
		}
	}
	return out, err
}

// pictureFile is the picture for whoever it belongs to, to take away; nil, if there
// is none.
func (s *Service) pictureFile(x *Persona) *kit.File {
	shown := s.face(x)
	if shown == nil {
		return nil
	}
	name := media.Key(x.picture, media.Face)
	return &kit.File{Name: name, Path: shown.Path, Words: x.Seen, Open: func(ctx context.Context) (io.ReadCloser, error) { return s.pictures.Store.Open(ctx, name) }}
}

// drawn makes a picture of what was sent along with a name, if anything was.
func (s *Service) drawn(ctx context.Context, v *access.Viewer, p Persona) (media.Picture, error) {
	if len(p.Sent) == 0 {
		return nil, nil
	}
	if s.pictures.Store == nil {
		return nil, fault.Wrong("picture", "member.picture.off")
	}
	if err := newPictures.Take(ctx, s.db, v.Member, time.Now()); err != nil {
		return nil, err
	}
	return s.pictures.Read(ctx, p.Sent, "picture")
}

// write is a transaction that writes a name, with the picture that was made for it
// if one was: key is the picture's then.
func (s *Service) write(ctx context.Context, made media.Picture, fn func(ctx context.Context, tx *db.Tx, key string) error) error {
	if made == nil {
		return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return fn(ctx, tx, "") })
	}
	return s.pictures.Keep(ctx, made, fn)
}

// RemovePicture takes the picture of one of the viewer's names away; having none is
// no error. NotFound if the name is not theirs.
func (s *Service) RemovePicture(ctx context.Context, v *access.Viewer, persona string) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lockAccount(ctx, tx, v.Member); err != nil {
			return err
		}
		was, err := pictureOf(ctx, tx, v.Member, persona)
		if err != nil || was == "" {
			return err
		}
		return errors.Join(putPicture(ctx, tx, persona, "", ""), s.pictures.LetGo(ctx, tx, was))
	})
}

// OpenPicture opens the picture of a name by its file. It is there for the name's
// owner, and for whoever is in the network while the name is shown: not behind
// closed curtains, nor of somebody who leaves, nor once it is put away.
func (s *Service) OpenPicture(ctx context.Context, v *access.Viewer, file string) (io.ReadCloser, error) {
	key, is := strings.CutSuffix(file, media.Key("", media.Face))
	if s.pictures.Store == nil || !is || !media.Valid(file) {
		return nil, fault.Missing()
	}
	owner, hidden, err := pictured(ctx, s.db, key)
	if err != nil {
		return nil, err
	}
	if owner != v.Member && (hidden || !v.In()) {
		return nil, fault.Missing()
	}
	r, err := s.pictures.Store.Open(ctx, file)
	if errors.Is(err, media.ErrNone) {
		err = fault.Missing()
	}
	return r, err
}

func pictureOf(ctx context.Context, q db.Querier, member, persona string) (string, error) {
	key, err := db.One(ctx, q, db.Text, `SELECT picture FROM member_persona WHERE owner_member_id = $1 AND id = $2 AND hidden = FALSE`, member, persona)
	return key, db.Missing(err)
}

// pictured is whose a picture is, and whether others don't see it.
func pictured(ctx context.Context, q db.Querier, key string) (owner string, hidden bool, err error) {
	err = q.QueryRow(ctx, `SELECT p.owner_member_id, p.retired OR m.curtains OR m.leaving FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id
		WHERE p.picture = $1 AND p.picture <> ''`, key).Scan(&owner, &hidden)
	return owner, hidden, db.Missing(err)
}

func pictureKept(ctx context.Context, q db.Querier, key string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM member_persona WHERE picture = $1 AND picture <> ''`, key).Scan(&n)
	return n > 0, err
}

func putPicture(ctx context.Context, tx *db.Tx, persona, key, seen string) error {
	_, err := tx.Exec(ctx, `UPDATE member_persona SET picture = $2, seen = $3 WHERE id = $1`, persona, key, seen)
	return err
}

// picturesOf are the keys of all pictures of somebody's names.
func picturesOf(ctx context.Context, q db.Querier, member string) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT picture FROM member_persona WHERE owner_member_id = $1 AND picture <> ''`, member)
}
