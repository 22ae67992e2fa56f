package atlas

import (
	"bytes"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"withus.example/platform/globe"
)

// square is a ring around a point.
func square(lat, lng, half float64) ring {
	at := func(x, y float64) globe.Point { return globe.Point{Lat: lat + y*half, Lng: globe.Apart(lng+x*half, 0)} }
	return ring{at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)}
}

// area in square degrees.
func area(r ring) (a float64) {
	for i, p := range r {
		q := r[(i+1)%len(r)]
		a += (p.Lng*q.Lat - q.Lng*p.Lat) / 2
	}
	return math.Abs(a)
}

// Wherever the map's edge lies, what lies across it is cut in two, nothing is
// lost, and no line crosses the map.
func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		half := rapid.Float64Range(1, 40).Draw(t, "half")
		r := square(rapid.Float64Range(-45, 45).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lng"), half)
		middle := rapid.Float64Range(-180, 180).Draw(t, "middle")
		sum := 0.0
		for _, part := range cut(r, middle) {
			sum += area(part)
			for i, p := range part {
				q := part[(i+1)%len(part)]
				if math.Abs(p.Lng) > 180+1e-9 || math.Abs(p.Lng-q.Lng) > 2*half+1e-6 {
					t.Errorf("a line from %v to %v", p, q)
				}
			}
		}
		if want := 4 * half * half; math.Abs(sum-want) > 1e-6*want {
			t.Errorf("%.3f square degrees are left of %.3f", sum, want)
		}
	})
}

// What goes round a pole is closed over it.
func TestCutRoundThePole(t *testing.T) {
	var r ring
	for lng := -180.0; lng < 180; lng += 10 {
		r = append(r, globe.Point{Lat: -70, Lng: lng})
	}
	for _, middle := range []float64{0, 11, 180} {
		sum := 0.0
		for _, part := range cut(r, middle) {
			sum += area(part)
		}
		if math.Abs(sum-20*360) > 1 {
			t.Errorf("around %v: %.1f square degrees, want %d", middle, sum, 20*360)
		}
	}
}

func TestPack(t *testing.T) {
	one := &Topology{Scale: [2]float64{.1, .2}, Translate: [2]float64{-180, -90}, Arcs: [][][2]int32{{{1, 2}, {-3, 4000}}, {{5, 6}}},
		Countries: []Country{{Code: "GB", Polygons: [][][]int32{{{0, -2}, {1}}}}, {Polygons: [][][]int32{{{1}}}}}}
	two := &Topology{Scale: [2]float64{1, 1}}
	var b bytes.Buffer
	if err := Pack(&b, one, two); err != nil {
		t.Fatal(err)
	}
	packed := b.Bytes()
	coarse, fine, err := read(bytes.NewReader(packed))
	if err != nil || !reflect.DeepEqual(coarse, one) || !reflect.DeepEqual(fine, two) {
		t.Errorf("%+v and %+v, %v", coarse, fine, err)
	}
	for n := range packed {
		if _, _, err := read(bytes.NewReader(packed[:n])); err == nil {
			t.Errorf("cut off after %d bytes it is read", n)
		}
	}
}

func TestContinents(t *testing.T) {
	for country, want := range map[string]string{"KE": "africa", "GB": "europe", "LB": "asia", "US": "north-america", "PR": "north-america", "CL": "south-america", "FJ": "oceania", "AQ": "", "x": ""} {
		if got := Continent(country); got != want {
			t.Errorf("%s lies on %q, want %q", country, got, want)
		}
	}
}

var steps = regexp.MustCompile(`([Mlz])(-?\d+)?[ ]?(-?\d+)?`)

// longest is the longest line of a path that can be seen: what is cut off runs
// along outside of the map.
func longest(t *testing.T, m *Map, d string) (most float64) {
	t.Helper()
	var x, y, x0, y0 float64
	line := func(x, y, x1, y1 float64) {
		w, h := float64(m.Width), float64(m.Height)
		if !(max(x, x1) < 0 || min(x, x1) > w || max(y, y1) < 0 || min(y, y1) > h) {
			most = max(most, math.Hypot(x-x1, y-y1))
		}
	}
	for _, m := range steps.FindAllStringSubmatch(d, -1) {
		a, _ := strconv.ParseFloat(m[2], 64)
		b, _ := strconv.ParseFloat(m[3], 64)
		switch m[1] {
		case "M":
			x, y, x0, y0 = a, b, a, b
		case "l":
			line(x, y, x+a, y+b)
			x, y = x+a, y+b
		case "z":
			line(x, y, x0, y0)
		}
	}
	return most
}

