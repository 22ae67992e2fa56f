// Package backup writes a network into one file, and puts one in the place of a
// network again, on either engine.
//
// A backup is a tar, packed with gzip, so that anybody can look into it:
//
//	backup.json                    what this is: see Manifest
//	tables.json                    which tables there are: see Contents
//	rows/group_group/000001.jsonl  the rows of a table, one JSON array on a line,
//	                               with a value for each of the table's columns
//	pictures/<key>                 the files of pictures, as they are
//
// A text, a number and a yes or no are as JSON has them, and nothing is null. A
// time is a text in UTC, "2026-11-22T09:05:00.000001Z"; bytes are a text in
// base64; a JSON column is a text that holds JSON. A text that is not UTF-8 is
// {"base64": "…"}. Tables stand in an order in which each comes after those it
// refers to. What search holds is not there: it is made anew.
//
// After the packed tar comes a seal, which gzip takes for an empty file with a
// comment: the SHA-256 of everything before it. So it is seen when a backup was
// cut short or changed. All of this may be encrypted with age, to people who
// hold the keys.
//
// Alone since 2026-11-22: it serves the commands, and no room.
package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/gzip"

	"withus.example/platform/db"
	"withus.example/platform/media"
)

// what begins every manifest.
const what = "a backup of a Withus network"

// format is the number of the format described above.
const format = 1

// Manifest says what a file is. It comes first.
type Manifest struct {
	What    string     `json:"what"`
	Format  int        `json:"format"`
	Program string     `json:"program"` // that wrote it
	Made    time.Time  `json:"made"`
	Engine  db.Dialect `json:"engine"`
}

// Contents are what rows there are. They come before the first of them.
type Contents struct {
	Steps  map[string]int64 `json:"steps"` // how far each room's tables had come
	Tables []db.Table       `json:"tables"`
}

// ErrNothing is a database that holds no network.
var ErrNothing = errors.New("there is no network here: say with --data or --database where it is")

// Report counts what was written or read.
type Report struct {
	Made           time.Time
	Tables         int
	Rows, Pictures int64
	Unread         error // why it could not be read who was erased from a network that gave way; nil: it was
}

// What stands where in the tar.
const (
	manifestName = "backup.json"
	contentsName = "tables.json"
	rowsName     = "rows/"
	picturesName = "pictures/"
)

// piece is about how many bytes of rows stand in one file of the tar, which has
// to say their number first.
const piece = 1 << 20

// writer writes the tar.
type writer struct {
	tar    *tar.Writer
	made   time.Time
	report Report
}

// Create writes a backup of a network: the database as it is at one moment,
// whoever writes meanwhile, and its pictures. Without anyone to encrypt it to,
// everybody can read it. pictures may be nil.
func Create(ctx context.Context, d *db.DB, rooms []db.Migrations, pictures *media.Folder, to []age.Recipient, program string, out io.Writer) (*Report, error) {
	closes := func() error { return nil }
	if len(to) > 0 {
		secret, err := age.Encrypt(out, to...)
		if err != nil {
			return nil, err
		}
		out, closes = secret, secret.Close
	}
	sealed := newSealer(out)
	packed := gzip.NewWriter(sealed)
	w := &writer{tar: tar.NewWriter(packed), made: time.Now().UTC().Truncate(time.Second)}
	w.report.Made = w.made
	err := w.network(ctx, d, rooms, pictures, program)
	for _, end := range []func() error{w.tar.Close, packed.Close, sealed.Close, closes} {
		if err == nil {
			err = end()
		}
	}
	return &w.report, err
}

func (w *writer) network(ctx context.Context, d *db.DB, rooms []db.Migrations, pictures *media.Folder, program string) error {
	if err := w.json(manifestName, Manifest{what, format, program, w.made, d.Dialect}); err != nil {
		return err
	}
	// No row may be without its picture, and a picture is there before its row
	// and goes after it. To copy pictures takes long: most are copied before the
	// moment of the rows, and those that came meanwhile right after it.
	had := map[string]bool{}
	copied := func() error { return w.pictures(ctx, pictures, had) }
	if err := copied(); err != nil {
		return err
	}
	return d.Snapshot(ctx, func(ctx context.Context, s *db.Snapshot) (err error) {
		if err := copied(); err != nil {
			return err
		}
		var c Contents
		if c.Steps, err = s.Steps(ctx); err == nil && len(c.Steps) == 0 {
			err = ErrNothing
		}
		if err == nil {
			c.Tables, err = s.Tables(ctx, rooms)
		}
		if err == nil {
			err = w.json(contentsName, c)
		}
		for _, t := range c.Tables {
			if err == nil {
				err = w.table(ctx, s, t)
			}
		}
		return err
	})
}

// pictures writes the files that are there and were not had yet.
func (w *writer) pictures(ctx context.Context, from *media.Folder, had map[string]bool) error {
	if from == nil {
		return nil
	}
	keys, err := from.Keys()
	if err != nil {
		return err
	}
	for _, key := range keys {
		if had[key] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := from.Open(ctx, key)
		if errors.Is(err, media.ErrNone) {
			continue // somebody has taken it away just now
		}
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
		if err := w.file(picturesName+key, b); err != nil {
			return err
		}
		had[key] = true
		w.report.Pictures++
	}
	return nil
}

func (w *writer) table(ctx context.Context, s *db.Snapshot, t db.Table) error {
	var b bytes.Buffer
	n := 0
	flush := func() error {
		n++
		err := w.file(fmt.Sprintf("%s%s/%06d.jsonl", rowsName, t.Name, n), b.Bytes())
		b.Reset()
		return err
	}
	err := s.Rows(ctx, t, func(row []any) error {
		line, err := encode(row)
		if err != nil {
			return err
		}
		b.Write(line)
		b.WriteByte('\n')
		w.report.Rows++
		if b.Len() > piece {
			return flush()
		}
		return nil
	})
	if err == nil && b.Len() > 0 {
		err = flush()
	}
	w.report.Tables++
	return err
}

func (w *writer) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	return w.file(name, b)
}

// file writes one file of the tar.
func (w *writer) file(name string, content []byte) error {
	err := w.tar.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o600, ModTime: w.made})
	if err == nil {
		_, err = w.tar.Write(content)
	}
	return err
}
