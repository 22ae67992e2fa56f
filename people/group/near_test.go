package group

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/atlas"
	"withus.example/platform/db"
	"withus.example/platform/globe"
	"withus.example/platform/i18n"
	"withus.example/platform/place"
	"withus.example/platform/ui"
)

// towns are the gazetteer of these tests.
var towns = []place.Place{
	{ID: 1, Name: "Leeds", Admin: "ENG", Country: "GB", Population: 455000, Point: globe.Point{Lat: 53.80, Lng: -1.55}},
	{ID: 2, Name: "Leeds", Admin: "AL", Country: "US", Population: 12000, Point: globe.Point{Lat: 33.55, Lng: -86.54}},
	{ID: 3, Name: "York", Admin: "ENG", Country: "GB", Population: 150000, Point: globe.Point{Lat: 53.96, Lng: -1.08}},
	{ID: 4, Name: "Harehills", Admin: "ENG", Country: "GB", Population: 27000, Section: true, Point: globe.Point{Lat: 53.81, Lng: -1.51}},
	{ID: 5, Name: "Suva", Admin: "01", Country: "FJ", Population: 77000, Point: globe.Point{Lat: -18.14, Lng: 178.44}},
	{ID: 6, Name: "Vunisea", Admin: "01", Country: "FJ", Population: 900, Point: globe.Point{Lat: -17.2, Lng: -178.95}},
}

