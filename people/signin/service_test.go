package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
)

// people keeps no accounts: everyone is known by the first part of their address,
// or by all of their sign-in name.
type people map[string]string // address or name → language

func (p people) Known(_ context.Context, email string) (string, string, error) {
	email = p.Canonical(email)
	lang, ok := p[email]
	if !ok {
		return "", "", fault.Missing()
	}
	name, _, _ := strings.Cut(email, "@")
	return name, lang, nil
}

func (p people) Viewer(_ context.Context, member string) (*access.Viewer, error) {
	for email := range p {
		if is, _, _ := strings.Cut(email, "@"); is == member {
			return &access.Viewer{Member: member, Persona: "persona of " + member, Role: access.Member}, nil
		}
	}
	return nil, fault.Missing()
}

func (p people) Canonical(login string) string { return strings.ToLower(login) }

func (p people) Invent(lang, seed string) string { return lang + " " + seed }

// Write writes a letter that nobody gets: what is kept as a message is member's.
func (p people) Write(_ context.Context, _ string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	all, err := langs()
	if err == nil {
		write(all.Get("en"), "https://house.example")
	}
	return err
}

func (p people) Warn(context.Context, string, func(l *i18n.Lang, origin string) mail.Letter) error {
	return nil
}

func (p people) Login(_ context.Context, member string) (by, name string, err error) {
	for email := range p {
		if is, _, _ := strings.Cut(email, "@"); is == member {
			if !mailed(email) {
				name = email
			}
			return email, name, nil
		}
	}
	return "", "", fault.Missing()
}

func (p people) SetEmail(_ context.Context, _ *db.Tx, member, before, after string) error {
	if name, _, _ := strings.Cut(before, "@"); name != member || p[before] == "" || p[after] != "" {
		return fault.New(fault.Conflict, "")
	}
	p[after] = p[before]
	delete(p, before)
	return nil
}

const (
	ana      = "ana@withus.example"
	ben      = "ben@withus.example"
	nobody   = "nobody@withus.example"
	client   = "192.0.2.7"
	agent    = "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0"
	password = "three words here"
)

// room is the room with the ground floor's tables and its own, and no other.
type room struct {
	*Service
	t      *testing.T
	people people
	tray   *mail.Tray
	desk   *desk
}

var langs = sync.OnceValues(func() (*i18n.Catalog, error) {
	return i18n.Load([]string{"en", "es"}, i18n.Ground, ui.Ground, locale)
})

func rooms(t *testing.T, fn func(t *testing.T, s *room)) {
	t.Helper()
	dbtest.Run(t, append(slices.Clone(kit.Ground[1:]), db.Migrations{Room: "signin", Files: migrations}), func(t *testing.T, d *db.DB) {
		l, err := langs()
		if err != nil {
			t.Fatal(err)
		}
		s := &room{t: t, people: people{ana: "en", ben: "es"}, tray: &mail.Tray{}, desk: &desk{}}
		s.Service = New(d, s.people, s.people, s.tray, l, "https://house.example", "withus", false)
		s.Meet(s.desk, s.desk)
		fn(t, s)
	})
}

func viewer(name string) *access.Viewer {
	return &access.Viewer{Member: name, Persona: "persona of " + name, Role: access.Member}
}

// give somebody a password and return what it is kept as.
func (s *room) give(member, password string) string {
	s.t.Helper()
	sealed, err := s.hash.seal(s.t.Context(), password)
	if err == nil {
		err = s.keepPassword(s.t.Context(), member, sealed)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return sealed
}

// in signs somebody in by a password.
func (s *room) in(email, password string) string {
	s.t.Helper()
	in, err := s.WithPassword(s.t.Context(), email, password, "", client, agent, false)
	if err != nil {
		s.t.Fatal(err)
	}
	return in.Token
}

// link has a link sent to an address and gives its token.
func (s *room) link(email, next string) string {
	s.t.Helper()
	before := len(s.tray.Letters())
	body, err := json.Marshal(askLink{email, next})
	if err == nil {
		err = s.mailLink(s.t.Context(), body)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	letters := s.tray.Letters()
	if len(letters) == before {
		s.t.Fatal("no letter")
	}
	return strings.TrimPrefix(letters[0].Letter.Link.URL, "https://house.example/sign-in/link/")
}

// request is what a browser with a session sends.
func request(token string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "withus", Value: token})
	return r
}

