package app

import (
	"context"
	"io"

	"withus.example/people/arrival"
	"withus.example/people/group"
	"withus.example/people/member"
	"withus.example/people/signin"
	"withus.example/platform/access"
	"withus.example/platform/kit"
)

// What the command line does for whoever runs the network. Nobody's permission
// is asked: who can run it holds the data anyway.

// Helping is the one argument this program starts itself with where passwords
// are checked aside, and Help what it then does.
const Helping = signin.Helping

// Help answers in on out until in ends.
func Help(in io.Reader, out io.Writer) error { return signin.Help(in, out) }

// AddMember makes an account with the name others see, and gives its address
// and name as they are kept. It has no password: its owner signs in by a link
// in a mail.
func (a *App) AddMember(ctx context.Context, email, name, role, lang string) (keptEmail, keptName string, err error) {
	x, p, err := a.Members.Add(ctx, member.Account{Email: email, Role: access.Role(role), Lang: lang}, member.Persona{Name: name})
	return x.Email, p.Name, err
}

// SetRole gives an account another role.
func (a *App) SetRole(ctx context.Context, email, role string) error {
	return a.Members.SetRole(ctx, email, access.Role(role))
}

// Subject is the person with an address, for Erase.
func (a *App) Subject(ctx context.Context, email string) (kit.Subject, error) {
	return a.Members.Subject(ctx, email)
}

// Copy is everything that is held about the person with an address. They see
// later on that somebody looked.
func (a *App) Copy(ctx context.Context, email string) (map[string]any, error) {
	s, err := a.Subject(ctx, email)
	if err != nil {
		return nil, err
	}
	all, err := a.Export(ctx, s)
	if err != nil {
		return nil, err
	}
	return all, a.Privacy.Looked(ctx, &access.Viewer{}, s.Member, "privacy.looked.copy")
}

// AddOrganiser makes the owner of an account an organiser of a group.
func (a *App) AddOrganiser(ctx context.Context, slug, email string) error {
	s, err := a.Members.Subject(ctx, email)
	if err != nil {
		return err
	}
	return a.Groups.AddOrganiser(ctx, slug, s.Personas[0])
}

// ImportOptions and ImportReport are those of an import of groups.
type (
	ImportOptions = group.ImportOptions
	ImportReport  = group.Report
)

// ImportGroups takes in a list of groups.
func (a *App) ImportGroups(ctx context.Context, r io.Reader, o ImportOptions, progress func(done int)) (*ImportReport, error) {
	return a.Groups.Import(ctx, r, o, progress)
}

// ArrivalImport says how a list of people comes in.
type ArrivalImport = arrival.Import
