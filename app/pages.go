package app

import (
	"context"
	"embed"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/search"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

//go:embed locale
var locale embed.FS

// Paths are the top path segments of the roof's own pages.
var Paths = []string{"", "search", "you", "desk", "leave", "leaving", "healthz", "readyz", "api", "ui", "demo", "assets"}

var (
	anyone   = access.Permission{Name: "app.anyone", Anyone: true}
	signedIn = access.Permission{Name: "app.you", Roles: access.Everybody}
)

// Permissions are the roof's own.
var Permissions = []access.Permission{anyone, signedIn, onDesk}

// pages are the roof's own pages.
func (a *App) pages(demo bool) []web.Route {
	out := []web.Route{
		web.Get("/{$}", anyone, a.home).Kept(a.with(func(m kit.Module) bool { return m.Home != nil })...),
		web.Get("/search", anyone, a.search).Reads("q").Kept(a.with(func(m kit.Module) bool { return m.Cards != nil })...),
		web.Get("/you", signedIn, a.you),
		web.Get(kit.Voices, signedIn, a.voice),
		web.Get("/desk", onDesk, a.desk),
		web.Get("/leave", anyone, a.leave).Early(),
		web.Get("/leaving", anyone, leaving).Kept("app").Early(),
		web.Get("/api", anyone, a.api).Kept("app"),
		web.Get("/healthz", anyone, func(*web.Request) (*web.Answer, error) { return text("ok"), nil }).Early(),
		web.Get("/readyz", anyone, func(r *web.Request) (*web.Answer, error) { return text("ok"), a.ready(r.Context()) }).Early(),
		web.API("GET", "/search", anyone, web.Operation{ID: "search", Summary: "Find anything by words, best matches first", Tag: "search"}, a.apiSearch),
	}
	if demo {
		out = append(out,
			web.Get("/demo/mail", anyone, a.tray),
			web.Get("/ui", anyone, parts),
		)
	}
	return out
}

// with names the rooms that have something.
func (a *App) with(has func(kit.Module) bool) (out []string) {
	for _, m := range a.Rooms {
		if has(m) {
			out = append(out, m.Name)
		}
	}
	return out
}

func text(s string) *web.Answer {
	return &web.Answer{Type: "text/plain; charset=utf-8", Stream: func(w io.Writer) error {
		_, err := io.WriteString(w, s+"\n")
		return err
	}}
}

// What waits for somebody stands before what is only there: these rooms' parts come
// first, in this order, and the others after them.
var (
	deskFirst = []string{"member", "arrival", "claim", "finding", "signin", "invite", "link"}
	youFirst  = []string{"arrival", "member", "finding", "claim", "link", "group"}
)

// before are the rooms with some of them first.
func (a *App) before(first []string) (out []*kit.Module) {
	for _, name := range first {
		for i := range a.Rooms {
			if a.Rooms[i].Name == name {
				out = append(out, &a.Rooms[i])
			}
		}
	}
	for i := range a.Rooms {
		if !slices.Contains(first, a.Rooms[i].Name) {
			out = append(out, &a.Rooms[i])
		}
	}
	return out
}

// panels asks each room for its part of a page.
func (a *App) panels(r *web.Request, first []string, of func(*kit.Module) kit.Panel) (out []templ.Component, err error) {
	for _, m := range a.before(first) {
		if of(m) == nil {
			continue
		}
		c, err := of(m)(r)
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, c)
		}
	}
	return out, nil
}

// buttons are what one can do here, by the rooms in their order. Who is here already
// has no use for the way in: their own page stands in its place.
func (a *App) buttons(r *web.Request) (out []ui.Link) {
	for _, m := range a.Rooms {
		for _, l := range r.Page.Site.On(m.Hero) {
			if l.Path == "/join" && r.Viewer.SignedIn() {
				l = ui.Link{Path: "/you", Key: "app.yours"}
			}
			out = append(out, l)
		}
	}
	return out
}

// home is the first page. What rooms show there may change with the day.
func (a *App) home(r *web.Request) (*web.Answer, error) {
	ps, err := a.panels(r, nil, func(m *kit.Module) kit.Panel { return m.Home })
	if err != nil {
		return nil, err
	}
	r.Page.About = r.Page.T("app.hero-text")
	return &web.Answer{Page: homeView(r.Page, a.buttons(r), ps), Until: time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)}, nil
}

// you is the reader's own page.
func (a *App) you(r *web.Request) (*web.Answer, error) {
	ps, err := a.panels(r, youFirst, func(m *kit.Module) kit.Panel { return m.You })
	if err != nil {
		return nil, err
	}
	return web.Show(youView(r.Page, append(toDesk(r), ps...)))
}