// who a token opens the house to; "" for a visitor.
func (s *room) who(token string) string {
	s.t.Helper()
	v, err := s.Identify(request(token))
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Member
}

func (s *room) count(query string, args ...any) (n int) {
	s.t.Helper()
	if err := s.db.QueryRow(s.t.Context(), query, args...).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *room) exec(query string, args ...any) {
	s.t.Helper()
	err := s.db.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestInByPassword(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		s.give("ana", password)
		token := s.in(ana, password)
		if who := s.who(token); who != "ana" {
			t.Errorf("it opened the house to %q", who)
		}
		if again := s.in(ana, password); again == token || len(token) < 26 {
			t.Error("tokens are no secrets")
		}
		for _, wrong := range []string{"", "x", password + " ", strings.ToUpper(password)} {
			if _, err := s.WithPassword(t.Context(), ana, wrong, "", client, agent, false); !errors.Is(err, errNotIn) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		for _, no := range []string{"", "x", id.Hash(token), token[1:], strings.ToLower(token)} {
			if who := s.who(no); who != "" {
				t.Errorf("token %q opens the house to %q", no, who)
			}
		}
		delete(s.people, ana) // gone, with a session left behind
		if who := s.who(token); who != "" {
			t.Error("an account that is gone is signed in")
		}
	})
}

// B4: unknown, without a password and wrong are the same: the same answer after
// the same work, statements and hashes alike.
func TestSameForKnownAndUnknown(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		s.give("ana", password)
		type seen struct {
			err                string
			statements, hashes int64
		}
		var first *seen
		for range 5 {
			for _, email := range []string{ana, ben, nobody} {
				ctx, n := db.Counted(t.Context())
				before := s.hash.made.Load()
				_, err := s.WithPassword(ctx, email, "not the right words", "", client, agent, false)
				if !errors.Is(err, errNotIn) {
					t.Fatalf("%s: %v", email, err)
				}
				got := seen{err.Error(), n.Load(), s.hash.made.Load() - before}
				if first == nil {
					first = &got
				} else if got != *first {
					t.Errorf("%s: %+v, want %+v", email, got, *first)
				}
			}
		}
		if first.hashes != 1 {
			t.Errorf("%d hashes were made", first.hashes)
		}
		first = nil
		for _, email := range []string{ana, nobody} {
			ctx, n := db.Counted(t.Context())
			err := s.AskLink(ctx, email, "/you", client)
			got := seen{fmt.Sprint(err), n.Load(), 0}
			if first == nil {
				first = &got
			} else if got != *first {
				t.Errorf("a link for %s: %+v, want %+v", email, got, *first)
			}
		}
		if n := s.count(`SELECT count(*) FROM job_job`); n != 2 {
			t.Errorf("%d jobs wait for two addresses", n)
		}
	})
}

// A link works once, for an hour; whoever follows it at the same time as
// somebody else, one of them gets in.
func TestLink(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		token := s.link(ana, "/groups?q=a")
		var mu sync.Mutex
		var wg sync.WaitGroup
		var sessions []string
		for range 8 {
			wg.Go(func() {
				in, err := s.WithLink(t.Context(), token, client, agent)
				mu.Lock()
				defer mu.Unlock()
				if err == nil && in.Next == "/groups?q=a" {
					sessions = append(sessions, in.Token)
				} else if f := fault.Of(err); f == nil || f.Kind != fault.NotFound || f.Key != "signin.link.dead" {
					t.Errorf("%q, %v", in.Next, err)
				}
			})
		}
		wg.Wait()
		if len(sessions) != 1 || s.who(sessions[0]) != "ana" {
			t.Fatalf("%d got in", len(sessions))
		}
		if n := s.count(`SELECT count(*) FROM job_job WHERE kind = 'fact.address-proven'`); n != 1 {
			t.Errorf("the others were told %d times", n)
		}
		// Its hour is over, to the second.
		for _, c := range []struct {
			left time.Duration
			in   bool
		}{{time.Minute, true}, {-time.Second, false}} {
			token := s.link(ana, "/you")
			if ends := s.count(`SELECT count(*) FROM signin_link WHERE ends > $1 OR ends < $2`, time.Now().Add(time.Hour+time.Second), time.Now().Add(59*time.Minute)); ends != 0 {
				t.Error("a link does not last an hour")
			}
			s.exec(`UPDATE signin_link SET ends = $1`, time.Now().Add(c.left))
			_, err := s.WithLink(t.Context(), token, client, agent)
			if (err == nil) != c.in {
				t.Errorf("with %v left: %v", c.left, err)
			}
		}
		for _, no := range []string{"", "x", id.Hash(token), strings.ToLower(s.link(ana, ""))} {
			if _, err := s.WithLink(t.Context(), no, client, agent); err == nil {
				t.Errorf("%q got in", no)
			}
		}
	})
}

