package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"withus.example/app"
)

// A backup is made and put back by commands alone, encrypted or not.
func TestBackup(t *testing.T) {
	networks(t, func(t *testing.T, do func(...string) (string, error), look func(func(*app.App))) {
		dir := t.TempDir()
		at := func(name string) string { return filepath.Join(dir, name) }
		says := func(want string, args ...string) string {
			t.Helper()
			out, err := do(args...)
			if err != nil {
				out += err.Error()
			}
			if !strings.Contains(out, want) {
				t.Errorf("%q: it says %s", args, out)
			}
			return out
		}
		says("", "member", "add", "ana@withus.example", "--name=Ana")
		var made string
		if err := run(t.Context(), []string{"backup", "key", at("key")}, io.Discard); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(at("key"))
		if err != nil {
			t.Fatal(err)
		}
		_, to, _ := strings.Cut(string(b), "# public key: ")
		to, _, _ = strings.Cut(to, "\n")
		if info, err := os.Stat(at("key")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read the key: %v, %v", info.Mode(), err)
		}
		if err := run(t.Context(), []string{"backup", "key", at("key")}, io.Discard); err == nil || !strings.Contains(err.Error(), "exists") {
			t.Errorf("over another key it says %v", err)
		}
		made = says("Wrote", "backup", "create", at("plain"))
		if !strings.Contains(made, "It is not encrypted") {
			t.Errorf("it says %s", made)
		}
		if made = says("Wrote", "backup", "create", at("secret"), "--to="+to); strings.Contains(made, "not encrypted") {
			t.Errorf("it says %s", made)
		}
		out, err := do("backup", "create", "-", "--to", to)
		if err != nil || !strings.HasPrefix(out, "age-encryption.org/v1\n") {
			t.Errorf("to standard output: %.50q, %v", out, err)
		}
		says("choose another name", "backup", "create", at("plain"))
		says("is no key to encrypt to", "backup", "create", at("other"), "--to=ana@withus.example")
		says("no such file or directory", "backup", "create", at("none/other"))
		says("", "member", "role", "ana@withus.example", "moderator")
		says("say --replace", "backup", "restore", at("plain"))
		says("say --identity FILE", "backup", "restore", at("secret"), "--replace")
		says("holds no key", "backup", "restore", at("secret"), "--replace", "--identity", at("plain"))
		says("this is no backup", "backup", "restore", at("key"), "--replace")
		says("can't be opened", "backup", "restore", at("none"), "--replace")
		look(func(a *app.App) {
			if s, err := a.Subject(t.Context(), "ana@withus.example"); err != nil || s.Member == "" {
				t.Error(err)
			}
		})
		for _, args := range [][]string{{at("plain")}, {at("secret"), "--identity", at("key")}} {
			says("", "member", "add", "ben@withus.example", "--name=Ben")
			says("Restored", append([]string{"backup", "restore", "--replace"}, args...)...)
			look(func(a *app.App) {
				if _, err := a.Subject(t.Context(), "ana@withus.example"); err != nil {
					t.Error(err)
				}
				if _, err := a.Subject(t.Context(), "ben@withus.example"); err == nil {
					t.Error("who came later is still there")
				}
			})
		}
		if all, err := os.ReadDir(dir); err != nil || len(all) != 3 {
			t.Errorf("left over: %v, %v", all, err)
		}
	})
}

// A backup of nothing is refused, and makes nothing.
func TestBackupOfNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if got := try(t, "backup", "create", filepath.Join(t.TempDir(), "b"), "--data="+dir); !strings.Contains(got, "there is no network here") {
		t.Errorf("it says %s", got)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it made a folder")
	}
}
