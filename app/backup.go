package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"withus.example/people/network"
	"withus.example/people/privacy"
	"withus.example/platform/backup"
	"withus.example/platform/conf"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/media"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// BackupReport counts what a backup holds.
type BackupReport = backup.Report

// Backup writes a network, which may be running, to out, encrypted to some whom
// age names so; to nobody, everybody can read it.
//
// The data is not brought up to date first: at night, a newer program may lie
// ready beside the server that still runs.
func Backup(ctx context.Context, s conf.Store, to []string, out io.Writer) (r *BackupReport, err error) {
	recipients, err := backup.Recipients(to)
	if err != nil {
		return nil, err
	}
	if s.Database == "" {
		if _, err := os.Stat(db.File(s.Data)); errors.Is(err, fs.ErrNotExist) {
			return nil, backup.ErrNothing // and looking makes none
		}
	}
	d, err := db.Open(ctx, s.Database, s.Data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	pictures, done, err := openPictures(s)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := backup.Settle(ctx, d, pictures); err != nil {
		return nil, err
	}
	return backup.Create(ctx, d, unopened().Migrations(), pictures, recipients, program(), out)
}

// BackupTo is Backup into a new file, which gets its name once it is whole and
// on disk.
func BackupTo(ctx context.Context, s conf.Store, to []string, name string) (r *BackupReport, err error) {
	taken := func() error {
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("there is a file %s already: choose another name", name)
		}
		return nil
	}
	if err := taken(); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*") // nobody else can read it
	if err != nil {
		return nil, err
	}
	r, err = Backup(ctx, s, to, f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = taken()
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return r, db.SyncFolder(filepath.Dir(name))
}

// Restore puts the backup in a file where a network's data is to be. What is
// there stays as it is until the backup was read, checked and written out beside
// it, and gives way only if replace says so. key is a file with keys that open
// it, or empty.
func Restore(ctx context.Context, s conf.Store, file, key string, replace bool) (*BackupReport, error) {
	from := backup.Source{Name: file}
	if key != "" {
		var err error
		if from.Keys, err = backup.Keys(key); err != nil {
			return nil, err
		}
	}
	ledger, err := s.Ledger()
	if err != nil {
		return nil, err
	}
	s.Erased = ledger // the successor's, too
	rooms := unopened().Migrations()
	what, r, err := backup.Check(ctx, from, rooms)
	if err != nil {
		return nil, err
	}
	if r.Pictures > 0 && s.Pictures() == "" && s.Media != "none" {
		return nil, fmt.Errorf("the backup holds %d pictures: say --media FOLDER to have them there, or --media none to leave them out", r.Pictures)
	}
	if replace {
		if r.Unread, err = remember(ctx, s, rooms); err != nil {
			return nil, err
		}
	}
	next, err := db.Succeed(ctx, s.Database, s.Data)
	if err != nil {
		return nil, err
	}
	err = succeed(ctx, s, next, replace, func(d *db.DB, pictures *media.Folder) error {
		return backup.Load(ctx, from, what, d, rooms, pictures, id.Secret())
	})
	if err = errors.Join(err, next.Drop(ctx)); err != nil {
		return nil, err
	}
	a, err := Open(ctx, Options{Store: s}) // which settles the pictures
	if err != nil {
		return nil, err
	}
	err = a.dropPictures(ctx) // of those the ledger erased again
	return r, errors.Join(err, a.Close())
}

// remember writes into the ledger who was erased from the network that is about
// to give way, so that the backup does not bring them back. One that can't be read
// any more does not keep the backup from its place.
func remember(ctx context.Context, s conf.Store, rooms []db.Migrations) (unread, err error) {
	if s.Database == "" {
		if _, err := os.Stat(db.File(s.Data)); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	d, unread := db.Open(ctx, s.Database, s.Data)
	if unread != nil {
		return unread, nil
	}
	unread, err = privacy.Remember(ctx, d, rooms, s.Erased)
	return errors.Join(unread, d.Close()), err
}

// errThere is a restore onto something that nobody said may go.
var errThere = errors.New("there is a network here already: say --replace to put the backup in its place; what is here now is gone then")

// succeed fills the successor of a network, and has it take over.
func succeed(ctx context.Context, s conf.Store, next *db.Successor, replace bool, load func(*db.DB, *media.Folder) error) error {
	pictures, done, err := openPictures(s)
	if err != nil {
		return err
	}
	defer done()
	if !replace {
		there, err := next.Succeeds(ctx)
		if err == nil && !there && pictures != nil {
			var keys []string
			keys, err = pictures.Keys()
			there = len(keys) > 0
		}
		if err == nil && there {
			err = errThere
		}
		if err != nil {
			return err
		}
	}
	if err := fill(ctx, next, pictures, s.Erased, load); err != nil {
		if pictures != nil {
			err = errors.Join(err, pictures.Settle(func(string) (bool, error) { return false, nil }))
		}
		return err
	}
	return next.TakeOver(ctx)
}

// fill loads a successor, brings it up to date, erases again whoever the ledger
// says was erased, and has every room make findable what it holds.
func fill(ctx context.Context, next *db.Successor, pictures *media.Folder, ledger string, load func(*db.DB, *media.Folder) error) error {
	d, err := db.Open(ctx, next.URL, next.Dir)
	if err != nil {
		return err
	}
	if err := errors.Join(load(d, pictures), d.Close()); err != nil {
		return err
	}
	a, err := Open(ctx, Options{Store: conf.Store{Data: next.Dir, Database: next.URL, Media: "none", Erased: ledger}})
	if err != nil {
		return err
	}
	// What people did since to stop something is not undone by it.
	err = errors.Join(a.SignIn.PutBack(ctx), a.Privacy.PutBack(ctx), a.Arrival.PutBack(ctx), a.Invite.PutBack(ctx), a.Finding.PutBack(ctx))
	for _, m := range a.Rooms {
		if m.Shelve != nil && err == nil {
			err = m.Shelve(ctx)
		}
	}
	return errors.Join(err, a.Close())
}

// openPictures opens the folder of a network's pictures; nil, if it has none.
func openPictures(s conf.Store) (f *media.Folder, done func(), err error) {
	if s.Pictures() == "" {
		return nil, func() {}, nil
	}
	f, err = media.OpenFolder(s.Pictures())
	return f, func() { f.Close() }, err
}

// unopened is the house without data, for what can be asked of it all the same.
func unopened() *App {
	a := &App{Server: &web.Server{Site: &ui.Site{}}}
	a.rooms(&i18n.Catalog{}, network.Given{}, "", "")
	return a
}

// program is which withus this is, as far as it knows.
func program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}
