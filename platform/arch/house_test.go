package arch

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// wings are the folders that hold rooms.
var wings = []string{"people", "voice", "change", "learn", "reach", "support", "funding", "research", "care"}

// house is the source of all packages.
type house struct {
	files  fs.FS
	module string
	fset   *token.FileSet
	paths  []string        // every file, in order
	pkgs   map[string]*pkg // by folder
}

// pkg is the Go files of one folder.
type pkg struct {
	dir   string
	files []*source
}

// source is one Go file.
type source struct {
	path      string
	dir       string
	ast       *ast.File
	lines     int
	test      bool // _test.go, or a package that is for tests alone
	generated bool
}

// finding is a broken rule: where, what is wrong, and what to do instead.
type finding struct {
	path string
	line int
	text string
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.path, f.line, f.text) }

// report gathers findings.
type report []finding

func (r *report) add(path string, line int, format string, args ...any) {
	*r = append(*r, finding{path, line, fmt.Sprintf(format, args...)})
}

// at is add for a place in a Go file.
func (r *report) at(h *house, s *source, pos token.Pos, format string, args ...any) {
	r.add(s.path, h.fset.Position(pos).Line, format, args...)
}

// guard is one rule, with sources it must find fault with and sources it must
// leave alone: a guard that can't fail guards nothing.
type guard struct {
	name    string
	check   func(h *house) report
	catches []sample
	passes  []sample
}

// sample is a small house.
type sample struct {
	want  string // part of what is said of it; empty where nothing may be
	files map[string]string
}

var guards = slices.Concat(importGuards, sourceGuards, sqlGuards, migrationGuards, localeGuards)

func TestHouse(t *testing.T) {
	h, err := read(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.pkgs) < 20 {
		t.Fatalf("only %d packages were found", len(h.pkgs))
	}
	for _, g := range guards {
		t.Run(g.name, func(t *testing.T) {
			found := g.check(h)
			slices.SortStableFunc(found, func(a, b finding) int {
				return cmp.Or(strings.Compare(a.path, b.path), a.line-b.line, strings.Compare(a.text, b.text))
			})
			for _, f := range slices.Compact(found) {
				t.Error(f)
			}
		})
	}
}

func TestGuardsCatch(t *testing.T) {
	for _, g := range guards {
		t.Run(g.name, func(t *testing.T) {
			if len(g.catches) == 0 {
				t.Fatal("nothing shows that this guard can fail")
			}
			for i, s := range g.catches {
				found := g.check(small(t, s))
				if !slices.ContainsFunc(found, func(f finding) bool { return strings.Contains(f.text, s.want) }) {
					t.Errorf("sample %d: nothing like %q was found, but %v", i, s.want, found)
				}
			}
			for i, s := range g.passes {
				for _, f := range g.check(small(t, s)) {
					t.Errorf("good sample %d: %v", i, f)
				}
			}
		})
	}
}

func small(t *testing.T, s sample) *house {
	t.Helper()
	files := fstest.MapFS{"go.mod": {Data: []byte("module withus.example\n\nrequire github.com/a-h/templ v0.3.977\n")}}
	for name, text := range s.files {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	h, err := read(files)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("there is no go.mod above this package")
		}
		dir = filepath.Dir(dir)
	}
}

var (
	moduleLine = regexp.MustCompile(`(?m)^module\s+(\S+)`)
	looked     = []string{".go", ".templ", ".css", ".js", ".sql", ".json", ".mod"}
	generated  = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
)

// read parses a house.
func read(files fs.FS) (*house, error) {
	mod, err := fs.ReadFile(files, "go.mod")
	if err != nil {
		return nil, err
	}
	m := moduleLine.FindSubmatch(mod)
	if m == nil {
		return nil, fmt.Errorf("go.mod names no module")
	}
	h := &house{files: files, module: string(m[1]), fset: token.NewFileSet(), pkgs: map[string]*pkg{}}
	err = fs.WalkDir(files, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return h.enter(p)
		}
		if !slices.Contains(looked, path.Ext(p)) {
			return nil
		}
		h.paths = append(h.paths, p)
		if path.Ext(p) != ".go" {
			return nil
		}
		return h.parse(p)
	})
	return h, err
}

// enter skips what is no source of ours: hidden folders, other modules, other
// people's files, data of a network that was run here.
func (h *house) enter(dir string) error {
	base := path.Base(dir)
	if dir == "." {
		return nil
	}
	if base == "node_modules" || base == "testdata" || strings.HasPrefix(base, ".") || dir == "platform/ui/npm" || dir == "platform/place/npm" || dir == "platform/atlas/npm" {
		return fs.SkipDir
	}
	for _, name := range []string{"go.mod", "withus.db", "demo.json"} {
		if _, err := fs.Stat(h.files, path.Join(dir, name)); err == nil {
			return fs.SkipDir
		}
	}
	return nil
}

func (h *house) parse(p string) error {
	b, err := fs.ReadFile(h.files, p)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(h.fset, p, b, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(p)
	s := &source{path: p, dir: dir, ast: f, lines: bytes.Count(b, []byte("\n")), generated: generated.Match(b[:min(len(b), 400)]),
		test: strings.HasSuffix(p, "_test.go") || dir == "tests" || strings.HasPrefix(dir, "tests/") || strings.HasPrefix(dir, "platform/") && strings.HasSuffix(dir, "test")}
	if h.pkgs[dir] == nil {
		h.pkgs[dir] = &pkg{dir: dir}
	}
	h.pkgs[dir].files = append(h.pkgs[dir].files, s)
	return nil
}

// each goes through every Go file in order.
func (h *house) each(fn func(s *source)) {
	for _, dir := range h.dirs() {
		for _, s := range h.pkgs[dir].files {
			fn(s)
		}
	}
}

func (h *house) dirs() (out []string) {
	for dir := range h.pkgs {
		out = append(out, dir)
	}
	slices.Sort(out)
	return out
}

// text is a file as it is.
func (h *house) text(p string) string {
	b, err := fs.ReadFile(h.files, p)
	if err != nil {
		panic(err) // it was listed a moment ago
	}
	return string(b)
}

// part says what a folder is of the house: its part ("cmd", "app", "platform",
// "tests", "room") and, of a room or a platform package, its one word.
func part(dir string) (kind, name string) {
	top, rest, _ := strings.Cut(dir, "/")
	name, _, _ = strings.Cut(rest, "/")
	switch {
	case slices.Contains(wings, top):
		return "room", name
	case top == "platform":
		return "platform", name
	case top == "app":
		return "app", "app"
	}
	return top, ""
}

// rooms are the words of all rooms.
func (h *house) rooms() (out []string) {
	for _, dir := range h.dirs() {
		if kind, name := part(dir); kind == "room" && name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// imports are what a file imports, by path.
func imports(s *source) map[string]*ast.ImportSpec {
	out := map[string]*ast.ImportSpec{}
	for _, i := range s.ast.Imports {
		out[strings.Trim(i.Path.Value, `"`)] = i
	}
	return out
}