// The letter: in the person's language, with nothing that names them or says
// what the house is about; none to whom nobody knows.
func TestLetter(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		s.link(ben, "/you")
		l := s.tray.Letters()[0].Letter
		if l.To != ben || l.Lang != "es" || l.Subject == "" || strings.Contains(l.Subject, "ben") {
			t.Errorf("%+v", l)
		}
		s.people["eve@withus.example"] = "tlh" // a language the house does not speak
		s.link("eve@withus.example", "/you")
		if l := s.tray.Letters()[0].Letter; l.Lang != "en" {
			t.Errorf("%+v", l)
		}
		links := s.count(`SELECT count(*) FROM signin_link`)
		if err := s.mailLink(t.Context(), json.RawMessage(`{"Email": "`+nobody+`"}`)); err != nil {
			t.Error(err)
		}
		if len(s.tray.Letters()) != 2 || s.count(`SELECT count(*) FROM signin_link`) != links {
			t.Error("a letter went to nobody")
		}
		// The job itself holds no token.
		if err := s.AskLink(t.Context(), ana, "/you", client); err != nil {
			t.Fatal(err)
		}
		bodies, err := db.All(t.Context(), s.db, db.Text, `SELECT CAST(body AS TEXT) FROM job_job WHERE kind = $1`, linkJob)
		if err != nil || len(bodies) != 1 {
			t.Fatal(bodies, err)
		}
		var body map[string]string
		if err := json.Unmarshal([]byte(bodies[0]), &body); err != nil || len(body) != 2 || body["Email"] != ana || body["Next"] != "/you" {
			t.Errorf("%s, %v", bodies[0], err)
		}
		if err := s.mailLink(t.Context(), json.RawMessage(`[]`)); err == nil {
			t.Error("a job that can't be read was done")
		}
	})
}

// B3: a new password ends every other session and every link.
func TestSetPassword(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		in, err := s.WithLink(ctx, s.link(ana, ""), client, agent)
		here := in.Token
		if err != nil {
			t.Fatal(err)
		}
		in, err = s.WithLink(ctx, s.link(ben, ""), client, agent)
		bens := in.Token
		if err != nil {
			t.Fatal(err)
		}
		for fresh, key := range map[string]string{"": "signin.short", "123456789": "signin.short", "ééééééééé": "signin.short", strings.Repeat("x", 201): "error.long", strings.Repeat(" ", 12): "error.missing"} {
			err := s.SetPassword(ctx, viewer("ana"), "", fresh, here)
			if f := fault.Of(err); f == nil || len(f.Problems) != 1 || f.Problems[0].Field != "fresh" || f.Problems[0].Key != key {
				t.Errorf("%.20q: %v", fresh, err)
			}
		}
		if err := s.SetPassword(ctx, viewer("ana"), "", password, here); err != nil {
			t.Fatal("the first password:", err)
		}
		other, waiting, bensLink := s.in(ana, password), s.link(ana, ""), s.link(ben, "")
		err = s.SetPassword(ctx, viewer("ana"), "not this one", "another one of words", here)
		if f := fault.Of(err); f == nil || len(f.Problems) != 1 || f.Problems[0].Field != "old" {
			t.Errorf("with a wrong old one: %v", err)
		}
		if s.who(other) != "ana" {
			t.Error("a mistake ended a session")
		}
		if err := s.SetPassword(ctx, viewer("ana"), password, "another one of words", here); err != nil {
			t.Fatal(err)
		}
		if s.who(here) != "ana" || s.who(other) != "" || s.who(bens) != "ben" {
			t.Errorf("signed in: here %q, elsewhere %q, somebody else %q", s.who(here), s.who(other), s.who(bens))
		}
		if _, err := s.WithLink(ctx, waiting, client, agent); err == nil {
			t.Error("a link outlived the password")
		}
		if _, err := s.WithLink(ctx, bensLink, client, agent); err != nil {
			t.Error("somebody else's link died:", err)
		}
		if _, err := s.WithPassword(ctx, ana, password, "", client, agent, false); !errors.Is(err, errNotIn) {
			t.Error("the old password still works:", err)
		}
		s.in(ana, "another one of words")
	})
}

