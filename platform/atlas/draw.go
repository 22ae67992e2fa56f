package atlas

import (
	"math"
	"strconv"
	"strings"

	"withus.example/platform/globe"
)

// Map is a view ready to be drawn on: the land in it, and where places stand.
type Map struct {
	Key           string // "world", a continent's name in addresses, or a country's code
	Width, Height int    // of the drawing, in its own units
	Land          string // the d of an SVG path: all land
	Own           string // of a country's map: that country
	Globe         string // of the world's: the edge of the map; else ""

	middle    float64 // longitude
	left, top float64 // on the projection
	scale     float64
}

// wide is how many units a map is wide, at least 40 in 100 of it high and at
// most as high as it is wide.
const wide = 1000

// frame is what a map shows: a middle, and edges as distances on the
// projection.
type frame struct{ middle, left, right, bottom, top float64 }

func (f *frame) take(lat, east float64) {
	x, y := globe.Project(lat, east)
	f.left, f.right, f.bottom, f.top = min(f.left, x), max(f.right, x), min(f.bottom, y), max(f.top, y)
}

func newFrame(middle float64) frame { return frame{middle, 9, -9, 9, -9} }

// map makes the empty map of a frame with a margin around it.
func (f frame) on(key string, margin float64) *Map {
	w, h := f.right-f.left, f.top-f.bottom
	w, h = w*(1+2*margin), h*(1+2*margin)
	cx, cy := (f.left+f.right)/2, (f.top+f.bottom)/2
	w, h = max(w, h), max(h, .45*w)
	m := &Map{Key: key, Width: wide, Height: int(math.Round(wide * h / w)), middle: f.middle, scale: wide / w}
	m.left, m.top = cx-w/2, cy+h/2
	return m
}

// At is where a point stands on the map; off it, ok is false.
func (m *Map) At(p globe.Point) (x, y float64, ok bool) {
	x, y = globe.Project(p.Lat, globe.Apart(p.Lng, m.middle))
	x, y = (x-m.left)*m.scale, (m.top-y)*m.scale
	return x, y, x >= 0 && y >= 0 && x <= float64(m.Width) && y <= float64(m.Height)
}

// draw fills in the land. Countries whose code is own stand by themselves.
func (m *Map) draw(t *Topology, own string) {
	arcs := t.thin(.9 / m.scale * 180 / math.Pi)
	var land, mine pen
	for _, c := range t.Countries {
		to := &land
		if own != "" && c.Code == own {
			to = &mine
		}
		for _, rings := range c.Polygons {
			for _, refs := range rings {
				for _, part := range cut(stitch(arcs, refs), m.middle) {
					to.ring(m.project(part))
				}
			}
		}
	}
	m.Land, m.Own = land.String(), mine.String()
}

// project puts a ring on the map, without what lies outside of it. A little is
// left over, so that no border runs along the map's edge.
func (m *Map) project(r ring) (out ring) {
	const over = 6
	out = make(ring, len(r))
	for i, p := range r {
		x, y := globe.Project(p.Lat, p.Lng)
		out[i] = globe.Point{Lng: (x - m.left) * m.scale, Lat: (m.top - y) * m.scale}
	}
	for _, in := range []func(globe.Point) float64{
		func(p globe.Point) float64 { return p.Lng + over },
		func(p globe.Point) float64 { return float64(m.Width) + over - p.Lng },
		func(p globe.Point) float64 { return p.Lat + over },
		func(p globe.Point) float64 { return float64(m.Height) + over - p.Lat },
	} {
		if out = side(out, in); len(out) < 3 {
			return nil
		}
	}
	return out
}

// thin gives the arcs in degrees, without the points nobody sees at a size of
// so many degrees a unit. Arcs keep their ends, and two countries share them:
// no gap opens between them.
func (t *Topology) thin(unit float64) []ring {
	out := make([]ring, len(t.Arcs))
	for i := range t.Arcs {
		out[i] = simplify(t.arc(i), unit)
	}
	return out
}

