package list

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// groups is the shape the tests read lists into.
var groups = &Shape{Own: []string{"slug"}, Object: func(raw []byte) ([]string, error) {
	var g struct {
		Name string `json:"name"`
		Area string `json:"area"`
	}
	err := json.Unmarshal(raw, &g)
	return []string{1: g.Name, 3: g.Area, 8: ""}, err
}, Columns: []Column{{"id", ""}, {"name", " "}, {"about", "\n\n"}, {"area", ", "}, {"country", ""}, {"registers", "; "}, {"form", ""}, {"email", ""}, {"phone", ", "}}}

func at(name string) int {
	return slices.IndexFunc(groups.Columns, func(c Column) bool { return c.Name == name })
}

// readAll reads a list as "line: name|area" and "line! what is wrong".
func readAll(list string, m Mapping) (rows []string, err error) {
	from, err := Open(strings.NewReader(list), groups, m)
	if err != nil {
		return nil, err
	}
	for {
		r, err := from.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if r.Wrong.Key != "" {
			rows = append(rows, fmt.Sprintf("%d! %s", r.Line, strings.TrimPrefix(r.Wrong.Key, "list.row.")))
		} else {
			rows = append(rows, fmt.Sprintf("%d: %s|%s", r.Line, r.Cells[at("name")], r.Cells[at("area")]))
		}
	}
}

