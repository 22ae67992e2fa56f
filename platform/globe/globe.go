// Package globe is points on the earth: how far they are from each other, and
// where they stand on a map. It knows no names and no borders.
//
// Alone since 2026-11-21: search, place and atlas stand on it, and groups came
// first.
package globe

import "math"

// Point is a place on the earth, in degrees: north and east are positive.
type Point struct{ Lat, Lng float64 }

// radius of the earth in kilometres, the mean of its three axes (IUGG).
const radius = 6371.0088

// Distance is how far two points are from each other along the ground, in
// kilometres, the shorter way round: by the haversine formula, which takes the
// earth for a sphere and is wrong by a two-hundredth at most.
func Distance(a, b Point) float64 {
	lat, lng := radians(b.Lat-a.Lat), radians(b.Lng-a.Lng)
	h := sq(math.Sin(lat/2)) + math.Cos(radians(a.Lat))*math.Cos(radians(b.Lat))*sq(math.Sin(lng/2))
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}

// Box is what holds everything within km of a point: how many degrees of
// latitude to each side, and how many of longitude; 180 near the poles, where
// every longitude is near.
func Box(at Point, km float64) (lat, lng float64) {
	lat = degrees(km / radius)
	if math.Abs(at.Lat)+lat >= 89 {
		return lat, 180
	}
	return lat, min(180, degrees(math.Asin(min(1, math.Sin(radians(lat))/math.Cos(radians(at.Lat))))))
}

// Apart is the difference of two longitudes the shorter way round, from -180 up
// to 180 degrees: how far east of b a is.
func Apart(a, b float64) float64 {
	d := math.Mod(a-b, 360)
	switch {
	case d < -180:
		return d + 360
	case d >= 180:
		return d - 360
	}
	return d
}

// Project puts a point on an Equal Earth map whose middle is a longitude: x
// grows to the east and y to the north, both 0 in the middle. The whole earth
// is 5.41 wide and 2.63 high. East is measured in degrees from the middle, so
// that who calls decides on which side of the map's edge a point lies.
//
// Equal Earth: Bojan Šavrič, Tom Patterson and Bernhard Jenny, "The Equal Earth
// map projection", 2018. Areas are true, so that no part of the world looks
// larger than it is.
func Project(lat, east float64) (x, y float64) {
	const a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
	t := math.Asin(math.Sqrt(3) / 2 * math.Sin(radians(lat)))
	t2 := t * t
	t6 := t2 * t2 * t2
	x = 2 * math.Sqrt(3) / 3 * radians(east) * math.Cos(t) / (a1 + 3*a2*t2 + t6*(7*a3+9*a4*t2))
	return x, t * (a1 + a2*t2 + t6*(a3+a4*t2))
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }
func degrees(rad float64) float64 { return rad * 180 / math.Pi }
func sq(f float64) float64        { return f * f }
