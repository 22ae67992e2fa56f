package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"withus.example/app"
	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/web"
	"withus.example/platform/web/webtest"
)

// wings are the folders that hold rooms.
var wings = []string{"people", "voice", "change", "learn", "reach", "support", "funding", "research", "care"}

// Every folder of a wing is a room, every room is on the roof's list once, and
// its one word is the name of its folder and its package.
func TestEveryRoomIsListed(t *testing.T) {
	listed := map[string]int{}
	for _, m := range one(t).Rooms {
		listed[m.Name]++
	}
	for name, n := range listed {
		if n > 1 {
			t.Errorf("%s is on the list of rooms %d times", name, n)
		}
	}
	found := map[string]string{}
	for _, wing := range wings {
		dirs, err := os.ReadDir(filepath.Join("..", wing))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, d := range dirs {
			if !d.IsDir() {
				continue
			}
			dir := wing + "/" + d.Name()
			if was := found[d.Name()]; was != "" {
				t.Errorf("%s and %s have the same word: a room's is unique in the house", was, dir)
			}
			found[d.Name()] = dir
			if listed[d.Name()] != 1 {
				t.Errorf("%s is not on the list of rooms: add it to rooms in app/app.go, under this name", dir)
			}
			files, err := filepath.Glob(filepath.Join("..", wing, d.Name(), "*.go"))
			if err != nil || len(files) == 0 {
				t.Errorf("%s has no code: %v", dir, err)
			}
			for _, name := range files {
				f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly)
				if err != nil {
					t.Fatal(err)
				}
				if f.Name.Name != d.Name() && f.Name.Name != d.Name()+"_test" {
					t.Errorf("%s is of package %s: a room's package has its folder's name", name, f.Name.Name)
				}
			}
		}
	}
	for name := range listed {
		if found[name] == "" {
			t.Errorf("the room %s has no folder in any wing", name)
		}
	}
}

// claims are whose every top path segment is; the error names those that two
// rooms, or a room and the roof, lay claim to.
func claims(rooms []kit.Module, roof []string) (map[string]string, error) {
	out := map[string]string{}
	var errs []error
	claim := func(segment, by string) {
		if was, taken := out[segment]; taken {
			errs = append(errs, fmt.Errorf("/%s belongs to %s and to %s: one of them needs another word", segment, was, by))
		}
		out[segment] = by
	}
	for _, s := range roof {
		claim(s, "app")
	}
	for _, m := range rooms {
		for _, s := range m.Paths {
			if above, _, below := strings.Cut(s, "/"); below && !slices.Contains(roof, above) {
				errs = append(errs, fmt.Errorf("%s wants /%s: only what is under one of the roof's pages is shared out", m.Name, s))
			}
			claim(s, m.Name)
		}
	}
	return out, errors.Join(errs...)
}

// checkRoutes says what is wrong with the routes of one room, or of the roof.
func checkRoutes(name string, routes []web.Route, permissions []access.Permission, owner map[string]string, seen map[string]bool) (errs []error) {
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, p := range permissions {
		if p.Name == "" || !strings.HasPrefix(p.Name, name+".") {
			add("%s: the permission %q must begin with %s.", name, p.Name, name)
		}
		if !p.Anyone && len(p.Roles) == 0 && len(p.Relation) == 0 {
			add("the permission %s is nobody's", p.Name)
		}
	}
	for _, rt := range routes {
		segment, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(rt.Path, "/api/v1"), "/"), "/")
		if segment == "{$}" {
			segment = ""
		}
		if second, _, _ := strings.Cut(rest, "/"); owner[segment+"/"+second] != "" {
			segment += "/" + second // a room's page under one of the roof's
		}
		if owner[segment] != name {
			add("%s serves %s, and /%s is not its: add it to Paths, or serve something else", name, rt.Path, segment)
		}
		if !slices.ContainsFunc(permissions, func(p access.Permission) bool { return reflect.DeepEqual(p, rt.Permission) }) {
			add("%s: its permission %q is not among those %s declares", rt.Path, rt.Permission.Name, name)
		}
		if len(rt.Rooms) > 0 && !rt.Permission.Anyone {
			add("%s is kept for visitors, and not everyone may see it: take Kept off", rt.Path)
		}
		if len(rt.Methods) == 0 {
			add("%s has no method", rt.Path)
		}
		for _, m := range rt.Methods {
			if seen[m+" "+rt.Path] {
				add("%s %s is served twice", m, rt.Path)
			}
			seen[m+" "+rt.Path] = true
		}
	}
	return errs
}

