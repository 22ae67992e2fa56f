package group

import (
	"context"
	"errors"
	"io"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/media"
)

// Picture is the one picture a group may have. It is no part of the history: a
// picture can show people, and whoever asks to be out of it has to be gone when
// it is replaced or removed, not one button away.
type Picture struct {
	Words  string `json:"words" doc:"what is to be seen, for people who do not see it"`
	Path   string `json:"path" doc:"where it is; another address with every picture"`
	Width  int    `json:"width"`
	Height int    `json:"height"`

	key string // of its files
	dir string // what their addresses begin with
}

// maxPictureWords is how long the description may be, in characters.
const maxPictureWords = 300

// at is the address of one size.
func (p *Picture) at(side int) string { return p.dir + media.Key(p.key, side) }

// smallWidth is how wide the small size is, in pixels.
func (p *Picture) smallWidth() int {
	side := media.Sides[len(media.Sides)-1]
	if long := max(p.Width, p.Height); long > side {
		return max(1, p.Width*side/long)
	}
	return p.Width
}

// picture puts a group's picture with it, if it has one.
func (s *Service) picture(ctx context.Context, g *Group) error {
	p, err := pictureOf(ctx, s.db, g.ID)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	p.dir = g.Path() + "/picture/"
	p.Path = p.at(media.Sides[0])
	g.Picture = p
	return nil
}

// OpenPicture opens a file of a group's picture by its name, and says whether
// everyone may see it. What is no picture of this very group now, or of none
// that the viewer may see, is NotFound.
func (s *Service) OpenPicture(ctx context.Context, v *access.Viewer, slug, name string) (r io.ReadCloser, everyone bool, err error) {
	if s.pictures.Store == nil || !media.Valid(name) {
		return nil, false, fault.Missing()
	}
	scope, err := pictureScope(ctx, s.db, v.ByAddress(), slug, name[:strings.LastIndexByte(name, '-')])
	if errors.Is(err, db.ErrNone) {
		err = moved(ctx, s.db, v.ByAddress(), slug)
	}
	if err != nil {
		return nil, false, err
	}
	r, err = s.pictures.Store.Open(ctx, name)
	if errors.Is(err, media.ErrNone) {
		err = fault.Missing()
	}
	return r, scope == access.Public, err
}

// SetPicture gives a group a picture, or its picture another description if
// nothing was sent. Those may who may edit the group.
func (s *Service) SetPicture(ctx context.Context, v *access.Viewer, slug string, sent []byte, words string) (*Group, error) {
	g, err := s.forEdit(ctx, s.db, v, slug)
	if err != nil {
		return nil, err
	}
	var p fault.Problems
	p.Line("words", &words, maxPictureWords, fault.Required)
	if len(sent) == 0 {
		if _, err := pictureOf(ctx, s.db, g.ID); errors.Is(err, db.ErrNone) {
			p.Add("picture", "group.picture.missing")
		} else if err != nil {
			return nil, err
		}
	}
	if s.pictures.Store == nil {
		p = fault.Problems{{Field: "picture", Key: "group.picture.off"}}
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	if len(sent) == 0 {
		return g, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := s.forEdit(ctx, tx, v, slug); err != nil {
				return err
			}
			tx.Changed("group")
			return describePicture(ctx, tx, g.ID, words)
		})
	}
	made, err := s.pictures.Read(ctx, sent, "picture")
	if err != nil {
		return nil, err
	}
	return g, s.keepPicture(ctx, made, words, func(ctx context.Context, tx *db.Tx) (*Group, error) { return s.forEdit(ctx, tx, v, slug) })
}

// keepPicture gives a group a picture in place of the one it has.
func (s *Service) keepPicture(ctx context.Context, made media.Picture, words string, of func(context.Context, *db.Tx) (*Group, error)) error {
	return s.pictures.Keep(ctx, made, func(ctx context.Context, tx *db.Tx, key string) error {
		g, err := of(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.letGo(ctx, tx, g.ID); err != nil {
			return err
		}
		return insertPicture(ctx, tx, g.ID, &Picture{Words: words, Width: made[0].Width, Height: made[0].Height, key: key})
	})
}

// RemovePicture takes a group's picture away; having none is no error.
func (s *Service) RemovePicture(ctx context.Context, v *access.Viewer, slug string) (g *Group, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if g, err = s.forEdit(ctx, tx, v, slug); err != nil {
			return err
		}
		return s.letGo(ctx, tx, g.ID)
	})
	return g, err
}

// letGo ends a group's picture. Nobody sees it any more once this is done; a
// job takes its files off the disk. It holds the group meanwhile: of two who
// replace a picture at once, the second lets go of the first's.
func (s *Service) letGo(ctx context.Context, tx *db.Tx, group string) error {
	tx.Changed("group")
	if _, err := holdByIDs(ctx, tx, []string{group}); err != nil {
		return err
	}
	was, err := pictureOf(ctx, tx, group)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := deletePicture(ctx, tx, group); err != nil {
		return err
	}
	return s.pictures.LetGo(ctx, tx, was.key)
}

// pictureJob takes the files of a picture away that no group has.
const pictureJob = "group.picture"

func scanPicture(scan db.Scan) (*Picture, error) {
	p := &Picture{}
	return p, scan(&p.key, &p.Words, &p.Width, &p.Height)
}

// pictureOf reads the picture of a group that was read within the viewer's
// scopes.
func pictureOf(ctx context.Context, q db.Querier, group string) (*Picture, error) {
	return db.One(ctx, q, scanPicture, `SELECT key, words, width, height FROM group_picture WHERE group_id = $1`, group)
}

// pictureScope is who may see a picture, if those may who ask.
func pictureScope(ctx context.Context, q db.Querier, scopes []string, slug, key string) (string, error) {
	return db.One(ctx, q, db.Text, `SELECT g.scope FROM group_group g JOIN group_picture p ON p.group_id = g.id
		WHERE g.slug = $1 AND p.key = $2 AND g.scope IN ($3)`, slug, key, scopes)
}

func pictureKept(ctx context.Context, q db.Querier, key string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM group_picture WHERE key = $1`, key).Scan(&n)
	return n > 0, err
}

func insertPicture(ctx context.Context, tx *db.Tx, group string, p *Picture) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_picture (group_id, key, words, width, height) VALUES ($1, $2, $3, $4, $5)`, group, p.key, p.Words, p.Width, p.Height)
	return err
}

func describePicture(ctx context.Context, tx *db.Tx, group, words string) error {
	_, err := tx.Exec(ctx, `UPDATE group_picture SET words = $2 WHERE group_id = $1`, group, words)
	return err
}

func deletePicture(ctx context.Context, tx *db.Tx, group string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_picture WHERE group_id = $1`, group)
	return err
}