// Whoever signs in with the old password while it is being changed is either
// refused or ended: nobody slips through.
func TestPasswordChangedMeanwhile(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		cheap := func(password string) string { // so that many fit into a test
			return "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + b64(password)
		}
		words := func(i int) string { return fmt.Sprint("password number ", i) }
		for i := range 30 {
			if err := s.keepPassword(ctx, "ana", cheap(words(i))); err != nil {
				t.Fatal(err)
			}
			in, err := s.WithLink(ctx, s.link(ana, ""), client, agent)
			here := in.Token
			if err != nil {
				t.Fatal(err)
			}
			link := s.link(ana, "")
			var wg sync.WaitGroup
			tokens := make([]string, 5)
			for j := range 4 {
				wg.Go(func() {
					in, err := s.WithPassword(ctx, ana, words(i), "", client, agent, false)
					if tokens[j] = in.Token; err != nil && !errors.Is(err, errNotIn) {
						t.Error(err)
					}
				})
			}
			wg.Go(func() {
				in, _ := s.WithLink(ctx, link, client, agent)
				tokens[4] = in.Token
			})
			wg.Go(func() {
				err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					return errors.Join(setPassword(ctx, tx, "ana", cheap("new")), dropLinks(ctx, tx, "ana"), endOthers(ctx, tx, "ana", id.Hash(here)))
				})
				if err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			for j, token := range tokens {
				if token != "" && s.who(token) != "" {
					t.Errorf("round %d: number %d is still signed in", i, j)
				}
			}
			s.exec(`DELETE FROM signin_session`)
			s.exec(`DELETE FROM web_limit`)
		}
	})
}

// Sessions: listed with the one that asks first, ended one by one or all the
// others, and never somebody else's.
func TestSessions(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		s.give("ben", password)
		one, two, three, bens := s.in(ana, password), s.in(ana, password), s.in(ana, password), s.in(ben, password)
		all, err := s.Sessions(ctx, viewer("ana"), two)
		if err != nil || len(all) != 3 || !all[0].Here || all[0].Key != id.Hash(two) || all[1].Here || all[0].Device != "firefox/linux" {
			t.Fatalf("%+v, %v", all, err)
		}
		if day := all[0].Day; !day.Equal(time.Now().UTC().Truncate(24 * time.Hour)) {
			t.Errorf("last used %v: more than a day says", day)
		}
		for _, key := range []string{id.Hash(bens), "", "x"} {
			if err := s.End(ctx, viewer("ana"), key); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", key, err)
			}
		}
		if err := s.End(ctx, viewer("ana"), id.Hash(one)); err != nil {
			t.Fatal(err)
		}
		signedIn := func(want ...bool) {
			t.Helper()
			for i, token := range []string{one, two, three, bens} {
				if (s.who(token) != "") != want[i] {
					t.Errorf("number %d is signed in: %v", i, !want[i])
				}
			}
		}
		signedIn(false, true, true, true)
		if err := s.EndOthers(ctx, viewer("ana"), two); err != nil {
			t.Fatal(err)
		}
		signedIn(false, true, false, true)
		if err := s.SignOut(ctx, viewer("ana"), two); err != nil {
			t.Fatal(err)
		}
		signedIn(false, false, false, true)
		if err := s.SignOut(ctx, viewer("ana"), bens); err != nil {
			t.Fatal(err)
		}
		signedIn(false, false, false, true)
	})
}

