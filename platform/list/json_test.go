package list

import (
	"slices"
	"strings"
	"testing"
)

func TestImportJSON(t *testing.T) {
	list := "\ufeff [\n{\"name\": \"A\", \"area\": \"Leeds\", \"slug\": \"a\", \"mood\": 1},\n\n{\"name\": 3},\n7,\n{\"NAME\": \"B\",\n\"area\": null},\n{\"name\": \"\xff\"}, {\"name\":\"C\"}\n]\n"
	got, err := readAll(list, nil)
	want := []string{"2: A|Leeds", "4! field", "5! no-object", "6: B|", "8! not-utf8", "8: C|"}
	if err != nil || len(got) != len(want) {
		t.Fatalf("%q, %v", got, err)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
	from, err := Open(strings.NewReader(list), groups, nil)
	for err == nil {
		_, err = from.Next()
	}
	if got := from.Ignored(); !slices.Equal(got, []string{"mood"}) {
		t.Error(got)
	}
	for _, c := range []struct{ list, want string }{
		{"[\n{\"name\": \"A\"},\n{\"name\": \"B\"\n", "file.stop"},
		{"[\n{\"name\": \"A\"},\n\n{\"name\": \"B\", oops}]", "file.stop[n 4]"},
		{"[\n{\"name\": \"A\"},\n{\"about\": \"" + strings.Repeat("x", 3*mostRow), "row.long"},
	} {
		rows, err := readAll(c.list, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(rows) != 1 {
			t.Errorf("%q, %v; want %q", rows, err, c.want)
		}
	}
	if _, err := readAll("[]", Mapping{"name": {{From: "x"}}}); err == nil {
		t.Error("a mapping for JSON was taken")
	}
}
