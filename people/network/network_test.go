package network

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/conf"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// others is everybody the room asks: accounts, and who lets people in.
type others struct {
	mu   sync.Mutex
	team map[string]string // address → what the password is kept as
}

func (o *others) Names(context.Context, *access.Viewer, []string) (map[string]string, error) {
	return map[string]string{"ana": "Ana"}, nil
}
func (o *others) Email(context.Context, string) (string, error) { return "ana@withus.example", nil }
func (o *others) TeamSize(context.Context, db.Querier) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.team), nil
}
func (o *others) Found(_ context.Context, _ *db.Tx, email, _, _ string) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.team[email] = ""
	return email, nil
}
func (o *others) Seal(_ context.Context, field, password string) (string, error) {
	if len(password) < 10 {
		return "", fault.Wrong(field, "error.missing")
	}
	return "sealed " + strings.ToUpper(password), nil
}
func (o *others) Keep(_ context.Context, _ *db.Tx, member, sealed string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.team[member] = sealed
	return nil
}
func (o *others) Enter(*web.Request, string) error { return nil }

// room is the room with the ground floor's tables and its own, and no other.
func room(t *testing.T, d *db.DB, given Given) (*Service, *others) {
	t.Helper()
	langs, err := i18n.Load(conf.Ships, append(kit.GroundTexts, locale)...)
	if err != nil {
		t.Fatal(err)
	}
	s := New(d, langs, &ui.Site{Origin: "http://127.0.0.1", Nav: []ui.Link{{Path: "/things", Key: "ui.nav"}, {Path: "/map", Key: "ui.nav"}}}, given, slog.New(slog.DiscardHandler))
	o := &others{team: map[string]string{}}
	s.Meet(o, o, o)
	s.Offer(kit.Switch{Key: "thing.map", Paths: []string{"map"}}, kit.Switch{Key: "thing.files", Paths: []string{"things.csv"}})
	return s, o
}

func rooms(t *testing.T, fn func(t *testing.T, s *Service, o *others)) {
	t.Helper()
	dbtest.Run(t, append(kit.Ground, db.Migrations{Room: Room, Files: migrations}), func(t *testing.T, d *db.DB) {
		s, o := room(t, d, Given{})
		fn(t, s, o)
	})
}

var team = &access.Viewer{Member: "m", Persona: "ana", Role: access.Team}

// change saves a change made from the newest revision.
func change(t *testing.T, s *Service, password string, set func(*Settings)) error {
	t.Helper()
	st, err := s.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Save(t.Context(), team, Change{Revision: st.revision, Set: set, Password: password})
}

