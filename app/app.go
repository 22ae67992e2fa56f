// Package app is the roof: the one list of rooms, how they are wired, and the
// pages that belong to none of them, as loops over rooms.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"withus.example/people/arrival"
	"withus.example/people/claim"
	"withus.example/people/consent"
	"withus.example/people/equal"
	"withus.example/people/finding"
	"withus.example/people/group"
	"withus.example/people/invite"
	"withus.example/people/link"
	"withus.example/people/member"
	"withus.example/people/network"
	"withus.example/people/privacy"
	"withus.example/people/signin"
	"withus.example/platform/backup"
	"withus.example/platform/conf"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/media"
	"withus.example/platform/search"
	"withus.example/platform/ui"
	"withus.example/platform/web"
	"withus.example/support/helpnow"
	"withus.example/voice/page"
)

// Options say what to open.
type Options struct {
	Store   conf.Store
	Network conf.Network // what is said here can't be changed in the browser
	Serving conf.Serving
	Server  conf.Mail   // the same of mail
	Mail    mail.Sender // takes all mail; nil: as the settings say
	Demo    bool
	Helpers bool         // passwords are checked in processes of their own: main calls Help
	Log     *slog.Logger // nil: nowhere
}

// App is a network, wired.
type App struct {
	DB      *db.DB
	Rooms   []kit.Module
	Network *network.Service
	Members *member.Service
	SignIn  *signin.Service
	Consent *consent.Service
	Privacy *privacy.Service
	Groups  *group.Service
	Links   *link.Service
	Arrival *arrival.Service
	Invite  *invite.Service
	Finding *finding.Service
	Index   *search.Index
	Jobs    *job.Queue
	Server  *web.Server
	Handler http.Handler
	Routes  []web.Route    // every address of the house
	Cron    []job.Schedule // all work that comes round

	mail  mail.Sender
	media *media.Folder // nil: no pictures
}

// Open opens a network's data, brings it up to date and wires the rooms.
// Nothing runs yet: see Jobs and Handler.
func Open(ctx context.Context, o Options) (a *App, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := (ui.Theme{Primary: o.Network.Primary, Accent: o.Network.Accent}).Check(); err != nil {
		return nil, err
	}
	ledger, err := o.Store.Ledger()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, o.Store.Database, o.Store.Data)
	if err != nil {
		return nil, err
	}
	langs := &i18n.Catalog{}
	a = &App{DB: d, Index: search.New(d), mail: o.Mail}
	given := network.Given{Network: o.Network, Mail: o.Server, Sender: o.Mail, Demo: o.Demo}
	opened := a
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.close())
		}
	}()
	if a.media, _, err = openPictures(o.Store); err != nil {
		return nil, err
	}
	a.Server = &web.Server{DB: d, Langs: langs, Proxies: o.Serving.Ranges(), Log: o.Log, Keep: o.Serving.PageCache << 20,
		Site: &ui.Site{Origin: o.Serving.URL, Demo: o.Demo}}
	a.rooms(langs, given, ledger, cmp.Or(o.Store.Data, ledger))
	if o.Helpers {
		a.SignIn.HashAside()
	}
	if err := langs.Load(conf.Ships, a.Texts()...); err != nil {
		return nil, err
	}
	if _, err := d.Migrate(ctx, a.Migrations()...); err != nil {
		return nil, err
	}
	if err := backup.Settle(ctx, d, a.media); err != nil {
		return nil, err
	}
	handlers, hearings := map[string]job.Handler{}, map[string][]fact.Hearing{}
	a.Cron = a.groundCron()
	for _, m := range a.Rooms {
		for kind, h := range m.Jobs {
			handlers[kind] = h
		}
		hearings[m.Name] = m.On
		a.Cron = append(a.Cron, m.Cron...)
		a.Server.Site.Nav = append(a.Server.Site.Nav, m.Nav...)
		a.Server.Site.Always = append(a.Server.Site.Always, m.Always...)
		a.Network.Offer(m.Switches...)
		a.Consent.Offer(m.Purposes...)
		a.Privacy.Offer(m.Fates...)
		a.Privacy.Keep(m.Retention...)
		if m.Asks != nil {
			a.Groups.Gather(m.Name, m.Asks)
		}
		a.Routes = append(a.Routes, m.Routes...)
	}
	for kind, h := range fact.Handlers(d, hearings) {
		handlers[kind] = h
	}
	a.Privacy.Keep(groundRetention...)
	a.Jobs = job.New(d, o.Log, handlers, a.Cron)
	a.Routes = append(a.Routes, a.pages(o.Demo)...)
	a.join()
	a.Server.Identify = a.SignIn.Identify
	a.Server.Look, a.Server.LookRoom = a.Network.Look, network.Room
	if again, err := a.Privacy.Reconcile(ctx); err != nil {
		return nil, fmt.Errorf("the ledger of erasures (%s): %w", ledger, err)
	} else if again > 0 {
		o.Log.Warn("erased again, since a backup brought them back", "people", again)
	}
	if err := a.Server.Refresh(ctx); err != nil {
		return nil, err
	}
	a.Handler = a.Server.Handler(a.Routes)
	return a, nil
}