// Every map of the world and its parts, and of countries that lie across the
// antimeridian or far apart: there is land, no line runs across, and it is small.
func TestMaps(t *testing.T) {
	if !Built() {
		t.Skip("built without borders: run make front")
	}
	middles := map[string]globe.Point{"FJ": {Lat: -17.8, Lng: 178}, "NZ": {Lat: -43.5, Lng: 171}, "RU": {Lat: 61, Lng: 97}, "US": {Lat: 39, Lng: -98},
		"FR": {Lat: 46.6, Lng: 2.5}, "MT": {Lat: 35.9, Lng: 14.4}, "CL": {Lat: -35.7, Lng: -71.3}, "KE": {Lat: .5, Lng: 37.9}, "ID": {Lat: -2, Lng: 118}, "AQ": {Lat: -80, Lng: 0}, "TV": {Lat: -8.5, Lng: 179.2}, "CA": {Lat: 58, Lng: -102}, "NO": {Lat: 65, Lng: 14}}
	a := &Atlas{}
	for _, key := range append([]string{World, "FJ", "NZ", "RU", "US", "FR", "MT", "CL", "KE", "ID", "AQ", "TV", "CA", "NO"}, Continents()...) {
		m := a.Map(key, func(c string) (globe.Point, bool) { at, ok := middles[c]; return at, ok })
		if m == nil {
			t.Errorf("there is no map %s", key)
			continue
		}
		if len(m.Land)+len(m.Own) < 30 && key != "TV" {
			t.Errorf("%s has no land", key)
		}
		if n := len(m.Land) + len(m.Own); n > 80_000 {
			t.Errorf("%s weighs %d bytes", key, n)
		}
		// Canada's border along a parallel is half the map; Antarctica is cut at its pole.
		if key != "AQ" && key != "CA" && longest(t, m, m.Land) > wide/2 {
			t.Errorf("%s has a line of %.0f units", key, longest(t, m, m.Land))
		}
		if n := strings.Count(m.Land, "M"); key == World && n < 100 {
			t.Errorf("the world has %d parts", n)
		}
		if m.Width != wide || m.Height < 400 || m.Height > 1600 {
			t.Errorf("%s is %d wide and %d high", key, m.Width, m.Height)
		}
		if at, ok := middles[key]; ok {
			if x, y, in := m.At(at); !in {
				t.Errorf("the middle of %s is not on its map: %.0f, %.0f", key, x, y)
			}
		}
		t.Logf("%-14s %4d x %4d, %5.1f KB", key, m.Width, m.Height, float64(len(m.Land)+len(m.Own))/1000)
	}
	if a.Map("nowhere", func(string) (globe.Point, bool) { return globe.Point{}, false }) != nil {
		t.Error("there is a map of nowhere")
	}
}

// Places stand where they are, across the antimeridian too.
func TestAt(t *testing.T) {
	a := &Atlas{}
	fiji := func(string) (globe.Point, bool) { return globe.Point{Lat: -17.8, Lng: 179}, true }
	m := a.Map("FJ", fiji)
	west, _, ok1 := m.At(globe.Point{Lat: -17.8, Lng: 179.9})
	east, _, ok2 := m.At(globe.Point{Lat: -17.8, Lng: -179.9})
	if !ok1 || !ok2 || east <= west || east-west > 200 {
		t.Errorf("a step over the antimeridian goes from %.0f to %.0f", west, east)
	}
	if _, _, ok := m.At(globe.Point{Lat: 51, Lng: 0}); ok {
		t.Error("London is on the map of Fiji")
	}
	w := a.Map(World, nil)
	for _, p := range []globe.Point{{Lat: 53.8, Lng: -1.5}, {Lat: -54.8, Lng: -68.3}, {Lat: 78.2, Lng: 15.6}, {Lat: -18.1, Lng: 178.4}, {Lat: -13.8, Lng: -171.8}} {
		if x, y, ok := w.At(p); !ok {
			t.Errorf("%v is not on the world's map: %.0f, %.0f", p, x, y)
		}
	}
}

// Maps are kept, and not without end.
func TestKept(t *testing.T) {
	a := &Atlas{}
	at := func(c string) (globe.Point, bool) {
		return globe.Point{Lat: float64(c[0]) - 'M', Lng: float64(c[1])}, true
	}
	first := a.Map("AA", at)
	for i := range mostKept + 6 {
		a.Map(string(rune('A'+i%26))+string(rune('A'+i/26)), at)
		if a.Map("AA", at) != first {
			t.Fatal("the map that is asked for all the time was let go of")
		}
	}
	if len(a.maps) > mostKept || len(a.old) != len(a.maps) {
		t.Errorf("%d maps are kept, %d keys", len(a.maps), len(a.old))
	}
}
