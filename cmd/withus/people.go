package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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

type memberDo struct {
	Add    memberAdd    `cmd:"" help:"Add an account. They sign in by a link in a mail."`
	Role   memberRole   `cmd:"" help:"Give an account another role."`
	Export memberExport `cmd:"" help:"Write everything held about a person, as JSON."`
	Erase  memberErase  `cmd:"" help:"Erase a person everywhere, for good."`
}

type memberAdd struct {
	conf.Store
	Email    string `arg:"" help:"Their e-mail address."`
	Name     string `required:"" env:"-" help:"The name others see."`
	Role     string `default:"member" env:"-" enum:"member,supporter,moderator,team" help:"member, supporter, moderator or team."`
	Language string `default:"en" env:"-" help:"Language of the mails they get."`
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

type memberRole struct {
	conf.Store
	Email string `arg:"" help:"Their e-mail address."`
	Role  string `arg:"" enum:"member,supporter,moderator,team" help:"member, supporter, moderator or team."`
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
	Email string `arg:"" help:"Their e-mail address."`
}

// Run writes the export.
func (m *memberExport) Run(ctx context.Context, out io.Writer) error {
	return with(ctx, m.Store, func(a *app.App) error {
		sub, err := a.Subject(ctx, m.Email)
		if err != nil {
			return err
		}
		all, err := a.Export(ctx, sub)
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
	Email string `arg:"" help:"Their e-mail address."`
	Yes   bool   `required:"" env:"-" help:"Do it. There is no way back."`
}

// Run erases the person.
func (m *memberErase) Run(ctx context.Context, out io.Writer) error {
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

type groupDo struct {
	Organiser struct {
		Add groupOrganiser `cmd:"" help:"Make somebody an organiser of a group."`
	} `cmd:"" help:"Who organises a group."`
}

type groupOrganiser struct {
	conf.Store
	Slug  string `arg:"" help:"Last part of the group's address."`
	Email string `arg:"" help:"E-mail address of the account."`
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

type jobsDo struct {
	List  jobsList  `cmd:"" help:"List what was given up, and why."`
	Again jobsAgain `cmd:"" help:"Set one going again."`
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
	ID string `arg:"" help:"As jobs list shows it."`
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
