package main

import (
	"io/fs"
	"os"
	"strings"
	"testing"
)

// A newer templ may write otherwise: then what is to be made smaller is not found
// any more, and nothing else would say so.
func TestLean(t *testing.T) {
	root := os.DirFS("../../..")
	n := 0
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (name == "node_modules" || name != "." && strings.HasPrefix(e.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file := string(b)
		if strings.Contains(file, "/platform/ui\"") || strings.Contains(file, "\npackage ui\n") {
			n++
			for _, long := range []string{"templruntime.GetBuffer", "templ.Error{", "templ.JoinStringErrs(p.T("} {
				if strings.Contains(file, long) {
					t.Errorf("%s holds %s", name, long)
				}
			}
		}
		if lean(file) != file {
			t.Errorf("%s could be smaller: make generate", name)
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Fatalf("%d files, %v", n, err)
	}
}

// What is no words that are written is left as it is.
func TestLeaves(t *testing.T) {
	const other = "package a\n\nimport \"withus.example/platform/ui\"\n\nfunc f() { templ.JoinStringErrs(p.T(\"a\")) }\n"
	if got := lean(other); got != other {
		t.Errorf("it is %s", got)
	}
}
