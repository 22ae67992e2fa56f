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

type importDo struct {
	Groups importGroups `cmd:"" help:"Take in a list of groups, CSV or JSON."`
}

type importGroups struct {
	conf.Store
	File    string `arg:"" help:"The list; - for standard input."`
	Mapping string `env:"-" help:"File that says which of its columns fill which of ours; see docs/import." placeholder:"FILE"`
	DryRun  bool   `env:"-" help:"Say what would happen, and write nothing."`
	Publish bool   `env:"-" help:"Show the groups at once. Only for a list whose groups agreed."`
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

type exportDo struct {
	Groups exportGroups `cmd:"" help:"Write every group, published or not. The list can be imported again."`
}

type exportGroups struct {
	conf.Store
	Format string `default:"csv" env:"-" enum:"csv,json" help:"csv or json."`
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
