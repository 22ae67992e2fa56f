package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"withus.example/platform/conf"
)

// asksHelp says whether somebody wants to read, not do.
func asksHelp(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, "--help") || slices.Contains(args, "-h")
}

// help says what a command does and takes, or which commands there are.
func help(all []entry, c entry, f *conf.Flags) string {
	var b strings.Builder
	usage := []string{"Usage:", c.typed()}
	if c.doing == nil {
		usage = append(usage, "<command>")
	}
	args, flags := [][2]string{}, [][2]string{{"-h, --help", "Show this help."}}
	for _, g := range f.Flags {
		says := g.Help
		if !g.Own {
			says = strings.TrimSuffix(says, ".") + " ($" + g.Env() + ")."
		}
		flags = append(flags, [2]string{"    " + g.String(), says})
		if g.Needed {
			usage = append(usage, g.String())
		}
	}
	for _, a := range f.Args {
		args = append(args, [2]string{"<" + a.Name + ">", a.Help})
		usage = append(usage, "<"+a.Name+">")
	}
	fmt.Fprintf(&b, "%s [flags]\n\n%s\n", strings.Join(usage, " "), c.help)
	columns(&b, "Arguments", args)
	columns(&b, "Flags", flags)
	if c.doing != nil {
		return b.String()
	}
	var below [][2]string
	for _, other := range all {
		if other.doing != nil && (c.name == "" || strings.HasPrefix(other.name, c.name+" ")) {
			below = append(below, [2]string{other.name, other.help})
		}
	}
	columns(&b, "Commands", below)
	fmt.Fprintf(&b, "\n%s <command> --help says what a command takes.\n", c.typed())
	return b.String()
}

// width is how many letters a line of help has at most.
const width = 80

// columns writes names and what is said about each, in lines that fit.
func columns(b *strings.Builder, title string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	left := 0
	for _, r := range rows {
		left = max(left, utf8.RuneCountInString(r[0]))
	}
	for _, r := range rows {
		line := fmt.Sprintf("  %-*s   ", left, r[0])
		begun := false
		for word := range strings.FieldsSeq(r[1]) {
			if begun && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
				b.WriteString(line + "\n")
				line = strings.Repeat(" ", left+5)
			}
			line += " " + word
			begun = true
		}
		b.WriteString(line + "\n")
	}
}
