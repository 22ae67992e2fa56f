package media

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"withus.example/platform/id"
)

func folder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a", "media")
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, dir
}

func TestFolder(t *testing.T) {
	f, dir := folder(t)
	ctx := t.Context()
	key := Key(id.New(ctx), 480)
	if _, err := f.Open(ctx, key); !errors.Is(err, ErrNone) {
		t.Errorf("before it is put: %v", err)
	}
	for _, words := range []string{"first", "second"} {
		if err := f.Put(ctx, key, []byte(words)); err != nil {
			t.Fatal(err)
		}
		r, err := f.Open(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil || string(b) != words {
			t.Errorf("%q %v", b, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, key))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for range 2 {
		if err := f.Delete(ctx, key); err != nil {
			t.Error(err)
		}
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 0 {
		t.Errorf("left over: %v %v", all, err)
	}
}

// F1: a key is ours or none; nothing outside the folder is touched.
func TestFolderKeys(t *testing.T) {
	f, dir := folder(t)
	outside := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := Key(id.New(t.Context()), 480)
	if err := os.Symlink(outside, filepath.Join(dir, good)); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", ".", "..", "../secret", `..\secret`, outside, good + "\x00", "../a/media/" + good, "con", "NUL.jpg", ".new-x",
		strings.ToUpper(good), good + ".svg", strings.Repeat("a", 5000), good} {
		if r, err := f.Open(t.Context(), key); err == nil {
			b, _ := io.ReadAll(r)
			t.Errorf("Open(%.50q) gives %q", key, b)
		}
		if key != good && f.Put(t.Context(), key, []byte("x")) == nil {
			t.Errorf("Put(%.50q) is done", key)
		}
		if err := f.Delete(t.Context(), key); err != nil {
			t.Errorf("Delete(%.50q): %v", key, err)
		}
	}
	if b, err := os.ReadFile(outside); err != nil || string(b) != "secret" {
		t.Errorf("outside: %q %v", b, err)
	}
}

// F9: what a server that died left half written is nobody's, and goes; what is
// being written stays.
func TestFolderTidies(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, unfinished+"old"), filepath.Join(dir, unfinished+"fresh")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := os.Stat(old); err == nil {
		t.Error("the old one is still there")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error(err)
	}
}

// I3: a folder that takes nothing more says so, and shows nothing of it.
func TestFolderFails(t *testing.T) {
	f, dir := folder(t)
	f.Close()
	key := Key(id.New(t.Context()), 480)
	if err := f.Put(t.Context(), key, []byte("x")); err == nil {
		t.Error("it was put")
	}
	if all, _ := os.ReadDir(dir); len(all) != 0 {
		t.Errorf("left over: %v", all)
	}
	if _, err := OpenFolder("/dev/null/x"); err == nil || !strings.Contains(err.Error(), "can't be made") {
		t.Errorf("it says %v", err)
	}
}
