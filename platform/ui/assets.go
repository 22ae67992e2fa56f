package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

//go:embed front
var front embed.FS

// npm holds what other people wrote: htmx and the fonts. It is filled by
// package bundle and may be empty; everything works without it, plainer.
//
//go:embed all:npm
var npm embed.FS

// Ground is what the kit and the web layer say, in every language.
//
//go:embed locale
var Ground embed.FS

// Assets are the files a page needs: our CSS and JavaScript in the network's
// colours, the browser's icon, htmx and the fonts. Every name carries a hash of
// the content, so a browser keeps them for ever.
type Assets struct {
	named    map[string]string // "site.css" to "site-0123456789ab.css"
	files    map[string]*asset // by the name with the hash
	complete bool
}

// asset is one file. Forms of it that are not there are made when first asked
// for, which a start should not wait for.
type asset struct {
	kind  string // Content-Type
	plain func() []byte
	gzip  func() []byte // nil where the file is compressed already
	br    []byte        // other people's scripts come so; nil: there is none
}

// kinds are the types we serve, by the ending of the name.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2",
}

// NewAssets makes the files of a network. It fails where the theme does not
// pass Check, or where this program was built with half of its third-party
// files.
func NewAssets(t Theme) (*Assets, error) { return newAssets(t, npm) }

func newAssets(t Theme, third fs.FS) (*Assets, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	a := &Assets{named: map[string]string{}, files: map[string]*asset{}}
	if err := a.others(third); err != nil {
		return nil, err
	}
	css, err := sources("front/css")
	if err != nil {
		return nil, err
	}
	js, err := sources("front/js")
	if err != nil {
		return nil, err
	}
	a.add("site.css", []byte(layers+a.faces()+thinCSS(css)+t.CSS()))
	a.add("site.js", []byte("\"use strict\";\n"+thinJS(js)))
	for name, thin := range map[string]func(string) string{
		"keep/keep.js":   thinJS,                             // for the few pages somebody may keep
		"write/write.js": thinJS, "write/write.css": thinCSS, // where a text is written
		"passkey/passkey.js": thinJS, // where a passkey is made or used
	} {
		b, err := front.ReadFile("front/" + name)
		if err != nil {
			return nil, err
		}
		a.add(path.Base(name), []byte(thin(string(b))))
	}
	a.add("icon.svg", []byte(t.icon()))
	a.add("plain.svg", []byte(plainIcon))
	return a, nil
}

// others takes in the third-party files, which carry their hashes already.
func (a *Assets) others(third fs.FS) error {
	b, err := fs.ReadFile(third, "npm/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var manifest map[string]string
	if err := json.Unmarshal(b, &manifest); err != nil {
		return fmt.Errorf("npm/manifest.json: %w", err)
	}
	for name, hashed := range manifest {
		file := path.Join("npm", hashed)
		if path.Ext(file) == ".js" {
			file += ".br"
		}
		content, err := fs.ReadFile(third, file)
		if err != nil {
			return fmt.Errorf("npm/manifest.json names a file that is not there, run make front: %w", err)
		}
		if file == path.Join("npm", hashed) {
			a.keep(name, hashed, content)
			continue
		}
		f := a.keepAs(name, hashed, sync.OnceValue(func() []byte {
			b, _ := io.ReadAll(brotli.NewReader(bytes.NewReader(content))) // bundle wrote it
			return b
		}))
		f.br = content
	}
	a.complete = a.URL("htmx.js") != "" && a.URL("body.woff2") != "" && a.URL("display.woff2") != ""
	if terms, err := fs.ReadFile(third, "npm/LICENSES.txt"); err == nil {
		a.add("licences.txt", terms)
	}
	return nil
}

// add takes in a file under a name of ours.
func (a *Assets) add(name string, content []byte) {
	ext := path.Ext(name)
	a.keep(name, fmt.Sprintf("%s-%.6x%s", strings.TrimSuffix(name, ext), sha256.Sum256(content), ext), content)
}

func (a *Assets) keep(name, hashed string, content []byte) {
	a.keepAs(name, hashed, func() []byte { return content })
}

func (a *Assets) keepAs(name, hashed string, plain func() []byte) *asset {
	f := &asset{kind: kinds[path.Ext(hashed)], plain: plain}
	if path.Ext(hashed) != ".woff2" {
		f.gzip = sync.OnceValue(func() []byte {
			var b bytes.Buffer
			z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
			z.Write(plain())                                      // a buffer takes everything
			z.Close()
			return b.Bytes()
		})
	}
	a.named[name], a.files[hashed] = hashed, f
	return f
}

// URL is the address of a file by its plain name, "" if there is none.
func (a *Assets) URL(name string) string {
	if a == nil || a.named[name] == "" {
		return ""
	}
	return "/assets/" + a.named[name]
}

// Has says whether a path is that of a file.
func (a *Assets) Has(path string) bool {
	return a != nil && a.files[strings.TrimPrefix(path, "/assets/")] != nil
}

// Complete says whether the third-party files were there when this program was
// built. Without them search waits for its button, and the system's letters
// are used.
func (a *Assets) Complete() bool { return a != nil && a.complete }

// ServeHTTP answers GET and HEAD below /assets/.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, below := strings.CutPrefix(r.URL.Path, "/assets/")
	if a == nil {
		below, a = false, &Assets{}
	}
	f, old := a.files[name], false
	if f == nil {
		f, old = a.files[a.themed(name)], true
	}
	if !below || f == nil {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "This file can only be read.", http.StatusMethodNotAllowed)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if old {
		h.Set("Cache-Control", "no-store") // it is not what its name says
	}
	var body []byte
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
	}
	switch {
	case f.br != nil && Accepts(r, "br"):
		h.Set("Content-Encoding", "br")
		body = f.br
	case f.gzip != nil && Accepts(r, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = f.gzip()
	default:
		body = f.plain()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		w.Write(body) // an error here is a reader who left
	}
}

