package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/globe"
)

func in(country string, lat, lng float64) Spot {
	return Spot{Country: country, Known: true, Point: globe.Point{Lat: lat, Lng: lng}}
}

// What is near comes in the order of distance, across the antimeridian too, with
// exact counts of what this viewer may find, on both engines.
func TestNear(t *testing.T) {
	dbtest.Run(t, rooms, func(t *testing.T, d *db.DB) {
		put(t, d,
			Doc{ID: "leeds", Title: "Leeds", Text: "kettle", Spot: in("GB", 53.80, -1.55), Terms: []string{"k:a"}},
			Doc{ID: "leeds2", Title: "Also Leeds", Text: "kettle", Spot: in("GB", 53.80, -1.55), Terms: []string{"k:b"}},
			Doc{ID: "york", Title: "York", Spot: in("GB", 53.96, -1.08), Terms: []string{"k:a"}},
			Doc{ID: "london", Title: "London", Spot: in("GB", 51.51, -0.13), Terms: []string{"k:a"}},
			Doc{ID: "members", Title: "Members", Scope: access.Network, Spot: in("GB", 53.79, -1.75), Terms: []string{"k:a"}},
			Doc{ID: "own", Title: "Own", Scope: "g1", Spot: in("GB", 53.80, -1.55), Terms: []string{"k:a"}},
			Doc{ID: "britain", Title: "Britain", Spot: Spot{Country: "GB"}, Terms: []string{"k:a"}},
			Doc{ID: "nowhere", Title: "Nowhere"},
			Doc{ID: "suva", Title: "Suva", Spot: in("FJ", -18.14, 178.44)},
			Doc{ID: "taveuni", Title: "Taveuni", Spot: in("FJ", -16.85, -179.97)},
			Doc{ID: "lau", Title: "Lau", Spot: in("FJ", -17.2, -178.95)},
		)
		x := New(d)
		for _, c := range []struct {
			name   string
			q      Query
			want   string
			counts string
		}{
			{"near Leeds", Query{Near: &Near{At: globe.Point{Lat: 53.8, Lng: -1.55}, Km: 50}}, "leeds2 0, leeds 0, york 36", "map[a:2 b:1]"},
			{"with a filter", Query{Near: &Near{At: globe.Point{Lat: 53.8, Lng: -1.55}, Km: 50}, Filters: map[string][]string{"k": {"a"}}}, "leeds 0, york 36", "map[a:2 b:1]"},
			{"with words", Query{Words: "kettle", Near: &Near{At: globe.Point{Lat: 53.96, Lng: -1.08}, Km: 50}}, "leeds2 36, leeds 36", "map[a:1 b:1]"},
			{"farther", Query{Near: &Near{At: globe.Point{Lat: 53.8, Lng: -1.55}, Km: 300}}, "leeds2 0, leeds 0, york 36, london 272", "map[a:3 b:1]"},
			{"across the antimeridian", Query{Near: &Near{At: globe.Point{Lat: -17, Lng: 179.9}, Km: 250}}, "taveuni 22, lau 124, suva 200", "map[]"},
			{"a country", Query{Near: &Near{At: globe.Point{Lat: 54, Lng: -2.9}, Countries: []string{"GB"}}}, "leeds2 91, leeds 91, york 119, london 334, britain -1", "map[a:4 b:1]"},
			{"nothing there", Query{Near: &Near{At: globe.Point{Lat: 89.9}, Km: 200}}, "", "map[]"},
		} {
			c.q.Kind, c.q.Size = "group", 10
			f, err := x.Browse(t.Context(), &access.Viewer{}, c.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, id := range f.IDs {
				got = append(got, fmt.Sprintf("%s %.0f", id, f.Km[i]))
			}
			if s := strings.Join(got, ", "); s != c.want || f.Total != len(got) || fmt.Sprint(f.Counts["k"]) != c.counts {
				t.Errorf("%s: %q of %d, %v; want %q, %s", c.name, s, f.Total, f.Counts["k"], c.want, c.counts)
			}
		}
		f, err := x.Browse(t.Context(), signedIn(t, d, "g1"), Query{Kind: "group", Size: 10, Near: &Near{At: globe.Point{Lat: 53.8, Lng: -1.55}, Km: 20}})
		if err != nil || strings.Join(f.IDs, " ") != "leeds2 leeds members" {
			t.Errorf("a member finds %v, %v", f.IDs, err)
		}

		spread := func(v *access.Viewer, q Query) string {
			var got []string
			q.Kind, q.Spread = "group", func(heaps []Heap) {
				for _, h := range heaps {
					one := fmt.Sprintf("%s %.0f %d", h.Country, h.Lat, h.N)
					if h.N == 1 {
						one += " " + h.ID
					}
					got = append(got, one)
				}
			}
			if _, err := x.Browse(t.Context(), v, q); err != nil {
				t.Fatal(err)
			}
			return strings.Join(got, ", ")
		}
		if got, want := spread(&access.Viewer{}, Query{Filters: map[string][]string{"k": {"a", "b"}}}), "GB 0 1 britain, GB 52 1 london, GB 54 2, GB 54 1 york"; got != want {
			t.Errorf("a visitor sees heaps %q, want %q", got, want)
		}
		if got, want := spread(signedIn(t, d), Query{Filters: map[string][]string{"k": {"a"}}}), "GB 0 1 britain, GB 52 1 london, GB 54 1 members, GB 54 1 leeds, GB 54 1 york"; got != want {
			t.Errorf("a member sees heaps %q, want %q", got, want)
		}
	})
}

// Walking through the pages shows everything within reach once, each farther
// than the one before, forwards and back.
func TestNearPages(t *testing.T) {
	d, err := db.Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(t.Context(), append(rooms, db.Ground)...); err != nil {
		t.Fatal(err)
	}
	var docs []Doc
	for i := range 200 {
		doc := Doc{ID: fmt.Sprintf("id%03d", i*7%200), Title: fmt.Sprintf("Group %c", 'a'+i%26)}
		if i%9 > 0 {
			doc.Spot = in("FJ", float64(i%13)-6, globe.Apart(170+float64(i%23), 0))
		}
		docs = append(docs, doc)
	}
	put(t, d, docs...)
	x := New(d)
	rapid.Check(t, func(t *rapid.T) {
		at := globe.Point{Lat: rapid.Float64Range(-10, 10).Draw(t, "lat"), Lng: rapid.Float64Range(-180, 180).Draw(t, "lng")}
		q := Query{Kind: "group", Size: rapid.IntRange(1, 40).Draw(t, "size"), Near: &Near{At: at, Km: rapid.Float64Range(1, 3000).Draw(t, "km")}}
		want := 0
		for _, doc := range docs {
			if doc.Spot.Known && globe.Distance(at, doc.Spot.Point) <= q.Near.Km {
				want++
			}
		}
		var pages []string
		seen, km := map[string]bool{}, -1.0
		for {
			f, err := x.Browse(context.Background(), &access.Viewer{}, q)
			if err != nil || f.Total != want {
				t.Fatalf("%d, want %d; %v", f.Total, want, err)
			}
			for i, id := range f.IDs {
				if seen[id] || f.Km[i] < km {
					t.Fatalf("%s at %.1f km after %.1f", id, f.Km[i], km)
				}
				seen[id], km = true, f.Km[i]
			}
			pages = append(pages, q.Page)
			if len(pages) > 1 && (len(pages) > 2 && f.Prev == "" || f.Next == "" && f.Prev == "") {
				t.Fatal("there is no way back")
			}
			if q.Page = f.Next; q.Page == "" {
				break
			}
		}
		if len(seen) != want {
			t.Fatalf("%d things on all pages, want %d", len(seen), want)
		}
	})
}

func FuzzSpot(f *testing.F) {
	for _, s := range []string{"", "GB", "GB 53.80 -1.55", "- 0 0", "GB x y", "GB 1", "  ", "GB NaN Inf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s := readSpot(text); s.Known {
			if again := readSpot(s.String()); again.Known && !slices.Equal([]string{again.String()}, []string{s.String()}) {
				t.Errorf("%q becomes %q", s, again)
			}
		}
	})
}

