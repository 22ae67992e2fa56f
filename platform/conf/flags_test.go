package conf

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// said is what a command could be told.
type said struct {
	name, role, word string
	folder           string
	tongues          []string
	count            int
	yes              bool
}

func (s *said) flags() *Flags {
	f := NewFlags("withus try")
	f.Text(&s.word, "two-words", "quiet", "A word.")
	f.Path(&s.folder, "folder", "here", "A folder.")
	f.List(&s.tongues, "tongues", "Tongues.")
	f.Int(&s.count, "count", 3, "How many.")
	f.Bool(&s.yes, "yes", "Do it.").Only()
	f.Text(&s.role, "role", "member", "What they are.").Only().Of("member", "team")
	f.Arg(&s.name, "name", "A name.")
	return f
}

func read(t *testing.T, args ...string) (said, error) {
	t.Helper()
	var s said
	f := s.flags()
	return s, f.Read(args, append(f.Settings(), "of-another"))
}

// What is nearer counts: the command line, the environment, the file, the default.
func TestNearestCounts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("# all\r\n\r\ntwo-words = \"from the file\"\r\ntongues=fi,le\nof-another = 1\n count = 4"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := "--config=" + file
	check := func(what string, got said, err error, word string, count int, tongues ...string) {
		t.Helper()
		if err != nil || got.word != word || got.count != count || !slices.Equal(got.tongues, tongues) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	s, err := read(t, "Ana")
	check("nothing", s, err, "quiet", 3)
	if here, _ := filepath.Abs("here"); s.folder != here || s.name != "Ana" || s.yes || s.role != "member" {
		t.Errorf("nothing: %+v", s)
	}
	s, err = read(t, "Ana", config)
	check("the file", s, err, "from the file", 4, "fi", "le")
	t.Setenv("WITHUS_TWO_WORDS", "around us")
	t.Setenv("WITHUS_TONGUES", "")
	t.Setenv("WITHUS_ROLE", "team") // of one command: not heard
	t.Setenv("WITHUS_YES", "yes")
	t.Setenv("WITHUS_NAME", "Our network")
	s, err = read(t, "Ana", config)
	check("the environment", s, err, "around us", 4)
	if s.yes || s.role != "member" || s.name != "Ana" {
		t.Errorf("the environment says what it may not: %+v", s)
	}
	s, err = read(t, "--two-words", "a = b", "--tongues=en,es", config, "Ana", "--tongues", "fr", "--count=5", "--count=6")
	check("the command line", s, err, "a = b", 6, "en", "es", "fr")
	t.Setenv("WITHUS_CONFIG", file)
	s, err = read(t, "Ana")
	check("a file the environment names", s, err, "around us", 4)
}

// Flags may stand before and after arguments, and what follows -- is none.
func TestTyped(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip("nobody is at home")
	}
	for _, c := range []struct {
		args []string
		want func(said) bool
	}{
		{[]string{"--yes", "Ana"}, func(s said) bool { return s.yes && s.name == "Ana" }},
		{[]string{"Ana", "--yes=NO"}, func(s said) bool { return !s.yes }},
		{[]string{"--role", "team", "-"}, func(s said) bool { return s.role == "team" && s.name == "-" }},
		{[]string{"--two-words=", "--", "--yes"}, func(s said) bool { return s.word == "" && s.name == "--yes" && !s.yes }},
		{[]string{"Ana", "--two-words=--x=y"}, func(s said) bool { return s.word == "--x=y" }},
		{[]string{"Ana", "--count=-1"}, func(s said) bool { return s.count == -1 }},
		{[]string{"Ana", "--folder=~/x"}, func(s said) bool { return s.folder == filepath.Join(home, "x") }},
		{[]string{"Ana", "--folder=/a/../b"}, func(s said) bool { return s.folder == "/b" }},
	} {
		if s, err := read(t, c.args...); err != nil || !c.want(s) {
			t.Errorf("%q: %+v, %v", c.args, s, err)
		}
	}
}

// What can't be read is refused, with what to do, and without a password that
// may have stood there.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		says string
		args []string
	}{
		{"missing: <name>; withus try --help", nil},
		{"unexpected argument Ben; withus try --help", []string{"Ana", "Ben"}},
		{"unknown flag --word; withus try --help lists them", []string{"--word=secret", "Ana"}},
		{"unknown flag -yes;", []string{"-yes", "Ana"}},
		{"unknown flag -;", []string{"-=secret", "Ana"}},
		{"unknown flag --name;", []string{"--name=Ana"}}, // an argument
		{"--count needs a value: write --count=3", []string{"Ana", "--count"}},
		{"--two-words needs a value", []string{"Ana", "--two-words", "--yes"}},
		{`--count: write a whole number, not "many"`, []string{"Ana", "--count=many"}},
		{`--yes: write yes or no, not "perhaps"`, []string{"Ana", "--yes=perhaps"}},
		{`--role must be one of member, team, not "boss"`, []string{"Ana", "--role=boss"}},
	} {
		_, err := read(t, c.args...)
		if err == nil || !strings.HasPrefix(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", c.args, err)
		}
	}
	t.Setenv("WITHUS_COUNT", "many")
	if _, err := read(t, "Ana"); err == nil || err.Error() != `WITHUS_COUNT: write a whole number, not "many"` {
		t.Error(err)
	}
	var s said
	f := s.flags()
	f.Text(&s.word, "needed", "", "A word.").Must().As("WORD")
	if err := f.Read([]string{"Ana", "--count=1"}, nil); err == nil || !strings.HasPrefix(err.Error(), "missing: --needed=WORD;") {
		t.Error(err)
	}
}
