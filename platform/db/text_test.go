package db_test

import (
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"withus.example/platform/db"
)

// Lists of words are read by a short way where they are plain, and by the long
// one where not: what comes out is the same.
func FuzzJSONList(f *testing.F) {
	for _, s := range []string{`["a"]`, `["a","b"]`, `["a", "b"]`, `[]`, `[""]`, `["a\"b"]`, `["a\\","b"]`, `["é","心"]`, `[ "a" ]`, `["a",null]`, `["a","b`, `["a"b"]`, `["",""]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // neither engine keeps such text
		}
		var want, got []string
		wrong := json.Unmarshal([]byte(s), &want)
		err := db.JSON(&got).(interface{ Scan(any) error }).Scan(s)
		if wrong == nil && (err != nil || !slices.Equal(got, want)) {
			t.Errorf("%q: %q, %v; want %q", s, got, err, want)
		}
	})
}
