// Command lean makes what templ writes smaller, below the working directory. Each
// of seven hundred components begins with twenty lines that are the same, and at
// each of two thousand places it looks three times whether writing to a buffer
// failed, and says where in a template. Calls of [ui.Made] and [ui.Put] do the
// same.
package main

import (
	"bytes"
	"go/format"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	log.SetFlags(0)
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (name == "node_modules" || name != "." && strings.HasPrefix(e.Name(), ".")):
			return fs.SkipDir
		case e.IsDir() || !strings.HasSuffix(name, "_templ.go"):
			return nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		small, err := format.Source([]byte(lean(string(b))))
		if err != nil || bytes.Equal(small, b) {
			return err
		}
		return os.WriteFile(name, small, 0o644)
	})
	if err != nil {
		log.Fatal(err)
	}
}

const (
	failed = `templ_7745c5c3_Err`
	buffer = `templ_7745c5c3_Buffer`
	leave  = `\s*if ` + failed + ` != nil \{\s*return ` + failed + `\s*\}\n`
	begins = `templruntime\.GeneratedTemplate\(func\(templ_7745c5c3_Input templruntime\.GeneratedComponentInput\) \(` + failed + ` error\) \{\n\s*templ_7745c5c3_W, ctx := .*\n`
	checks = `\s*if templ_7745c5c3_CtxErr := ctx\.Err\(\); templ_7745c5c3_CtxErr != nil \{\s*return templ_7745c5c3_CtxErr\s*\}\n`
	frees  = `\s*` + buffer + `, templ_7745c5c3_IsBuffer := templruntime\.GetBuffer\(templ_7745c5c3_W\)\n\s*if !templ_7745c5c3_IsBuffer \{\s*defer func\(\) \{(?:.*\n){4}.*\s*\}\(\)\s*\}\n\s*ctx = templ\.InitializeContext\(ctx\)\n`
	takes  = `\s*(templ_7745c5c3_Var\d+) := templ\.GetChildren\(ctx\)\n\s*if templ_7745c5c3_Var\d+ == nil \{\s*templ_7745c5c3_Var\d+ = templ\.NopComponent\s*\}\n\s*ctx = templ\.ClearChildren\(ctx\)\n`
)

var (
	where  = regexp.MustCompile(`templ\.Error\{Err: (` + failed + `), .*\}`)
	made   = regexp.MustCompile(begins + checks + frees + takes)
	inside = regexp.MustCompile(begins + frees)
	words  = regexp.MustCompile(`[ \t]*var templ_7745c5c3_Var\d+ string\n\s*templ_7745c5c3_Var\d+, ` + failed + ` = templ\.JoinStringErrs\((.*)\)\n` + leave + `\s*_, ` + failed + ` = ` + buffer + `\.WriteString\(templ\.EscapeString\(templ_7745c5c3_Var\d+\)\)\n`)
	before = regexp.MustCompile(`([ \t]*` + failed + ` = )templruntime\.WriteString\(` + buffer + `, \d+, (".*")\)\n` + leave + `[ \t]*` + failed + ` = ((?:ui\.)?Put)\(` + buffer + `, "", `)
)

// lean is a file that templ wrote, smaller. Of a package that does not know ui it
// leaves all but one thing as it is.
func lean(file string) string {
	file = where.ReplaceAllString(file, "$1")
	ui := "ui."
	if strings.Contains(file, "\npackage ui\n") {
		ui = ""
	} else if !strings.Contains(file, `"withus.example/platform/ui"`) {
		return file
	}
	const draws = `(func(ctx %Context, ` + buffer + ` *templruntime.Buffer, %children templ.Component) (` + failed + ` error) {` + "\n"
	in := func(call, children string) string {
		return ui + call + strings.NewReplacer("%Context", ui+"Context", "%children", children).Replace(draws)
	}
	file = made.ReplaceAllString(file, in("Made", "$1"))
	file = inside.ReplaceAllString(file, in("Inside", "_"))
	file = words.ReplaceAllString(file, failed+" = "+ui+"Put("+buffer+`, "", $1)`+"\n")
	return before.ReplaceAllString(file, "$1$3("+buffer+", $2, ")
}