// Every route is its room's, has a permission that is declared, and stands once.
func TestRoutes(t *testing.T) {
	h := one(t)
	owner, err := claims(h.Rooms, app.Paths)
	if err != nil {
		t.Error(err)
	}
	seen, n := map[string]bool{}, 0
	for _, m := range h.Rooms {
		for _, err := range checkRoutes(m.Name, m.Routes, m.Permissions, owner, seen) {
			t.Error(err)
		}
		n += len(m.Routes)
	}
	for _, err := range checkRoutes("app", h.Routes[n:], app.Permissions, owner, seen) {
		t.Error(err)
	}
	if n == 0 || n == len(h.Routes) {
		t.Errorf("%d of %d routes are rooms'", n, len(h.Routes))
	}
	kept := map[string]bool{"app": true}
	for _, m := range h.Rooms {
		kept[m.Name] = true
	}
	for _, rt := range h.Routes {
		for _, room := range rt.Rooms {
			if !kept[room] {
				t.Errorf("%s is kept while %q stands, which is no room", rt.Path, room)
			}
		}
	}
}

// What TestRoutes holds can be broken.
func TestRoutesCatch(t *testing.T) {
	rooms := []kit.Module{{Name: "a", Paths: []string{"things", "you/things"}}, {Name: "b", Paths: []string{"things", "you", "you/things", "others/things"}}}
	if _, err := claims(rooms, []string{"you"}); err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("two claims to one segment: %v", err)
	}
	anyone, mine := access.Permission{Name: "a.read", Anyone: true}, access.Permission{Name: "a.mine", Roles: access.Roles}
	owner := map[string]string{"things": "a", "others": "b", "": "app", "you": "app", "you/things": "a"}
	show := func(*web.Request) (*web.Answer, error) { return nil, nil }
	for what, in := range map[string]struct {
		routes      []web.Route
		permissions []access.Permission
	}{
		"another's path":       {[]web.Route{web.Get("/others", anyone, show)}, []access.Permission{anyone}},
		"a page of the roof's": {[]web.Route{web.Get("/you/a", anyone, show)}, []access.Permission{anyone}},
		"nobody's path":        {[]web.Route{web.Get("/else/{x}", anyone, show)}, []access.Permission{anyone}},
		"another's API path":   {[]web.Route{{Methods: []string{"GET"}, Path: "/api/v1/others", Permission: anyone}}, []access.Permission{anyone}},
		"the roof's path":      {[]web.Route{web.Get("/{$}", anyone, show)}, []access.Permission{anyone}},
		"undeclared":           {[]web.Route{web.Get("/things", anyone, show)}, []access.Permission{mine}},
		"no permission":        {[]web.Route{web.Get("/things", access.Permission{}, show)}, []access.Permission{anyone}},
		"kept and not public":  {[]web.Route{web.Get("/things", mine, show).Kept("a")}, []access.Permission{mine}},
		"twice":                {[]web.Route{web.Get("/things", anyone, show), web.Get("/things", anyone, show)}, []access.Permission{anyone}},
		"another's permission": {nil, []access.Permission{{Name: "b.read", Anyone: true}}},
		"nobody's permission":  {nil, []access.Permission{{Name: "a.read"}}},
	} {
		if errs := checkRoutes("a", in.routes, in.permissions, owner, map[string]bool{}); len(errs) == 0 {
			t.Errorf("%s passes", what)
		}
	}
	good := []web.Route{web.Get("/things", anyone, show).Kept("a"), web.Get("/things/{x}", mine, show), web.Get("/you/things/{x}", mine, show), {Methods: []string{"GET"}, Path: "/api/v1/things", Permission: anyone}}
	if errs := checkRoutes("a", good, []access.Permission{anyone, mine}, owner, map[string]bool{}); len(errs) > 0 {
		t.Error(errs)
	}
}

// Every text is there in every language, with the forms and arguments it needs.
func TestEveryLanguage(t *testing.T) {
	langs := one(t).Server.Langs.Langs
	const told = 12
	for _, l := range langs {
		var lacks []string
		for _, key := range langs[0].Keys() {
			if missing := l.Missing(key); len(missing) > 0 {
				lacks = append(lacks, key+" ("+strings.Join(missing, ", ")+")")
			}
		}
		if len(lacks) > 0 {
			t.Errorf("%s: %d texts are not complete: %s", l.Code, len(lacks), strings.Join(lacks[:min(told, len(lacks))], "; "))
		}
		for _, key := range l.Keys() {
			if !langs[0].Has(key) {
				t.Errorf("%s has a text %q that is not in %s", l.Code, key, langs[0].Code)
			}
		}
	}
}

// dump is every row of every table, as text. Of PostgreSQL's rows it is their
// text form; of SQLite's their values, the index's own tables included.
func (h *house) dump() map[string][]string {
	h.t.Helper()
	ctx := h.t.Context()
	out := map[string][]string{}
	for _, name := range h.tables() {
		what := "*"
		if h.DB.Dialect == db.Postgres {
			what = "x::text"
		}
		rows, err := h.DB.Query(ctx, "SELECT "+what+" FROM "+name+" x")
		if err != nil {
			h.t.Fatalf("%s: %v", name, err)
		}
		columns, err := rows.Columns()
		if err != nil {
			h.t.Fatal(err)
		}
		for rows.Next() {
			values, at := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				at[i] = &values[i]
			}
			if err := rows.Scan(at...); err != nil {
				h.t.Fatalf("%s: %v", name, err)
			}
			var row strings.Builder
			for i, v := range values {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				fmt.Fprintf(&row, "%s=%v ", columns[i], v)
			}
			out[name] = append(out[name], row.String())
		}
		if err := rows.Err(); err != nil {
			h.t.Fatal(err)
		}
		rows.Close()
		slices.Sort(out[name])
	}
	return out
}

