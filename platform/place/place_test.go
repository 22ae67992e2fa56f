package place

import (
	"bytes"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/globe"
	"withus.example/platform/i18n"
)

// some are towns of which several are called alike.
var some = []Place{
	{ID: 2644688, Name: "Leeds", Admin: "ENG", Country: "GB", Population: 455123, Point: globe.Point{Lat: 53.79648, Lng: -1.54785}},
	{ID: 4072130, Name: "Leeds", Admin: "AL", Country: "US", Population: 11936, Point: globe.Point{Lat: 33.54816, Lng: -86.54443}},
	{ID: 4969332, Name: "Leeds", Admin: "ME", Country: "US", Population: 2080, Point: globe.Point{Lat: 44.30340, Lng: -70.11950}},
	{ID: 2650225, Name: "Edinburgh", Admin: "SCT", Country: "GB", Population: 435794, Point: globe.Point{Lat: 55.95206, Lng: -3.19648}},
	{ID: 2655603, Name: "Birmingham", Admin: "ENG", Country: "GB", Population: 984333, Point: globe.Point{Lat: 52.48142, Lng: -1.89983}},
	{ID: 4049979, Name: "Birmingham", Admin: "AL", Country: "US", Population: 212237, Point: globe.Point{Lat: 33.52066, Lng: -86.80249}},
	{ID: 2647353, Name: "Handsworth", Admin: "ENG", Country: "GB", Population: 27749, Section: true, Point: globe.Point{Lat: 52.5, Lng: -1.93}},
	{ID: 2647354, Name: "Handsworth", Admin: "ENG", Country: "GB", Population: 30000, Section: true, Point: globe.Point{Lat: 53.36, Lng: -1.39}},
	{ID: 2636841, Name: "Stoke-on-Trent", Admin: "ENG", Country: "GB", Population: 260419, Point: globe.Point{Lat: 53, Lng: -2.18}},
	{ID: 3868626, Name: "Valparaíso", Admin: "01", Country: "CL", Population: 282448, Point: globe.Point{Lat: -33.04, Lng: -71.63}},
	{ID: 3445575, Name: "Valparaíso", Admin: "27", Country: "BR", Population: 15938, Point: globe.Point{Lat: -21.22, Lng: -50.87}},
	{ID: 2950159, Name: "Berlin", Admin: "16", Country: "DE", Population: 3426354, Point: globe.Point{Lat: 52.52, Lng: 13.41}},
	{ID: 524901, Name: "Moscow", Admin: "48", Country: "RU", Population: 10381222, Point: globe.Point{Lat: 55.75, Lng: 37.62}},
	{ID: 359792, Name: "Aswān", Admin: "16", Country: "EG", Population: 241261, Point: globe.Point{Lat: 24.09, Lng: 32.91}},
	{ID: 361058, Name: "Alexandria", Admin: "06", Country: "EG", Population: 3811516, Point: globe.Point{Lat: 31.2, Lng: 29.92}},
	{ID: 2198148, Name: "Suva", Admin: "01", Country: "FJ", Population: 77366, Point: globe.Point{Lat: -18.14, Lng: 178.44}},
	{ID: 734077, Name: "Thessaloníki", Admin: "ESYE12", Country: "GR", Population: 354290, Point: globe.Point{Lat: 40.64, Lng: 22.94}},
	{ID: 2634910, Name: "Wales", Admin: "ENG", Country: "GB", Population: 6455, Point: globe.Point{Lat: 53.34, Lng: -1.28}},
	{ID: 2464470, Name: "Tunis", Admin: "36", Country: "TN", Population: 693210, Point: globe.Point{Lat: 36.82, Lng: 10.17}},
}

