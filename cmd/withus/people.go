package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db"
	"withus.example/platform/job"
)

// with opens a network, does one thing with it and closes it again.
func with(ctx context.Context, s conf.Store, do func(*app.App) error) error {
	a, err := open(ctx, s)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// roles are what an account may be.
var roles = []string{"member", "supporter", "moderator", "team"}

// email is the argument that says whose account it is about.
func email(f *conf.Flags, p *string) { f.Arg(p, "email", "Their e-mail address.") }

type memberAdd struct {
	conf.Store
	Email, Name, Role, Language string
}

// Flags names what the command takes.
func (m *memberAdd) Flags(f *conf.Flags) {
	m.Store.Flags(f)
	email(f, &m.Email)
	f.Text(&m.Name, "name", "", "The name others see.").Only().Must()
	f.Text(&m.Role, "role", "member", "member, supporter, moderator or team.").Only().Of(roles...)
	f.Text(&m.Language, "language", "en", "Language of the mails they get.").Only()
}

// Run adds the account.
func (m *memberAdd) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, m.Store, func(a *app.App) error {
		email, name, err := a.AddMember(ctx, m.Email, m.Name, m.Role, m.Language)
		if err == nil {
			fmt.Fprintf(out, "Added %s, %s, as %s. They sign in with a link by mail.\n", name, email, m.Role)
		}
		return err
	})
}

type memberImport struct {
	conf.Store
	File, Called, Map, Kind string
	DryRun                  bool
}

// Flags names what the command takes.
func (m *memberImport) Flags(f *conf.Flags) {
	m.Store.Flags(f)
	f.Arg(&m.File, "file", "The list; - for standard input.")
	f.Text(&m.Called, "called", "", "What the list is called, to the people on it. If not said, its file name.").Only()
	f.Text(&m.Map, "map", "", "What its columns are, where that can't be guessed; see docs/moving-in.md.").Only()
	f.Text(&m.Kind, "kind", "member", "member or supporter: those of whom the list does not say it.").Only().Of("member", "supporter")
	f.Bool(&m.DryRun, "dry-run", "Say what would come of it, and write nothing.").Only()
}

// Run brings the list in, and prints what came of it.
func (m *memberImport) Run(ctx context.Context, out io.Writer) error {
	list, err := source(m.File)
	if err != nil {
		return err
	}
	defer list.Close()
	t, err := app.English()
	if err != nil {
		return err
	}
	return with(ctx, m.Store, func(a *app.App) error {
		l, err := a.Arrival.Import(ctx, list, app.ArrivalImport{Called: cmp.Or(m.Called, filepath.Base(m.File)), Map: m.Map, Kind: m.Kind, DryRun: m.DryRun})
		if err != nil {
			return err
		}
		return l.WriteAccount(out, t)
	})
}

type memberRole struct {
	conf.Store
	Email, Role string
}

// Flags names what the command takes.
func (m *memberRole) Flags(f *conf.Flags) {
	m.Store.Flags(f)
	email(f, &m.Email)
	f.Arg(&m.Role, "role", "member, supporter, moderator or team.").Of(roles...)
}

// Run changes the role.
func (m *memberRole) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, m.Store, func(a *app.App) error {
		err := a.SetRole(ctx, m.Email, m.Role)
		if err == nil {
			fmt.Fprintf(out, "%s is %s now.\n", m.Email, m.Role)
		}
		return err
	})
}

type memberExport struct {
	conf.Store
	Email string
}

// Flags names what the command takes.
func (m *memberExport) Flags(f *conf.Flags) {
	m.Store.Flags(f)
	email(f, &m.Email)
}

// Run writes the export.
func (m *memberExport) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, m.Store, func(a *app.App) error {
		all, err := a.Copy(ctx, m.Email)
		if err != nil {
			return err
		}
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	})
}

type memberErase struct {
	conf.Store
	Email string
	Yes   bool
}

// Flags names what the command takes.
func (m *memberErase) Flags(f *conf.Flags) {
	m.Store.Flags(f)
	email(f, &m.Email)
	f.Bool(&m.Yes, "yes", "Do it. There is no way back.").Only().Must()
}

// Run erases the person.
func (m *memberErase) Run(ctx context.Context, out io.Writer) error {
	if !m.Yes {
		return errors.New("nothing was erased: to do it, say --yes")
	}
	return with(ctx, m.Store, func(a *app.App) error {
		sub, err := a.Subject(ctx, m.Email)
		if err != nil {
			return err
		}
		if err := a.Erase(ctx, sub); err != nil {
			return err
		}
		fmt.Fprintln(out, "Erased. Backups made before still hold them.")
		return nil
	})
}

type groupOrganiser struct {
	conf.Store
	Slug, Email string
}

// Flags names what the command takes.
func (g *groupOrganiser) Flags(f *conf.Flags) {
	g.Store.Flags(f)
	f.Arg(&g.Slug, "slug", "Last part of the group's address.")
	f.Arg(&g.Email, "email", "E-mail address of the account.")
}

// Run adds the organiser.
func (g *groupOrganiser) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, g.Store, func(a *app.App) error {
		if err := a.AddOrganiser(ctx, g.Slug, g.Email); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is an organiser of %s now.\n", g.Email, g.Slug)
		return nil
	})
}

type jobsList struct{ conf.Store }

// Run lists the shelf.
func (j *jobsList) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, j.Store, func(a *app.App) error {
		all, err := job.Shelf(ctx, a.DB)
		for _, s := range all {
			fmt.Fprintf(out, "%s  %s, tried %d times: %s\n", s.ID, s.Kind, s.Tries, s.Error)
		}
		if err == nil && len(all) == 0 {
			fmt.Fprintln(out, "Nothing was given up.")
		}
		return err
	})
}

type jobsAgain struct {
	conf.Store
	ID string
}

// Flags names what the command takes.
func (j *jobsAgain) Flags(f *conf.Flags) {
	j.Store.Flags(f)
	f.Arg(&j.ID, "id", "As jobs list shows it.")
}

// Run sets the job going again.
func (j *jobsAgain) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, j.Store, func(a *app.App) error {
		var found bool
		err := a.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			found, err = job.Again(ctx, tx, j.ID)
			return err
		})
		if err == nil && !found {
			err = errors.New("nothing with this id was given up")
		}
		return err
	})
}
