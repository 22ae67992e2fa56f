package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every command stands under one that holds it, says what it does, and names no
// flag twice.
func TestCommands(t *testing.T) {
	all := commands()
	holds := map[string]bool{}
	for _, c := range all {
		if c.doing == nil {
			holds[c.name] = true
		}
		if above := c.name[:max(0, strings.LastIndexByte(c.name, ' '))]; !holds[above] || !strings.HasSuffix(c.help, ".") {
			t.Errorf("%q: it stands under nothing, or says %q", c.name, c.help)
		}
		seen := map[string]bool{}
		f := c.flags()
		for _, g := range append(f.Flags, f.Args...) {
			if seen[g.Name] || !strings.HasSuffix(g.Help, ".") || strings.ToLower(g.Name) != g.Name {
				t.Errorf("%s: %s is there twice, or says %q", c.name, g.Name, g.Help)
			}
			seen[g.Name] = true
		}
		for _, word := range next(all, c) {
			if says := help(all, c, f); !strings.Contains(says, "\n  "+strings.TrimSpace(c.name+" "+word)) {
				t.Errorf("help of %q does not list %s:\n%s", c.name, word, says)
			}
		}
	}
}

// The file may be named before the command; what asks for help does nothing
// else; and a yes that is a no erases nobody.
func TestWordsInAnyOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("page-cache = 5003\ndata = /dev/null/x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--config", file, "serve"}, "page-cache 5003"},
		{[]string{"--config=" + file, "serve"}, "page-cache 5003"},
		{[]string{"jobs", "--config", file, "list"}, "the data folder can't be made"},
		{[]string{"jobs", "again", "list", "--config", file}, "the data folder can't be made"},
		{[]string{"--help", "member", "erase"}, "taken: Usage: withus member erase --yes <email> [flags]\n"},
		{[]string{"serve", "--config=/does/not/exist", "--help"}, "taken: Usage: withus serve [flags]\n"},
		{[]string{"import", "groups", "--", "--help"}, "--help"},
		{[]string{"member", "erase", "a@b.example", "--yes=no"}, "nothing was erased"},
		{[]string{"member"}, "expected one of add, import, role, export, erase; withus member --help"},
		{[]string{"--data=x", "serve"}, "unknown flag --data"},
	} {
		if got := try(t, c.args...); !strings.Contains(got, c.says) {
			t.Errorf("%q: it says %q", c.args, got)
		}
	}
}

// What is written about settings has every setting in it.
func TestSettingsAreWrittenDown(t *testing.T) {
	doc, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	serving, demo, _ := strings.Cut(string(doc), "## `withus demo`")
	for name, text := range map[string]string{"serve": serving, "demo": demo} {
		c, _ := choose(commands(), []string{name})
		for _, g := range c.flags().Flags[1:] { // but --config, which is told above them
			if !strings.Contains(text, "| `"+g.Name+"` | `"+g.Env()+"` |") {
				t.Errorf("docs/settings.md: %s of withus %s is missing", g.Name, name)
			}
		}
	}
}