func gazetteer(t testing.TB, all []Place) *Gazetteer {
	t.Helper()
	langs, err := i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Of(langs, all)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// What is packed comes out again: places to a hundredth of a degree, how many
// live there to a tenth.
func TestPack(t *testing.T) {
	g := gazetteer(t, some)
	for _, want := range some {
		got := g.ByID(want.ID)
		if got == nil {
			t.Errorf("%s is gone", want.Name)
			continue
		}
		if km := globe.Distance(got.Point, want.Point); km > 1 {
			t.Errorf("%s moved by %.1f km", want.Name, km)
		}
		if off := math.Abs(float64(got.Population)/float64(want.Population) - 1); off > .1 {
			t.Errorf("%s has %d people, not %d", want.Name, got.Population, want.Population)
		}
		got.Point, got.Population = want.Point, want.Population
		if *got != want {
			t.Errorf("%+v, want %+v", *got, want)
		}
	}
	if g.ByID(1) != nil || g.ByID(0) != nil || g.ByID(-1) != nil {
		t.Error("there are places nobody packed")
	}
}

// What people type finds what they mean.
func TestFind(t *testing.T) {
	g := gazetteer(t, some)
	for _, x := range []struct{ words, country, want string }{
		{"Leeds", "", "Leeds GB, Leeds US, Leeds US"}, {"  LEEDS ", "", "Leeds GB, Leeds US, Leeds US"},
		{"leed", "", "Leeds GB, Leeds US, Leeds US"}, {"Leds", "", "Leeds GB, Leeds US, Leeds US"}, {"Ledes", "", "Leeds GB, Leeds US, Leeds US"},
		{"Leeds, GB", "", "Leeds GB"}, {"Leeds, United Kingdom", "", "Leeds GB"}, {"Leeds, Reino Unido", "", "Leeds GB"},
		{"Leeds، المملكة المتحدة", "", "Leeds GB"}, {"Leeds United Kingdom", "", "Leeds GB"}, {"leeds uk", "", "Leeds GB"}, {"Leeds, États-Unis", "", "Leeds US, Leeds US"},
		{"Leeds, AL", "", "Leeds US"}, {"Leeds, Alabama", "", "Leeds US"}, {"Leeds, Maine, USA", "", "Leeds US"}, {"Leeds", "US", "Leeds US, Leeds US"},
		{"Leeds, Atlantis", "", "Leeds GB, Leeds US, Leeds US"}, {"Leeds, Germany", "", "Leeds GB, Leeds US, Leeds US"},
		{"edinbrugh", "", "Edinburgh GB"}, {"Edinburg", "", "Edinburgh GB"}, {"Edimburgo", "", "Edinburgh GB"},
		{"birmingam", "", "Birmingham GB, Birmingham US"}, {"valparaiso", "", "Valparaíso CL, Valparaíso BR"}, {"Valparaíso (Chile)", "", "Valparaíso CL"},
		{"stoke on trent", "", "Stoke-on-Trent GB"}, {"Stoke", "", "Stoke-on-Trent GB"},
		{"Handsworth, Birmingham", "GB", "Handsworth GB, Handsworth GB"}, {"Nowhere, Leeds", "GB", "Leeds GB"},
		{"aswan", "", "Aswān EG"}, {"أسوان", "", "Aswān EG"}, {"اسوان", "EG", "Aswān EG"}, {"الإسكندرية", "EG", "Alexandria EG"},
		{"Берлин", "", "Berlin DE"}, {"برلين", "", "Berlin DE"}, {"ברלין", "", "Berlin DE"}, {"Βερολίνο", "DE", "Berlin DE"}, {"Москва", "", "Moscow RU"},
		{"Θεσσαλονίκη", "", "Thessaloníki GR"}, {"تونس العاصمة", "TN", ""},
		{"Kenya", "", " KE"}, {"Kenia", "", " KE"}, {"كينيا", "", " KE"}, {"Kennya", "", " KE"}, {"Tunis", "", "Tunis TN"},
		{"", "", ""}, {" , ,", "", ""}, {"qqqqqq", "", ""}, {"xx", "", ""}, {"Leeds", "FR", ""}, {"L", "", ""},
	} {
		var got []string
		for _, p := range g.Find(x.words, x.country, 5) {
			got = append(got, p.Name+" "+p.Country)
		}
		if s := strings.Join(got, ", "); s != x.want {
			t.Errorf("%q in %q finds %q, want %q", x.words, x.country, s, x.want)
		}
	}
	if found := g.Find("Handsworth, Birmingham", "", 1); len(found) != 1 || found[0].ID != 2647353 {
		t.Errorf("the Handsworth in Birmingham is another than %v", found)
	}
	if found := g.Find("Leeds", "", 2); len(found) != 2 {
		t.Errorf("%d, want 2 at most", len(found))
	}
}

// A thing is located in its country or not at all; who asks for a town is not
// told which part of it.
func TestLocate(t *testing.T) {
	g := gazetteer(t, some)
	at := func(area, country string, town bool) string {
		if p := g.Locate(area, country, town); p != nil {
			return p.Name + " " + p.Country
		}
		return ""
	}
	for _, x := range [][3]string{{"Leeds", "US", "Leeds US"}, {"Leeds", "FR", ""}, {"Leeds", "", ""}, {"", "GB", ""}, {"United Kingdom", "GB", ""}, {"Handsworth, Birmingham", "GB", "Handsworth GB"},
		{"Mid Wales", "GB", ""}, {"Nowhere, Wales", "GB", ""}, {"Leds", "GB", ""}, {"Lee", "GB", ""}, {"Mid Leeds", "GB", ""}, {"أسوان", "EG", "Aswān EG"}, {"الصعيد", "EG", ""}, {"Nowhere, Leeds", "GB", "Leeds GB"}} {
		if got := at(x[0], x[1], false); got != x[2] {
			t.Errorf("%s, %s is located in %q, want %q", x[0], x[1], got, x[2])
		}
	}
	if got := at("Handsworth, Birmingham", "GB", true); got != "Birmingham GB" {
		t.Errorf("a confidential group in Handsworth is located in %q", got)
	}
}

// Without towns the countries are known.
func TestWithoutTowns(t *testing.T) {
	g := gazetteer(t, nil)
	if found := g.Find("Kenya", "", 5); len(found) != 1 || found[0].Country != "KE" || found[0].Lat == 0 {
		t.Errorf("Kenya is %v", found)
	}
	if found := g.Find("Leeds", "", 5); len(found) != 0 {
		t.Errorf("Leeds is %v", found)
	}
}

func TestMiddles(t *testing.T) {
	none := []string{"EA", "EZ", "UN", "BV", "CP", "UM"} // nobody lives there, or it is no place
	for _, code := range i18n.Countries {
		at, ok := Middle(code)
		if !ok && !slices.Contains(none, code) {
			t.Errorf("%s has no middle", code)
		}
		if math.Abs(at.Lat) > 90 || math.Abs(at.Lng) > 180 {
			t.Errorf("%s is at %v", code, at)
		}
	}
	if at, _ := Middle("KE"); globe.Distance(at, globe.Point{Lat: 0.5, Lng: 37.9}) > 100 {
		t.Errorf("Kenya is at %v", at)
	}
}

func TestAt(t *testing.T) {
	g := gazetteer(t, some)
	for _, want := range some {
		if got := g.At(g.ByID(want.ID).Point, want.Country); got == nil || got.ID != want.ID {
			t.Errorf("at %s stands %v", want.Name, got)
		}
	}
	if p := g.At(globe.Point{Lat: 1, Lng: 1}, "GB"); p != nil {
		t.Errorf("in the sea stands %v", p)
	}
	if p := g.At(g.ByID(2644688).Point, "FR"); p != nil {
		t.Errorf("in another country stands %v", p)
	}
}

func TestBeside(t *testing.T) {
	g := gazetteer(t, some)
	if p := g.Beside(some[1]); p == nil || p.ID != 4049979 {
		t.Errorf("Leeds in Alabama is beside %v, want Birmingham there", p)
	}
	if p := g.Beside(some[15]); p != nil {
		t.Errorf("Suva is beside %v", p)
	}
}

// A file that was cut off, or is another's, is an error and no more.
func TestBroken(t *testing.T) {
	var b bytes.Buffer
	if err := Pack(&b, some); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		if _, err := read(bytes.NewReader(b.Bytes()[:n])); err == nil {
			t.Errorf("cut off after %d bytes it is read", n)
		}
	}
	if _, err := read(strings.NewReader("<html>")); err == nil {
		t.Error("another file is read")
	}
}

