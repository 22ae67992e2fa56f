// Package media keeps the pictures people upload, and makes them safe to keep:
// what is stored is always a new picture of ours, never the file that came.
package media

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"time"

	"withus.example/platform/id"
)

// Ground is what is said about pictures, in every language.
//
//go:embed locale
var Ground embed.FS

// Store keeps files by keys of ours: a random id, and the ending that says what
// it is. A folder on this machine does it; anything that can put, open and
// delete can stand in its place.
type Store interface {
	// Put keeps a file. When it returns, the file is whole and on disk; until
	// then nobody can open it.
	Put(ctx context.Context, key string, content []byte) error
	// Open reads a file; ErrNone if there is none.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete takes a file away. One that is not there is no error.
	Delete(ctx context.Context, key string) error
}

// ErrNone says that there is no such file.
var ErrNone = errors.New("media: no such file")

// keyShape is all a key can be. Nothing in it leads out of a folder.
var keyShape = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9]{2,4}\.jpg$`)

// Valid says whether a key can name a file at all.
func Valid(key string) bool { return keyShape.MatchString(key) }

// Folder is a Store in a folder of this machine.
type Folder struct{ root *os.Root }

// unfinished begins the names of files that are being written.
const unfinished = ".new-"

// OpenFolder opens a folder, and makes it if it is not there. What was left
// half written by a server that died is taken away.
func OpenFolder(name string) (*Folder, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for pictures can't be made: %w", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("the folder for pictures can't be opened: %w", err)
	}
	f := &Folder{root}
	if err := f.tidy(time.Now()); err != nil {
		return nil, errors.Join(fmt.Errorf("the folder for pictures can't be read: %w", err), root.Close())
	}
	return f, nil
}

// tidy takes away what was begun over an hour ago: a younger file may be
// another server's, still at it.
func (f *Folder) tidy(now time.Time) error {
	all, err := fs.ReadDir(f.root.FS(), ".")
	for _, e := range all {
		if !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		if info, ierr := e.Info(); ierr == nil && now.Sub(info.ModTime()) > time.Hour {
			err = errors.Join(err, f.root.Remove(e.Name()))
		}
	}
	return err
}

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Put writes the file under another name first, so that nobody meets half of it.
func (f *Folder) Put(ctx context.Context, key string, content []byte) (err error) {
	if !Valid(key) {
		return fmt.Errorf("media: %q is no key", key)
	}
	name := unfinished + id.New(ctx)
	w, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	if err == nil {
		err = w.Sync()
	}
	if err = errors.Join(err, w.Close()); err == nil {
		err = f.root.Rename(name, key)
	}
	if err != nil {
		return errors.Join(err, f.root.Remove(name))
	}
	return f.sync(".")
}

// sync puts a folder's list of names on disk.
func (f *Folder) sync(name string) error {
	d, err := f.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open opens a file.
func (f *Folder) Open(_ context.Context, key string) (io.ReadCloser, error) {
	if !Valid(key) {
		return nil, ErrNone
	}
	r, err := f.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	return r, err
}

// Delete takes a file away, for good once it returns.
func (f *Folder) Delete(_ context.Context, key string) error {
	if !Valid(key) {
		return nil
	}
	err := f.root.Remove(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.sync(".")
}
