package web

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/ui"
	"withus.example/platform/web/webtest"
)

// note is a room as small as a room can be: notes anyone reads and whoever is
// signed in writes. Each save leaves a row, so that effects can be counted.
var note = db.Migrations{Room: "note", Files: fstest.MapFS{"migrations/00001_note.sql": {Data: []byte(`-- +goose Up
CREATE TABLE note_note (name TEXT PRIMARY KEY, words TEXT NOT NULL);
CREATE TABLE note_effect (id TEXT PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, words TEXT NOT NULL);
INSERT INTO note_note (name, words) VALUES ('one', 'first words');
`)}}}

// hall is that room behind a front door of its own.
type hall struct {
	*Server
	t     testing.TB
	house http.Handler
	log   *bytes.Buffer
	built atomic.Int64                            // how often a kept page was made
	hold  atomic.Pointer[chan struct{}]           // if set, making a kept page waits for it
	until atomic.Pointer[time.Time]               // until when kept pages are true
	page  atomic.Pointer[func() (*Answer, error)] // if set, what /any answers
}

// halls runs a test in a hall of its own on each engine.
func halls(t *testing.T, fn func(t *testing.T, h *hall)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{Ground, note}, func(t *testing.T, d *db.DB) { fn(t, newHall(t, d, "http://127.0.0.1")) })
}

// inHall is halls on SQLite alone, for what does not touch the database.
func inHall(t testing.TB) *hall {
	t.Helper()
	tm := dbtest.Template{Name: "hall", Make: func(ctx context.Context, at dbtest.Place) error {
		d, err := db.Open(ctx, at.URL, at.Dir)
		if err != nil {
			return err
		}
		defer d.Close()
		_, err = d.Migrate(ctx, db.Ground, Ground, note)
		return err
	}}
	return newHall(t, dbtest.Open(t, dbtest.SQLite(t, tm)), "http://127.0.0.1")
}

var texts = sync.OnceValues(func() (*i18n.Catalog, error) {
	return i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground, ui.Ground, fstest.MapFS{
		"locale/en.json": {Data: []byte(`{"note.done": "Noted.", "note.short": "Say a little more"}`)},
		"locale/es.json": {Data: []byte(`{"note.done": "Anotado.", "note.short": "Un poco más"}`)},
		"locale/fr.json": {Data: []byte(`{"note.done": "Noté.", "note.short": "Un peu plus"}`)},
		"locale/ar.json": {Data: []byte(`{"note.done": "تم.", "note.short": "المزيد"}`)},
	})
})

func newHall(t testing.TB, d *db.DB, origin string) *hall {
	t.Helper()
	langs, err := texts()
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, log: &bytes.Buffer{}}
	h.Server = &Server{DB: d, Site: &ui.Site{Name: "Hall", Origin: origin}, Langs: langs, Keep: 1 << 20,
		Log: slog.New(slog.NewJSONHandler(h.log, nil)), Identify: func(r *http.Request) (*access.Viewer, error) {
			// Whoever has a session is asked of the database, as in the real house.
			c, err := r.Cookie(h.SessionCookie())
			if err != nil {
				return &access.Viewer{}, nil
			}
			if err := d.Ping(r.Context()); err != nil {
				return nil, err
			}
			return &access.Viewer{Member: c.Value, Persona: c.Value, Role: access.Member}, nil
		}}
	h.house = h.Handler(h.routes())
	return h
}

var (
	open   = access.Permission{Name: "note.read", Anyone: true}
	signed = access.Permission{Name: "note.write", Roles: access.Roles}
)

func (h *hall) routes() []Route {
	return []Route{
		Get("/notes", open, h.list).Reads("q", "page").Kept("note"),
		Get("/notes/{name}", open, h.read).Kept("note"),
		FormAt("/notes/{name}/edit", signed, Form{Fields: []string{"words", "more"}, Fill: h.fill, Show: h.show, Save: h.save}),
		FormAt("/notes/{name}/big", signed, Form{Fields: []string{"words"}, Show: h.show, Save: h.save}),
		Do("/notes/{name}/drop", signed, h.save, "words"),
		FormAt("/notes/{name}/file", signed, Form{Fields: []string{"words", "more"}, Files: []string{"file"}, Show: h.show, Save: h.saveFile}),
		FormAt("/come-in", open, Form{Fields: []string{"who", "next"}, Again: true, Show: h.show, Save: h.comeIn}),
		FormAt("/sign-in", open, Form{Fields: []string{"next"}, Again: true, Show: h.show, Save: h.comeIn}).Reads("next"),
		Get("/private", signed, func(r *Request) (*Answer, error) { return plain("private to " + r.Viewer.Persona), nil }),
		Get("/any", open, func(*Request) (*Answer, error) { return (*h.page.Load())() }),
		Get("/kept-any", open, func(*Request) (*Answer, error) { return (*h.page.Load())() }).Kept("note"),
		API("GET", "/notes/{name}", open, Operation{ID: "read-note", Summary: "Read", Tag: "note"}, h.apiRead),
		API("PUT", "/notes/{name}", signed, Operation{ID: "write-note", Summary: "Write", Tag: "note"}, h.apiWrite),
	}
}

func plain(s string) *Answer {
	return &Answer{Type: "text/plain; charset=utf-8", Stream: func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}}
}

