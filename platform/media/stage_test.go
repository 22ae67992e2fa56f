package media

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/id"
)

// Wherever it is cut off, a folder has its old content while the mark does not
// hold, and its new one once it does and it is settled.
func TestStage(t *testing.T) {
	holds := func(mark string) (bool, error) { return mark == "new", nil }
	shared, old, fresh := Key(id.New(t.Context()), 480), Key(id.New(t.Context()), 480), Key(id.New(t.Context()), 480)
	for name, c := range map[string]struct {
		mark string
		cut  func(t *testing.T, f *Folder, dir string)
		want []string
	}{
		"never put in place":  {"other", func(*testing.T, *Folder, string) {}, []string{shared, old}},
		"put in place":        {"new", func(*testing.T, *Folder, string) {}, []string{shared, fresh}},
		"cut off, half clear": {"new", func(t *testing.T, f *Folder, _ string) { must(t, f.Delete(t.Context(), old)) }, []string{shared, fresh}},
		"cut off, clear":      {"new", func(t *testing.T, f *Folder, _ string) { must(t, f.clearFor("new")) }, []string{shared, fresh}},
		"cut off, half moved": {"new", func(t *testing.T, f *Folder, dir string) {
			must(t, f.clearFor("new"))
			must(t, os.Rename(filepath.Join(dir, moving+"new", fresh), filepath.Join(dir, fresh)))
		}, []string{shared, fresh}},
		"begun anew": {"new", func(t *testing.T, f *Folder, _ string) {
			s, err := f.Stage("third")
			must(t, err)
			must(t, s.Put(fresh, strings.NewReader("third")))
		}, []string{shared, old}},
	} {
		t.Run(name, func(t *testing.T) {
			f, dir := folder(t)
			for _, key := range []string{shared, old} {
				must(t, f.Put(t.Context(), key, []byte("old")))
			}
			s, err := f.Stage(c.mark)
			must(t, err)
			for _, key := range []string{shared, fresh} {
				must(t, s.Put(key, strings.NewReader("new")))
			}
			must(t, s.Close())
			if s.Put("../x", strings.NewReader("x")) == nil {
				t.Error("a file outside is put")
			}
			c.cut(t, f, dir)
			for range 2 {
				must(t, f.Settle(holds))
				got, err := f.Keys()
				must(t, err)
				slices.Sort(got)
				slices.Sort(c.want)
				if !slices.Equal(got, c.want) {
					t.Errorf("there are %q, not %q", got, c.want)
				}
				words := map[bool]string{true: "new", false: "old"}[slices.Contains(c.want, fresh)]
				for _, key := range got {
					r, err := f.Open(t.Context(), key)
					must(t, err)
					b, err := io.ReadAll(r)
					must(t, err)
					r.Close()
					if string(b) != words {
						t.Errorf("%s is %q, not %q", key, b, words)
					}
				}
				if all, err := os.ReadDir(dir); err != nil || len(all) != 2 {
					t.Errorf("left over: %v %v", all, err)
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
