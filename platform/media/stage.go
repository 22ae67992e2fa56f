package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// A folder's next content waits in a folder inside it, under a mark of whoever
// brings it, until it is settled that it takes the place of all that is there.
// First everything else goes, then the waiting folder gets its second name, and
// then its files move: whoever goes on after a crash sees how far it came.
const (
	waiting = ".next-"
	moving  = ".moving-"
)

// Keys lists the files there are.
func (f *Folder) Keys() ([]string, error) { return f.keys(".") }

func (f *Folder) keys(dir string) (out []string, err error) {
	all, err := fs.ReadDir(f.root.FS(), dir)
	for _, e := range all {
		if Valid(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, err
}

// Stage is a folder's next content.
type Stage struct {
	f   *Folder
	dir string
}

// Stage begins the folder's next content, in place of any begun before.
func (f *Folder) Stage(mark string) (*Stage, error) {
	nobody := func(string) (bool, error) { return false, nil }
	if err := f.Settle(nobody); err != nil {
		return nil, err
	}
	s := &Stage{f, waiting + mark}
	return s, f.root.Mkdir(s.dir, 0o700)
}

// Put adds a file.
func (s *Stage) Put(key string, r io.Reader) error {
	if !Valid(key) {
		return fmt.Errorf("media: %q is no key", key)
	}
	w, err := s.f.root.OpenFile(path.Join(s.dir, key), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	if err == nil {
		err = w.Sync()
	}
	return errors.Join(err, w.Close())
}

// Close puts the names of the files on disk.
func (s *Stage) Close() error { return errors.Join(s.f.sync(s.dir), s.f.sync(".")) }

// Settle ends what waits: where stands says that its mark holds, it takes the
// place of everything in the folder; otherwise it goes.
func (f *Folder) Settle(stands func(mark string) (bool, error)) error {
	all, err := fs.ReadDir(f.root.FS(), ".")
	for _, e := range all {
		mark, waits := strings.CutPrefix(e.Name(), waiting)
		if !waits || err != nil {
			continue
		}
		var holds bool
		if holds, err = stands(mark); err != nil {
			break
		}
		if holds {
			err = f.clearFor(mark)
		} else {
			err = f.root.RemoveAll(e.Name())
		}
	}
	if err != nil {
		return err
	}
	if all, err = fs.ReadDir(f.root.FS(), "."); err != nil {
		return err
	}
	for _, e := range all {
		if strings.HasPrefix(e.Name(), moving) {
			err = errors.Join(err, f.move(e.Name()))
		}
	}
	return err
}

// clearFor takes away what is not among the next content.
func (f *Folder) clearFor(mark string) error {
	next, err := f.keys(waiting + mark)
	if err != nil {
		return done(err)
	}
	stays := map[string]bool{}
	for _, key := range next {
		stays[key] = true
	}
	now, err := f.Keys()
	if err != nil {
		return err
	}
	for _, key := range now {
		if !stays[key] {
			if err := f.Delete(context.Background(), key); err != nil {
				return err
			}
		}
	}
	return errors.Join(done(f.root.Rename(waiting+mark, moving+mark)), f.sync("."))
}

// done is no error where another server, which settles the same, was first.
func done(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (f *Folder) move(dir string) error {
	next, err := f.keys(dir)
	err = done(err)
	for _, key := range next {
		if err == nil {
			err = done(f.root.Rename(path.Join(dir, key), key))
		}
	}
	if err == nil {
		err = f.sync(".")
	}
	if err == nil {
		err = f.root.RemoveAll(dir)
	}
	return err
}