// rooms is the one list of rooms, in the order in which they stand on a page,
// and what each of them asks of another. keys is the folder of what may be in no
// database.
func (a *App) rooms(langs *i18n.Catalog, given network.Given, ledger, keys string) {
	// Mail leaves as the network's settings say, whoever sends it.
	a.Network = network.New(a.DB, langs, a.Server.Site, given, a.Server.Log)
	var pictures media.Store
	if a.media != nil {
		pictures = a.media
	}
	a.Members = member.New(a.DB, a.Network, langs, a.Server.Site.Origin, pictures)
	a.SignIn = signin.New(a.DB, a.Members, a.Members, a.Network, langs, a.Server.Site.Origin, a.Server.SessionCookie(), a.Server.Site.Demo)
	a.Network.Meet(a.Members, a.Members, a.SignIn)
	a.Consent = consent.New(a.DB, langs)
	a.Privacy = privacy.New(a.DB, a.Members, a.SignIn, a, a.Consent, ledger, a.Server.Log, a.Members, a.Consent)
	a.Consent.Meet(a.Privacy)
	a.SignIn.Meet(a.Members, a.Privacy)
	help := helpnow.New(a.DB, langs, a.Members)
	a.Groups = group.New(a.DB, a.Index, langs, a.Members, a.Members, pictures)
	a.Members.Meet(a.SignIn, a.Consent, a.Privacy, a.Groups, a.Groups)
	a.Invite = invite.New(a.DB, a.Members, a.SignIn, a.Network, langs, a.Server.Site.Origin)
	a.Members.MeetInvitations(a.Invite)
	a.Finding = finding.New(a.DB, a.Members, a.SignIn, a.Privacy)
	claims := claim.New(a.DB, a.Groups, a.Members, a.mail, langs, a.Server.Site.Origin)
	a.Links = link.New(a.DB, a.Groups, a.Members)
	pages := page.New(a.DB, langs, a.Members, a.Server.Site, a.Server.Serves)
	a.Server.Site.Menus, a.Server.Moved = pages.Menus, pages.Moved
	a.Arrival = arrival.New(a.DB, langs, a.Members, a.Consent, a.Privacy, a.SignIn)
	a.Rooms = []kit.Module{
		a.Members.Module(),
		a.SignIn.Module(),
		a.Invite.Module(),
		a.Consent.Module(),
		equal.New(a.DB, keys).Module(),
		a.Arrival.Module(),
		help.Module(),
		a.Groups.Module(),
		a.Links.Module(),
		claims.Module(),
		a.Finding.Module(),
		pages.Module(),
		a.Network.Module(),
		a.Privacy.Module(),
	}
}

// join puts rooms' parts on the pages about other rooms' things; where such a
// page is kept, it is kept while nothing changes in those rooms either.
func (a *App) join() {
	for i, rt := range a.Routes {
		if len(rt.Rooms) > 0 && !slices.Contains(rt.Rooms, "page") {
			a.Routes[i].Rooms = slices.Concat(rt.Rooms, []string{"page"}) // whose menus stand on every page
			rt = a.Routes[i]
		}
		if rt.About == "" || len(rt.Rooms) == 0 {
			continue
		}
		has := a.with(func(m kit.Module) bool { return m.Parts[rt.About] != nil })
		a.Routes[i].Rooms = slices.Concat(rt.Rooms, has)
	}
	a.Server.Parts = func(r *web.Request, about web.Thing) ([]templ.Component, error) {
		return a.panels(r, nil, func(m *kit.Module) kit.Panel {
			part := m.Parts[about.Room]
			if part == nil {
				return nil
			}
			return func(r *web.Request) (templ.Component, error) { return part(r, about) }
		})
	}
}

// Migrations are every table of the house: the ground floor's, then each
// room's.
func (a *App) Migrations() []db.Migrations {
	out := slices.Clone(kit.Ground)
	for _, m := range a.Rooms {
		if m.Migrations != nil {
			out = append(out, db.Migrations{Room: m.Name, Files: m.Migrations})
		}
	}
	return out
}

// Texts are every text of the house.
func (a *App) Texts() []fs.FS {
	out := append(slices.Clone(kit.GroundTexts), locale)
	for _, m := range a.Rooms {
		if m.Locale != nil {
			out = append(out, m.Locale)
		}
	}
	return out
}

// English puts locale keys into words for whoever types commands.
func English() (func(key string, args ...any) string, error) {
	langs := &i18n.Catalog{}
	if err := langs.Load([]string{"en"}, unopened().Texts()...); err != nil {
		return nil, err
	}
	return langs.First().T, nil
}

// Close waits for jobs under way and closes the data.
func (a *App) Close() error {
	a.Jobs.Stop()
	return a.close()
}

func (a *App) close() error {
	err := a.DB.Close()
	if a.media != nil {
		err = errors.Join(err, a.media.Close())
	}
	return err
}

// ready says whether the network can answer.
func (a *App) ready(ctx context.Context) error {
	if err := a.DB.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return nil
}
