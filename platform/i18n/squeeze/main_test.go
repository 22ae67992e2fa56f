package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"withus.example/platform/i18n"
)

// What is squeezed reads as what lay there, and nothing else is replaced.
func TestSqueeze(t *testing.T) {
	texts := `{"a.title": "Groups", "a.found": {"one": "{n} group", "other": "{n} groups"}}`
	root := fstest.MapFS{
		"people/a/locale/en.json":       {Data: []byte(texts)},
		"people/a/demo/lines.json":      {Data: []byte(`["one"]`)},
		"people/a/testdata/other.json":  {Data: []byte(`{}`)},
		"node_modules/b/locale/en.json": {Data: []byte(`{}`)},
		".hidden/locale/en.json":        {Data: []byte(`{}`)},
	}
	to := filepath.Join(t.TempDir(), "squeezed")
	if err := squeeze(root, to); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(to, "overlay.json"))
	if err != nil {
		t.Fatal(err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(b, &overlay); err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(overlay.Replace)), []string{"people/a/demo/lines.json", "people/a/locale/en.json"}; !slices.Equal(got, want) {
		t.Fatalf("replaced are %v, not %v", got, want)
	}
	if b, err = os.ReadFile(overlay.Replace["people/a/locale/en.json"]); err != nil {
		t.Fatal(err)
	}
	var squeezed, plain map[string]any
	if err := i18n.Unmarshal(b, &squeezed); err != nil {
		t.Fatal(err)
	}
	if err := i18n.Unmarshal([]byte(texts), &plain); err != nil {
		t.Fatal(err)
	}
	was, _ := json.Marshal(plain)
	is, _ := json.Marshal(squeezed)
	if string(was) != string(is) || json.Valid(b) {
		t.Fatalf("squeezed, it reads %s, not %s", is, was)
	}
	if err := i18n.Unmarshal(b[:len(b)-9], &squeezed); err == nil {
		t.Fatal("half a file was read")
	}
}