func TestImportDialects(t *testing.T) {
	pad := strings.Repeat("filler,here\n", 400)
	padded := func(rows ...string) []string { return append(slices.Repeat([]string{"filler|here"}, 400), rows...) }
	for _, c := range []struct {
		name, list string
		want       []string // without line numbers where they don't begin with one
	}{
		{"commas", "name,area\nA,Leeds\nB,York\n", []string{"2: A|Leeds", "3: B|York"}},
		{"no line end", "name,area\nA,Leeds", []string{"2: A|Leeds"}},
		{"semicolons", "name;area\nA;Leeds, W\n", []string{"2: A|Leeds, W"}},
		{"tabs", "name\tarea\nA\tLeeds\n", []string{"2: A|Leeds"}},
		{"one column", "name\nA, B\nC\n", []string{"2! cells", "3: C|"}},
		{"a mark of UTF-8", "\ufeffname,area\nÉ,ليون\n", []string{"2: É|ليون"}},
		{"a mark, and quotes", "\ufeff\"name\",\"area\"\nA,B\n", []string{"2: A|B"}},
		{"DOS lines", "name,area\r\nA,\"Le\r\neds\"\r\nB,York\r\n", []string{"2: A|Le\neds", "4: B|York"}},
		{"old Mac lines", "name,area\rA,\"Le\reds\"\rB,York", []string{"2: A|Le\neds", "4: B|York"}},
		{"Excel's hint", "sep=;\nname;area\nA;Leeds\n", []string{"3: A|Leeds"}},
		{"headers as people write them", "Area ; NAME\nLeeds;A\n", []string{"2: A|Leeds"}},
		{"a comma in a header's quotes", "\"a, b, c\";name;area\nx;A;Leeds\n", []string{"2: A|Leeds"}},
		{"line breaks in quotes", "name,area\n\"A\n\nA\",Leeds\n\n\nB,York\n", []string{"2: A\n\nA|Leeds", "7: B|York"}},
		{"quotes in quotes", "name,area\n\"The \"\"A\"\"\",Leeds\n", []string{`2: The "A"|Leeds`}},
		{"quotes in the middle", "name,area\nThe \"A\", 12\" group\n", []string{`2: The "A"| 12" group`}},
		{"empty rows", "name,area\n,\n  \nA,Leeds\n,\n", []string{"4: A|Leeds"}},
		{"columns without a header", "name,,area,\nA,,Leeds,\n", []string{"2: A|Leeds"}},
		{"too few and too many", "name,area\nA\nB,York\nC,Leeds,x\nD,Hull\n", []string{"2! cells", "3: B|York", "4! cells", "5: D|Hull"}},
		{"not UTF-8", "name,area\nA,Leeds\nCaf\xe9,York\nB,Hull\n", []string{"2: A|Leeds", "3! not-utf8", "4: B|Hull"}},
		{"a NUL far down", "name,area\n" + pad + "A\x00,Leeds\nB,York\n", padded("402! nul", "403: B|York")},
		{"never closed", "name,area\nA,Leeds\n\"B,York\nC,Hull\nD,Bath\n", []string{"2: A|Leeds", "3! quote-open", "4: C|Hull", "5: D|Bath"}},
		{"never closed, before one that is", "name,area\n\"A,York\nB,\"Hull, east\"\nC,\"Ba\nth\"\n",
			[]string{"2! quote-inside", "3: B|Hull, east", "4: C|Ba\nth"}},
		{"closed too early", "name,area\n\"A\" B,York\nC,Hull\n", []string{"2! quote-inside", "3: C|Hull"}},
		{"a line without end", "name,area\n" + strings.Repeat("x", mostRow+1) + ",y\nA,Leeds\n", []string{"2! long", "3: A|Leeds"}},
		{"quotes that take turns", "name,area\n" + strings.Repeat("a\",b,\"\n", 5_000) + "A,Leeds\n", nil},
		{"quotes around too much", "name,area\n\"" + strings.Repeat("xxxxxxxxx\n", mostRow/10) + "\nA,Leeds\n", nil},
		{"a formula made harmless", "name,area\n'=A,''-x\n", []string{"2: =A|'-x"}},
	} {
		got, err := readAll(c.list, nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.want == nil { // each of its lines is a row now; what matters is that the last one is there
			if last := got[len(got)-1]; !strings.HasSuffix(last, ": A|Leeds") {
				t.Errorf("%s: it ends with %q", c.name, last)
			}
			continue
		}
		for i := range max(len(got), len(c.want)) {
			if i >= len(got) || i >= len(c.want) || !strings.Contains(got[i], c.want[i]) {
				t.Errorf("%s: %q, want %q", c.name, got[min(i, len(got)):], c.want[min(i, len(c.want)):])
				break
			}
		}
	}
}

func TestNoList(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"nothing", "", "empty"},
		{"only a mark", "\ufeff", "empty"},
		{"only lines", "\n\r\n \n", "empty"},
		{"a spreadsheet", "PK\x03\x04\x14\x00", "spreadsheet"},
		{"an old one", "\xd0\xcf\x11\xe0\xa1\xb1", "spreadsheet"},
		{"UTF-16", "\xff\xfen\x00a\x00", "utf16"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "neither"},
		{"a page", "<!doctype html>\n<title>groups</title>\n", "no-name"},
		{"other headers", "title,town\nA,B\n", "title, town"},
		{"two names", "name,Name\nA,B\n", `two columns of the file are called "name"`},
		{"a broken header", "\"name,area\nA,B\n", "header"},
		{"a header that is not UTF-8", "name,caf\xe9\nA,B\n", "header"},
		{"a lone object", `{"name": "A"}`, "no-list"},
	} {
		if _, err := readAll(c.list, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Whatever a file holds, reading it ends, says where everything was, and agrees
// with encoding/csv about every file that is as it should be.
func FuzzImportFile(f *testing.F) {
	for _, s := range []string{"name,area\nA,B\n", "\ufeffname;area\r\n\"A\r\n\";B\r\n", "name\n\"A\nB\n", "sep=\t\nname\tarea\nA\tB", "name,area\n\"A\"\"\",\"\nx\"y,\"\n,\n",
		"name\rA\rB", `[{"name": "A"}, 3, {"name": 3}]`, "[\n\n{\"name\": \"\xff\"}", "name,area\nA \"b\",\" c\"\n", "name\n\xff\n", "[{\"name\":\"A\",\"x\":[[[[1]]]]}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		from, err := Open(bytes.NewReader(b), groups, nil)
		if err != nil {
			return
		}
		var rows [][]string
		last, wrong := 0, false
		for {
			r, err := from.Next()
			if err != nil {
				break
			}
			if r.Line <= last && last > 0 && !bytes.ContainsAny(b, "[{") || r.Line > bytes.Count(b, []byte("\n"))+bytes.Count(b, []byte("\r"))+1 {
				t.Fatalf("line %d after %d", r.Line, last)
			}
			last = r.Line
			if wrong = wrong || r.Wrong.Key != ""; r.Wrong.Key == "" {
				rows = append(rows, r.Cells)
			}
		}
		c, ok := from.(*csvSource)
		if !ok || bytes.ContainsAny(b, "\r\x00") || bytes.HasPrefix(b, []byte("sep=")) || bytes.HasPrefix(b, []byte("SEP=")) || !bytes.Equal(bytes.ToValidUTF8(b, nil), b) {
			return
		}
		std := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
		std.Comma = rune(c.comma)
		want, err := std.ReadAll()
		if err != nil || len(want) == 0 || slices.Compare(c.header, trimmed(want[0])) != 0 {
			return
		}
		want = slices.DeleteFunc(want[1:], func(row []string) bool { return strings.TrimSpace(strings.Join(row, "")) == "" })
		if wrong || len(want) != len(rows) {
			t.Fatalf("%d rows, encoding/csv has %d; wrong: %v", len(rows), len(want), wrong)
		}
		here := slices.IndexFunc(c.header, func(h string) bool { return foldHeader(h) == "name" })
		for i := range rows {
			if rows[i][at("name")] != Plain(want[i][here]) {
				t.Fatalf("row %d: %q, encoding/csv has %q", i, rows[i][1], want[i][here])
			}
		}
	})
}

func trimmed(row []string) (out []string) {
	for _, s := range row {
		out = append(out, strings.TrimSpace(Plain(s)))
	}
	return out
}
