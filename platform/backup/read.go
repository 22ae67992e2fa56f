package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"withus.example/platform/db"
	"withus.example/platform/media"
)

// What is wrong with a file that can't be put back, for whoever gave it.
var (
	ErrForeign = errors.New("this is no backup of a Withus network")
	ErrBroken  = errors.New("this backup is not whole: it was cut short, or changed, on its way here. Take it again from where you keep it, or take another one")
	ErrSecret  = errors.New("this backup is encrypted: say --identity FILE, with the file that holds your key")
	ErrKey     = errors.New("this backup was encrypted to somebody else's key than the one you gave")
	ErrNewer   = errors.New("this backup was made by a newer withus: use that one, or a newer one still")
)

// Source is a backup in a file.
type Source struct {
	Name string
	Keys []age.Identity // of whoever it may be encrypted to
}

// parts are what a reader is given of a backup, in the order in which it stands.
type parts struct {
	manifest func(*Manifest)
	contents func(*Contents) error
	rows     func(t db.Table, rows [][]any) error
	picture  func(key string, r io.Reader) error
}

// Check reads a whole backup and says what it holds, or which of the errors
// above it is. rooms are what this program knows.
func Check(ctx context.Context, s Source, rooms []db.Migrations) (*Contents, *Report, error) {
	var c *Contents
	var r Report
	err := s.read(ctx, parts{
		manifest: func(m *Manifest) { r.Made = m.Made },
		contents: func(found *Contents) error {
			c, r.Tables = found, len(found.Tables)
			if err := db.Known(found.Steps, rooms...); errors.Is(err, db.ErrNewer) {
				return fmt.Errorf("%w%s", ErrNewer, strings.TrimPrefix(err.Error(), db.ErrNewer.Error()))
			} else if err != nil {
				return err
			}
			return nil
		},
		rows: func(_ db.Table, rows [][]any) error {
			r.Rows += int64(len(rows))
			return nil
		},
		picture: func(_ string, in io.Reader) error {
			r.Pictures++
			_, err := io.Copy(io.Discard, in)
			return err
		},
	})
	return c, &r, err
}

// read gives all that is in a backup. Its end is read before it returns without
// an error.
func (s Source) read(ctx context.Context, to parts) error {
	f, err := os.Open(s.Name)
	if err != nil {
		return fmt.Errorf("the backup can't be opened: %w", err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	begins, err := in.Peek(len(ageBegins))
	if err != nil && err != io.EOF {
		return err
	}
	var plain io.Reader = in
	if string(begins) == ageBegins {
		if plain, err = s.decrypt(in); err != nil {
			return err
		}
	} else if !bytes.HasPrefix(begins, []byte("\x1f\x8b\x08\x00")) {
		return ErrForeign
	}
	sealed := newUnsealer(plain)
	packed, err := gzip.NewReader(sealed)
	if err != nil {
		return broken(err)
	}
	r := &reader{tar: tar.NewReader(packed), to: to, left: map[string]int64{}}
	if err := r.all(ctx); errors.Is(err, ErrNewer) { // or seems so, since it was changed
		if _, serr := io.Copy(io.Discard, sealed); serr != nil {
			return broken(serr)
		}
		return err
	} else if err != nil {
		return err
	}
	// The tar may end before the file does.
	_, err = io.Copy(io.Discard, packed)
	return broken(err)
}

const ageBegins = "age-encryption.org/v1\n"

func (s Source) decrypt(in io.Reader) (io.Reader, error) {
	if len(s.Keys) == 0 {
		return nil, ErrSecret
	}
	plain, err := age.Decrypt(in, s.Keys...)
	if _, other := errors.AsType[*age.NoIdentityMatchError](err); other {
		return nil, ErrKey
	}
	return plain, broken(err)
}

// broken is ErrBroken for what is wrong inside a file. What the disk says of it
// stays.
func broken(err error) error {
	if _, disk := errors.AsType[*fs.PathError](err); err == nil || disk {
		return err
	}
	return &unreadable{err}
}

// unreadable is ErrBroken with its cause, which is nothing to show to people.
type unreadable struct{ cause error }

func (u *unreadable) Error() string   { return ErrBroken.Error() }
func (u *unreadable) Unwrap() []error { return []error{ErrBroken, u.cause} }

// reader takes the tar apart.
type reader struct {
	tar    *tar.Reader
	to     parts
	known  bool             // what this is
	tables []db.Table       // nil until they were listed
	left   map[string]int64 // rows of each table that are still to come
}

func (r *reader) all(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := r.tar.Next()
		if errors.Is(err, io.EOF) && r.tables != nil {
			for name, n := range r.left {
				if n != 0 {
					return broken(fmt.Errorf("%s has %d rows fewer than were counted", name, n))
				}
			}
			return nil
		}
		if err != nil {
			return broken(err)
		}
		dir, name := path.Split(h.Name)
		table, isRows := strings.CutPrefix(dir, rowsName)
		switch {
		case !r.known:
			if h.Name != manifestName {
				return ErrForeign
			}
			err = r.manifest()
		case h.Name == contentsName && r.tables == nil:
			err = r.contents()
		case dir == picturesName && media.Valid(name):
			err = r.to.picture(name, readsBroken{r.tar})
		case isRows && r.tables != nil:
			err = r.rows(strings.TrimSuffix(table, "/"))
		default:
			err = broken(fmt.Errorf("%q has no place in it", h.Name))
		}
		if err != nil {
			return err
		}
	}
}

// readsBroken makes errors of the file tell from those of whoever it is read
// for.
type readsBroken struct{ io.Reader }

func (r readsBroken) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = broken(err)
	}
	return n, err
}

