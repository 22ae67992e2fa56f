package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"withus.example/app"
	"withus.example/platform/conf"
)

type importGroups struct {
	conf.Store
	File, Mapping   string
	DryRun, Publish bool
}

// Flags names what the command takes.
func (i *importGroups) Flags(f *conf.Flags) {
	i.Store.Flags(f)
	f.Arg(&i.File, "file", "The list; - for standard input.")
	f.Text(&i.Mapping, "mapping", "", "File that says which of its columns fill which of ours; see docs/import.").As("FILE").Only()
	f.Bool(&i.DryRun, "dry-run", "Say what would happen, and write nothing.").Only()
	f.Bool(&i.Publish, "publish", "Show the groups at once. Only for a list whose groups agreed.").Only()
}

// Run imports the list and prints what became of every row.
func (i *importGroups) Run(ctx context.Context, out io.Writer) error {
	list, err := source(i.File)
	if err != nil {
		return err
	}
	defer list.Close()
	o := app.ImportOptions{DryRun: i.DryRun, Publish: i.Publish}
	if i.Mapping != "" {
		m, err := os.Open(i.Mapping)
		if err != nil {
			return err
		}
		defer m.Close()
		o.Mapping = m
	}
	return with(ctx, i.Store, func(a *app.App) error {
		report, err := a.ImportGroups(ctx, list, o, func(done int) { fmt.Fprintf(os.Stderr, "%d rows done\n", done) })
		if report == nil {
			return err
		}
		return errors.Join(report.Write(out), err)
	})
}

func source(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(name)
}

type exportGroups struct {
	conf.Store
	Format string
}

// Flags names what the command takes.
func (e *exportGroups) Flags(f *conf.Flags) {
	e.Store.Flags(f)
	f.Text(&e.Format, "format", "csv", "csv or json.").Only().Of("csv", "json")
}

// Run writes the list.
func (e *exportGroups) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, e.Store, func(a *app.App) error {
		if e.Format == "json" {
			return a.Groups.WriteJSON(ctx, out)
		}
		return a.Groups.WriteCSV(ctx, out)
	})
}