// A session lasts 30 days from its last day of use, which is written once a day.
func TestSessionEnds(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		s.give("ana", password)
		token := s.in(ana, password)
		asks := func() int64 {
			t.Helper()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.AddCookie(&http.Cookie{Name: "withus", Value: token})
			ctx, n := db.Counted(r.Context())
			if _, err := s.Identify(r.WithContext(ctx)); err != nil {
				t.Fatal(err)
			}
			return n.Load()
		}
		if n := asks(); n != 1 {
			t.Errorf("a request on the same day costs %d statements", n)
		}
		s.exec(`UPDATE signin_session SET day = $1, ends = $2`, time.Now().Add(-29*24*time.Hour), time.Now().Add(time.Hour))
		if n := asks(); n != 2 {
			t.Errorf("the first one of a day costs %d statements", n)
		}
		if n := asks(); n != 1 {
			t.Errorf("the second one of a day costs %d statements", n)
		}
		if n := s.count(`SELECT count(*) FROM signin_session WHERE ends > $1`, time.Now().Add(28*24*time.Hour)); n != 1 {
			t.Error("using it does not keep it")
		}
		s.exec(`UPDATE signin_session SET ends = $1`, time.Now().Add(-time.Second))
		if s.who(token) != "" {
			t.Error("it outlived its end")
		}
		if all, err := s.Sessions(t.Context(), viewer("ana"), token); err != nil || len(all) != 0 {
			t.Error("one that ran out is listed", err)
		}
		s.link(ana, "")
		s.exec(`UPDATE signin_link SET ends = $1`, time.Now().Add(-time.Second))
		keep := s.in(ana, password)
		if err := s.tidy(t.Context()); err != nil || s.count(`SELECT count(*) FROM signin_session`) != 1 || s.count(`SELECT count(*) FROM signin_link`) != 0 || s.who(keep) != "ana" {
			t.Error("sweeping up took too much or too little", err)
		}
	})
}

// B6: nothing that stands in a table opens anything.
func TestTablesOpenNothing(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		token, link := s.in(ana, password), s.link(ana, "")
		if err := s.AskLink(ctx, ana, "/you", client); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, q := range []string{`SELECT key FROM signin_session`, `SELECT key FROM signin_link`, `SELECT sealed FROM signin_password`, `SELECT owner_member_id FROM signin_session`,
			`SELECT id FROM job_job`, `SELECT key FROM job_job`, `SELECT CAST(body AS TEXT) FROM job_job`, `SELECT key FROM web_limit`} {
			rows, err := db.All(ctx, s.db, db.Text, q)
			if err != nil || len(rows) == 0 {
				t.Fatal(q, rows, err)
			}
			all = append(all, rows...)
		}
		for _, v := range all {
			if strings.Contains(v, token) || strings.Contains(v, link) || strings.Contains(v, password) {
				t.Errorf("a table holds %q", v)
			}
			if who := s.who(v); who != "" {
				t.Errorf("%q as a cookie is %s", v, who)
			}
			if _, err := s.WithLink(ctx, v, client, agent); err == nil {
				t.Errorf("%q as a link gets in", v)
			}
			if _, err := s.WithPassword(ctx, ana, v, "", v, agent, false); err == nil {
				t.Errorf("%q as a password gets in", v)
			}
			s.exec(`DELETE FROM web_limit`)
		}
	})
}

