// Command withus runs a network.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/fault"
)

// doing is what a command takes, and what it does with it.
type doing interface {
	Flags(*conf.Flags)
	Run(ctx context.Context, out io.Writer) error
}

// entry is a command by the words it is called with. Without a doing it only
// holds others, which begin with its words.
type entry struct {
	name, help string
	doing
}

// commands are all of them, as help lists them.
func commands() []entry {
	return []entry{
		{"", "The place user-led mental health networks run on.", nil},
		{"serve", "Serve a network.", &serve{}},
		{"demo", "Serve an example network of invented people and groups.", &demo{}},
		{"import", "Take a list in.", nil},
		{"import groups", "Take in a list of groups, CSV or JSON.", &importGroups{}},
		{"export", "Write a list out.", nil},
		{"export groups", "Write every group, published or not. The list can be imported again.", &exportGroups{}},
		{"member", "Accounts: add one, bring a list, give it a role, write out or erase a person.", nil},
		{"member add", "Add an account. They sign in by a link in a mail.", &memberAdd{}},
		{"member import", "Bring in a list of people, CSV. Nobody is written to.", &memberImport{}},
		{"member role", "Give an account another role.", &memberRole{}},
		{"member export", "Write everything held about a person, as JSON.", &memberExport{}},
		{"member erase", "Erase a person everywhere, for good.", &memberErase{}},
		{"group", "Groups: who organises them.", nil},
		{"group organiser", "Who organises a group.", nil},
		{"group organiser add", "Make somebody an organiser of a group.", &groupOrganiser{}},
		{"backup", "Backups: write one, put one back, make a key for them.", nil},
		{"backup create", "Write all of a network into one file. It may be running.", &backupCreate{}},
		{"backup restore", "Put a backup where a network is to be.", &backupRestore{}},
		{"backup key", "Make a key that opens backups which were encrypted to it.", &backupKey{}},
		{"jobs", "Work that was given up after many tries.", nil},
		{"jobs list", "List what was given up, and why.", &jobsList{}},
		{"jobs again", "Set one going again.", &jobsAgain{}},
	}
}

func main() {
	if helped() {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "withus: "+say(err))
		os.Exit(1)
	}
}

// helped does what this program starts itself for, if that is so. Nobody types it.
func helped() bool {
	if len(os.Args) != 2 || os.Args[1] != app.Helping {
		return false
	}
	if err := app.Help(os.Stdin, os.Stdout); err != nil {
		os.Exit(1)
	}
	return true
}

// run carries out one command.
func run(ctx context.Context, args []string, out io.Writer) error {
	all := commands()
	c, rest := choose(all, args)
	f := c.flags()
	if asksHelp(rest) {
		_, err := io.WriteString(out, help(all, c, f))
		return err
	}
	var known []string
	for _, other := range all {
		known = append(known, other.flags().Settings()...)
	}
	if err := f.Read(rest, known); err != nil {
		return err
	}
	if c.doing == nil {
		return fmt.Errorf("expected one of %s; %s --help says what they do", strings.Join(next(all, c), ", "), c.typed())
	}
	return c.Run(ctx, out)
}

// choose finds the command that is meant, and what is left for it to read.
// --config and --help may stand before it and between its words.
func choose(all []entry, args []string) (c entry, rest []string) {
	c = all[0]
	for len(args) > 0 {
		if n := leading(args); n > 0 {
			rest = append(rest, args[:n]...)
			args = args[n:]
			continue
		}
		name := strings.TrimSpace(c.name + " " + args[0])
		i := slices.IndexFunc(all, func(c entry) bool { return c.name == name })
		if i < 0 || args[0] == "" {
			break
		}
		c, args = all[i], args[1:]
	}
	return c, append(rest, args...)
}

// leading counts the words of a flag that may stand before a command.
func leading(args []string) int {
	switch {
	case args[0] == "--config":
		return min(2, len(args))
	case strings.HasPrefix(args[0], "--config="), asksHelp(args[:1]):
		return 1
	}
	return 0
}

// next are the words that may follow a command's.
func next(all []entry, c entry) (words []string) {
	for _, other := range all[1:] {
		rest, ok := strings.CutPrefix(other.name, c.name)
		if rest = strings.TrimPrefix(rest, " "); ok && rest != "" && !strings.Contains(rest, " ") {
			words = append(words, rest)
		}
	}
	return words
}

// typed is how a command is called.
func (c entry) typed() string { return strings.TrimSpace("withus " + c.name) }

// flags are what a command takes.
func (c entry) flags() *conf.Flags {
	f := conf.NewFlags(c.typed())
	if c.doing != nil {
		c.Flags(f)
	}
	return f
}

// say puts an error into words for whoever typed the command.
func say(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	t, lerr := app.English()
	if lerr != nil {
		return err.Error()
	}
	var lines []string
	if f.Key != "" {
		lines = append(lines, t(f.Key, f.Args...))
	}
	for _, p := range f.Problems {
		lines = append(lines, p.Field+": "+t(p.Key, p.Args...))
	}
	if f.Kind == fault.NotFound && len(lines) == 0 {
		lines = append(lines, "there is none like this")
	}
	if len(lines) == 0 {
		return err.Error()
	}
	return strings.Join(lines, "\n")
}

// open opens a network for a command that does one thing.
func open(ctx context.Context, s conf.Store) (*app.App, error) {
	return app.Open(ctx, app.Options{Store: s, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
}