// A page that begins with something that is gone by now begins where that was,
// and not at the first page again.
func TestPageBeginsWhereItWas(t *testing.T) {
	dbtest.Run(t, rooms, func(t *testing.T, d *db.DB) {
		var docs []Doc
		for i := range 12 {
			docs = append(docs, Doc{ID: fmt.Sprintf("id%02d", i), Title: fmt.Sprintf("Kettle %c", 'a'+i), Text: "kettle", Spot: in("GB", 50+float64(i)/10, 0)})
		}
		put(t, d, docs...)
		x := New(d)
		for name, q := range map[string]Query{"near": {Near: &Near{At: globe.Point{Lat: 50}, Km: 500}}, "words": {Words: "kettle"}, "titles": {}} {
			q.Kind, q.Size = "group", 4
			one, err := x.Browse(t.Context(), &access.Viewer{}, q)
			if err != nil || strings.Join(one.IDs, " ") != "id00 id01 id02 id03" {
				t.Fatal(name, one, err)
			}
			if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Drop(ctx, tx, "group", "group", "id04") }); err != nil {
				t.Fatal(err)
			}
			q.Page = one.Next
			two, err := x.Browse(t.Context(), &access.Viewer{}, q)
			if err != nil || strings.Join(two.IDs, " ") != "id05 id06 id07 id08" || two.Prev == "" {
				t.Errorf("%s goes on with %v, %v", name, two.IDs, err)
			}
			put(t, d, docs[4])
		}
	})
}