// placed is a room with those towns and some groups in them.
func placed(t *testing.T, s *Service) {
	t.Helper()
	langs, err := i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground, ui.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	s.langs = langs
	if s.places, err = place.Of(langs, towns); err != nil {
		t.Fatal(err)
	}
	group := func(name, area, country string) *Group {
		return &Group{Details: Details{Name: name, Area: area, Country: country}, Audience: Everyone, Published: true}
	}
	kettle, quiet, inner, hidden, waiting := group("Kettle", "Leeds", "GB"), group("Quiet", "Harehills, Leeds", "GB"), group("Inner", "Leeds", "GB"), group("Hidden", "Leeds", "GB"), group("Waiting", "Leeds", "GB")
	kettle.Place = "Secret Street 9, York"
	quiet.Confidential, quiet.Place = true, "York"
	inner.Audience, hidden.Audience, waiting.Published = Members, Unlisted, false
	err = s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, g := range []*Group{kettle, group("Choir", "York", "GB"), quiet, group("Loud", "Harehills, Leeds", "GB"), inner, hidden, waiting,
			group("Moor", "Mid Wales", "GB"), group("Anywhere", "", ""), group("Alabama", "Leeds", "US"), group("Bure", "Suva", "FJ"), group("Reef", "Vunisea", "FJ")} {
			g := *g // it may run again
			if err := s.create(ctx, tx, &g, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func member() *access.Viewer { return &access.Viewer{Member: "m", Persona: "p", Role: access.Member} }

// nearby is what a list around a place holds: names with how far they are.
func nearby(t *testing.T, s *Service, v *access.Viewer, query string) string {
	t.Helper()
	q, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.List(t.Context(), v, "", s.readNear(q), nil, "", "")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range l.Groups {
		one := b.Name
		if b.Away != nil {
			one += " " + awayText(s.langs.Langs[0], *b.Away)
		}
		out = append(out, one)
	}
	if l.Total != len(out) {
		t.Errorf("%s: %d of %d", query, len(out), l.Total)
	}
	return strings.Join(out, ", ")
}

// Groups are found near a place by the town they name, the nearest first; one
// whose place is confidential by its town alone, and never by where it meets.
func TestNear(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		placed(t, s)
		check := func(query, want string) {
			t.Helper()
			if got := nearby(t, s, &access.Viewer{}, query); got != want {
				t.Errorf("%s finds %q, want %q", query, got, want)
			}
		}
		const all = "Alabama, Anywhere, Bure, Choir, Kettle, Loud, Moor, Quiet, Reef"
		check("near=Leeds", "Kettle In the same town, Quiet In the same town, Loud 3 km, Choir 36 km")
		check("near=leds&within=10", "Kettle In the same town, Quiet In the same town, Loud 3 km")
		check("near=Leeds&at=2", "Alabama In the same town")
		check("near=Leeds,+US", "Alabama In the same town")
		check("near=York&within=10", "Choir In the same town") // where Quiet meets
		check("near=Vunisea&within=500", "Reef In the same town, Bure 296 km")
		check("near=Fiyi", "Bure 60 km, Reef 330 km")
		check("near=zzzzzzz", all)
		check("near=", all)
		check("near=Leeds&within=x", "Kettle In the same town, Quiet In the same town, Loud 3 km, Choir 36 km")
		check("near=Leeds&within=-5", "Kettle In the same town, Quiet In the same town, Loud 3 km, Choir 36 km")
		if got := nearby(t, s, &access.Viewer{}, "near=United+Kingdom"); !strings.HasSuffix(got, "Moor") || strings.Count(got, ",") != 4 {
			t.Errorf("in a country is found %q; whose town is not known comes last", got)
		}
		n := s.readNear(url.Values{"near": {"Leeds"}})
		if len(n.Others) != 1 || n.Others[0].ID != 2 {
			t.Errorf("Leeds may also mean %v", n.Others)
		}
		p := &ui.Page{Lang: s.langs.Langs[0], Path: "/groups", Query: url.Values{"near": {"Leeds"}, "page": {"x"}, "support": {"material"}}}
		if o := s.others(p, n); len(o) != 1 || o[0].Path != "/groups?at=2&near=Leeds&support=material&within=50" || !strings.Contains(o[0].Text, "AL") {
			t.Errorf("%+v", o)
		}
	})
}

// Groups of data that is older than places, or that another gazetteer placed,
// are placed by a round of jobs, once.
func TestReplace(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		placed(t, s)
		forget := func() {
			err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				tx.Changed("search/" + docKind)
				_, err := tx.Exec(ctx, `UPDATE search_doc SET place = ''`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		forget()
		if got := nearby(t, s, &access.Viewer{}, "near=York&within=10"); got != "" {
			t.Fatalf("nothing is placed, and near York is %q", got)
		}
		for _, want := range []string{"Choir In the same town", ""} { // then the round has nothing to do
			if err := s.replace(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := nearby(t, s, &access.Viewer{}, "near=York&within=10"); got != want {
				t.Errorf("near York is %q, want %q", got, want)
			}
			forget()
		}
		var err error
		if s.places, err = place.Of(s.langs, towns[:4]); err != nil {
			t.Fatal(err)
		}
		if err := s.replace(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := nearby(t, s, &access.Viewer{}, "near=York&within=10"); got != "Choir In the same town" {
			t.Errorf("another gazetteer leaves near York %q", got)
		}
	})
}

// marks are what a map says.
func marks(t *testing.T, s *Service, v *access.Viewer, key string) string {
	t.Helper()
	c, err := s.chart(t.Context(), v, s.langs.Langs[0], key, "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, k := range c.Marks {
		out = append(out, k.Text+" > "+k.Path)
	}
	return strings.Join(out, "\n")
}

// A map shows what the viewer may find and no more, by towns; each mark has a
// name and leads on, and the table says the same.
func TestMap(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		placed(t, s)
		for _, x := range []struct {
			key  string
			v    *access.Viewer
			want string
		}{
			{atlas.World, &access.Viewer{}, "5 groups in United Kingdom > /group-map/gb\nAlabama > /groups/alabama\n2 groups in Fiji > /group-map/fj"},
			{atlas.World, member(), "6 groups in United Kingdom > /group-map/gb\nAlabama > /groups/alabama\n2 groups in Fiji > /group-map/fj"},
			{"europe", &access.Viewer{}, "5 groups in United Kingdom > /group-map/gb"},
			{"oceania", &access.Viewer{}, "2 groups in Fiji > /group-map/fj"},
			{"asia", &access.Viewer{}, ""},
			{"US", &access.Viewer{}, "Alabama > /groups/alabama"},
			{"FR", member(), ""},
		} {
			if x.key == "US" && !atlas.Built() {
				t.Log("built without borders, which say how large a country is: run make front")
				continue
			}
			if got := marks(t, s, x.v, x.key); got != x.want {
				t.Errorf("%s shows\n%s\nwant\n%s", x.key, got, x.want)
			}
		}
		c, err := s.chart(t.Context(), &access.Viewer{}, s.langs.Langs[0], "GB", "", nil, url.Values{"support": {"material"}})
		if err != nil {
			t.Fatal(err)
		}
		rows := ""
		for _, r := range c.Rows {
			rows += r.Text + " > " + r.Path + "\n"
		}
		for _, want := range []string{"Leeds > /groups?at=1&near=Leeds&support=material&within=10", "Harehills: Loud > /groups/loud", "York: Choir > /groups/choir", "know: Moor > /groups/moor"} {
			if !strings.Contains(rows, want) {
				t.Errorf("the table has no %q:\n%s", want, rows)
			}
		}
		if strings.Contains(rows, "Inner") || strings.Contains(rows, "Hidden") || strings.Contains(rows, "Waiting") || strings.Contains(rows, "Secret") {
			t.Errorf("the table says too much:\n%s", rows)
		}
		n := 0
		for _, k := range c.Marks {
			n += k.N
			for _, o := range c.Marks {
				if x, y := k.X-o.X, k.Y-o.Y; k.Text != o.Text && x*x+y*y < (gap-2)*(gap-2) {
					t.Errorf("%q and %q lie on one another", k.Text, o.Text)
				}
			}
		}
		if n != 5 || c.Total != 5 {
			t.Errorf("%d groups on the map of %d, want 5", n, c.Total)
		}
		if c, err = s.chart(t.Context(), &access.Viewer{}, s.langs.Langs[0], atlas.World, "", nil, nil); err != nil || c.Lost != 1 {
			t.Errorf("%d groups are nowhere, want 1; %v", c.Lost, err)
		}
	})
}

func TestAreas(t *testing.T) {
	for path, want := range map[string]string{"": atlas.World, "africa": "africa", "gb": "GB", "GB": "", "xx": "", "world": "", "002": "", "eu": "", "../x": "", "africa ": ""} {
		if got := areaOf(path); got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for n, want := range map[int]string{1: "1", 999: "999", 1000: "1k", 1600: "2k", 999_499: "999k", 999_600: "1M", 2_400_000: "2M"} {
		if got := short(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
