package invite

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/web"
)

// persons are who is behind a persona, by its id.
type persons map[string]Inviter

func (p persons) Inviter(_ context.Context, _ db.Querier, persona string) (Inviter, error) {
	x, ok := p[persona]
	if !ok {
		return x, fault.Missing()
	}
	return x, nil
}

func (persons) BringInvitation(*web.Request, string) error { return nil }

func rooms(t *testing.T, fn func(t *testing.T, s *Service, who persons)) {
	t.Helper()
	langs, err := i18n.Load([]string{"en"}, i18n.Ground, locale, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, append(slices.Clone(kit.Ground[1:]), db.Migrations{Room: "invite", Files: migrations}), func(t *testing.T, d *db.DB) {
		who := persons{"ana": {"m-ana", access.Member, "Ana"}, "tea": {"m-tea", access.Team, "Tea"}, "tea's other": {"m-tea", access.Team, "Other"}, "tom": {"m-tom", access.Team, "Tom"}}
		fn(t, New(d, who, nil, nil, langs, "https://a.example"), who)
	})
}

func as(persona string, who persons) *access.Viewer {
	return &access.Viewer{Member: who[persona].Member, Persona: persona, Role: who[persona].Role}
}

// A code is found however it is typed, opens until its day, and is spent by one.
func TestCodes(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, who persons) {
		ctx := t.Context()
		ana, tea := as("ana", who), as("tea", who)
		if _, err := s.Make(ctx, ana, Wish{Role: access.Member}); !fault.Is(err, fault.Denied) {
			t.Errorf("a member invites where none may: %v", err)
		}
		if err := s.SetMembers(ctx, tea, true); err != nil {
			t.Fatal(err)
		}
		code, err := s.Make(ctx, ana, Wish{Role: access.Member})
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), strings.NewReplacer("O", "0", "I", "1", "B", "8").Replace(code)} {
			if x, err := s.Invited(ctx, s.db, hash(typed)); err != nil || x != (Invitation{Role: access.Member}) {
				t.Errorf("%s opens %+v, %v", typed, x, err)
			}
		}
		for _, key := range []string{"", hash(""), code, hash(code[1:])} {
			if _, err := s.Invited(ctx, s.db, key); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q opens something: %v", key, err)
			}
		}
		now := s.now
		for after, opens := range map[time.Duration]bool{13 * 24 * time.Hour: true, 14 * 24 * time.Hour: false} {
			s.now = func() time.Time { return db.Day(now()).Add(after) }
			if _, err := s.Invited(ctx, s.db, hash(code)); (err == nil) != opens {
				t.Errorf("after %v: %v", after, err)
			}
		}
		s.now = now
		use := func() error {
			return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Use(ctx, tx, hash(code)) })
		}
		errs := make(chan error, 2)
		for range 2 {
			go func() { errs <- use() }()
		}
		if a, b := <-errs, <-errs; (a == nil) == (b == nil) {
			t.Errorf("of two who come with one: %v and %v", a, b)
		}
	})
}

// What is open is no more than whoever made it, and whoever agreed, may give now.
func TestWhoMayGive(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service, who persons) {
		ctx := t.Context()
		tea, other, tom := as("tea", who), as("tea's other", who), as("tom", who)
		if _, err := s.Make(ctx, tea, Wish{Role: access.Moderator, Team: true}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a moderator without an address: %v", err)
		}
		if _, err := s.Make(ctx, tea, Wish{Role: access.Moderator, Email: "x@y.example"}); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Invalid) {
			t.Errorf("one of the team alone makes a moderator: %v", err)
		}
		if code, err := s.Make(ctx, tea, Wish{Role: access.Moderator, Email: "X@y.example", Team: true}); err != nil || code != "" {
			t.Fatal(code, err)
		}
		all, _, err := s.Team(ctx, tea)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		for _, v := range []*access.Viewer{tea, other} {
			if err := s.Agree(ctx, v, all[0].ID); !fault.Is(err, fault.Denied) {
				t.Errorf("%s agrees with themselves: %v", v.Persona, err)
			}
		}
		if err := s.Agree(ctx, tom, all[0].ID); err != nil {
			t.Fatal(err)
		}
		key := hash(newCode())
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := putKey(ctx, tx, all[0].ID, key)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if x, err := s.Invited(ctx, s.db, key); err != nil || x.Role != access.Moderator || x.Bound == "" || !x.AtOnce {
			t.Errorf("it opens %+v, %v", x, err)
		}
		for _, persona := range []string{"tea", "tom"} {
			was := who[persona]
			who[persona] = Inviter{was.Member, access.Moderator, was.Name}
			if _, err := s.Invited(ctx, s.db, key); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s is of the team no more, and it opens: %v", persona, err)
			}
			who[persona] = was
		}
		// Whoever agreed is erased: it lacks its second yes.
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.erase(ctx, tx, kit.Subject{Member: "m-tom", Personas: []string{"tom"}})
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Invited(ctx, s.db, key); !fault.Is(err, fault.NotFound) {
			t.Errorf("it opens with one yes: %v", err)
		}
	})
}
