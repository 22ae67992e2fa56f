package member

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/mail"
)

var wants = Answers{Kind: access.Member, Lived: true, Does: []string{"organiser"}, Own: "runs the urn", Name: "Odd Socks", Country: "GB",
	Counted: "yes", Email: "Odd@Socks.example", Words: "Only when I can.", Lang: "ar"}

// letter does the job of a letter that was asked for, and gives the token of
// the link in it, "" if it has none.
func (s *Service) letter(t *testing.T) (mail.Letter, string) {
	t.Helper()
	ctx := t.Context()
	type work struct{ id, body string }
	all, err := db.All(ctx, s.db, func(scan db.Scan) (w work, err error) {
		err = scan(&w.id, &w.body)
		return w, err
	}, `SELECT id, body FROM job_job WHERE kind = 'member.join'`)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d letters are to be sent: %v", len(all), err)
	}
	if err := s.mailJoin(ctx, []byte(all[0].body)); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM job_job WHERE id = $1`, all[0].id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	l := s.mail.(*mail.Tray).Letters()[0].Letter
	m := regexp.MustCompile(`/join/link/([A-Z2-7]+)`).FindStringSubmatch(l.Link.URL)
	if m == nil {
		return l, ""
	}
	return l, m[1]
}

func (s *Service) met(t *testing.T, way string) {
	t.Helper()
	team := &access.Viewer{Member: "m", Persona: "p-team", Role: access.Team}
	if err := s.SetKind(t.Context(), team, Kind{Kind: access.Member, Revision: s.changed(t, access.Member), Open: true, Met: way, Sees: true, Votes: true}); err != nil {
		t.Fatal(err)
	}
}

// come lets somebody come all the way to their account.
func (s *Service) come(t *testing.T, a Answers) Account {
	t.Helper()
	ctx := t.Context()
	if err := s.Ask(ctx, a, "client"); err != nil {
		t.Fatal(err)
	}
	_, token := s.letter(t)
	w, err := s.want(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Join(ctx, token, w)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Nobody gets past a question by its address, and each refuses what it can't
// use.
func TestAnswers(t *testing.T) {
	with := func(change func(a *Answers)) Answers {
		a := wants
		change(&a)
		return a
	}
	for _, c := range []struct {
		what   string
		a      Answers
		behind string
	}{
		{"all said", wants, stepSend},
		{"nothing said", Answers{}, stepKind},
		{"a kind nobody offers", with(func(a *Answers) { a.Kind = access.Team }), stepKind},
		{"no lived experience", with(func(a *Answers) { a.Lived = false }), stepExperience},
		{"does what nobody offers", with(func(a *Answers) { a.Does = []string{"patient"} }), stepExperience},
		{"says too much", with(func(a *Answers) { a.Own = strings.Repeat("x", maxOwn+1) }), stepExperience},
		{"no country there is", with(func(a *Answers) { a.Country = "XX" }), stepName},
		{"neither yes nor no", with(func(a *Answers) { a.Counted = "maybe" }), stepCounted},
		{"no address", with(func(a *Answers) { a.Email = "" }), stepReach},
		{"two addresses", with(func(a *Answers) { a.Email = "a@b.example, c@d.example" }), stepReach},
		{"nothing but what is needed", Answers{Kind: access.Member, Lived: true, Email: "a@b.example"}, stepSend},
		{"a supporter", Answers{Kind: access.Supporter, Email: "a@b.example"}, stepSend},
	} {
		if got := c.a.behind(); got != c.behind {
			t.Errorf("%s: at %q, want %q", c.what, got, c.behind)
		}
	}
	if s := wants.steps(); len(s) != 6 {
		t.Errorf("it takes %d pages to ask", len(s))
	}
}

// Whoever joins has an account once they follow their link, and not before; and
// is in the network when the network says so.
func TestJoin(t *testing.T) {
	for way, standing := range map[string]access.Role{atOnce: In, byTeam: access.Pending, byTalk: access.Pending} {
		t.Run(way, func(t *testing.T) {
			rooms(t, func(t *testing.T, s *Service) {
				ctx := t.Context()
				s.met(t, way)
				if err := s.Ask(ctx, wants, "client"); err != nil {
					t.Fatal(err)
				}
				l, token := s.letter(t)
				if l.To != "odd@socks.example" || l.Lang != "ar" || token == "" {
					t.Fatalf("a letter to %s in %s with %q", l.To, l.Lang, l.Link.URL)
				}
				if n, err := count(ctx, s.db); n != 0 || err != nil {
					t.Fatalf("%d accounts before anybody followed a link: %v", n, err)
				}
				kept, err := db.All(ctx, s.db, db.Text, `SELECT name || body FROM web_box`)
				if err != nil || len(kept) != 1 || strings.Contains(kept[0], token) || strings.Contains(strings.ToLower(kept[0]), "socks") {
					t.Fatalf("what is kept of them until then: %q, %v", kept, err)
				}
				w, err := s.want(ctx, token)
				if err != nil {
					t.Fatal(err)
				}
				a, err := s.Join(ctx, token, w)
				if err != nil || a.Standing != standing || !a.Proven {
					t.Fatalf("%+v, %v", a, err)
				}
				if got := s.consents.(said)[a.ID]; !slices.Equal(got, []string{"member.membership ar form", "member.counted ar form"}) {
					t.Errorf("they agreed to %q", got)
				}
				if _, err := s.Join(ctx, token, w); !fault.Is(err, fault.NotFound) {
					t.Errorf("the link opened twice: %v", err)
				}
				v, err := s.Viewer(ctx, a.ID)
				if err != nil || v.In() != (standing == In) || slices.Contains(v.Scopes(), access.Network) != (standing == In) {
					t.Errorf("they come as %+v, %v", v, err)
				}
				// The same address again gets a letter that opens no account.
				if err := s.Ask(ctx, wants, "client"); err != nil {
					t.Fatal(err)
				}
				if l, token := s.letter(t); token != "" || !strings.Contains(l.Link.URL, "/sign-in") {
					t.Errorf("an address that is known got %q", l.Link.URL)
				}
			})
		})
	}
}

// Of two who press the same link at once, and of two links to one address, one
// makes an account.
func TestJoinAtOnce(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		var tokens []string
		for range 2 {
			if err := s.Ask(ctx, wants, "client"); err != nil {
				t.Fatal(err)
			}
			_, token := s.letter(t)
			tokens = append(tokens, token, token)
		}
		w, err := s.want(ctx, tokens[0])
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, len(tokens))
		for i, token := range tokens {
			wg.Go(func() { _, errs[i] = s.joinSafely(ctx, token, w) })
		}
		wg.Wait()
		in := 0
		for _, err := range errs {
			switch {
			case err == nil:
				in++
			case !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict):
				t.Error(err)
			}
		}
		if n, err := count(ctx, s.db); n != 1 || in != 1 || err != nil {
			t.Errorf("%d accounts, %d in, %v", n, in, err)
		}
	})
}

// joinSafely is Join beside others, with a ledger of its own: the test's is a
// plain map.
func (s *Service) joinSafely(ctx context.Context, token string, w wanted) (Account, error) {
	own := *s
	own.consents = said{}
	return own.Join(ctx, token, w)
}

// A link opens an account for an hour; for a week after it brings a new one, to
// the same address.
func TestOldLink(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		now := time.Now()
		old := id.Secret()
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return joining.Put(ctx, tx, old, wanted{wants, now.Add(-time.Minute)}, now.Add(time.Hour))
		}); err != nil {
			t.Fatal(err)
		}
		w, err := s.want(ctx, old)
		if err != nil || !w.old(now) {
			t.Fatalf("%+v, %v", w, err)
		}
		if err := s.Renew(ctx, old, w, "client"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.want(ctx, old); !fault.Is(err, fault.NotFound) {
			t.Errorf("the old link still stands: %v", err)
		}
		l, token := s.letter(t)
		if !strings.EqualFold(l.To, wants.Email) || token == "" || token == old {
			t.Errorf("a letter to %s", l.To)
		}
	})
}

// The team answers everybody once; a no has a reason, and can be asked again.
func TestAnswerApplications(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		team := &access.Viewer{Member: "m", Persona: "p-team", Role: access.Team}
		s.met(t, byTalk)
		a := s.come(t, wants)
		them, err := s.Viewer(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		all, more, err := s.Desk(ctx, team, "")
		if err != nil || len(all) != 1 || more {
			t.Fatalf("%d wait, %v", len(all), err)
		}
		if _, _, err := s.Desk(ctx, them, ""); !fault.Is(err, fault.Denied) {
			t.Errorf("who waits sees the desk: %v", err)
		}
		x := all[0].ID
		for _, v := range []*access.Viewer{them, {}, {Member: "o", Persona: "o", Role: access.Moderator}} {
			if err := s.Welcome(ctx, v, x); !fault.Is(err, fault.Denied) {
				t.Errorf("%s welcomes: %v", v.Role, err)
			}
		}
		if err := s.Welcome(ctx, team, x); !fault.Is(err, fault.Invalid) {
			t.Errorf("welcomed before the talk: %v", err)
		}
		if err := s.Talked(ctx, team, x); err != nil {
			t.Fatal(err)
		}
		if err := s.Refuse(ctx, team, x, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("refused without a reason: %v", err)
		}
		if err := s.Again(ctx, them, "Please"); !fault.Is(err, fault.Conflict) {
			t.Errorf("asked again before there was an answer: %v", err)
		}
		if err := s.Refuse(ctx, team, x, "We don’t know yet."); err != nil {
			t.Fatal(err)
		}
		if err := s.Welcome(ctx, team, x); !fault.Is(err, fault.Conflict) {
			t.Errorf("answered twice: %v", err)
		}
		if got, err := applicationOf(ctx, s.db, a.ID); err != nil || got.State != Refused || got.Reason != "We don’t know yet." {
			t.Errorf("%+v, %v", got, err)
		}
		if err := s.Again(ctx, them, "Now you do."); err != nil {
			t.Fatal(err)
		}
		if err := s.Welcome(ctx, team, x); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Viewer(ctx, a.ID); err != nil || v.Role != access.Member {
			t.Errorf("welcomed, they come as %+v, %v", v, err)
		}
		if err := s.news("member.answer.text")(ctx, []byte(`{"Member":"`+a.ID+`"}`)); err != nil {
			t.Fatal(err)
		}
		l := s.mail.(*mail.Tray).Letters()[0].Letter
		if l.To != a.Email || strings.Contains(l.Plain(), "Now you do") || strings.Contains(l.Plain(), "know yet") {
			t.Errorf("a letter to %s: %s", l.To, l.Plain())
		}
	})
}

// Kinds are what the network makes of them: supporters may be shown what is for
// members, or not, from the next request on.
func TestKinds(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		team := &access.Viewer{Member: "m", Persona: "p-team", Role: access.Team}
		a, _ := add(t, s, "ana", access.Supporter)
		b, _ := add(t, s, "ben", access.Member)
		sees := func(member string) bool {
			v, err := s.Viewer(ctx, member)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Contains(v.Scopes(), access.Network)
		}
		if !sees(a.ID) || !sees(b.ID) {
			t.Error("at first both see what is for members")
		}
		for _, bad := range []Kind{{Kind: access.Supporter, Met: "never"}, {Kind: access.Team, Met: byTeam}} {
			if err := s.SetKind(ctx, team, bad); err == nil {
				t.Errorf("%+v was taken", bad)
			}
		}
		if err := s.SetKind(ctx, &access.Viewer{Member: b.ID, Role: access.Member}, Kind{Kind: access.Supporter, Met: byTeam}); !fault.Is(err, fault.Denied) {
			t.Errorf("a member sets kinds: %v", err)
		}
		if err := s.SetKind(ctx, team, Kind{Kind: access.Supporter, Met: byTeam}); err != nil {
			t.Fatal(err)
		}
		if sees(a.ID) || !sees(b.ID) {
			t.Error("it does not count from the next request on")
		}
	})
}

// Who turned from a member into a supporter on the way says nothing of what they
// lived through, nor what only members are asked.
func TestFromMemberToSupporter(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		a := wants
		a.Kind = access.Supporter
		if err := s.Ask(t.Context(), a, "client"); err != nil {
			t.Fatal(err)
		}
		_, token := s.letter(t)
		w, err := s.want(t.Context(), token)
		if err != nil || w.Lived || len(w.Does) != 0 || w.Own != "" || w.Name != wants.Name {
			t.Errorf("%+v, %v", w.Answers, err)
		}
	})
}