// The towns inside this program, where there are any.
func TestEmbedded(t *testing.T) {
	if _, err := os.Stat("npm/" + Packed); err != nil {
		t.Skip("built without towns: run make front")
	}
	f, err := os.Open("npm/" + Packed)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, _ := f.Seek(0, io.SeekEnd); n > 2_200_000 {
		t.Errorf("the towns weigh %d bytes", n)
	}
	langs, err := i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground)
	if err != nil {
		t.Fatal(err)
	}
	g := New(langs)
	if n := g.towns().len(); n < 100_000 {
		t.Errorf("%d towns", n)
	}
	for words, want := range map[string]string{
		"Leeds": "GB", "Nairobi": "KE", "nairoby": "KE", "Valparaíso": "CL", "Sao Paulo": "BR", "Zürich": "CH", "Zurich": "CH", "Saint-Denis, Réunion": "RE",
		"برلين": "DE", "لندن": "GB", "بيروت": "LB", "Лондон": "GB", "Αθήνα": "", "Tōkyō": "JP", "Suva": "FJ", "Montevideo": "UY", "Portland, OR": "US",
	} {
		found := g.Find(words, "", 1)
		if want != "" && (len(found) == 0 || found[0].Country != want) {
			t.Errorf("%s is %v", words, found)
		}
	}
	if found := g.Find("Cairo, Egypt", "", 1); len(found) == 0 || found[0].Country != "EG" {
		t.Errorf("Cairo is %v", found)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"", "Leeds, GB", "أسوان", "\x00", ",,,", "Лидс", "a b c d e f g", "心", strings.Repeat("a", 500), "Leeds, AL, US, x, y, z", "é́́", "ال", "9", "\xff"} {
		f.Add(s, "")
	}
	f.Add("Leeds", "GB")
	g := gazetteer(f, some)
	f.Fuzz(func(t *testing.T, words, country string) {
		for _, p := range g.Find(words, country, 3) {
			if country != "" && p.Country != country {
				t.Errorf("%q in %q finds %v", words, country, p)
			}
		}
		g.Locate(words, country, true)
	})
}

