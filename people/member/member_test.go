package member

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
)

// rooms runs a test with the ground floor's tables and this room's, no other.
func rooms(t *testing.T, fn func(t *testing.T, s *Service)) {
	t.Helper()
	dbtest.Run(t, append(slices.Clone(kit.Ground[1:]), db.Migrations{Room: "member", Files: migrations}), func(t *testing.T, d *db.DB) {
		s := New(d, &mail.Tray{}, langs(t), "https://network.example", nil)
		s.Meet(nil, said{}, looks{}, nil, nil)
		fn(t, s)
	})
}

// looks keeps who looked at what of whom.
type looks map[string]int

func (k looks) Looked(_ context.Context, v *access.Viewer, member, what string) error {
	k[v.Persona+" "+what+" "+member]++
	return nil
}

func (k looks) Forget(_ context.Context, member string) error {
	k["forgot "+member]++
	return nil
}

// said keeps what people agreed to, by account.
type said map[string][]string

func (c said) Give(_ context.Context, _ *db.Tx, member, purpose, lang, way string) error {
	c[member] = append(c[member], purpose+" "+lang+" "+way)
	return nil
}

func (c said) Agreed(_ context.Context, _ db.Querier, purpose string) (out []string, err error) {
	for member, all := range c {
		if slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, purpose+" ") }) {
			out = append(out, member)
		}
	}
	return out, nil
}

func langs(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load([]string{"en", "ar"}, i18n.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Letters go to whoever is behind a persona, in their language, once they have
// shown that the address is theirs.
func TestDeliver(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		a, p := add(t, s, "ana", access.Member)
		write := func(l *i18n.Lang, origin string) mail.Letter {
			return mail.Letter{Subject: "s", Paragraphs: []string{l.Code + " " + origin}}
		}
		for _, persona := range []string{p.ID, "nobody"} {
			if err := s.Deliver(t.Context(), persona, write); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", persona, err)
			}
		}
		if err := s.proven(t.Context(), fact.AddressProven{Member: a.ID}); err != nil {
			t.Fatal(err)
		}
		if err := s.Deliver(t.Context(), p.ID, write); err != nil {
			t.Fatal(err)
		}
		got := s.mail.(*mail.Tray).Letters()
		if len(got) != 1 || got[0].Letter.To != a.Email || got[0].Letter.Lang != "en" || got[0].Letter.Paragraphs[0] != "en https://network.example" {
			t.Errorf("%+v", got)
		}
	})
}