func now(t *testing.T, s *Service) *state {
	t.Helper()
	st, err := s.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func problem(err error, field, key string) bool {
	f := fault.Of(err)
	if f == nil {
		return false
	}
	for _, p := range f.Problems {
		if p.Field == field && p.Key == key {
			return true
		}
	}
	return f.Key == key && field == ""
}

// What is changed counts at once, on every server; it is written down, and can
// be undone, the first change too.
func TestChange(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, o *others) {
		o.team["somebody"] = ""
		other, theirs := room(t, s.db, Given{})
		theirs.team["somebody"] = ""
		if l := now(t, other).look; l.Site.Name != "Our network" || l.First != "" || len(l.Site.Nav) != 2 {
			t.Fatalf("%+v", l.Site)
		}
		was := now(t, other).look
		if now(t, other).look != was {
			t.Error("it is made anew though nothing changed")
		}
		err := change(t, s, "", func(x *Settings) {
			x.Name, x.Primary, x.Off, x.Languages = "River", "#003c3c", []string{"thing.map", "gone.part"}, []string{"fr", "ar"}
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []*Service{s, other} {
			l := now(t, x).look
			if l.Site.Name != "River" || l.Site.Shows("/map/europe") || !l.Site.Shows("/things.csv") || len(l.Site.Nav) != 1 || x.langs.First().Code != "fr" || len(x.langs.Spoken()) != 2 {
				t.Errorf("%+v, %v", l.Site, x.langs.Spoken())
			}
			if l.Site.Assets.URL("site.css") == was.Site.Assets.URL("site.css") {
				t.Error("the sheet of other colours has the old name")
			}
		}
		sheet := now(t, s).look.Site.Assets
		if err := change(t, s, "", func(x *Settings) { x.Name = "Sea" }); err != nil {
			t.Fatal(err)
		}
		if now(t, s).look.Site.Assets != sheet {
			t.Error("the same colours made another sheet")
		}
		if err := change(t, s, "", func(x *Settings) { x.Name = "Sea" }); err != nil || now(t, s).revision != 3 {
			t.Errorf("nothing changed, and it is written down: %v", err)
		}
		past, names, more, err := s.History(t.Context(), team, 0)
		if err != nil || more || len(past) != 3 || names["ana"] != "Ana" || past[0].Author != "ana" || strings.Join(past[0].Changed, " ") != "name" || strings.Join(past[1].Changed, " ") != "name primary languages off" {
			t.Errorf("%+v %v", past, err)
		}
		if err := s.Restore(t.Context(), team, 1, 3); err != nil {
			t.Fatal(err)
		}
		if l := now(t, other).look; l.Site.Name != "Our network" || !l.Site.Shows("/map") || other.langs.First().Code != "en" {
			t.Errorf("%+v", l.Site)
		}
		if err := s.Restore(t.Context(), team, 1, 3); !fault.Is(err, fault.Conflict) {
			t.Errorf("made from an old revision: %v", err)
		}
		if err := s.Restore(t.Context(), team, 9, 4); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		member := &access.Viewer{Member: "m", Persona: "p", Role: access.Moderator}
		for what, err := range map[string]error{"save": s.Save(t.Context(), member, Change{Revision: 4, Set: func(*Settings) {}}), "restore": s.Restore(t.Context(), member, 1, 4)} {
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// What can't work is refused, at its field, and nothing is changed.
func TestValidate(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, o *others) {
		o.team["somebody"] = ""
		server := func(x *Settings) {
			x.Server, x.Port, x.Security, x.From = "mail.example", 465, fromTheStart, "a@b.example"
		}
		for key, set := range map[string]func(*Settings){
			"name error.long":                   func(x *Settings) { x.Name = strings.Repeat("x", 81) },
			"leave network.leave.https":         func(x *Settings) { x.Leave = "javascript:alert(1)" },
			"primary ui.theme.pale":             func(x *Settings) { x.Primary = "#ffff00" },
			"accent ui.theme.dark":              func(x *Settings) { x.Accent = "#000000" },
			"accent ui.theme.no-colour":         func(x *Settings) { x.Accent = "red;}" },
			"languages error.choice":            func(x *Settings) { x.Languages = []string{"tlh"} },
			"server error.missing":              func(x *Settings) { x.Sends = true },
			"server network.server.plain":       func(x *Settings) { server(x); x.Server = "smtp://u:p@host" },
			"port network.port.number":          func(x *Settings) { server(x); x.Port = 0 },
			"security error.choice":             func(x *Settings) { server(x); x.Security = "rot13" },
			"security network.security.clear":   func(x *Settings) { server(x); x.Security = inTheClear },
			"security network.security.account": func(x *Settings) { server(x); x.Security, x.Server, x.User = inTheClear, "127.0.0.1", "u" },
			"from error.email":                  func(x *Settings) { server(x); x.From = "nobody" },
			"password network.password.missing": func(x *Settings) { server(x); x.User = "u" },
		} {
			field, want, _ := strings.Cut(key, " ")
			if err := change(t, s, "", set); !problem(err, field, want) {
				t.Errorf("%s: %v", key, err)
			}
		}
		if st := now(t, s); st.revision != 0 {
			t.Error("something was changed")
		}
	})
}

// What is given where the program is started counts before what is chosen.
func TestGiven(t *testing.T) {
	dbtest.Run(t, append(kit.Ground, db.Migrations{Room: Room, Files: migrations}), func(t *testing.T, d *db.DB) {
		s, o := room(t, d, Given{Network: conf.Network{Name: "From the file", Accent: "#ffd700", Languages: []string{"es"}}, Mail: conf.Mail{Mail: "none"}})
		o.team["somebody"] = ""
		if err := change(t, s, "", func(x *Settings) { x.Name, x.Primary, x.Languages = "From the browser", "#003c3c", []string{"fr"} }); err != nil {
			t.Fatal(err)
		}
		if is := now(t, s).is; is.Name != "From the file" || is.Accent != "#ffd700" || is.Primary != "#003c3c" || s.langs.First().Code != "es" {
			t.Errorf("%+v", is)
		}
		if err := s.Send(t.Context(), mail.Letter{}); !errors.Is(err, mail.ErrNone) {
			t.Error(err)
		}
		for _, sec := range sections {
			if free := sec.name != "languages" && sec.name != "mail"; s.free(sec) != free {
				t.Errorf("%s: can it be changed? %v", sec.name, s.free(sec))
			}
		}
		if st := s.step("colours"); st.N != 2 || st.Of != 5 || st.Next != "/first-run/you" {
			t.Errorf("%+v", st)
		}
	})
}

// The password goes where it was typed for, and nowhere else; undoing brings
// none back.
func TestPassword(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, o *others) {
		o.team["somebody"] = ""
		set := func(host string) func(*Settings) {
			return func(x *Settings) {
				x.Sends, x.Server, x.Port, x.Security, x.User, x.From = true, host, 465, fromTheStart, "u", "a@b.example"
			}
		}
		if err := change(t, s, "canary-one", set("one.example")); err != nil {
			t.Fatal(err)
		}
		if err := change(t, s, "", set("evil.example")); !problem(err, "password", "network.password.again") {
			t.Errorf("the password goes to another server: %v", err)
		}
		if err := change(t, s, "", func(x *Settings) { x.From = "c@d.example" }); err != nil || now(t, s).secret != "canary-one" {
			t.Errorf("the password is lost: %v", err)
		}
		if err := change(t, s, "canary-two", set("two.example")); err != nil {
			t.Fatal(err)
		}
		if err := s.Restore(t.Context(), team, 2, 4); err != nil {
			t.Fatal(err)
		}
		if st := now(t, s); st.Server != "one.example" || st.secret != "" || st.Sends || !st.silent() {
			t.Errorf("%+v %q", st.Settings, st.secret)
		}
		past, err := db.All(t.Context(), s.db, db.Text, `SELECT author_persona_id FROM record_revision WHERE room = 'network'`)
		if err != nil || len(past) != 5 {
			t.Error(past, err)
		}
	})
}

// The code opens the first steps, once typed rightly; of two who open the
// network at once one does.
func TestFirst(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, o *others) {
		ctx := t.Context()
		old, err := s.Code(ctx)
		if err != nil || len(old) != 14 {
			t.Fatal(old, err)
		}
		code, err := s.Code(ctx)
		if err != nil || code == old {
			t.Fatal(code, err)
		}
		for _, wrong := range []string{"", old, code[:13], code + "A"} {
			if _, err := s.Begin(ctx, wrong, "client"); !problem(err, "code", "network.first.wrong") {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		one, err := s.Begin(ctx, " "+strings.ToLower(code)+"\n", "client")
		if err != nil {
			t.Fatal(err)
		}
		two, err := s.Begin(ctx, strings.ReplaceAll(code, "-", " "), "client")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.founders(ctx, "nobody"); !fault.Is(err, fault.Denied) {
			t.Error(err)
		}
		if _, err := s.Open(ctx, one, "en"); !problem(err, "", "network.first.you-first") {
			t.Error(err)
		}
		if err := s.Name(ctx, one, 1, founder{Name: "Ben", Email: "ben@withus.example"}, "ten letters"); !problem(err, "", "network.first.you-first") {
			t.Error(err)
		}
		if err := s.Name(ctx, one, 0, founder{Name: "", Email: "x"}, "short"); !problem(err, "name", "error.missing") || !problem(err, "email", "error.email") || !problem(err, "password", "error.missing") {
			t.Error(err)
		}
		for who, token := range map[string]string{"ana": one, "eve": two} {
			if err := s.Name(ctx, token, 0, founder{Name: who, Email: who + "@withus.example"}, "ten letters"); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Name(ctx, one, 1, founder{Name: "Ben", Email: "ANA@withus.example"}, "ten letters"); !problem(err, "email", "network.first.same") {
			t.Error(err)
		}
		if err := s.Name(ctx, one, 0, founder{Name: "Ana again", Email: "ana@withus.example"}, ""); err != nil {
			t.Fatal("the password typed before is gone:", err)
		}
		var wg sync.WaitGroup
		got := make([]error, 2)
		for i, token := range []string{one, two} {
			wg.Go(func() { _, got[i] = s.Open(ctx, token, "en") })
		}
		wg.Wait()
		if (got[0] == nil) == (got[1] == nil) || !fault.Is(errors.Join(got...), fault.NotFound) {
			t.Errorf("%v", got)
		}
		for what, err := range map[string]error{"founders": func() error { _, err := s.founders(ctx, one); return err }(), "code": func() error { _, err := s.Begin(ctx, code, "client"); return err }()} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if code, err := s.Code(ctx); code != "" || err != nil {
			t.Error(code, err)
		}
		if n, err := db.One(ctx, s.db, func(scan db.Scan) (n int, err error) { return n, scan(&n) }, `SELECT count(*) FROM network_setup`); err != nil || n != 0 {
			t.Errorf("%d who named passwords are still kept: %v", n, err)
		}
	})
}

// Guesses at the code are bounded.
func TestGuesses(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, _ *others) {
		if _, err := s.Code(t.Context()); err != nil {
			t.Fatal(err)
		}
		var err error
		for range tryCode.Most + 1 {
			_, err = s.Begin(t.Context(), "AAAA-AAAA-AAAA", "client")
		}
		if !fault.Is(err, fault.Limited) {
			t.Error(err)
		}
		if _, err = s.Begin(t.Context(), "AAAA-AAAA-AAAA", "another"); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}

// Somebody made the first of the team by a command opens the network, too.
func TestOpenedByCommand(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, o *others) {
		if now(t, s).look.First == "" {
			t.Fatal("nobody is here, and it is open")
		}
		o.team["ana@withus.example"] = ""
		if err := s.db.Write(t.Context(), func(_ context.Context, tx *db.Tx) error { tx.Changed("member"); return nil }); err != nil {
			t.Fatal(err)
		}
		if l := now(t, s).look; l.First != "" || len(l.Site.Nav) != 2 {
			t.Error("it still waits for somebody")
		}
		demo, _ := room(t, s.db, Given{Demo: true})
		if now(t, demo).look.First != "" {
			t.Error("the demo has first steps")
		}
	})
}
