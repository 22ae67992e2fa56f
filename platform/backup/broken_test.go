package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/gzip"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/media"
)

// current is a network that nothing may touch, on either engine.
func current(t *testing.T, fn func(t *testing.T, at dbtest.Place, f *media.Folder, untouched func())) {
	dbtest.Each(t, today[1:], func(t *testing.T, at dbtest.Place) {
		d := dbtest.Open(t, at)
		plant(t, d)
		f := folder(t)
		key := picture(t, f, "here")
		was := all(t, d)
		d.Close()
		fn(t, at, f, func() {
			t.Helper()
			d, err := db.Open(t.Context(), at.URL, at.Dir)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if err := Settle(t.Context(), d, f); err != nil {
				t.Error(err)
			}
			if now := all(t, d); now != was {
				t.Errorf("what is there changed to\n%.2000s", now)
			}
			if keys, err := f.Keys(); err != nil || len(keys) != 1 || read(t, f, key) != "here" {
				t.Errorf("pictures are %q, %v", keys, err)
			}
		})
	})
}

// whole is a small backup of something else, plain and encrypted.
func whole(t *testing.T) (plain, secret []byte, key *age.X25519Identity) {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t, dbtest.Template{Name: "whole", Make: func(ctx context.Context, at dbtest.Place) error {
		d, err := db.Open(ctx, at.URL, at.Dir)
		if err == nil {
			_, err = d.Migrate(ctx, today...)
		}
		return errors.Join(err, d.Close())
	}}))
	write(t, d, `INSERT INTO thing_whole (id, later) VALUES ('another network', 'x')`)
	f := folder(t)
	picture(t, f, "another picture")
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	bytesOf := func(to ...age.Recipient) []byte {
		b, err := os.ReadFile(create(t, d, f, to...).Name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return bytesOf(), bytesOf(key.Recipient()), key
}

// I7: cut off anywhere, or with any bit another, a backup is refused, and
// nothing current is touched.
func TestBroken(t *testing.T) {
	plain, secret, key := whole(t)
	var bad [][]byte
	for _, b := range [][]byte{plain, secret} {
		for n := range len(b) {
			if n < 40 || n > len(b)-200 || n%37 == 0 {
				bad = append(bad, b[:n])
			}
		}
		for i := range 8 * len(b) {
			if i < 8*30 || i > 8*(len(b)-120) || i%61 == 0 {
				c := bytes.Clone(b)
				c[i/8] ^= 1 << (i % 8)
				bad = append(bad, c)
			}
		}
		bad = append(bad, append(bytes.Clone(b), 0), append(bytes.Clone(b), b...))
	}
	for i, b := range bad {
		s := file(t, b)
		s.Keys = []age.Identity{key}
		c, _, err := Check(t.Context(), s, today)
		if err == nil || !errors.Is(err, ErrBroken) && !errors.Is(err, ErrForeign) && !errors.Is(err, ErrKey) {
			t.Fatalf("%d of %d: it says %v, %v", i, len(bad), err, c)
		}
		if strings.ContainsAny(err.Error(), "{}%") || strings.Contains(err.Error(), "EOF") || len(err.Error()) < 30 {
			t.Errorf("it says %v", err)
		}
	}
	t.Logf("%d were refused", len(bad))
	current(t, func(t *testing.T, at dbtest.Place, f *media.Folder, untouched func()) {
		for range 10 {
			s := file(t, bad[rand.IntN(len(bad))])
			s.Keys = []age.Identity{key}
			if err := restore(t, s, at, f); err == nil {
				t.Error("it was put in its place")
			}
			untouched()
		}
	})
}

// packed is a tar as a backup is, of other things.
func packed(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	sealed := newSealer(&b)
	z := gzip.NewWriter(sealed)
	w := tar.NewWriter(z)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Size: int64(len(f[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f[1])
	}
	if err := errors.Join(w.Close(), z.Close(), sealed.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func words(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// I7: what is no backup, or none for this program or this key, is refused in its
// own words.
func TestForeign(t *testing.T) {
	plain, secret, _ := whole(t)
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	mine := [2]string{manifestName, words(t, Manifest{what, format, "x", time.Now(), db.SQLite})}
	columns := []db.Column{{Name: "id", Kind: db.KindText}}
	contents := func(c Contents) [2]string { return [2]string{contentsName, words(t, c)} }
	steps := map[string]int64{"db": 1, "thing": 2, "found": 1}
	cases := map[string]struct {
		file []byte
		key  age.Identity
		want error
	}{
		"nothing":                    {nil, nil, ErrForeign},
		"words":                      {[]byte("Dear all,\nhere is the backup you asked for.\n"), nil, ErrForeign},
		"a database":                 {[]byte("SQLite format 3\x00" + strings.Repeat("\x00", 5000)), nil, ErrForeign},
		"another tar":                {packed(t, [2]string{"etc/passwd", "root"}), nil, ErrForeign},
		"another's manifest":         {packed(t, [2]string{manifestName, `{"what": "a backup of a blog", "format": 1}`}), nil, ErrForeign},
		"a manifest that is none":    {packed(t, [2]string{manifestName, `[]`}), nil, ErrBroken},
		"a manifest alone":           {packed(t, mine), nil, ErrBroken},
		"a newer format":             {packed(t, [2]string{manifestName, words(t, Manifest{What: what, Format: format + 1})}), nil, ErrNewer},
		"a room further on":          {packed(t, mine, contents(Contents{Steps: map[string]int64{"db": 1, "thing": 3}})), nil, ErrNewer},
		"a room more":                {packed(t, mine, contents(Contents{Steps: map[string]int64{"db": 1, "talk": 1}})), nil, ErrNewer},
		"a way out of the folder":    {packed(t, mine, [2]string{"pictures/../../x", "x"}), nil, ErrBroken},
		"rows of a table not listed": {packed(t, mine, contents(Contents{Steps: steps}), [2]string{"rows/x/1", "[]\n"}), nil, ErrBroken},
		"rows before tables":         {packed(t, mine, [2]string{"rows/x/1", "[]\n"}), nil, ErrBroken},
		"fewer rows than counted":    {packed(t, mine, contents(Contents{steps, []db.Table{{Name: "thing_whole", Columns: columns, Rows: 1}}})), nil, ErrBroken},
		"more values than columns": {packed(t, mine, contents(Contents{steps, []db.Table{{Name: "thing_whole", Columns: columns, Rows: 1}}}),
			[2]string{"rows/thing_whole/1", `["a","b"]`}), nil, ErrBroken},
		"a number for a text": {packed(t, mine, contents(Contents{steps, []db.Table{{Name: "thing_whole", Columns: columns, Rows: 1}}}),
			[2]string{"rows/thing_whole/1", `[1]`}), nil, ErrBroken},
		"tables this program has not": {packed(t, mine, contents(Contents{steps, []db.Table{{Name: "thing_else", Columns: columns}}})), nil, db.ErrOther},
		"tables left out":             {packed(t, mine, contents(Contents{Steps: steps})), nil, db.ErrOther},
		"encrypted, and no key":       {secret, nil, ErrSecret},
		"encrypted to another":        {secret, other, ErrKey},
	}
	current(t, func(t *testing.T, at dbtest.Place, f *media.Folder, untouched func()) {
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				s := file(t, c.file)
				if c.key != nil {
					s.Keys = []age.Identity{c.key}
				}
				err := restore(t, s, at, f)
				if !errors.Is(err, c.want) || len(err.Error()) < 30 {
					t.Errorf("it says %v", err)
				}
				untouched()
			})
		}
	})
	if _, _, err := Check(t.Context(), file(t, plain), today); err != nil {
		t.Errorf("the one they are made from: %v", err)
	}
	if _, _, err := Check(t.Context(), Source{Name: filepath.Join(t.TempDir(), "none")}, today); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a file it says %v", err)
	}
}

// Anybody can look into a backup without us: gzip takes the seal for nothing.
func TestReadable(t *testing.T) {
	plain, _, _ := whole(t)
	z, err := gzip.NewReader(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(z)
	var names []string
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
	if n, err := io.Copy(io.Discard, z); err != nil || len(names) < 4 || names[0] != manifestName {
		t.Errorf("%q, and %d bytes more, %v", names, n, err)
	}
}

// A picture that is taken away while a backup is made does not spoil it, and one
// that comes in the middle is in it.
func TestPicturesMeanwhile(t *testing.T) {
	f := folder(t)
	for range 50 {
		picture(t, f, "stays")
	}
	all, err := f.Keys()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := &writer{tar: tar.NewWriter(&b), made: time.Now()}
	had := map[string]bool{}
	if err := w.pictures(t.Context(), f, had); err != nil {
		t.Fatal(err)
	}
	late := picture(t, f, "late")
	if err := f.Delete(t.Context(), all[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.pictures(t.Context(), f, had); err != nil || w.report.Pictures != 51 || !had[late] {
		t.Errorf("%d pictures, %v", w.report.Pictures, err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for _, key := range all {
			if err := f.Delete(context.WithoutCancel(t.Context()), key); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 20 {
		if err := (&writer{tar: tar.NewWriter(io.Discard)}).pictures(t.Context(), f, map[string]bool{}); err != nil {
			t.Error(err)
		}
	}
	<-gone
}