// tables are the tables of the database, by its own catalogue.
func (h *house) tables() []string {
	h.t.Helper()
	q := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if h.DB.Dialect == db.Postgres {
		q = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	}
	names, err := db.All(h.t.Context(), h.DB, db.Text, q)
	if err != nil {
		h.t.Fatal(err)
	}
	return names
}

// columns are those of all tables, as "table.column", by the database's own
// catalogue: all of them, or those of moments.
func (h *house) columns(moments bool) []string {
	h.t.Helper()
	q := `SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND (c.type = 'TIMESTAMP' OR NOT $1) ORDER BY 1`
	if h.DB.Dialect == db.Postgres {
		q = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema() AND (data_type = 'timestamp without time zone' OR NOT $1) ORDER BY 1`
	}
	all, err := db.All(h.t.Context(), h.DB, db.Text, q, moments)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// personal are the columns that lead to a person.
func (h *house) personal() (out []string) {
	h.t.Helper()
	for _, c := range h.columns(false) {
		if _, name, _ := strings.Cut(c, "."); regexp.MustCompile(`(^|_)(member|persona)_id$`).MatchString(name) {
			out = append(out, c)
		}
	}
	return out
}

// trace is somebody who has left rows wherever a person can.
type trace struct {
	kit.Subject
	email, name string
	browser     *webtest.Visitor
}

// leaveTraces lets somebody do everything a person can do here: join, sign in
// by link and by password, organise, edit, be sent a link that is not followed,
// and ask for one that is not sent yet.
func (h *house) leaveTraces() *trace {
	h.t.Helper()
	w := &trace{email: "marginalia@elsewhere.example", name: "Marginalia Nine"}
	w.browser = h.joinBy(w.email, w.name)
	h.welcome(w.email)
	var err error
	if w.Subject, err = h.Members.Subject(h.t.Context(), w.email); err != nil {
		h.t.Fatal(err)
	}
	// Somebody who forgot that they are here begins to join once more.
	h.wish(h.visitor(), w.email, "")
	w.browser.Send("/sign-in/password", "", url.Values{"fresh": {"four words in a row"}}).Is(h.t, http.StatusOK)
	h.visitor().SignIn(w.email, "four words in a row")
	sendFile(w.browser, "/you/names/new", photo("Marginalia"), map[string]string{"form_key": id.New(h.t.Context()), "name": "Marginalia Ten", "seen": "Notes on a margin"}).Is(h.t, http.StatusSeeOther)
	if w.Subject, err = h.Members.Subject(h.t.Context(), w.email); err != nil {
		h.t.Fatal(err)
	}
	h.secondStep(w.browser)
	h.exec(`INSERT INTO arrival_person (owner_member_id, called, old_id, carried, day, state, due, letters, wrote) VALUES ($1, 'A list of before', '', '{}', $2, 'waiting', FALSE, 1, $2)`, w.Member, time.Now())
	h.exec(`INSERT INTO signin_moved (owner_member_id, until) VALUES ($1, $2)`, w.Member, time.Now().AddDate(0, 0, 7))
	h.exec(`INSERT INTO signin_passkey (id, owner_member_id, public, uses, device, day) VALUES ('b25l', $1, '', 0, 'firefox/android', $2)`, w.Member, time.Now())
	h.lost(w.Subject)
	h.exec(`INSERT INTO member_message (id, owner_member_id, at, fresh, says) VALUES ('m3ss', $1, $2, TRUE, '{"subject": "To read here", "paragraphs": ["Marginalia is written to."]}')`, w.Member, time.Now())
	h.exec(`INSERT INTO privacy_look (owner_member_id, viewer_persona_id, what, day) VALUES ('somebody', $1, 'member.looked.application', $2)`, w.Personas[0], db.Day(time.Now()))
	h.as("team").Get("/desk/joining/"+h.wishOf(w.email)).Is(h.t, http.StatusOK)
	h.as("team").Send("/desk/members/"+w.Member+"/role", "", url.Values{"role": {"moderator"}}).Is(h.t, http.StatusOK)
	h.exec(`INSERT INTO member_role_wish (owner_member_id, role, asker_persona_id, day) SELECT id, 'moderator', $1, $2 FROM member_member WHERE email = 'team@withus.example'`, w.Personas[0], time.Now())
	h.exec(`INSERT INTO member_vouch (application_id, group_ref, asked, answer, answerer_persona_id) SELECT id, 'somegroup', $2, 'yes', $1 FROM member_application WHERE kind = 'group'`, w.Personas[0], time.Now())
	theirs := ""
	for _, slug := range h.free(2) {
		slug = h.change(h.as("team"), slug, map[string]any{"published": true, "audience": "everyone"})
		h.organise(slug, w.email)
		h.change(w.browser, slug, map[string]any{"welcome": "Changed by somebody who will leave."})
		theirs = slug
	}
	slug := h.free(1)[0]
	h.organise(slug, w.email)
	w.browser.Send("/groups/"+slug, "/groups/"+slug+"/close", nil).Is(h.t, http.StatusOK)
	w.browser.Send("/groups/"+slug, "/groups/"+slug+"/open", nil).Is(h.t, http.StatusOK)
	for _, as := range []string{w.Personas[0], kit.Unnamed} {
		w.browser.Send("/groups/"+openDoor+"/suggest", "", url.Values{"field": {"other"}, "words": {"Marginalia says so."}, "as": {as}}).Is(h.t, http.StatusOK)
	}
	if w.Subject, err = h.Members.Subject(h.t.Context(), w.email); err != nil {
		h.t.Fatal(err)
	}
	h.together(w.browser, w.email)
	w.browser.Send("/you", "/group-reminders", url.Values{"reminders": {"yes"}}).Is(h.t, http.StatusOK)
	h.lines(w.browser, w.email)
	h.claims(w, theirs)
	h.finds(w)
	h.joins(w.browser)
	h.as("team").Send("/desk/equal", "", url.Values{"asked": {"age"}}).Is(h.t, http.StatusOK)
	w.browser.Send("/you/equal", "/you/equal/begin", nil).Is(h.t, http.StatusOK)
	w.browser.Send("/you/equal/questions", "", url.Values{"age": {"45"}}).Is(h.t, http.StatusOK)
	h.invites(w)
	h.exec(`UPDATE member_member SET renewed = $2 WHERE id = $1`, w.Member, time.Now().AddDate(-2, 0, 0))
	h.round("member.renewals")
	ask := func() { h.visitor().Post("/sign-in", url.Values{"email": {w.email}}).Is(h.t, http.StatusOK) }
	ask()
	h.work() // sent, and not followed
	ask()    // and asked for again
	w.browser.Send("/you/data", "/you/data/copy", nil).Is(h.t, http.StatusOK).Shows(h.t, "Your copy")
	w.browser.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(h.t, http.StatusOK)
	return w
}

// lost has somebody say that an account is theirs, and its owner answer others as
// one of the team: one by an account that is on its way, one by its address.
func (h *house) lost(of kit.Subject) {
	h.t.Helper()
	now := time.Now()
	for i, x := range [][3]string{{of.Member, of.Email, "running"}, {"", of.Email, "waiting"}, {"", "somebody@elsewhere.example", "refused"}} {
		h.exec(`INSERT INTO signin_lost (id, owner_member_id, old_email, new_email, lang, words, state, told, asked, due, changed)
			VALUES ($1, $2, $3, $4, 'en', 'words', $5, TRUE, $6, $6, $6)`, fmt.Sprint("lost ", i), x[0], x[1], fmt.Sprint("found", i, "@elsewhere.example"), x[2], now)
	}
	h.exec(`INSERT INTO signin_lost_event (id, lost_id, at, what, talked, why, actor_persona_id) VALUES ('lost', 'lost 2', $1, 'no', $1, 'why', $2)`, now, of.Personas[0])
}

// secondStep gives somebody a second step, and the key their app has then. Who has
// no address says their password for it.
func (h *house) secondStep(v *webtest.Visitor, password ...string) (secret string) {
	h.t.Helper()
	f := v.Get("/you/second-step").Is(h.t, http.StatusOK).Form(h.t, "")
	secret = f.Get("secret")
	f.Set("code", appCode(h.t, secret, 0))
	if len(password) > 0 {
		f["old"] = password
	}
	v.Post("/you/second-step", f).Is(h.t, http.StatusOK).Shows(h.t, "Codes for paper")
	return secret
}

// appCode is what an app shows, some steps of half a minute from now.
func appCode(t *testing.T, secret string, steps int64) string {
	t.Helper()
	code, err := hotp.GenerateCode(secret, uint64(time.Now().Unix()/30+steps))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// together lets somebody's group become part of another one, with their yes.
func (h *house) together(v *webtest.Visitor, email string) {
	h.t.Helper()
	team := h.as("team")
	var slugs []string
	for _, slug := range h.free(2) {
		slugs = append(slugs, h.change(team, slug, map[string]any{"published": true, "audience": "everyone"}))
	}
	h.organise(slugs[0], email)
	team.Send("/group-duplicates/"+slugs[0]+"/"+slugs[1]+"/merge?keep=b", "", nil).Is(h.t, http.StatusOK)
	at := "/groups/" + slugs[0] + "/merge"
	v.Send(at, at, url.Values{"answer": {"yes"}}).Is(h.t, http.StatusOK)
	v.Get("/groups/"+slugs[0]).Is(h.t, http.StatusOK).Shows(h.t, "This is your group")
}

// joins lets somebody who organises groups offer a link and answer one, ask for
// an introduction and answer one, and be told by mail of what waits.
func (h *house) joins(v *webtest.Visitor) {
	h.t.Helper()
	const door = "open-door-collective"
	organiser := h.as("organiser")
	mine := regexp.MustCompile(`/groups/([^"/]+)/edit`).FindAllStringSubmatch(v.Get("/you").Body, -1)
	slug := ""
	for _, m := range mine {
		if h.count(`SELECT count(*) FROM group_group WHERE slug = $1 AND scope = 'public'`, m[1]) == 1 {
			slug = m[1]
		}
	}
	id := func(slug string) string {
		is, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM group_group WHERE slug = $1`, slug)
		if err != nil {
			h.t.Fatal(err)
		}
		return is
	}
	v.Send("/links/"+door+"/offer", "", url.Values{"group": {id(slug)}, "way": {"part-of"}}).Is(h.t, http.StatusOK)
	organiser.Send("/links/"+slug+"/offer", "", url.Values{"group": {id(door)}, "way": {"works-with"}}).Is(h.t, http.StatusOK)
	v.Send("/introductions/"+door+"/ask", "", url.Values{"group": {id(slug)}, "words": {"May we meet?"}, "shareName": {"yes"}}).Is(h.t, http.StatusOK)
	organiser.Send("/introductions/"+slug+"/ask", "", url.Values{"group": {id(door)}, "words": {"May we meet, too?"}, "contact": {"The door"}}).Is(h.t, http.StatusOK)
	h.work()
	p := v.Get("/links")
	v.Post("/links/answer", with(p.Form(h.t, "/links/answer"), "answer", "yes")).Is(h.t, http.StatusOK)
	intro := regexp.MustCompile(`/introductions/([0-9a-f-]{36})`).FindStringSubmatch(v.Get("/introductions").Body)
	if intro == nil {
		h.t.Fatal("nobody asks for an introduction")
	}
	v.Send("/introductions/"+intro[1], "", url.Values{"answer": {"yes"}, "backWords": {"Gladly."}}).Is(h.t, http.StatusOK)
}

func with(f url.Values, name, value string) url.Values {
	f.Set(name, value)
	return f
}

// lines lets somebody be of the team for a while: they enter a help line, try
// one that somebody else entered, and bring a list of groups.
func (h *house) lines(v *webtest.Visitor, email string) {
	h.t.Helper()
	be := func(r access.Role) {
		if err := h.Members.SetRole(h.t.Context(), email, r); err != nil {
			h.t.Fatal(err)
		}
	}
	be(access.Team)
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM helpnow_line WHERE state = 'waiting' ORDER BY id LIMIT 1`)
	if err != nil {
		h.t.Fatal(err)
	}
	v.Send("/help/lines/"+id+"/tried", "", url.Values{"works": {"no"}, "trouble": {"It rang and rang."}}).Is(h.t, http.StatusOK)
	v.Send("/help/lines/new", "", url.Values{"country": {"IE"}, "name": {"Entered by somebody who will leave"}, "number": {"000 000 011"}}).Is(h.t, http.StatusOK)
	h.bringPeople(v, "Email\nsomebody@old.example\n", nil, nil)
	sendList(v, "name,area\nBrought by somebody who will leave,Hull\n").Is(h.t, http.StatusSeeOther)
	v.Send("/pages/about/edit/en", "", url.Values{"title": {"Changed by somebody who will leave"}}).Is(h.t, http.StatusOK)
	wish, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM member_application WHERE state = 'waiting' AND met = 'team' ORDER BY asked, id LIMIT 1`)
	if err != nil {
		h.t.Fatal(err)
	}
	v.Send("/desk/joining/"+wish, "/desk/joining/"+wish, nil).Is(h.t, http.StatusOK)
	be(access.Member)
}

// claims lets somebody ask for a group, come in and be sent away, ask again,
// answer for a group of theirs, and, of the team for a while, invite one.
func (h *house) claims(w *trace, theirs string) {
	h.t.Helper()
	team, second, member := h.as("team"), h.second(), h.as("member")
	free := h.free(2)
	slug := h.change(team, free[0], map[string]any{"published": true, "audience": "everyone", "email": ""})
	waits := h.change(team, free[1], map[string]any{"published": false})
	ask := url.Values{"part": {"group"}, "words": {"I bring the kettle."}}
	w.browser.Send("/claim/"+slug, "", ask).Is(h.t, http.StatusOK)
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM claim_claim WHERE claimer_persona_id = $1`, w.Personas[0])
	if err != nil {
		h.t.Fatal(err)
	}
	all := "/claim/" + slug + "/all"
	for _, x := range []struct {
		by   *webtest.Visitor
		what string
	}{{team, "talk"}, {second, "agree"}, {team, "revoke"}, {second, "revoke"}} {
		x.by.Send(all+"?claim="+id, all, url.Values{"what": {x.what}, "words": {"We met."}, "day": {time.Now().UTC().Format(time.DateOnly)}}).Is(h.t, http.StatusOK)
	}
	w.browser.Send("/claim/"+slug, "", ask).Is(h.t, http.StatusOK)
	member.Send("/claim/"+slug, "", ask).Is(h.t, http.StatusOK)
	name, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT name FROM group_group WHERE slug = $1`, theirs)
	if err != nil {
		h.t.Fatal(err)
	}
	member.Send("/claim/"+slug+"/groups?q="+url.QueryEscape(name), "/claim/"+slug+"/ask", nil).Is(h.t, http.StatusOK)
	w.browser.Send("/claims", "/claims/answer", url.Values{"answer": {"yes"}}).Is(h.t, http.StatusOK)
	if err := h.Members.SetRole(h.t.Context(), w.email, access.Team); err != nil {
		h.t.Fatal(err)
	}
	w.browser.Send("/claim/"+waits+"/invite", "", url.Values{"how": {"letter"}}).Is(h.t, http.StatusOK)
	if err := h.Members.SetRole(h.t.Context(), w.email, access.Member); err != nil {
		h.t.Fatal(err)
	}
}

// invites lets somebody invite, in their own name and, of the team for a while, in
// the team's; agree to what another of the team asks for; and be invited.
func (h *house) invites(w *trace) {
	h.t.Helper()
	w.browser.Send("/you/invitations/new", "", url.Values{"as": {"member"}, "email": {"a.friend@elsewhere.example"}, "note": {"Written by somebody who will leave"}}).Is(h.t, http.StatusOK)
	if err := h.Members.SetRole(h.t.Context(), w.email, access.Team); err != nil {
		h.t.Fatal(err)
	}
	w.browser.Send("/desk/invitations", "/desk/invitations/agree", nil).Is(h.t, http.StatusOK)
	if err := h.Members.SetRole(h.t.Context(), w.email, access.Member); err != nil {
		h.t.Fatal(err)
	}
	h.as("team").Send("/desk/invitations/team", "", url.Values{"as": {"team"}, "email": {w.email}}).Is(h.t, http.StatusOK)
}

// finds lets it be found out that somebody wrote something; and, of those who look
// after the network for a while, ask that of another and be the second one.
func (h *house) finds(w *trace) {
	h.t.Helper()
	team, moderator := h.as("team"), h.as("moderator")
	asks := func(v *webtest.Visitor, name string) string {
		return v.Send("/desk/finding-out/new", "", url.Values{"words": {"I know where."}, "place": {"/groups"}, "name": {name}, "ground": {"threat"}, "reason": {"Somebody is afraid to come."}}).Is(h.t, http.StatusOK).Path
	}
	agrees := func(v *webtest.Visitor, at string) {
		v.Send(at, "", url.Values{"what": {"agree"}, "words": {"I read it."}}).Is(h.t, http.StatusOK)
	}
	agrees(team, asks(moderator, w.name))
	team.Get("/desk/finding-out")
	if err := h.Members.SetRole(h.t.Context(), w.email, access.Moderator); err != nil {
		h.t.Fatal(err)
	}
	h.exec(`UPDATE member_member SET role_since = $1 WHERE email = $2`, db.Day(time.Now().AddDate(0, -2, 0)), w.email)
	asks(w.browser, "Nobody at all")
	agrees(w.browser, asks(team, "Nobody at all"))
	if err := h.Members.SetRole(h.t.Context(), w.email, access.Member); err != nil {
		h.t.Fatal(err)
	}
}

// holds are the rows of a dump that hold any of these.
func holds(dump map[string][]string, words ...string) (out []string) {
	for table, rows := range dump {
		for _, row := range rows {
			for _, w := range words {
				if strings.Contains(strings.ToLower(row), strings.ToLower(w)) {
					out = append(out, fmt.Sprintf("%s holds %q: %.300s", table, w, row))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// Every column that leads to a person is covered by erasing: afterwards nothing
// in the database, nor on SQLite's disk, is theirs.
func TestEraseEverything(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		w := h.leaveTraces()
		for _, c := range h.personal() {
			table, column, _ := strings.Cut(c, ".")
			if h.count("SELECT count(*) FROM "+table+" WHERE "+column+" IN ($1)", append(w.Personas, w.Member)) == 0 {
				t.Errorf("%s leads to a person, and leaveTraces makes no row there: let it", c)
			}
		}
		before := h.dump()
		local, _, _ := strings.Cut(w.email, "@")
		words := append([]string{w.email, local, w.name, w.Member}, w.Personas...)
		for _, word := range words {
			if len(holds(before, word)) == 0 {
				t.Errorf("nothing holds %q: this test looks for nothing", word)
			}
		}
		for table, rows := range before {
			if n := len(holds(map[string][]string{table: rows}, w.name)); n > 0 && table != "member_persona" && table != "finding_wish" { // which holds the name it was asked by
				t.Fatalf("%q stands in %s too: choose somebody else for this test", w.name, table)
			}
		}
		sent := len(h.tray.Letters())
		if err := h.Erase(ctx, w.Subject); err != nil {
			t.Fatal(err)
		}
		for _, found := range holds(h.dump(), w.email, local, w.name, w.Member) {
			t.Error("right after erasing: " + found)
		}
		h.onDisk("right after erasing", local, w.name)
		h.work() // rooms hear of it by their ids
		for _, found := range holds(h.dump(), words...) {
			t.Error("once every room has heard: " + found)
		}
		h.onDisk("once every room has heard", local, w.name, w.Member)
		if p := w.browser.Get("/you"); p.Path == "/you" {
			t.Error("somebody who was erased is still signed in")
		}
		if p := h.visitor().PostOnly("/sign-in", url.Values{"email": {w.email}, "password": {"four words in a row"}}); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("somebody who was erased signs in: status %d", p.Status)
		}
		if n := len(h.tray.Letters()); n != sent {
			t.Errorf("%d letters were sent, %d of them before: none goes to somebody who was erased", n, sent)
		}
		if err := h.Erase(ctx, w.Subject); err != nil {
			t.Errorf("erasing somebody twice: %v", err)
		}
	})
}

// onDisk looks for words in the bytes of SQLite's files. PostgreSQL's are its
// own: see db.Scrub.
func (h *house) onDisk(when string, words ...string) {
	h.t.Helper()
	if h.DB.Dialect != db.SQLite {
		return
	}
	files, err := filepath.Glob(db.File(h.DB.Dir) + "*")
	if err != nil || len(files) < 2 {
		h.t.Fatalf("SQLite has the files %v: %v", files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, w := range words {
			if i := bytes.Index(b, []byte(w)); i >= 0 {
				h.t.Errorf("%s: %s holds %q: %.100q", when, filepath.Base(f), w, b[max(0, i-40):i+40])
			}
		}
	}
}

// Work that was given up is forgotten with the person it was about: it would
// lie on the shelf for good.
func TestEraseFromTheShelf(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.leaveTraces()
		h.visitor().Post("/sign-in", url.Values{"email": {w.email}})
		err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			// A link that could not be sent, and a fact that could not be
			// passed on, as job gives them up.
			if _, err := tx.Exec(ctx, `INSERT INTO job_job (id, kind, key, whom, body, due) SELECT $1, 'fact.address-proven', $1, $2, $3, due FROM job_job WHERE kind = 'signin.link'`,
				id.New(ctx), w.Member, db.JSON(map[string]string{"Member": w.Member})); err != nil {
				return err
			}
			n, err := tx.Exec(ctx, `UPDATE job_job SET dead = TRUE, tries = 18, error = 'no answer'`)
			if err == nil && n < 2 {
				err = fmt.Errorf("%d jobs wait", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Erase(t.Context(), w.Subject); err != nil {
			t.Fatal(err)
		}
		h.work()
		for _, found := range holds(h.dump(), append([]string{w.email, w.name, w.Member}, w.Personas...)...) {
			t.Error(found)
		}
	})
}

// Every column that leads to a person adds something to what they are given
// when they ask what is held about them.
func TestExportEverything(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		w := h.leaveTraces()
		export := func() string {
			all, err := h.Export(ctx, w.Subject)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.MarshalIndent(all, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		is := export()
		for _, want := range []string{w.email, w.name} {
			if !strings.Contains(is, want) {
				t.Errorf("the export does not hold %q", want)
			}
		}
		for _, never := range []string{"argon2id", "sealed", "organiser@withus.example"} {
			if strings.Contains(is, never) {
				t.Errorf("the export holds %q", never)
			}
		}
		for _, c := range h.personal() {
			table, column, _ := strings.Cut(c, ".")
			err := h.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				n, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE "+column+" IN ($1)", append(w.Personas, w.Member))
				if err == nil && n == 0 {
					err = errors.New("no row to delete")
				}
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", c, err)
			}
			was := is
			if is = export(); is == was {
				t.Errorf("the export is the same with and without what %s holds: let the room that owns it say it", c)
			}
		}
	})
}

// network is a demo of a size, with one organiser of every group.
func network(name string, groups int) dbtest.Template {
	return dbtest.Template{Name: name, Make: func(ctx context.Context, at dbtest.Place) error {
		a, err := app.Open(ctx, options(at, &mail.Tray{}))
		if err != nil {
			return err
		}
		_, err = a.FillDemo(ctx, 1, groups, 20)
		return errors.Join(err, a.Close())
	}}
}

// openUnkept opens a house that keeps no pages: each is made when it is asked
// for.
func openUnkept(t *testing.T, at dbtest.Place) *house {
	t.Helper()
	h := &house{t: t, tray: &mail.Tray{}}
	o := options(at, h.tray)
	o.Store.Erased = filepath.Join(t.TempDir(), "erased")
	o.Serving.PageCache = 0
	var err error
	if h.App, err = app.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// costs are how many statements pages take once what is remembered between
// them is there, and how many things each shows.
func (h *house) costs(entries int) (statements map[string]int64, shown map[string]int) {
	h.t.Helper()
	ctx := h.t.Context()
	organiser := h.as("organiser")
	const slug = "open-door-collective"
	slugs, err := db.All(ctx, h.DB, db.Text, `SELECT slug FROM group_group WHERE scope = 'public' ORDER BY id`)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range slugs {
		h.organise(s, "organiser@withus.example")
	}
	for n := h.count(`SELECT revision FROM group_group WHERE slug = $1`, slug); n < entries; n++ {
		h.change(organiser, slug, map[string]any{"welcome": fmt.Sprint("Changed for the ", n, ". time.")})
	}
	h.allPartOf(slug)
	h.propose(slug)
	statements, shown = map[string]int64{}, map[string]int{}
	for who, v := range map[string]*webtest.Visitor{"a visitor": h.visitor(), "an organiser": organiser} {
		for _, path := range []string{"/", "/groups", "/groups?q=a", "/groups?support=emotional", "/search?q=a", "/groups/" + slug, "/groups.atom", "/groups.csv", "/groups.json",
			"/api/v1/groups", "/api/v1/groups?q=a", "/api/v1/search?q=a", "/api/v1/groups/" + slug, "/you", "/groups/" + slug + "/edit", "/groups/" + slug + "/history",
			"/group-web", "/group-web/" + slug, "/api/v1/links/" + slug, "/links", "/introductions", "/about", "/pages/house-rules", "/api/v1/pages"} {
			v.Get(path)
			p := v.Get(path).Is(h.t, http.StatusOK)
			if who == "a visitor" && p.Path != path {
				continue // led to sign in
			}
			statements[path+" as "+who] = p.Statements
			shown[path+" as "+who] = len(regexp.MustCompile(`class="card"|class="row apart"|/restore"|<entry>|"slug":|"url":`).FindAllString(p.Body, -1))
		}
	}
	return statements, shown
}

