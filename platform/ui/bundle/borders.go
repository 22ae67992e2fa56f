package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/text/language"

	"withus.example/platform/atlas"
)

// borders packs the borders of world-atlas into a folder: the coarse ones for
// the world and its parts, the finer ones for countries.
func borders(from, to string) error {
	var both [2]*atlas.Topology
	for i, name := range []string{"countries-110m.json", "countries-50m.json"} {
		b, err := read(from, "world-atlas", name)
		if err != nil {
			return err
		}
		if both[i], err = topology(b); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	var out bytes.Buffer
	if err := atlas.Pack(&out, both[0], both[1]); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, atlas.Packed), out.Bytes(), 0o644)
}

// unnumbered are the countries that world-atlas gives a name and no number of
// ISO 3166. Where one is part of another there, it is drawn with it.
var unnumbered = map[string]string{"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}

// topology reads TopoJSON.
func topology(b []byte) (*atlas.Topology, error) {
	var in struct {
		Transform struct{ Scale, Translate [2]float64 }
		Arcs      [][][2]int32
		Objects   struct {
			Countries struct {
				Geometries []struct {
					ID         string
					Type       string
					Arcs       json.RawMessage
					Properties struct{ Name string }
				}
			}
		}
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, err
	}
	t := &atlas.Topology{Scale: in.Transform.Scale, Translate: in.Transform.Translate, Arcs: in.Arcs}
	for _, g := range in.Objects.Countries.Geometries {
		c := atlas.Country{Code: unnumbered[g.Properties.Name]}
		if n, err := strconv.Atoi(g.ID); err == nil {
			if r, err := language.EncodeM49(n); err == nil && len(r.String()) == 2 {
				c.Code = r.String()
			}
		}
		var err error
		if g.Type == "Polygon" {
			c.Polygons = make([][][]int32, 1)
			err = json.Unmarshal(g.Arcs, &c.Polygons[0])
		} else {
			err = json.Unmarshal(g.Arcs, &c.Polygons)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.Properties.Name, err)
		}
		t.Countries = append(t.Countries, c)
	}
	return t, nil
}
