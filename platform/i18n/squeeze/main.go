// Command squeeze makes the house's own words small for the program that is
// handed out: texts and demo content, which lie there as plain JSON, take 0.7 MB
// of it otherwise. It writes a squeezed copy of each into a folder, and beside
// them overlay.json, which tells go build to embed those in place of the plain
// ones. [i18n.Unmarshal] reads both, so that go run and go test need none of this.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: squeeze FOLDER, from where go.mod lies")
	}
	if err := squeeze(os.DirFS("."), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// squeeze does it for the house below root, which is the working directory.
func squeeze(root fs.FS, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (name == "node_modules" || name != "." && strings.HasPrefix(e.Name(), ".")):
			return fs.SkipDir
		case e.IsDir() || !words(name):
			return nil
		}
		plain, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		copied := filepath.Join(to, name+".gz")
		overlay.Replace[name] = copied
		return write(copied, plain)
	})
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(overlay, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "overlay.json"), b, 0o644)
}

// words says whether a file holds texts or demo content.
func words(name string) bool {
	in := filepath.Base(filepath.Dir(name))
	return (in == "locale" || in == "demo") && filepath.Ext(name) == ".json"
}

func write(name string, plain []byte) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(plain); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
