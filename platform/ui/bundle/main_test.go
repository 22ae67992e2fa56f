package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// packages makes a node_modules folder with everything the assets need.
func packages(t *testing.T, content string) string {
	t.Helper()
	from := t.TempDir()
	for _, a := range assets {
		write(t, filepath.Join(from, a.pkg, a.path), a.name+" "+content)
		write(t, filepath.Join(from, a.pkg, "LICENSE"), "terms of "+a.pkg)
		write(t, filepath.Join(from, a.pkg, "package.json"), `{"version":"1.2.3","license":"OFL-1.1"}`)
	}
	return from
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(b)
	}
	return all
}

func TestBundle(t *testing.T) {
	to := t.TempDir()
	write(t, filepath.Join(to, ".gitignore"), "*")
	write(t, filepath.Join(to, "htmx-0000.js"), "stale")

	if err := bundle(packages(t, "one"), to); err != nil {
		t.Fatal(err)
	}
	first := contents(t, to)
	if want := len(assets) + 3; len(first) != want { // with .gitignore, licences and manifest
		t.Errorf("%d files, want %d: %v", len(first), want, first)
	}
	var manifest map[string]string
	if err := json.Unmarshal([]byte(first["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, a := range assets {
		if got, want := first[manifest[a.name]], a.name+" one"; got != want {
			t.Errorf("%s is %q, want %q", a.name, got, want)
		}
		if !strings.Contains(first["LICENSES.txt"], "terms of "+a.pkg) {
			t.Errorf("LICENSES.txt lacks the terms of %s", a.pkg)
		}
	}

	if err := bundle(packages(t, "one"), to); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(first, contents(t, to)) {
		t.Error("the same packages gave another bundle")
	}

	if err := bundle(packages(t, "two"), to); err != nil {
		t.Fatal(err)
	}
	second := contents(t, to)
	for _, hashed := range manifest {
		if _, ok := second[hashed]; ok {
			t.Errorf("%s outlived its content", hashed)
		}
	}
}

func TestBundleWithoutPackages(t *testing.T) {
	for name, from := range map[string]string{
		"no folder":  filepath.Join(t.TempDir(), "node_modules"),
		"no package": t.TempDir(),
	} {
		if err := bundle(from, t.TempDir()); err == nil || !strings.Contains(err.Error(), "npm ci") {
			t.Errorf("%s: %v, want what to do", name, err)
		}
	}
}
