// Package atlas draws maps: borders as SVG, made here and not in the browser,
// with the house's own colours. Its borders are Natural Earth's (public domain)
// by the npm package world-atlas, packed by package bundle into the folder npm
// and never committed. Without them a map has its marks and no land.
//
// Maps are Equal Earth, turned so that what they show is in their middle, and
// cut where that leaves their edge.
package atlas

import (
	"bytes"
	"embed"
	"io/fs"
	"math"
	"sync"

	"withus.example/platform/globe"
)

// npm holds the packed borders, or nothing.
//
//go:embed all:npm
var npm embed.FS

// Packed is the name of the file that package bundle makes.
const Packed = "borders.br"

// embedded are the borders inside this program, read once: the coarse ones and
// the fine ones.
var embedded = sync.OnceValues(func() (coarse, fine *Topology) {
	b, err := npm.ReadFile("npm/" + Packed)
	if err == nil {
		coarse, fine, err = read(bytes.NewReader(b))
	}
	if err != nil {
		return &Topology{}, &Topology{}
	}
	return coarse, fine
})

// Built says whether the borders were there when this program was built.
func Built() bool {
	_, err := fs.Stat(npm, "npm/"+Packed)
	return err == nil
}

// ring is a closed line of longitudes and latitudes in degrees. Longitudes go
// on beyond 180 rather than jump, so that it can be cut anywhere.
type ring []globe.Point

// unwrap makes the longitudes go on where they jump.
func unwrap(r ring) ring {
	out := make(ring, len(r))
	for i, p := range r {
		if i > 0 && math.Abs(p.Lng-out[i-1].Lng) > 180 {
			p.Lng = out[i-1].Lng + globe.Apart(p.Lng, out[i-1].Lng)
		}
		out[i] = p
	}
	if len(out) < 3 {
		return out
	}
	// A ring that goes round a pole comes back a whole turn further: it is
	// closed over the pole.
	first, last := out[0], out[len(out)-1]
	if turn := last.Lng + globe.Apart(first.Lng, last.Lng) - first.Lng; turn > 180 || turn < -180 {
		pole := 90.0
		if first.Lat < 0 {
			pole = -90
		}
		out = append(out, globe.Point{Lat: first.Lat, Lng: first.Lng + turn}, globe.Point{Lat: pole, Lng: first.Lng + turn}, globe.Point{Lat: pole, Lng: first.Lng})
	}
	return out
}

// cut gives the parts of a ring that lie within half a turn of a middle, in
// degrees east of it: none of their lines crosses the map.
func cut(r ring, middle float64) (out []ring) {
	r = unwrap(r)
	least, most := r[0].Lng, r[0].Lng
	for _, p := range r {
		least, most = min(least, p.Lng), max(most, p.Lng)
	}
	// Each turn of the ring that reaches into the map.
	for turn := -720.0; turn <= 720; turn += 360 {
		if most-middle+turn < -180 || least-middle+turn > 180 {
			continue
		}
		part := make(ring, len(r))
		for i, p := range r {
			part[i] = globe.Point{Lat: p.Lat, Lng: p.Lng - middle + turn}
		}
		part = side(part, func(p globe.Point) float64 { return p.Lng + 180 })
		part = side(part, func(p globe.Point) float64 { return 180 - p.Lng })
		if len(part) > 2 {
			out = append(out, part)
		}
	}
	return out
}

// side keeps what of a ring lies where inside is not below 0 (Sutherland and
// Hodgman).
func side(r ring, inside func(globe.Point) float64) ring {
	all := true
	for _, p := range r {
		if inside(p) < 0 {
			all = false
			break
		}
	}
	if all {
		return r
	}
	var out ring
	for i, p := range r {
		before := r[(i+len(r)-1)%len(r)]
		a, b := inside(before), inside(p)
		if a < 0 && b >= 0 || a >= 0 && b < 0 {
			f := a / (a - b)
			out = append(out, globe.Point{Lat: before.Lat + f*(p.Lat-before.Lat), Lng: before.Lng + f*(p.Lng-before.Lng)})
		}
		if b >= 0 {
			out = append(out, p)
		}
	}
	return out
}
