package list

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMapping(t *testing.T) {
	m, err := ReadMapping(strings.NewReader(`{
		"note": "anything",
		"name": {"from": "Group", "tidy": "title"},
		"about": ["Does", "Also"],
		"country": {"always": "GB"},
		"area": {"from": "Postcode", "drop": 3},
		"registers": ["Org", {"from": "Number", "when": {"Kind": "company"}, "pad": 8, "before": "GB-COH "}],
		"form": {"from": "Kind", "means": {"Company ": "company", "club": "association"}},
		"email": ["Mail", "Other mail"]
	}`), groups)
	if err != nil {
		t.Fatal(err)
	}
	header := "GROUP;Does;Also;Postcode;Org;Number;Kind;Mail;Other mail;Rest\n"
	from, err := Open(strings.NewReader(header+
		"OPEN DOOR LTD;'=Meets;\"Ta\nlks\";LS1 4AP;GB-CHC-1;12345;Company;;a@b.example;x\n"+
		"Ñandú;; ;ls21aa;;77;Club;c@d.example;e@f.example;x\n"), groups, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []map[string]string{
		{"name": "Open Door Ltd", "about": "=Meets\n\nTa\nlks", "country": "GB", "area": "LS1", "registers": "GB-CHC-1; GB-COH 00012345", "form": "company", "email": "a@b.example", "phone": ""},
		{"name": "Ñandú", "about": "", "country": "GB", "area": "ls2", "registers": "", "form": "association", "email": "c@d.example"},
	} {
		r, err := from.Next()
		if err != nil || r.Wrong.Key != "" {
			t.Fatal(err, r)
		}
		for name, text := range want {
			if got := r.Cells[at(name)]; got != text {
				t.Errorf("%s: %q, want %q", name, got, text)
			}
		}
		if r.Has[at("phone")] || !r.Has[at("form")] {
			t.Error(r.Has)
		}
	}
	if got := from.Ignored(); len(got) != 1 || got[0] != "Rest" {
		t.Error(got)
	}
}

func TestMappingRefused(t *testing.T) {
	for _, c := range []struct{ mapping, want string }{
		{`[]`, "no JSON object"},
		{`{`, "no JSON object"},
		{`{"about": "x"}`, "which column is the name"},
		{`{"name": "n", "nmae": "x"}`, `"nmae", which is no column of ours; they are id, name`},
		{`{"name": {"form": "n"}}`, `"name": unknown field "form"`},
		{`{"name": {}}`, `say either "from"`},
		{`{"name": ""}`, `say either "from"`},
		{`{"name": null}`, "the list is empty"},
		{`{"name": []}`, "the list is empty"},
		{`{"name": 3}`, `"name"`},
		{`{"name": {"from": "n", "always": "x"}}`, `say either "from"`},
		{`{"name": {"from": "n", "tidy": "upper"}}`, `"tidy" can be "title"`},
		{`{"name": {"from": "n", "pad": -1}}`, `"pad"`},
		{`{"name": {"from": "n", "drop": -1}}`, `"drop"`},
		{`{"name": {"from": "n", "means": {"a": "b", "A": "c"}}}`, `"a" twice`},
		{`{"name": "m"}`, `names "m", and no column of the file is called that; they are n, a, a`},
		{`{"name": "n", "area": "a"}`, `two columns of the file are called "a"`},
		{`{"name": "n", "area": {"always": "x", "when": {"k": "y"}}}`, `names "k"`},
		{`{"name": "` + strings.Repeat("n", mostMapping) + `"}`, "longer than 1 MB"},
	} {
		m, err := ReadMapping(strings.NewReader(c.mapping), groups)
		if err == nil {
			_, err = readAll("n,a,a\nA,B,C\n", m)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v, want %q", c.mapping, err, c.want)
		}
	}
}

func TestTitled(t *testing.T) {
	for in, want := range map[string]string{
		"OPEN DOOR":                          "Open Door",
		"Open DOOR":                          "Open DOOR",
		"THE CARERS CENTRE FOR BRIGHTON":     "The Carers Centre for Brighton",
		"MIND IN MID HERTS":                  "Mind in Mid Herts",
		"SOUTH WEST LONDON AND ST GEORGE'S":  "South West London and St George's",
		"HOME-START SHEPWAY":                 "Home-Start Shepway",
		"FRIENDS OF THE DROP-IN":             "Friends of the Drop-in",
		"STEP (UK) LTD":                      "Step (UK) Ltd",
		"THE TLC - TENDER LOVING CARE GROUP": "The TLC - Tender Loving Care Group",
		"GLENADA YWCA/YMCA":                  "Glenada YWCA/YMCA",
		"HEART OF BS13":                      "Heart of BS13",
		"ODIHAM DISTRICT U3A":                "Odiham District U3A",
		"4EDEN":                              "4Eden",
		"5TH ELEMENT NI":                     "5th Element NI",
		"52 LIVES":                           "52 Lives",
		"O'BRIEN'S":                          "O'Brien's",
		"OPERATION HOPE: THE EDUCATION":      "Operation Hope: The Education",
		"GO":                                 "Go",
		"F PIPER WILL TRUST":                 "F Piper Will Trust",
		"ÉCOUTE ET ENTRAIDE":                 "Écoute et Entraide",
		"ΑΝΟΙΧΤΗ ΠΟΡΤΑ":                      "Ανοιχτη Πορτα",
		"رفاق الطريق":                        "رفاق الطريق",
		"心声小组":                               "心声小组",
		"":                                   "",
	} {
		if got := titled(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzMapping(f *testing.F) {
	for _, s := range []string{`{"name": "n"}`, `{"name": {"from": "n", "tidy": "title", "drop": 2, "pad": 3, "before": "x", "means": {"A": "b"}, "when": {"a": "1"}}}`,
		`{"name": ["n", {"always": "x"}], "registers": ["a", "a"]}`, `{"note": 1, "name": "N "}`, `{"name": [["n"]]}`} {
		f.Add([]byte(s), "O'NEIL (UK) 4TH-RD, BS1", "007")
	}
	f.Fuzz(func(t *testing.T, b []byte, n, a string) {
		m, err := ReadMapping(strings.NewReader(string(b)), groups)
		if err != nil {
			return
		}
		columns, _, err := m.bind(groups, []string{"n", "a"})
		if err != nil {
			return
		}
		for i, parts := range columns {
			out := fill(parts, groups.Columns[i].Join, []string{n, a})
			if utf8.ValidString(n) && utf8.ValidString(a) && !utf8.ValidString(out) {
				t.Errorf("%q and %q became %q", n, a, out)
			}
		}
	})
}
