// Command withus runs a network.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/fault"
)

// cli is every command and setting. A setting has one name: --page-cache is
// WITHUS_PAGE_CACHE in the environment and page-cache in a file. A flag tagged
// env:"-" belongs to one command and is no setting: the network's name in the
// environment must not become a person's.
type cli struct {
	Config kong.ConfigFlag `help:"File with settings, one \"name = value\" on a line." placeholder:"FILE"`

	Serve  serve    `cmd:"" help:"Serve a network."`
	Demo   demo     `cmd:"" help:"Serve an example network of invented people and groups."`
	Import importDo `cmd:"" help:"Take a list in."`
	Export exportDo `cmd:"" help:"Write a list out."`
	Member memberDo `cmd:"" help:"Accounts: add one, give it a role, write out or erase a person."`
	Group  groupDo  `cmd:"" help:"Groups: who organises them."`
	Jobs   jobsDo   `cmd:"" help:"Work that was given up after many tries."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "withus: "+say(err))
		os.Exit(1)
	}
}

// run carries out one command.
func run(ctx context.Context, args []string, out io.Writer) error {
	var c cli
	k, err := kong.New(&c, kong.Name("withus"), kong.Description("The place user-led mental health networks run on."),
		kong.DefaultEnvars("WITHUS"), kong.Configuration(settingsFile), kong.Writers(out, os.Stderr),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(out, (*io.Writer)(nil)), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	p, err := k.Parse(args)
	if err != nil {
		return err
	}
	return p.Run()
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

// settingsFile reads "name = value" lines; # begins a comment.
func settingsFile(r io.Reader) (kong.Resolver, error) {
	values := map[string]string{}
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return nil, fmt.Errorf("settings file, line %d: write name = value", n)
		}
		values[name] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return resolver{values}, s.Err()
}

type resolver struct{ values map[string]string }

// Validate refuses names that are no setting: a mistyped one must not pass for
// one that is left out.
func (r resolver) Validate(app *kong.Application) error {
	known := map[string]bool{}
	err := kong.Visit(app, func(n kong.Visitable, next kong.Next) error {
		if f, ok := n.(*kong.Flag); ok && len(f.Envs) > 0 {
			known[f.Name] = true
		}
		return next(nil)
	})
	for name := range r.values {
		if !known[name] {
			err = errors.Join(err, fmt.Errorf("settings file: %q is no setting; withus serve --help lists them", name))
		}
	}
	return err
}

// Resolve gives what the file says, unless the environment says something: the
// command line comes first, then the environment, then the file.
func (r resolver) Resolve(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	for _, name := range f.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if v, ok := r.values[f.Name]; ok && len(f.Envs) > 0 {
		return v, nil
	}
	return nil, nil
}

// open opens a network for a command that does one thing.
func open(ctx context.Context, s conf.Store) (*app.App, error) {
	return app.Open(ctx, app.Options{Store: s, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
}
