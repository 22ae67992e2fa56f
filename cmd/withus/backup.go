package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"withus.example/app"
	"withus.example/platform/backup"
	"withus.example/platform/conf"
)

type backupCreate struct {
	conf.Store
	File string
	To   []string
}

// Flags names what the command takes.
func (b *backupCreate) Flags(f *conf.Flags) {
	b.Store.Flags(f)
	f.Arg(&b.File, "file", "The backup: a name that no file has yet; - for standard output.")
	f.List(&b.To, "to", "Keys it is encrypted to, as backup key or age-keygen print them.").As("AGE1...").Only()
}

// Run writes the backup and says what it holds.
func (b *backupCreate) Run(ctx context.Context, out io.Writer) error {
	if b.File == "-" {
		_, err := app.Backup(ctx, b.Store, b.To, out)
		return err
	}
	r, err := app.BackupTo(ctx, b.Store, b.To, b.File)
	if err != nil {
		return err
	}
	info, err := os.Stat(b.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Wrote %s: %d rows of %d tables and %d pictures, in %.1f MB.\n", b.File, r.Rows, r.Tables, r.Pictures, float64(info.Size())/1e6)
	if len(b.To) == 0 {
		fmt.Fprintln(out, "It is not encrypted: whoever has it can read everything. withus backup key makes a key, and --to encrypts to it.")
	}
	return nil
}

type backupRestore struct {
	conf.Store
	File, Identity string
	Replace        bool
}

// Flags names what the command takes.
func (b *backupRestore) Flags(f *conf.Flags) {
	b.Store.Flags(f)
	f.Arg(&b.File, "file", "The backup.")
	f.Path(&b.Identity, "identity", "", "File with the key that opens it, where it is encrypted.").As("FILE").Only()
	f.Bool(&b.Replace, "replace", "Put it in the place of the network that is there. There is no way back.").Only()
}

// Run puts the backup in its place.
func (b *backupRestore) Run(ctx context.Context, out io.Writer) error {
	r, err := app.Restore(ctx, b.Store, b.File, b.Identity, b.Replace)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Restored %d rows of %d tables and %d pictures, as they were on %s.\n", r.Rows, r.Tables, r.Pictures, r.Made.Format(time.RFC1123))
	if r.Unread != nil {
		fmt.Fprintf(out, "What was there before could not be read (%v). If somebody was erased from it whom the ledger of erasures does not name, they may be back.\n", r.Unread)
	}
	return nil
}

type backupKey struct{ File string }

// Flags names what the command takes.
func (b *backupKey) Flags(f *conf.Flags) {
	f.Arg(&b.File, "file", "Where the key is written: a name that no file has yet.")
}

// Run makes the key.
func (b *backupKey) Run(_ context.Context, out io.Writer) error {
	name, err := backup.NewKey(b.File)
	if err == nil {
		fmt.Fprintf(out, "The key that opens backups is in %s. Keep it away from the backups and from this server, twice: without it, nobody can open them.\nEncrypt to it with:\n  --to %s\n", b.File, name)
	}
	return err
}