func add(t *testing.T, s *Service, name string, role access.Role) (Account, Persona) {
	t.Helper()
	a, p, err := s.Add(t.Context(), Account{Email: name + "@withus.example", Role: role, Lang: "en"}, Persona{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return a, p
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name    string
		a       Account
		p       Persona
		email   string
		persona string
		wrong   string // fields
	}{
		{"as it should be", Account{Email: " Ana@Withus.Example ", Role: access.Member}, Persona{Name: " Ana  B. ", Words: "hello"}, "ana@withus.example", "Ana B.", ""},
		{"nothing", Account{}, Persona{}, "", "", "email role name"},
		{"a role there is not", Account{Email: "a@b.example", Role: "admin"}, Persona{Name: "A"}, "a@b.example", "A", "role"},
		{"a language there is not", Account{Email: "a@b.example", Role: access.Team, Lang: "no language"}, Persona{Name: "A"}, "a@b.example", "A", "language"},
		{"a second address (C4)", Account{Email: "a@b.example\r\nBcc: c@d.example", Role: access.Team}, Persona{Name: "A"}, "a@b.example bcc: c@d.example", "A", "email"},
		{"a name of two lines (C4)", Account{Email: "a@b.example", Role: access.Team}, Persona{Name: "A\r\nB"}, "a@b.example", "A B", ""},
		{"a name that turns round (C7)", Account{Email: "a@b.example", Role: access.Team}, Persona{Name: "A\u202ega\u2066x\u200b\ufeff\u200d"}, "a@b.example", "Agax", ""},
		{"a name nobody sees (C7)", Account{Email: "a@b.example", Role: access.Team}, Persona{Name: "\u200b\u202e\u2060"}, "a@b.example", "", "name"},
		{"too long", Account{Email: strings.Repeat("a", 250) + "@b.example", Role: access.Team}, Persona{Name: strings.Repeat("é", 61), Words: strings.Repeat("x", 161)},
			strings.Repeat("a", 250) + "@b.example", strings.Repeat("é", 61), "email name words"},
	} {
		var wrong []string
		for _, err := range []error{c.a.Validate(), c.p.Validate()} {
			if f := fault.Of(err); f != nil {
				for _, x := range f.Problems {
					wrong = append(wrong, x.Field)
				}
			}
		}
		if strings.Join(wrong, " ") != c.wrong || c.a.Email != c.email || c.p.Name != c.persona {
			t.Errorf("%s: %q %q, wrong: %q", c.name, c.a.Email, c.p.Name, wrong)
		}
	}
}

func TestAdd(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if none, err := s.None(ctx); !none || err != nil {
			t.Error("somebody is here already", err)
		}
		a, p := add(t, s, "ana", access.Member)
		if none, err := s.None(ctx); none || err != nil {
			t.Error("nobody is here", err)
		}
		if !id.Valid(a.ID) || !id.Valid(p.ID) || a.ID == p.ID {
			t.Errorf("ids %s and %s", a.ID, p.ID)
		}
		got, err := s.ByEmail(ctx, " ANA@Withus.example")
		if err != nil || got.ID != a.ID || got.Proven || got.Role != access.Member {
			t.Errorf("%+v, %v", got, err)
		}
		for _, email := range []string{"ana@withus.example", "ANA@WITHUS.EXAMPLE"} {
			_, _, err := s.Add(ctx, Account{Email: email, Role: access.Member}, Persona{Name: "Ana again"})
			if f := fault.Of(err); f == nil || f.Kind != fault.Conflict || f.Key != "member.taken" {
				t.Errorf("%s twice: %v", email, err)
			}
		}
		if _, _, err := s.Add(ctx, Account{Email: "x", Role: access.Member}, Persona{Name: "X"}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if _, err := s.ByEmail(ctx, "nobody@withus.example"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if _, err := s.Viewer(ctx, "x"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if _, err := s.Subject(ctx, "nobody@withus.example"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		v, err := s.Viewer(ctx, a.ID)
		if err != nil || v.Member != a.ID || v.Persona != p.ID || v.Role != access.Member || len(v.Scopes()) != 2 {
			t.Errorf("%+v, %v", v, err)
		}
		member, lang, err := s.Known(ctx, "Ana@withus.example")
		if err != nil || member != a.ID || lang != "en" {
			t.Error(member, lang, err)
		}
	})
}

// The same address at the same time: one account.
func TestAddTogether(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		made := 0
		for i := range 8 {
			wg.Go(func() {
				_, _, err := s.Add(t.Context(), Account{Email: []string{"ana@withus.example", "ANA@withus.example"}[i%2], Role: access.Team}, Persona{Name: fmt.Sprint("Ana ", i)})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					made++
				} else if !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var members, personas, team int
		err := s.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM member_member), (SELECT count(*) FROM member_persona), (SELECT n FROM member_team)`).Scan(&members, &personas, &team)
		if err != nil || made != 1 || members != 1 || personas != 1 || team != 1 {
			t.Errorf("%d made, %d members, %d personas, a team of %d, %v", made, members, personas, team, err)
		}
	})
}

// A11: the last one of the network team stays, whoever takes whom away, one
// after another or at the same time.
func TestLastOfTheTeam(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		add(t, s, "ana", access.Team)
		last := func(err error) bool {
			f := fault.Of(err)
			return f != nil && f.Kind == fault.Conflict && f.Key == "member.last-team"
		}
		if err := s.SetRole(ctx, "ana@withus.example", access.Member); !last(err) {
			t.Error("the last one left:", err)
		}
		sub, err := s.Subject(ctx, "ana@withus.example")
		if err != nil {
			t.Fatal(err)
		}
		erase := func(sub kit.Subject) error {
			return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) })
		}
		if err := erase(sub); !last(err) {
			t.Error("the last one was erased:", err)
		}
		if err := s.SetRole(ctx, "ana@withus.example", access.Team); err != nil {
			t.Error("the same role again:", err)
		}
		for i := range 7 {
			add(t, s, fmt.Sprint("team", i), access.Team)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		stayed := 0
		for _, name := range []string{"ana", "team0", "team1", "team2", "team3", "team4", "team5", "team6"} {
			wg.Go(func() {
				err := s.SetRole(ctx, name+"@withus.example", access.Supporter)
				mu.Lock()
				defer mu.Unlock()
				if last(err) {
					stayed++
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var team, counted int
		if err := s.db.QueryRow(ctx, `SELECT (SELECT count(*) FROM member_member WHERE role = 'team'), (SELECT n FROM member_team)`).Scan(&team, &counted); err != nil || team != 1 || counted != 1 || stayed != 1 {
			t.Errorf("%d are left, %d are counted, %d were kept, %v", team, counted, stayed, err)
		}
		for _, c := range []struct{ email, role string }{{"nobody@withus.example", "member"}, {"ana@withus.example", "admin"}, {"x", "member"}} {
			if err := s.SetRole(ctx, c.email, access.Role(c.role)); err == nil {
				t.Errorf("%v was done", c)
			}
		}
	})
}

func TestNames(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		_, a := add(t, s, "ana", access.Member)
		_, b := add(t, s, "ben", access.Member)
		v := &access.Viewer{Member: "x", Role: access.Member}
		got, err := s.Names(ctx, v, []string{a.ID, b.ID, "gone", ""})
		if err != nil || len(got) != 2 || got[a.ID] != "ana" || got[b.ID] != "ben" {
			t.Errorf("%v, %v", got, err)
		}
		for _, who := range []*access.Viewer{{}, v} {
			ids := []string{a.ID}
			if who == v {
				ids = nil
			}
			if got, err := s.Names(ctx, who, ids); err != nil || len(got) != 0 {
				t.Errorf("%+v was told %v, %v", who, got, err)
			}
		}
	})
}

func TestProven(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		a, _ := add(t, s, "ana", access.Member)
		for range 2 { // heard at least once
			if err := s.proven(t.Context(), fact.AddressProven{Member: a.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.proven(t.Context(), fact.AddressProven{Member: "gone"}); err != nil {
			t.Error(err)
		}
		if got, err := s.ByEmail(t.Context(), a.Email); err != nil || !got.Proven {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// H4, H5: everything about a person, and only about them; then nothing.
func TestExportAndErase(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		a, p := add(t, s, "ana", access.Member)
		add(t, s, "ben", access.Member)
		sub, err := s.Subject(ctx, a.Email)
		if err != nil || sub.Member != a.ID || sub.Email != a.Email || !slices.Equal(sub.Personas, []string{p.ID}) {
			t.Fatalf("%+v, %v", sub, err)
		}
		out, err := s.export(ctx, sub)
		b, jerr := json.Marshal(kit.HeldJSON(out, nil))
		if err != nil || jerr != nil || !strings.Contains(string(b), `"email":"ana@withus.example"`) || !strings.Contains(string(b), `"name":"ana"`) || strings.Contains(string(b), "ben") {
			t.Errorf("%s, %v, %v", b, err, jerr)
		}
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return fact.Tell(ctx, tx, fact.AddressProven{Member: a.ID})
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // once more is no mistake
			if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.ByEmail(ctx, a.Email); !fault.Is(err, fault.NotFound) {
			t.Error("she is still here:", err)
		}
		var personas int
		err = s.db.QueryRow(ctx, `SELECT count(*) FROM member_persona`).Scan(&personas)
		if err != nil || personas != 1 {
			t.Errorf("%d personas are left, %v", personas, err)
		}
		if jobs, err := db.All(ctx, s.db, db.Text, `SELECT id FROM job_job`); err != nil || len(jobs) != 0 {
			t.Errorf("there is work to do about her: %q, %v", jobs, err)
		}
		if _, err := s.export(ctx, sub); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

// The example people: the same ones for the same seed, ids included.
func TestDemo(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		var lists [3][]string
		applicants := strings.Count(string(demoWants), `"name":`) + strings.Count(string(demoWants), `"other":`)
		for i, seed := range []uint64{1, 1, 2} {
			d := &kit.Demo{Rand: rand.New(rand.NewPCG(seed, 1)), Members: 600}
			if err := s.demo(id.Seeded(ctx, seed), d); err != nil {
				t.Fatal(err)
			}
			var err error
			lists[i], err = db.All(ctx, s.db, db.Text, `SELECT m.id || m.email || m.role || m.lang || p.id || p.name || p.words FROM member_member m JOIN member_persona p ON p.owner_member_id = m.id ORDER BY m.id, p.id`)
			if err != nil || len(lists[i]) != 600+applicants || len(d.Personas) != 600 || len(d.People) != len(demoRoles)+6 {
				t.Fatalf("%d people, %+v, %v", len(lists[i]), d.People, err)
			}
			err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				for _, table := range []string{"member_application", "member_name", "member_asked", "member_role_wish", "member_message"} {
					if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
						return err
					}
				}
				_, err1 := tx.Exec(ctx, `DELETE FROM member_persona`)
				_, err2 := tx.Exec(ctx, `DELETE FROM member_member`)
				_, err3 := tx.Exec(ctx, `UPDATE member_team SET n = 0`)
				return errors.Join(err1, err2, err3)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(lists[0], lists[1]) || slices.Equal(lists[0], lists[2]) {
			t.Error("the same seed gave others, or another seed the same")
		}
	})
}

func TestNoOtherTables(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		if rows, err := s.db.Query(t.Context(), `SELECT key FROM signin_session`); err == nil {
			rows.Close()
			t.Error("another room's table is here")
		}
	})
}