// arc is a line in degrees; its longitudes go on where they would jump.
func (t *Topology) arc(i int) ring {
	r := make(ring, len(t.Arcs[i]))
	var x, y int32
	for j, d := range t.Arcs[i] {
		x, y = x+d[0], y+d[1]
		r[j] = globe.Point{Lng: float64(x)*t.Scale[0] + t.Translate[0], Lat: float64(y)*t.Scale[1] + t.Translate[1]}
		for j > 0 && r[j].Lng-r[j-1].Lng > 180 {
			r[j].Lng -= 360
		}
		for j > 0 && r[j].Lng-r[j-1].Lng < -180 {
			r[j].Lng += 360
		}
	}
	return r
}

// simplify leaves out points that lie within a distance of the line without
// them (Ramer, Douglas and Peucker).
func simplify(r ring, unit float64) ring {
	if len(r) < 3 {
		return r
	}
	keep := make([]bool, len(r))
	keep[0], keep[len(r)-1] = true, true
	todo := [][2]int{{0, len(r) - 1}}
	if flat(r[0], r[len(r)-1]) < unit*unit { // an island: from its farthest point
		far := 0
		for i := range r {
			if flat(r[0], r[i]) > flat(r[0], r[far]) {
				far = i
			}
		}
		keep[far] = true
		todo = [][2]int{{0, far}, {far, len(r) - 1}}
	}
	for len(todo) > 0 {
		a, b := todo[len(todo)-1][0], todo[len(todo)-1][1]
		todo = todo[:len(todo)-1]
		worst, at := unit*unit, -1
		c := math.Cos((r[a].Lat + r[b].Lat) / 2 * math.Pi / 180)
		for i := a + 1; i < b; i++ {
			if d := off(r[i], r[a], r[b], c); d > worst {
				worst, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			todo = append(todo, [2]int{a, at}, [2]int{at, b})
		}
	}
	var out ring
	for i, p := range r {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// flat is the square of a distance in degrees of latitude, for points not far
// from each other.
func flat(a, b globe.Point) float64 {
	x, y := (a.Lng-b.Lng)*math.Cos(a.Lat*math.Pi/180), a.Lat-b.Lat
	return x*x + y*y
}

// off is the square of the distance of p from the line a b, in degrees of
// latitude; c says how many of them a degree of longitude has there.
func off(p, a, b globe.Point, c float64) float64 {
	px, py := (p.Lng-a.Lng)*c, p.Lat-a.Lat
	bx, by := (b.Lng-a.Lng)*c, b.Lat-a.Lat
	if n := bx*bx + by*by; n > 0 {
		f := max(0, min(1, (px*bx+py*by)/n))
		px, py = px-f*bx, py-f*by
	}
	return px*px + py*py
}

// stitch puts a ring together from its arcs.
func stitch(arcs []ring, refs []int32) (out ring) {
	for _, n := range refs {
		if n >= 0 {
			out = append(out, arcs[n]...)
		} else {
			for back, i := arcs[^n], len(arcs[^n])-1; i >= 0; i-- {
				out = append(out, back[i])
			}
		}
		out = out[:max(0, len(out)-1)] // the next begins where this ends
	}
	return out
}

// pen writes rings as SVG, in whole units, each step from the one before.
type pen struct{ strings.Builder }

func (w *pen) ring(r ring) {
	if len(r) < 3 {
		return
	}
	least, most := r[0], r[0]
	for _, p := range r {
		least = globe.Point{Lat: min(least.Lat, p.Lat), Lng: min(least.Lng, p.Lng)}
		most = globe.Point{Lat: max(most.Lat, p.Lat), Lng: max(most.Lng, p.Lng)}
	}
	if most.Lat-least.Lat < 1.5 && most.Lng-least.Lng < 1.5 {
		return // too small to be seen
	}
	var x, y int
	for i, p := range r {
		nx, ny := int(math.Round(p.Lng)), int(math.Round(p.Lat))
		switch {
		case i == 0:
			w.step('M', nx, ny)
		case nx != x || ny != y:
			w.step('l', nx-x, ny-y)
		}
		x, y = nx, ny
	}
	w.WriteByte('z')
}

// step writes a command with two numbers in as few letters as SVG allows.
func (w *pen) step(command byte, x, y int) {
	w.WriteByte(command)
	w.WriteString(strconv.Itoa(x))
	if y >= 0 {
		w.WriteByte(' ')
	}
	w.WriteString(strconv.Itoa(y))
}
