package member

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
)

// C7: what looks the same is the same; what does not, is not.
func TestLikeness(t *testing.T) {
	for _, same := range [][]string{
		{"Moira", "moira", "MOIRA", "M o i r a", "Móïra", "Mоirа", "Moira\u200b", "Moira.", "Ｍｏｉｒａ"},
		{"Ill", "lll", "I11", "|ll"},
		{"Bernard", "Bemard"},
		{"سلمى", "سَلمى"},
		{"Олег", "олег"},
		{"🫖"},
	} {
		for _, other := range same[1:] {
			if likeness(other) != likeness(same[0]) {
				t.Errorf("%q and %q are told apart", same[0], other)
			}
		}
	}
	all := []string{"Moira", "Moire", "Mona", "سلمى", "سلمان", "ज्योति", "ज्यति", "小雨", "小雪", "🫖", "☕", "Kettle 2", "Kettle 3", "Олег", "Оля"}
	for i, a := range all {
		for _, b := range all[:i] {
			if likeness(a) == likeness(b) {
				t.Errorf("%q and %q are one", a, b)
			}
		}
	}
	for name, is := range map[string]bool{"Moira": false, "Mоira": true, "Олег": false, "Ωmega": true, "Δέλτα": false, "小雨 Xiaoyu": false, "سلمى Salma": false} {
		if mixed(name) != is {
			t.Errorf("%q is of several alphabets: %v", name, !is)
		}
	}
}

func (s *Service) as(t *testing.T, a Account) *access.Viewer {
	t.Helper()
	v, err := s.Viewer(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (s *Service) names(t *testing.T, a Account) map[string]Persona {
	t.Helper()
	all, err := s.Personas(t.Context(), s.as(t, a))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Persona{}
	for _, p := range all {
		out[p.Name] = p
	}
	return out
}

// One of several names acts; each is its owner's alone to change, switch and put
// away.
func TestPersonas(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		a, first := add(t, s, "ana", access.Member)
		b, _ := add(t, s, "ben", access.Member)
		if err := s.AddPersona(ctx, s.as(t, a), Persona{Name: "Night Bus", Pronouns: "they/them", Words: "Sits upstairs"}); err != nil {
			t.Fatal(err)
		}
		second := s.names(t, a)["Night Bus"]
		if s.as(t, a).Persona != first.ID || second.Acting || second.Pronouns != "they/them" {
			t.Fatalf("%+v", second)
		}
		if err := s.Retire(ctx, s.as(t, a), first.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("the one that acts was put away: %v", err)
		}
		for what, err := range map[string]error{
			"acts as another's":   s.ActAs(ctx, s.as(t, b), second.ID),
			"changes another's":   s.ChangePersona(ctx, s.as(t, b), Persona{ID: second.ID, Name: "Mine now"}),
			"acts as nobody":      s.ActAs(ctx, s.as(t, a), "nobody"),
			"a visitor acts":      s.ActAs(ctx, &access.Viewer{}, second.ID),
			"puts away another's": s.Retire(ctx, s.as(t, b), second.ID),
		} {
			if err == nil {
				t.Errorf("somebody %s", what)
			}
		}
		if err := s.ActAs(ctx, s.as(t, a), second.ID); err != nil {
			t.Fatal(err)
		}
		if v := s.as(t, a); v.Persona != second.ID || v.Member != a.ID {
			t.Errorf("they act as %s", v.Persona)
		}
		if err := s.Retire(ctx, s.as(t, a), first.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.ActAs(ctx, s.as(t, a), first.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("one that was put away acts: %v", err)
		}
		sub, err := s.Subject(ctx, a.Email)
		if err != nil || len(sub.Personas) != 2 {
			t.Errorf("%+v, %v", sub, err)
		}
	})
}

// Whoever switches here and there at once acts as one.
func TestActAtOnce(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		a, first := add(t, s, "ana", access.Member)
		if err := s.AddPersona(ctx, s.as(t, a), Persona{Name: "Night Bus"}); err != nil {
			t.Fatal(err)
		}
		v, second := s.as(t, a), s.names(t, a)["Night Bus"].ID
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				if err := s.ActAs(ctx, v, []string{first.ID, second}[i%2]); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() { // and puts away what does not act just then
				if err := s.Retire(ctx, v, "nobody"); !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n := 0
		if err := s.db.QueryRow(ctx, `SELECT count(*) FROM member_persona WHERE owner_member_id = $1 AND acting = TRUE`, a.ID).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d act, %v", n, err)
		}
	})
}