func BenchmarkFind(b *testing.B) {
	langs, err := i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground)
	if err != nil {
		b.Fatal(err)
	}
	g := New(langs)
	if g.Version() == "" {
		b.Skip("built without towns: run make front")
	}
	for _, words := range []string{"Leeds", "San", "Edinbrugh", "Handsworth, Birmingham", "برلين", "Kenya", "qqqqqqqq"} {
		g.Find(words, "", 5)
		b.Run(words, func(b *testing.B) {
			for b.Loop() {
				g.Find(words, "", 5)
			}
		})
	}
}

// Every town that others call otherwise is in the gazetteer under the name
// written there, is found by each of the others, and called so.
func TestExonyms(t *testing.T) {
	if !Built() {
		t.Skip("built without towns: run make front")
	}
	langs, err := i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground)
	if err != nil {
		t.Fatal(err)
	}
	g := New(langs)
	for line := range strings.Lines(exonymsText) {
		town, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		country, name, _ := strings.Cut(town, " ")
		if !ok || len(country) != 2 || name == "" {
			t.Errorf("%q is no line of this file", line)
		}
		for part := range strings.SplitSeq(rest, "; ") {
			lang, names, _ := strings.Cut(part, " ")
			if langs.Get(lang) == nil {
				t.Errorf("%s: %q is no language of the house", line, lang)
			}
			all := strings.Split(names, ", ")
			for _, n := range all {
				found := g.Find(n, "", 8)
				i := slices.IndexFunc(found, func(p Place) bool { return p.Name == name && p.Country == country && p.Population >= leastCalled })
				if i < 0 {
					t.Errorf("%s: %q finds %v", line, n, found)
				} else if in := found[i].In(lang); in != all[0] || found[i].In("en") != name {
					t.Errorf("%s: in %s it is called %q", line, lang, in)
				}
				if p := g.Locate(n, country, true); p == nil || p.Name != name {
					t.Errorf("%s: in %s %q is %v", line, country, n, p)
				}
			}
		}
	}
}