// allPartOf makes every public group part of one, and lets each ask it for an
// introduction.
func (h *house) allPartOf(slug string) {
	h.t.Helper()
	ctx := h.t.Context()
	all, err := db.All(ctx, h.DB, db.Text, `SELECT id FROM group_group WHERE scope = 'public' AND slug <> $1`, slug)
	if err != nil {
		h.t.Fatal(err)
	}
	door, err := db.One(ctx, h.DB, db.Text, `SELECT id FROM group_group WHERE slug = $1`, slug)
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("link")
		for _, other := range all {
			if _, err := tx.Exec(ctx, `INSERT INTO link_link (id, kind, pair, from_group, to_group, offered_by, agreed, day, offerer_persona_id, answerer_persona_id)
				VALUES ($1, 'part-of', $2, $2, $3, $2, TRUE, $4, '', '') ON CONFLICT DO NOTHING`, id.New(ctx), other, door, time.Now()); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO link_intro (id, asker_group, asked_group, asker_persona_id, words, share_name, share_email, contact, asked, state, answerer_persona_id, back_words, back_email, back_contact)
				VALUES ($1, $2, $3, '', 'Hello', FALSE, FALSE, 'Here', $4, 'waiting', '', '', FALSE, '') ON CONFLICT DO NOTHING`, id.New(ctx), other, door, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// propose has organisers asked whether every second public group is the same as
// the next.
func (h *house) propose(but string) {
	h.t.Helper()
	all, err := db.All(h.t.Context(), h.DB, db.Text, `SELECT id FROM group_group WHERE scope = 'public' ORDER BY CASE WHEN slug = $1 THEN 0 ELSE 1 END, id`, but)
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("group")
		for i := 0; i+1 < len(all); i += 2 {
			if _, err := tx.Exec(ctx, `INSERT INTO group_proposal (gone_id, kept_id, id, choices, at) VALUES ($1, $2, $1, '{}', $3) ON CONFLICT DO NOTHING`, all[i+1], all[i], time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// A page of fifty things takes as many statements as a page of two.
func TestStatementCounts(t *testing.T) {
	type cost struct {
		statements map[string]int64
		shown      map[string]int
	}
	of := map[db.Dialect]cost{}
	t.Run("two", func(t *testing.T) {
		dbtest.From(t, network("demo_two", 2), func(t *testing.T, at dbtest.Place) {
			h := openUnkept(t, at)
			statements, shown := h.costs(2)
			of[h.DB.Dialect] = cost{statements, shown}
		})
	})
	t.Run("fifty", func(t *testing.T) {
		dbtest.From(t, network("demo_fifty", 50), func(t *testing.T, at dbtest.Place) {
			h := openUnkept(t, at)
			two := of[h.DB.Dialect]
			statements, shown := h.costs(20)
			more := 0
			for path, n := range two.statements {
				if more := statements[path] - n; more != 0 || n > 12 {
					t.Errorf("%s takes %d statements with 2 things (%d shown) and %d with 50 (%d shown)", path, n, two.shown[path], statements[path], shown[path])
				}
				if shown[path] > 2*two.shown[path] {
					more++
				}
			}
			if more < 15 {
				t.Errorf("only %d pages show more of 50 things than of 2: this test compares nothing\n%v\n%v", more, two.shown, shown)
			}
		})
	})
}