// Nobody takes a name that somebody has, had until lately, or that looks like
// it; its owner may have it back; of two who take one at once one has it.
func TestNamesOfOthers(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		a, p := add(t, s, "ana", access.Member)
		b, _ := add(t, s, "ben", access.Member)
		take := func(who Account, name string) error { return s.AddPersona(ctx, s.as(t, who), Persona{Name: name}) }
		if err := s.ChangePersona(ctx, s.as(t, a), Persona{ID: p.ID, Name: "Odd Socks"}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Odd Socks", "odd socks", "Oddsocks", "Odd S0cks", "Ódd Sóçks"} {
			if err := take(b, name); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q was taken: %v", name, err)
			}
			if err := s.checkName(ctx, s.db, name); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q may be taken on the way in: %v", name, err)
			}
		}
		if err := take(b, "Odd Sосks"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a name of two alphabets: %v", err)
		}
		// Given up, it rests; its owner may have it back.
		for _, name := range []string{"Even Socks", "Odd Socks", "Even Socks"} {
			if err := s.ChangePersona(ctx, s.as(t, a), Persona{ID: p.ID, Name: name}); err != nil {
				t.Errorf("back to %q: %v", name, err)
			}
		}
		if err := take(b, "Odd Socks"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a name that rests was taken: %v", err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE member_name SET until = $1 WHERE until IS NOT NULL`, time.Now().Add(-time.Minute))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := take(b, "Odd Socks"); err != nil {
			t.Errorf("a name that has rested: %v", err)
		}
		// Those who gave no name share one.
		for _, who := range []Account{a, b} {
			if err := take(who, "Someone here"); err != nil {
				t.Error(err)
			}
		}
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			v := s.as(t, []Account{a, b}[i%2])
			wg.Go(func() { errs[i] = s.AddPersona(ctx, v, Persona{Name: "First Come"}) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d took one name", won)
		}
	})
}

// There are so many names a person; and so many new ones a day.
func TestSoManyNames(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		a, _ := add(t, s, "ana", access.Member)
		var err error
		for i := range mostNames - 1 {
			if err = s.AddPersona(t.Context(), s.as(t, a), Persona{Name: "Number " + strings.Repeat("x", i+1)}); err != nil {
				t.Fatal(err)
			}
		}
		if err = s.AddPersona(t.Context(), s.as(t, a), Persona{Name: "One more"}); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		for err = nil; !fault.Is(err, fault.Limited); {
			if err = s.AddPersona(t.Context(), s.as(t, a), Persona{Name: "One more"}); err == nil {
				t.Fatal("it never ends")
			}
		}
	})
}

// Erased, somebody leaves hashes of names that rest, and nobody they lead to.
func TestErasedNamesRest(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		add(t, s, "cay", access.Team) // so that somebody is left
		a, p := add(t, s, "ana", access.Member)
		b, _ := add(t, s, "ben", access.Member)
		if err := s.ChangePersona(ctx, s.as(t, a), Persona{ID: p.ID, Name: "Odd Socks"}); err != nil {
			t.Fatal(err)
		}
		sub := kit.Subject{Member: a.ID, Email: a.Email, Personas: []string{p.ID}}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }); err != nil {
			t.Fatal(err)
		}
		rows, err := db.All(ctx, s.db, db.Text, `SELECT likeness FROM member_name WHERE holder_persona_id = '' AND until IS NOT NULL`)
		if err != nil || len(rows) == 0 {
			t.Errorf("%q, %v", rows, err)
		}
		if err := s.AddPersona(ctx, s.as(t, b), Persona{Name: "Odd Socks"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("the name of somebody who has just left: %v", err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return freeNames(ctx, tx, time.Now().Add(nameRests).AddDate(0, 1, 0)) // it rests to the end of a month
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.AddPersona(ctx, s.as(t, b), Persona{Name: "Odd Socks"}); err != nil {
			t.Errorf("a year later: %v", err)
		}
	})
}