// mostFound is how many results a search shows.
const mostFound = 24

// cards are how things of any room look to a viewer; those that may not be seen
// are left out.
func (a *App) cards(ctx context.Context, v *access.Viewer, l *i18n.Lang, refs []search.Ref) (map[search.Ref]ui.Card, error) {
	ids := map[string][]string{}
	for _, ref := range refs {
		ids[ref.Room] = append(ids[ref.Room], ref.ID)
	}
	cards := map[search.Ref]ui.Card{}
	for _, m := range a.Rooms {
		if m.Cards == nil || len(ids[m.Name]) == 0 {
			continue
		}
		got, err := m.Cards(ctx, v, l, ids[m.Name])
		if err != nil {
			return nil, err
		}
		for id, c := range got {
			cards[search.Ref{Room: m.Name, ID: id}] = c
		}
	}
	return cards, nil
}

// find gives the best matches for words, as cards.
func (a *App) find(ctx context.Context, v *access.Viewer, l *i18n.Lang, words string) ([]ui.Card, error) {
	refs, err := a.Index.Find(ctx, v, words, mostFound)
	if err != nil {
		return nil, err
	}
	cards, err := a.cards(ctx, v, l, refs)
	if err != nil {
		return nil, err
	}
	var out []ui.Card
	for _, ref := range refs {
		if c, ok := cards[ref]; ok {
			out = append(out, c)
		}
	}
	return out, nil
}

func (a *App) search(r *web.Request) (*web.Answer, error) {
	q := r.Page.Query.Get("q")
	cards, err := a.find(r.Context(), r.Viewer, r.Page.Lang, q)
	if err != nil {
		return nil, err
	}
	var way ui.Link             // on, where nothing is found
	for _, m := range a.Rooms { // among what can be found at all
		if ways := r.Page.Site.On(m.Hero); m.Cards != nil && len(ways) > 0 && way.Path == "" {
			way = ways[0]
		}
	}
	return web.Show(searchView(r.Page, q, cards, way))
}

type searchIn struct {
	Q string `query:"q" required:"true" maxLength:"200" doc:"words to look for"`
}

type searchOut struct {
	Body struct {
		Results []result `json:"results"`
	}
}

type result struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

func (a *App) apiSearch(ctx context.Context, in *searchIn) (*searchOut, error) {
	cards, err := a.find(ctx, web.ViewerOf(ctx), a.Server.Langs.First(), in.Q)
	out := &searchOut{}
	out.Body.Results = []result{}
	for _, c := range cards {
		out.Body.Results = append(out.Body.Results, result{a.Server.Site.Origin + c.Path, c.Title, c.Text})
	}
	return out, err
}

// leave goes to a harmless page elsewhere, without a trace of where from, and
// has the browser drop the pages it kept: so that Back has to ask for them, and
// those somebody asked it to keep on this phone; and an address that waits to sign in.
func (a *App) leave(r *web.Request) (*web.Answer, error) {
	a.SignIn.Unready(r)
	return (&web.Answer{To: r.Page.Site.Leave}).Header("Clear-Site-Data", `"cache", "storage"`), nil
}

func leaving(r *web.Request) (*web.Answer, error) { return web.Show(leavingView(r.Page)) }

// tray shows the mail the demo would have sent.
func (a *App) tray(r *web.Request) (*web.Answer, error) {
	t, ok := a.mail.(*mail.Tray)
	if !ok {
		return web.Show(trayView(r.Page, nil))
	}
	return web.Show(trayView(r.Page, t.Letters()))
}

func parts(r *web.Request) (*web.Answer, error) {
	return web.Show(ui.Parts(r.Page, &ui.Form{}))
}

// endpoint is one line of the page about the API.
type endpoint struct{ Method, Path, Summary string }

// api tells people who write programs what there is.
func (a *App) api(r *web.Request) (*web.Answer, error) {
	var out []endpoint
	doc := a.Server.OpenAPI
	for _, rt := range a.Routes {
		path, ok := strings.CutPrefix(rt.Path, "/api/v1")
		if !ok || doc.Paths[path] == nil || !r.Page.Site.Shows(rt.Path) {
			continue
		}
		item := doc.Paths[path]
		for _, m := range rt.Methods {
			switch {
			case m == "GET" && item.Get != nil:
				out = append(out, endpoint{m, rt.Path, item.Get.Summary})
			case m == "PUT" && item.Put != nil:
				out = append(out, endpoint{m, rt.Path, item.Put.Summary})
			}
		}
	}
	return web.Show(apiView(r.Page, out))
}
