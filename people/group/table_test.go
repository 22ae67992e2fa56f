package group

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"withus.example/platform/i18n"
	"withus.example/platform/list"
)

// awkward is text that tables have trouble with.
var awkward = []string{"=1+1", "'quoted'", "''", "'", "'=x", "+44 1632", "-", "@sum", "＝wide", "a;b", "a, b", `"`, `""a""`, "two\nlines", "a\n\nb", "رفاق, الطريق", "שלום; עולם",
	"ناس\u200cمان", "हिन्दी", "心声小组", "\ttab", "é", "e\u0301", "NULL", "TRUE", "2004", "x\\y", "a | b", "🙂", "'+", "--", " "}

func drawText(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(awkward), rapid.StringN(0, 8, -1)), 0, 3).Draw(t, label), "")
}

// drawDetails draws what a group may say of itself, as it is kept.
func drawDetails(t *rapid.T, v *Vocabulary) Details {
	some := func(label string, of []string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 3, rapid.ID).Draw(t, label)
	}
	var keys []string
	for _, term := range v.All() {
		keys = append(keys, term.Key)
	}
	d := Details{Name: "N" + drawText(t, "name"), About: drawText(t, "about"), ForWords: drawText(t, "forWords"), SupportWords: drawText(t, "supportWords"),
		Place: drawText(t, "place"), Area: drawText(t, "area"), Access: drawText(t, "access"), Welcome: drawText(t, "welcome"), Reach: drawText(t, "reach"),
		Phone: drawText(t, "phone"), For: some("for", keys), Support: some("support", supports), Languages: some("languages", []string{"en", "ar", "pt-BR", "zh-Hant", "mn", "gsw"}),
		WrittenIn: rapid.SampledFrom([]string{"en", "ar", "sw"}).Draw(t, "writtenIn"), Form: rapid.SampledFrom(forms).Draw(t, "form"),
		Country: rapid.SampledFrom(append([]string{""}, i18n.Countries...)).Draw(t, "country"), Online: rapid.Bool().Draw(t, "online"),
		Confidential: rapid.Bool().Draw(t, "confidential"), Open: rapid.Bool().Draw(t, "open"), Email: rapid.SampledFrom([]string{"", "a@b.example", "=x@y.example"}).Draw(t, "email"),
		Website: rapid.SampledFrom([]string{"", "https://a.example/?q=1;2&r='x'", "http://مثال.example"}).Draw(t, "website"),
		Since:   rapid.SampledFrom([]int{0, 1800, 2004}).Draw(t, "since")}
	for range rapid.IntRange(0, 3).Draw(t, "names") {
		d.OtherNames = append(d.OtherNames, drawText(t, "otherName"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "registers") {
		d.Registers = append(d.Registers, Register{rapid.SampledFrom([]string{"GB-CHC", "GB-COH", "X-1-Y"}).Draw(t, "scheme"),
			rapid.SampledFrom([]string{"1", "SC025021", "1-2", "A;B", ";", "A;GB-CHC-3", "=1", "Ä9"}).Draw(t, "id")})
	}
	if err := d.Validate(v, time.Now()); err != nil {
		t.Skip(err)
	}
	return d
}

// Whatever a group says, both exports say it, and reading them back gives the
// same: the row as a group of its own, and the row over the group itself.
func TestTableRoundTrip(t *testing.T) {
	s := emptyRoom(t)
	im := &importing{Service: s, report: &Report{}}
	if err := im.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		g := &Group{ID: "3f2504e0-4f89-41d3-9a0c-0305e82c3301", Details: drawDetails(t, im.vocabulary), Published: rapid.Bool().Draw(t, "published"),
			Audience: Audience(rapid.SampledFrom(audiences).Draw(t, "audience"))}
		alone := func(ctx context.Context, last string, most int) ([]*Group, error) {
			if last != "" {
				return nil, nil
			}
			return []*Group{g}, nil
		}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"CSV":  func(b *bytes.Buffer) error { return s.writeCSV(context.Background(), b, full, alone) },
			"JSON": func(b *bytes.Buffer) error { return s.writeJSON(context.Background(), b, alone) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			from, err := list.Open(&b, shape, nil)
			if err != nil {
				t.Fatal(name, err)
			}
			read, err := from.Next()
			row := &importRow{Row: read}
			if err != nil || row.Wrong.Key != "" {
				t.Fatal(name, err, row)
			}
			if im.read(row); row.Wrong.Key != "" || len(row.warnings) > 0 {
				t.Fatal(name, row.Wrong, row.warnings)
			}
			row.fresh.ID = row.id
			o := outcome{row: row}
			im.options.Publish = true
			im.compare(&o, g)
			if o.verdict != unchanged && g.Published {
				t.Errorf("%s: over itself it changes %v", name, o.fields)
			}
			for _, c := range full {
				if c.get(&row.fresh) != c.get(g) {
					t.Errorf("%s: %s is %q, was %q", name, c.name, c.get(&row.fresh), c.get(g))
				}
			}
		}
	})
}

// No cell of an export begins as a formula does.
func TestNoFormulas(t *testing.T) {
	for _, s := range append(slices.Clone(awkward), "\r=x", "\n=x", "") {
		out := list.Safe(s)
		if list.Plain(out) != s {
			t.Errorf("%q comes back as %q", s, list.Plain(out))
		}
		if out != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(out)[0]) {
			t.Errorf("%q is written as %q", s, out)
		}
	}
	if got := list.Plain("'tis"); got != "'tis" {
		t.Errorf("somebody else's apostrophe: %q", got)
	}
}

// What the public list holds is for everyone, and says nothing of what waits.
func TestPublicTable(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, "name,audience,published\nOpen,everyone,yes\nWaiting,everyone,no\nInside,members,yes\nHidden,unlisted,yes\n", ImportOptions{Publish: true})
		var b bytes.Buffer
		if err := s.writeCSV(t.Context(), &b, table, s.public); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][1] != "Open" || slices.Contains(rows[0], "published") {
			t.Errorf("%q, %v", rows, err)
		}
		if rows, _ := csv.NewReader(strings.NewReader(exported(t, s))).ReadAll(); len(rows) != 5 || !slices.Contains(rows[0], "published") {
			t.Errorf("for whoever runs the network: %q", rows)
		}
	})
}

func TestSince(t *testing.T) {
	for in, want := range map[string]int{"": 0, "2004": 2004, "2004-04-30": 2004, "30/4/2004": 2004, "April 2004": 2004, "2004.0": 2004, "1/2/04": -1, "2004-2010": -1, "long ago": -1, "20040430": -1} {
		g := Group{Details: Details{Since: 7}}
		if err := setSince(&g, in); (err != nil) != (want < 0) || err == nil && g.Since != want {
			t.Errorf("%q: %d, %v", in, g.Since, err)
		}
	}
}
