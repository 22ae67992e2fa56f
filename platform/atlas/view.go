package atlas

import (
	"slices"
	"sync"

	"golang.org/x/text/language"

	"withus.example/platform/globe"
	"withus.example/platform/i18n"
)

// World is the key of the map of everything.
const World = "world"

// middle of the world's map: its edge runs through the Bering Strait then, and
// no country but Antarctica and Fiji lies across it.
const worldMiddle = 11

// part is a continent: its name in addresses, its number (UN M.49, as CLDR
// names it), and what its map shows, in degrees east of its middle.
type part struct {
	key, m49                         string
	middle, west, east, south, north float64
}

var parts = []part{
	{"africa", "002", 18, -38, 36, -36, 38},
	{"asia", "142", 90, -58, 58, -11, 66},
	{"europe", "150", 18, -40, 38, 35, 71},
	{"north-america", "003", -95, -62, 40, 7, 74},
	{"south-america", "005", -60, -24, 27, -56, 13},
	{"oceania", "009", 165, -54, 52, -48, 22},
}

// Continents are the keys of their maps.
func Continents() (out []string) {
	for _, p := range parts {
		out = append(out, p.key)
	}
	return out
}

// Number is a continent's number in UN M.49, by which CLDR names it; "" where
// the key is none.
func Number(key string) string {
	for _, p := range parts {
		if p.key == key {
			return p.m49
		}
	}
	return ""
}

// Continent is the key of the continent a country lies on, "" where it is on
// none of them.
func Continent(country string) string { return continents()[country] }

// Countries are the codes of the countries of a continent.
func Countries(continent string) (out []string) {
	for _, code := range i18n.Countries {
		if continents()[code] == continent {
			out = append(out, code)
		}
	}
	return out
}

var continents = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, code := range i18n.Countries {
		for _, p := range parts {
			if code != "AQ" && language.MustParseRegion(p.m49).Contains(language.MustParseRegion(code)) { // CLDR counts Antarctica to Oceania
				out[code] = p.key
			}
		}
	}
	return out
})

// Atlas makes maps and keeps them: a map is the same for everybody.
type Atlas struct {
	mu   sync.Mutex
	maps map[string]*Map
	old  []string // keys, the longest not asked for first
}

// mostKept is how many maps are kept: some 20 KB each.
const mostKept = 64

// Map is the map of the world, of a continent, or of a country by its code,
// around a point near its middle. nil where there is no such key.
func (a *Atlas) Map(key string, middle func(country string) (globe.Point, bool)) *Map {
	a.mu.Lock()
	defer a.mu.Unlock()
	if m := a.maps[key]; m != nil {
		a.old = append(slices.DeleteFunc(a.old, func(k string) bool { return k == key }), key)
		return m
	}
	m := draw(key, middle)
	if m == nil {
		return nil
	}
	if a.maps == nil {
		a.maps = map[string]*Map{}
	}
	a.maps[key] = m
	if a.old = append(a.old, key); len(a.old) > mostKept {
		delete(a.maps, a.old[0])
		a.old = a.old[1:]
	}
	return m
}

func draw(key string, middle func(country string) (globe.Point, bool)) *Map {
	coarse, fine := embedded()
	if key == World {
		m := world()
		m.draw(coarse, "")
		return m
	}
	for _, p := range parts {
		if p.key == key {
			f := newFrame(p.middle)
			for lat := p.south; lat <= p.north; lat++ {
				f.take(lat, p.west)
				f.take(lat, p.east)
			}
			m := f.on(key, .01)
			m.draw(coarse, "")
			return m
		}
	}
	at, ok := middle(key)
	if !ok {
		return nil
	}
	m := around(fine, key, at).on(key, .06)
	m.draw(fine, key)
	return m
}

// world is the whole earth, with its edge drawn.
func world() *Map {
	f := newFrame(worldMiddle)
	f.take(0, -180)
	f.take(0, 180)
	f.take(85, 0)
	f.take(-58, 0) // Antarctica has no groups
	m := f.on(World, .005)
	var edge ring
	for lat := -90.0; lat <= 90; lat += 5 {
		edge = append(edge, globe.Point{Lat: lat, Lng: 180})
	}
	for lat := 90.0; lat >= -90; lat -= 5 {
		edge = append(edge, globe.Point{Lat: lat, Lng: -180})
	}
	var w pen
	w.ring(m.project(edge))
	m.Globe = w.String()
	return m
}

// around is a frame around a country: its largest part, and those as large or
// as near that they belong into the picture. Islands an ocean away do not: the
// rest of the country would be a speck.
func around(t *Topology, code string, at globe.Point) frame {
	const least = .6 // degrees to each side of a small country
	f := newFrame(at.Lng)
	f.take(at.Lat-least, 0)
	f.take(at.Lat+least, 0)
	arcs := make([]ring, len(t.Arcs))
	type piece struct {
		frame
		area float64
	}
	var all []piece
	for _, c := range t.Countries {
		if c.Code != code || code == "" {
			continue
		}
		for _, rings := range c.Polygons {
			for _, n := range rings[0] {
				arcs[max(n, ^n)] = simplify(t.arc(int(max(n, ^n))), .05)
			}
			for _, r := range cut(stitch(arcs, rings[0]), at.Lng) {
				p := piece{frame: newFrame(at.Lng)}
				for i, a := range r {
					b := r[(i+1)%len(r)]
					ax, ay := globe.Project(a.Lat, a.Lng)
					bx, by := globe.Project(b.Lat, b.Lng)
					p.area += (ax*by - bx*ay) / 2
					p.take(a.Lat, a.Lng)
				}
				p.area = max(p.area, -p.area)
				all = append(all, p)
			}
		}
	}
	if len(all) == 0 {
		f.take(at.Lat-1.5, 0)
		f.take(at.Lat+1.5, 0)
		return f
	}
	slices.SortFunc(all, func(a, b piece) int {
		if a.area > b.area {
			return -1
		}
		return 1
	})
	first := all[0]
	reach := .35 * max(first.right-first.left, first.top-first.bottom, .02)
	for _, p := range all {
		near := p.left > first.left-reach && p.right < first.right+reach && p.bottom > first.bottom-reach && p.top < first.top+reach
		if near || p.area > first.area/8 {
			f.left, f.right, f.bottom, f.top = min(f.left, p.left), max(f.right, p.right), min(f.bottom, p.bottom), max(f.top, p.top)
		}
	}
	return f
}
