package i18n

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

func load(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load([]string{"en", "es", "fr", "ar"}, Ground, fstest.MapFS{
		"locale/en.json": {Data: []byte(`{"a.hi": "Hello {name}, it is {day}", "a.n": {"one": "{n} group", "other": "{n} groups"}, "a.found": {"zero": "nothing", "one": "{n} found", "other": "{n} found"}, "a.only": "only here"}`)},
		"locale/fr.json": {Data: []byte(`{"a.hi": "Bonjour {name} : « {day} » ?", "a.n": {"one": "{n} groupe ; un", "other": "{n} groupes !"}}`)},
		"locale/ar.json": {Data: []byte(`{"a.hi": "مرحبا {name}", "a.n": {"zero": "لا مجموعات", "one": "مجموعة واحدة", "two": "مجموعتان", "few": "{n} مجموعات", "many": "{n} مجموعة", "other": "{n} مجموعة"}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTexts(t *testing.T) {
	c := load(t)
	en, ar, fr := c.Get("en"), c.Get("ar"), c.Get("fr")
	day := time.Date(2026, 6, 9, 23, 30, 0, 0, time.FixedZone("", -3600))
	for _, x := range []struct {
		l    *Lang
		key  string
		args []any
		want string
	}{
		{en, "a.hi", []any{"name", "Ana", "day", day}, "Hello Ana, it is 10 June 2026"},
		{en, "a.hi", []any{"name", "سلمى", "day", ""}, "Hello \u2068سلمى\u2069, it is "},
		{ar, "a.hi", []any{"name", "Ana"}, "مرحبا \u2068Ana\u2069"},
		{en, "a.n", []any{"n", 1}, "1 group"}, {en, "a.n", []any{"n", 0}, "0 groups"}, {en, "a.found", []any{"n", 0}, "nothing"}, {en, "a.found", []any{"n", 2}, "2 found"}, {en, "a.n", []any{"n", 10000}, "10,000 groups"},
		{ar, "a.n", []any{"n", 0}, "لا مجموعات"}, {ar, "a.n", []any{"n", 2}, "مجموعتان"}, {ar, "a.n", []any{"n", 3}, "3 مجموعات"}, {ar, "a.n", []any{"n", 11}, "11 مجموعة"}, {ar, "a.n", []any{"n", 100}, "100 مجموعة"},
		{fr, "a.hi", []any{"name", "Ana", "day", "9"}, "Bonjour Ana\u00a0: «\u00a09\u00a0»\u00a0?"}, {fr, "a.n", []any{"n", 1}, "1 groupe\u00a0; un"}, {fr, "a.n", []any{"n", 2}, "2 groupes\u00a0!"},
		{fr, "a.only", nil, "only here"}, {fr, "a.nobody", nil, "a.nobody"},
	} {
		if got := x.l.T(x.key, x.args...); got != x.want {
			t.Errorf("%s %s: %q, want %q", x.l.Code, x.key, got, x.want)
		}
	}
	if got := c.Get("es").Date(day); got != "10 de junio de 2026" {
		t.Error(got)
	}
	if got := c.Get("es").Month(day); got != "junio de 2026" {
		t.Error(got)
	}
	for n, want := range map[int]string{0: "fewer than 10", 9: "fewer than 10", 10: "10", 12: "10", 13: "15", 1234: "1,235"} {
		if got := en.Rounded(n); got != want {
			t.Errorf("%d people are %q, want %q", n, got, want)
		}
	}
	if got := ar.Missing("a.hi"); !slices.Equal(got, []string{"{day}"}) {
		t.Errorf("missing: %q", got)
	}
	if got := ar.Forms(); len(got) != 6 {
		t.Errorf("Arabic has %q", got)
	}
	if ar.Dir != "rtl" || en.Dir != "ltr" || ar.Name != "العربية" {
		t.Error(ar.Dir, en.Dir, ar.Name)
	}
}

func TestNames(t *testing.T) {
	c := load(t)
	if got := c.Get("ar").Country("EG"); got != "مصر" {
		t.Error(got)
	}
	if got := c.Get("fr").Language("sw"); got != "swahili" {
		t.Error(got)
	}
	for _, bad := range []string{"", "eg", "ZZ", "USA", "150", "E\x00"} {
		if got := c.Get("en").Country(bad); got != "" && bad != "ZZ" {
			t.Errorf("%q is %q", bad, got)
		}
	}
	if n := len(Countries); n < 240 || n > 270 || !slices.Contains(Countries, "ET") || slices.Contains(Countries, "ZZ") {
		t.Error(n, Countries)
	}
}

func TestMatch(t *testing.T) {
	c := load(t)
	for accept, want := range map[string]string{"": "en", "ar-EG,ar;q=0.9": "ar", "de, fr-CA;q=0.5": "fr", "es-419": "es", "xx": "en", ";;;": "en"} {
		if got := c.Match(accept).Code; got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
}

// What browsers wish for is remembered, and not without end.
func TestMatchIsBounded(t *testing.T) {
	c := load(t)
	for i := range 3000 {
		if l := c.Match(fmt.Sprintf("fr, en;q=0.%d", i)); l.Code != "fr" {
			t.Fatal(l.Code)
		}
	}
	n := 0
	c.now.Load().matched.Range(func(any, any) bool { n++; return true })
	if n > 1000 {
		t.Errorf("%d wishes are remembered", n)
	}
}

// A network speaks the languages it chose, in their order, and may choose anew.
func TestChoose(t *testing.T) {
	c := load(t)
	c.Choose("fr", "ar", "fr", "tlh")
	if got := c.Spoken(); len(got) != 2 || c.First().Code != "fr" || got[1].Code != "ar" {
		t.Error(got)
	}
	if c.Get("en") != nil || c.Match("en").Code != "fr" || c.Match("ar-EG").Code != "ar" {
		t.Error("English is spoken, and was not chosen")
	}
	c.Choose()
	if c.First().Code != "fr" {
		t.Error("a network without a language")
	}
	c.Choose("en", "es")
	if c.Match("en").Code != "en" || c.Get("fr") != nil {
		t.Error("it speaks as before")
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"broken": `{`, "no other": `{"a": {"one": "x"}}`, "no form": `{"a": {"lots": "x", "other": "y"}}`, "a number": `{"a": 1}`,
	} {
		if _, err := Load([]string{"en"}, fstest.MapFS{"locale/en.json": {Data: []byte(s)}}); err == nil {
			t.Error(name, "was taken")
		}
	}
	twice := fstest.MapFS{"locale/en.json": {Data: []byte(`{"a": "x"}`)}}
	if _, err := Load([]string{"en"}, twice, twice); err == nil {
		t.Error("two texts for one key were taken")
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "{", "}", "{}", "a {b} c", "{a}{b}", "{{a}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range cut(s) {
			if p.arg != "" && p.literal != "" {
				t.Error("a piece is both")
			}
		}
	})
}

// Sign languages have names, Twi and Fanti have two, and each is found by its
// own in any language of the house.
func TestNamesOfTheHouse(t *testing.T) {
	c := load(t)
	for _, x := range []struct{ lang, code, name string }{
		{"en", "bfi", "British Sign Language"}, {"ar", "bfi", "لغة الإشارة البريطانية"}, {"en", "tw", "Twi"}, {"en", "fat", "Fanti"}, {"fr", "moe", "innu"},
	} {
		if got := c.Get(x.lang).Language(x.code); got != x.name {
			t.Errorf("%s in %s is %q, want %q", x.code, x.lang, got, x.name)
		}
		if got := c.Find(x.name); got != x.code {
			t.Errorf("%q is %q, want %q", x.name, got, x.code)
		}
	}
}