func (r *reader) manifest() error {
	var m Manifest
	if err := json.NewDecoder(r.tar).Decode(&m); err != nil {
		return broken(err)
	}
	if m.What != what || m.Format < 1 {
		return ErrForeign
	}
	if m.Format > format {
		return ErrNewer
	}
	r.known = true
	r.to.manifest(&m)
	return nil
}

func (r *reader) contents() error {
	var c Contents
	if err := json.NewDecoder(r.tar).Decode(&c); err != nil {
		return broken(err)
	}
	r.tables = append([]db.Table{}, c.Tables...)
	for _, t := range c.Tables {
		r.left[t.Name] = t.Rows
	}
	return r.to.contents(&c)
}

func (r *reader) rows(table string) error {
	i := slices.IndexFunc(r.tables, func(t db.Table) bool { return t.Name == table })
	if i < 0 {
		return broken(fmt.Errorf("nothing was said of a table %q", table))
	}
	t := &r.tables[i]
	lines := json.NewDecoder(r.tar)
	var batch [][]any
	for {
		var line []json.RawMessage
		err := lines.Decode(&line)
		if err != nil && err != io.EOF {
			return broken(err)
		}
		if err == nil {
			row, err := decode(line, t)
			if err != nil {
				return broken(err)
			}
			r.left[table]--
			batch = append(batch, row)
		}
		if len(batch) == db.Together || err == io.EOF && len(batch) > 0 {
			if err := r.to.rows(*t, batch); err != nil {
				return err
			}
			batch = nil
		}
		if err == io.EOF {
			return nil
		}
	}
}

// Load puts a backup that was checked into an empty database and, under the same
// mark, its pictures beside those of a folder, where Settle finds them. Without
// a folder they are left out.
func Load(ctx context.Context, s Source, c *Contents, d *db.DB, rooms []db.Migrations, pictures *media.Folder, mark string) error {
	if err := d.MigrateTo(ctx, c.Steps, rooms...); err != nil {
		return err
	}
	var stage *media.Stage
	if pictures != nil {
		var err error
		if stage, err = pictures.Stage(mark); err != nil {
			return err
		}
	}
	called := ctx
	err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Clear(ctx, c.Tables, rooms); err != nil {
			return err
		}
		// Pictures are no database work, but to write them twice does no harm.
		err := s.read(called, parts{
			manifest: func(*Manifest) {},
			contents: func(*Contents) error { return nil },
			rows:     func(t db.Table, rows [][]any) error { return tx.Insert(ctx, t, rows) },
			picture: func(key string, r io.Reader) error {
				if stage == nil {
					return nil
				}
				return stage.Put(key, r)
			},
		})
		if err != nil || stage == nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO db_once (key, at) VALUES ($1, $2)`, marked(mark), time.Now())
		return err
	})
	if err == nil && stage != nil {
		err = stage.Close()
	}
	return err
}

func marked(mark string) string { return "restore/" + mark }

// Settle ends what a restore left: if the database is the one that came with the
// pictures that wait, they take the place of those there are; otherwise they go.
func Settle(ctx context.Context, d *db.DB, pictures *media.Folder) error {
	if pictures == nil {
		return nil
	}
	return pictures.Settle(func(mark string) (bool, error) {
		var n int
		err := d.QueryRow(ctx, `SELECT count(*) FROM db_once WHERE key = $1`, marked(mark)).Scan(&n)
		return n > 0, err
	})
}