// B5: limits stop guessing, end by themselves, and leave the other way in open.
func TestLimitsLeaveAWayIn(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.give("ana", password)
		wrong := func(email, client string) error {
			_, err := s.WithPassword(ctx, email, "", "", client, agent, false)
			return err
		}
		for i := range 10 {
			if err := wrong(ana, fmt.Sprint("192.0.2.", i)); !errors.Is(err, errNotIn) {
				t.Fatal(i, err)
			}
		}
		if _, err := s.WithPassword(ctx, ana, password, "", "192.0.2.99", agent, false); !fault.Is(err, fault.Limited) {
			t.Errorf("after ten wrong ones: %v", err)
		}
		// The link is another way, and somebody else another person.
		if err := s.AskLink(ctx, ana, "", client); err != nil {
			t.Error("no link:", err)
		}
		if _, err := s.WithLink(ctx, s.link(ana, ""), client, agent); err != nil {
			t.Error("the link does not work:", err)
		}
		if err := wrong(ben, client); !errors.Is(err, errNotIn) {
			t.Error("somebody else is stopped:", err)
		}
		s.exec(`UPDATE web_limit SET ends = $1`, time.Now().Add(-time.Second))
		s.in(ana, password)
		// Having got in counts as no try.
		for i := range 10 {
			if err := wrong(ana, client); !errors.Is(err, errNotIn) {
				t.Fatal(i, err)
			}
		}
		// A whole address: many people behind it may each be wrong a few times, no
		// more; their links go on working.
		s.exec(`UPDATE web_limit SET n = $1`, tryClient.Most)
		if err := wrong(ben, client); !fault.Is(err, fault.Limited) {
			t.Error("an address has no limit:", err)
		}
		if err := wrong(ben, "198.51.100.1"); !errors.Is(err, errNotIn) {
			t.Error("another address is stopped:", err)
		}
		s.exec(`DELETE FROM web_limit WHERE n < $1`, tryClient.Most)
		if _, err := s.WithLink(ctx, s.link(ana, ""), client, agent); err != nil {
			t.Error("the link does not work:", err)
		}
		// G4: nobody's inbox is flooded through our form, by one client or many.
		s.exec(`DELETE FROM web_limit`)
		for i := range 5 {
			if err := s.AskLink(ctx, ana, "", fmt.Sprint("192.0.2.", i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AskLink(ctx, ana, "", "192.0.2.50"); !fault.Is(err, fault.Limited) {
			t.Error("a sixth letter in an hour:", err)
		}
		s.exec(`DELETE FROM web_limit`)
		for i := range 60 {
			if err := s.AskLink(ctx, fmt.Sprint(i, "@withus.example"), "", client); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AskLink(ctx, "61@withus.example", "", client); !fault.Is(err, fault.Limited) {
			t.Error("letters to many by one client have no limit:", err)
		}
		// While a letter waits to be sent, a second one is not.
		if n := s.count(`SELECT count(*) FROM job_job WHERE kind = $1`, linkJob); n != 61 {
			t.Errorf("%d letters wait", n)
		}
	})
}

// H4, H5: the export says what there is, without the hashes; erasing leaves
// nothing, not even a letter about to be sent.
func TestExportAndErase(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		sealed := s.give("ana", password)
		s.give("ben", password)
		token, bens := s.in(ana, password), s.in(ben, password)
		s.link(ana, "")
		if err := errors.Join(s.AskLink(ctx, ana, "", client), s.AskLink(ctx, ben, "", client)); err != nil {
			t.Fatal(err)
		}
		sub := kit.Subject{Member: "ana", Email: ana}
		out, err := s.export(ctx, sub)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(kit.HeldJSON(out, nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"password":true`, `"links":1`, `"browser":"Firefox","device":"Linux"`} {
			if !strings.Contains(string(b), want) {
				t.Errorf("no %s in %s", want, b)
			}
		}
		for _, no := range []string{sealed, id.Hash(token), token} {
			if strings.Contains(string(b), no) {
				t.Errorf("%s holds %s", b, no)
			}
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"signin_session", "signin_link", "signin_password"} {
			if n := s.count(`SELECT count(*) FROM ` + table + ` WHERE owner_member_id = 'ana'`); n != 0 {
				t.Errorf("%s has %d rows of hers", table, n)
			}
		}
		if n := s.count(`SELECT count(*) FROM job_job WHERE key = $1`, linkJob+" "+id.Hash(ana)); n != 0 {
			t.Error("a letter to her waits")
		}
		if s.who(token) != "" || s.who(bens) != "ben" || s.count(`SELECT count(*) FROM job_job WHERE kind = $1`, linkJob) != 1 {
			t.Error("she is signed in, or somebody else is not")
		}
		s.in(ben, password)
	})
}

// The room stands on its own: another room's table is not there.
func TestNoOtherTables(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		if rows, err := s.db.Query(t.Context(), `SELECT id FROM member_member`); err == nil {
			rows.Close()
			t.Error("another room's table is here")
		}
	})
}

// Every job and schedule of the room has a handler that can be called.
func TestModule(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		m := s.Module()
		if m.Name != "signin" || m.Jobs[linkJob] == nil || len(m.Cron) != 1 {
			t.Fatalf("%+v", m)
		}
		if err := m.Cron[0].Run(t.Context()); err != nil {
			t.Error(err)
		}
		err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return job.Add(ctx, tx, job.Job{Kind: linkJob, Body: askLink{ana, ""}})
		})
		if err != nil {
			t.Error(err)
		}
	})
}
