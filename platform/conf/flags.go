package conf

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Flags are what a command takes. Each is named once, with its default and its
// help, by whoever has the value: reading, refusing and help all go by that.
// The standard flag package stops at the first argument, and reads no file.
type Flags struct {
	Flags   []*Flag // beginning with --config
	Args    []*Flag // arguments, in their order; each is needed
	command string
	config  string
}

// Flag is a setting, a flag that belongs to one command, or an argument.
type Flag struct {
	Name   string
	Help   string // sentences, with their full stop
	Value  string // what help shows in the place of a value; "" where none is needed
	Own    bool   // belongs to one command: neither environment nor file say it
	Needed bool

	def     string
	set     func(string) error // several times for a list
	choices []string
}

// NewFlags begins the flags of a command, which is named as it is typed.
func NewFlags(command string) *Flags {
	f := &Flags{command: command}
	f.Path(&f.config, "config", "", `File with settings, one "name = value" on a line.`).As("FILE")
	return f
}

// Text is a flag with any value.
func (f *Flags) Text(p *string, name, def, help string) *Flag {
	g := f.add(name, help, "STRING", def, func(v string) error { *p = v; return nil })
	if def != "" {
		g.Value = strconv.Quote(def)
	}
	return g
}

// Path is a flag with the name of a file or folder. ~/ is the folder of whoever
// runs the program; another short name counts from the folder it runs in.
func (f *Flags) Path(p *string, name, def, help string) *Flag {
	g := f.Text(p, name, def, help)
	g.set = func(v string) (err error) {
		if rest, home := strings.CutPrefix(v, "~/"); home {
			if v, err = os.UserHomeDir(); err != nil {
				return err
			}
			v = filepath.Join(v, rest)
		}
		if v != "" {
			v, err = filepath.Abs(v)
		}
		*p = v
		return err
	}
	return g
}

// List is a flag with several values: with commas between them, or said again.
func (f *Flags) List(p *[]string, name, help string) *Flag {
	return f.add(name, help, strings.ToUpper(name)+",...", "", func(v string) error {
		if v != "" {
			*p = append(*p, strings.Split(v, ",")...)
		}
		return nil
	})
}

// Int is a flag with a whole number.
func (f *Flags) Int(p *int, name string, def int, help string) *Flag {
	return f.add(name, help, strconv.Itoa(def), strconv.Itoa(def), func(v string) (err error) {
		if *p, err = strconv.Atoi(v); err != nil {
			return fmt.Errorf("write a whole number, not %q", v)
		}
		return nil
	})
}

// Bool is a flag that is there or not.
func (f *Flags) Bool(p *bool, name, help string) *Flag {
	return f.add(name, help, "", "no", func(v string) error {
		switch strings.ToLower(v) {
		case "true", "yes", "1":
			*p = true
		case "false", "no", "0":
			*p = false
		default:
			return fmt.Errorf("write yes or no, not %q", v)
		}
		return nil
	})
}

// Arg is an argument.
func (f *Flags) Arg(p *string, name, help string) *Flag {
	g := &Flag{Name: name, Help: help, Own: true, Needed: true, set: func(v string) error { *p = v; return nil }}
	f.Args = append(f.Args, g)
	return g
}

func (f *Flags) add(name, help, value, def string, set func(string) error) *Flag {
	g := &Flag{Name: name, Help: help, Value: value, def: def, set: set}
	f.Flags = append(f.Flags, g)
	return g
}

// As has help show another word in the place of a value.
func (g *Flag) As(value string) *Flag { g.Value = value; return g }

// Only makes a flag belong to its command: the network's name in the
// environment must not become a person's.
func (g *Flag) Only() *Flag { g.Own = true; return g }

// Must has a command refused without this.
func (g *Flag) Must() *Flag { g.Needed = true; return g }

// Of refuses every value but these.
func (g *Flag) Of(choices ...string) *Flag { g.choices = choices; return g }

// Env is what the environment calls a setting.
func (g *Flag) Env() string {
	return "WITHUS_" + strings.ToUpper(strings.ReplaceAll(g.Name, "-", "_"))
}

// String is how a flag is typed.
func (g *Flag) String() string {
	if g.Value == "" {
		return "--" + g.Name
	}
	return "--" + g.Name + "=" + g.Value
}

// Settings are the names a file may say.
func (f *Flags) Settings() (names []string) {
	for _, g := range f.Flags {
		if !g.Own && g.Name != "config" {
			names = append(names, g.Name)
		}
	}
	return names
}