func (h *hall) words(ctx context.Context, name string) (string, error) {
	s, err := db.One(ctx, h.DB, db.Text, `SELECT words FROM note_note WHERE name = $1`, name)
	if err != nil && strings.Contains(err.Error(), "no such row") {
		err = fault.Missing()
	}
	return s, err
}

func (h *hall) build() {
	h.built.Add(1)
	if hold := h.hold.Load(); hold != nil {
		<-*hold
	}
}

func (h *hall) list(r *Request) (*Answer, error) {
	h.build()
	all, err := db.All(r.Context(), h.DB, db.Text, `SELECT words FROM note_note ORDER BY name`)
	a := &Answer{Page: layout(r.Page, "Notes", func(w io.Writer) {
		io.WriteString(w, "<p>"+html.EscapeString(r.Page.Query.Encode()+" | "+strings.Join(all, ", "))+"</p><p>who: "+r.Viewer.Persona+"</p>")
	})}
	if at := h.until.Load(); at != nil {
		a.Until = *at
	}
	return a, err
}

func (h *hall) read(r *Request) (*Answer, error) {
	h.build()
	s, err := h.words(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return Show(layout(r.Page, "Note", func(w io.Writer) { io.WriteString(w, "<p>"+html.EscapeString(s)+"</p>") }))
}

func layout(p *ui.Page, title string, body func(w io.Writer)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		inner := templ.ComponentFunc(func(_ context.Context, w io.Writer) error { body(w); return nil })
		return ui.Layout(p, title).Render(templ.WithChildren(ctx, inner), w)
	})
}

func (h *hall) fill(r *Request) (map[string][]string, error) {
	s, err := h.words(r.Context(), r.PathValue("name"))
	return url.Values{"words": {s}}, err
}

func (h *hall) show(r *Request, f *ui.Form) (templ.Component, error) {
	if name := r.PathValue("name"); name != "" {
		if _, err := h.words(r.Context(), name); err != nil {
			return nil, err
		}
	}
	return layout(r.Page, "Write", func(w io.Writer) {
		ctx := context.Background()
		ui.Summary(r.Page, f).Render(ctx, w)
		io.WriteString(w, `<form method="post">`)
		ui.Key(f).Render(ctx, w)
		for _, name := range []string{"words", "more"} {
			ui.TextArea(r.Page, f, ui.Field{Name: name, Label: "ui.search"}).Render(ctx, w)
		}
		io.WriteString(w, `<button>go</button></form>`)
	}), nil
}

// save notes one effect, under a new name each time, and leads to it.
func (h *hall) save(r *Request, f *ui.Form) (Next, error) {
	words := f.Get("words")
	if words == "short" {
		return Next{}, fault.Wrong("words", "note.short")
	}
	if words == "panic" {
		panic("a handler's secret: " + f.Get("more"))
	}
	if _, err := h.words(r.Context(), r.PathValue("name")); err != nil {
		return Next{}, err
	}
	effect := id.New(r.Context())
	err := h.DB.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("note")
		if _, err := tx.Exec(ctx, `UPDATE note_note SET words = $2 WHERE name = $1`, r.PathValue("name"), words); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO note_effect (id, at, who, words) VALUES ($1, $2, $3, $4)`, effect, r.URL.Path, r.Viewer.Persona, words)
		return err
	})
	return Next{To: "/notes?page=" + effect, Done: "note.done"}, err
}

func (h *hall) comeIn(r *Request, f *ui.Form) (Next, error) {
	r.SetCookie(&http.Cookie{Name: h.SessionCookie(), Value: "ana"})
	if to := f.Get("next"); Local(to) {
		return Next{To: to}, nil
	}
	return Next{To: "/notes"}, nil
}

type apiName struct {
	Name string `path:"name" maxLength:"100"`
}

type apiNote struct {
	Body struct {
		Words string `json:"words" maxLength:"100"`
		Count int    `json:"count,omitempty"`
	}
}

func (h *hall) apiRead(ctx context.Context, in *apiName) (*apiNote, error) {
	out := &apiNote{}
	var err error
	out.Body.Words, err = h.words(ctx, in.Name)
	return out, err
}

type apiPut struct {
	apiName
	apiNote
}

func (h *hall) apiWrite(ctx context.Context, in *apiPut) (*apiNote, error) {
	switch in.Body.Words {
	case "short":
		return nil, fault.Wrong("words", "note.short")
	case "taken":
		return nil, fault.New(fault.Conflict, "")
	case "broken":
		return nil, io.ErrUnexpectedEOF
	}
	return &in.apiNote, nil
}

// visitor is somebody at the hall's door; with a name they are signed in.
func (h *hall) visitor(name string) *webtest.Visitor {
	v := webtest.New(h.t, h.house)
	if name != "" {
		v.Cookies[h.SessionCookie()] = name
	}
	return v
}

// count is how many rows a query gives.
func (h *hall) count(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.DB.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *hall) effects() int { h.t.Helper(); return h.count(`SELECT count(*) FROM note_effect`) }

// change has something of the room change.
func (h *hall) change(words string) {
	h.t.Helper()
	err := h.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("note")
		_, err := tx.Exec(ctx, `UPDATE note_note SET words = $1 WHERE name = 'one'`, words)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
