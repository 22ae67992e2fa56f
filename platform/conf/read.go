package conf

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Read gives every flag its value: what was typed, or else what the environment
// says, or else the file, or else its default. known are the settings of all
// commands: they share one file, and a name that is none of them is refused.
func (f *Flags) Read(args, known []string) error {
	typed, rest, err := f.split(args)
	if err != nil {
		return err
	}
	if len(rest) > len(f.Args) {
		return fmt.Errorf("unexpected argument %s; %s --help says what can be written", rest[len(f.Args)], f.command)
	}
	var missing []string
	for i, g := range f.Args {
		if i >= len(rest) {
			missing = append(missing, "<"+g.Name+">")
		} else if err := g.take("<"+g.Name+">", rest[i]); err != nil {
			return err
		}
	}
	var file map[string]string
	for _, g := range f.Flags {
		from, values := "--"+g.Name, typed[g.Name]
		if len(values) == 0 && !g.Own {
			if v, ok := os.LookupEnv(g.Env()); ok {
				from, values = g.Env(), []string{v}
			} else if v, ok := file[g.Name]; ok {
				from, values = "settings file: "+g.Name, []string{v}
			}
		}
		if len(values) == 0 {
			values = []string{g.def}
			if g.Needed {
				missing = append(missing, g.String())
				continue
			}
		}
		if err := g.take(from, values...); err != nil {
			return err
		}
		if g.Name == "config" && f.config != "" {
			if file, err = readFile(f.config, known); err != nil {
				return err
			}
		}
	}
	if missing != nil {
		return fmt.Errorf("missing: %s; %s --help says what they are", strings.Join(missing, ", "), f.command)
	}
	return nil
}

// take takes values, of which from says where they were said.
func (g *Flag) take(from string, values ...string) error {
	for _, v := range values {
		if g.choices != nil && !slices.Contains(g.choices, v) {
			return fmt.Errorf("%s must be one of %s, not %q", from, strings.Join(g.choices, ", "), v)
		}
		if err := g.set(v); err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
	}
	return nil
}

// split parts what was typed into values, by their flag, and arguments. What
// stands after -- is an argument. A value is not said again: it may be a password.
func (f *Flags) split(args []string) (typed map[string][]string, rest []string, err error) {
	typed = map[string][]string{}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			return typed, append(rest, args...), nil
		case word == "-" || !strings.HasPrefix(word, "-"):
			rest = append(rest, word)
			continue
		}
		word, value, said := strings.Cut(word, "=")
		i := slices.IndexFunc(f.Flags, func(g *Flag) bool { return "--"+g.Name == word })
		if i < 0 {
			return nil, nil, fmt.Errorf("unknown flag %s; %s --help lists them", word, f.command)
		}
		g := f.Flags[i]
		switch {
		case said:
		case g.Value == "":
			value = "yes"
		case len(args) == 0 || len(args[0]) > 1 && args[0][0] == '-':
			return nil, nil, fmt.Errorf("%s needs a value: write %s", word, g)
		default:
			value, args = args[0], args[1:]
		}
		typed[g.Name] = append(typed[g.Name], value)
	}
	return typed, rest, nil
}

// readFile reads lines "name = value"; # begins a comment. A name that is not
// known is refused: a mistyped one must not pass for one that is left out.
func readFile(name string, known []string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the settings file can't be read: %w", err)
	}
	values := map[string]string{}
	var wrong error
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		switch {
		case !ok || name == "":
			return nil, fmt.Errorf("settings file, line %d: write name = value", n)
		case !slices.Contains(known, name):
			wrong = errors.Join(wrong, fmt.Errorf("settings file: %q is no setting; withus serve --help lists them", name))
		}
		values[name] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return values, wrong
}
