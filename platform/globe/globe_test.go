package globe

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Distances as published elsewhere, on a sphere.
func TestDistance(t *testing.T) {
	for _, x := range []struct {
		name string
		a, b Point
		want float64 // km
	}{
		{"nowhere", Point{53.8, -1.55}, Point{53.8, -1.55}, 0},
		{"a degree of the equator", Point{0, 0}, Point{0, 1}, 111.2},
		{"London to Paris", Point{51.5074, -0.1278}, Point{48.8566, 2.3522}, 343.6},
		{"Nairobi to Buenos Aires", Point{-1.2864, 36.8172}, Point{-34.6037, -58.3816}, 10411},
		{"across the antimeridian, Suva to Apia", Point{-18.1416, 178.4419}, Point{-13.8333, -171.7667}, 1150.7},
		{"a step over the antimeridian", Point{0, 179.9}, Point{0, -179.9}, 22.2},
		{"pole to pole", Point{90, 0}, Point{-90, 77}, 20015},
		{"at the pole every longitude is one", Point{90, 10}, Point{90, -120}, 0},
		{"over the pole", Point{89, 0}, Point{89, 180}, 222.4},
		{"to the other side", Point{0, 0}, Point{0, 180}, 20015},
	} {
		for _, got := range []float64{Distance(x.a, x.b), Distance(x.b, x.a)} {
			if math.Abs(got-x.want) > x.want/200+.01 {
				t.Errorf("%s: %.1f km, want %.1f", x.name, got, x.want)
			}
		}
	}
}

// Whatever is within a distance lies in the box.
func TestBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := Point{rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lng")}
		km := rapid.Float64Range(1, 500).Draw(t, "km")
		other := Point{rapid.Float64Range(max(-90, at.Lat-6), min(90, at.Lat+6)).Draw(t, "lat2"), at.Lng + rapid.Float64Range(-8, 8).Draw(t, "lng2")}
		lat, lng := Box(at, km)
		if Distance(at, other) <= km && (math.Abs(at.Lat-other.Lat) > lat+1e-6 || math.Abs(Apart(at.Lng, other.Lng)) > lng+1e-6) {
			t.Errorf("%v is %.1f km from %v and not in its box of %.3f, %.3f", other, Distance(at, other), at, lat, lng)
		}
	})
}

func TestApart(t *testing.T) {
	for _, x := range [][3]float64{{10, 20, -10}, {179, -179, -2}, {-179, 179, 2}, {180, 0, -180}, {-180, 0, -180}, {350, 0, -10}, {0, 720, 0}} {
		if got := Apart(x[0], x[1]); got != x[2] {
			t.Errorf("%v is %v east of %v, want %v", x[0], got, x[1], x[2])
		}
	}
}

// The measures its authors give: the equator's half is 2.70663 wide, a quarter
// meridian 1.31737 high, the pole line 0.59247 times the equator.
func TestProject(t *testing.T) {
	for _, x := range []struct{ lat, east, x, y float64 }{
		{0, 0, 0, 0}, {0, 180, 2.70663, 0}, {0, -180, -2.70663, 0}, {90, 0, 0, 1.31737}, {-90, 0, 0, -1.31737}, {90, 180, 1.60363, 1.31737},
	} {
		if gx, gy := Project(x.lat, x.east); math.Abs(gx-x.x) > 1e-3 || math.Abs(gy-x.y) > 1e-3 {
			t.Errorf("%v, %v stands at %.5f, %.5f, want %.5f, %.5f", x.lat, x.east, gx, gy, x.x, x.y)
		}
	}
	// Areas are true: a strip between two parallels is as large as on the sphere.
	for lat := -80.0; lat < 80; lat += 10 {
		area := 0.0
		const step = .01
		for l := lat; l < lat+10; l += step {
			x, y0 := Project(l, 180)
			_, y1 := Project(l+step, 180)
			area += 2 * x * (y1 - y0)
		}
		want := 2 * math.Pi * (math.Sin(radians(lat+10)) - math.Sin(radians(lat)))
		if math.Abs(area-want) > want/500 {
			t.Errorf("from %v on: %.4f, want %.4f", lat, area, want)
		}
	}
}