// themed is what has taken the place of a file that is coloured by the theme,
// "" for any other. A page that was opened just before the network chose other
// colours asks for the sheet of before: in the new colours it can be read,
// without any it could hardly.
func (a *Assets) themed(hashed string) string {
	m := oldName.FindStringSubmatch(hashed)
	if m == nil {
		return ""
	}
	return a.named[m[1]+m[2]]
}

var oldName = regexp.MustCompile(`^(site|icon)-[0-9a-f]{12}(\.css|\.svg)$`)

// Accepts says whether a reader takes an encoding. What is refused by q=0 counts
// as absent.
func Accepts(r *http.Request, encoding string) bool {
	for _, value := range r.Header["Accept-Encoding"] {
		for part := range strings.SplitSeq(value, ",") {
			name, q, weighed := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), encoding) {
				continue
			}
			_, q, _ = strings.Cut(q, "=")
			weight, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			return !weighed || err != nil || weight > 0
		}
	}
	return false
}

// layers settles which rules win before the first of them is read.
const layers = "@layer tokens,base,layout,parts,letters,paper;\n"

// faces names our letters, where we have them, and what is in them: other
// scripts never fetch them.
func (a *Assets) faces() (css string) {
	for _, f := range [][2]string{{"Body", "body.woff2"}, {"Display", "display.woff2"}} {
		if url := a.URL(f[1]); url != "" {
			css += fmt.Sprintf(`@font-face{font-family:%s;src:url(%s) format("woff2");font-weight:200 800;font-display:swap;unicode-range:%s}`+"\n", f[0], url, latin)
		}
	}
	return css
}

// latin is what the makers of the Latin subset say is in it.
const latin = "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"

// sources are the files of a folder, one after the other.
func sources(dir string) (string, error) {
	var b strings.Builder
	names, err := fs.Glob(front, dir+"/*")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		content, err := front.ReadFile(name)
		if err != nil {
			return "", err
		}
		b.Write(content)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s+`)
	cssAround  = regexp.MustCompile(`\s*([{};,])\s*|(:) `)
	jsLine     = regexp.MustCompile(`(?m)^\s*(//.*)?\n|^\s+`)
)

// thinCSS leaves out what only we read. Our sources hold no strings with
// spaces or braces in them, which keeps this a matter of three expressions.
func thinCSS(s string) string {
	s = cssSpace.ReplaceAllString(cssComment.ReplaceAllString(s, ""), " ")
	return strings.ReplaceAll(cssAround.ReplaceAllString(s, "$1$2"), ";}", "}") + "\n"
}

// thinJS leaves out indents and comments that have a line to themselves. Our
// sources hold no strings over several lines.
func thinJS(s string) string { return jsLine.ReplaceAllString(s, "") }
