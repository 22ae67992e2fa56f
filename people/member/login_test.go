package member

import (
	"context"
	"strings"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/mail"
)

// However somebody writes their sign-in name, it is the same one; and no name is
// ever an address, nor an empty one anybody's.
func TestSignInNames(t *testing.T) {
	is := keyOf("Río Lámpara 2358")
	for _, same := range []string{"rio lampara 2358", "RÍO-LÁMPARA-2358", " río  lámpara ٢٣٥٨", "Rio Lampara ۲۳۵۸", "r\u200bio\u202e lampara2358", "rіо lampara 2358", "ｒｉｏ lampara 2358"} {
		if keyOf(same) != is {
			t.Errorf("%q is another one", same)
		}
	}
	for _, other := range []string{"rio lampara 2359", "rio 2358", "", strings.Repeat("río ", 10_000)} {
		if keyOf(other) == is {
			t.Errorf("%.30q is the same one", other)
		}
	}
	if reachable(is) != "" || reachable(keyOf("A@B.example")) != "a@b.example" || keyOf("") == "" {
		t.Error("a name is an address, or an address none")
	}
}

func TestInventedNames(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		for _, l := range s.langs.Langs {
			seen := map[string]bool{}
			for i := range 200 {
				seed := strings.Repeat("x", i)
				name := loginOf(l, "", seed)
				if name != loginOf(l, "", seed) || len(strings.Fields(name)) != 3 {
					t.Fatalf("%s: %q", l.Code, name)
				}
				if w := strings.Fields(name); w[0] == w[1] {
					t.Errorf("%s: twice the same word in %q", l.Code, name)
				}
				p := fault.Problems{}
				if was := name; true {
					checkLogin(&p, "login", &name, fault.Required)
					if p.Err() != nil || name != was {
						t.Errorf("%s: %q is refused: %v", l.Code, was, p.Err())
					}
				}
				seen[keyOf(name)] = true
			}
			if len(seen) < 195 {
				t.Errorf("%s: %d names of 200", l.Code, len(seen))
			}
		}
	})
}

// Accounts without an address never match each other by that, nothing is mailed to
// them, and an address comes and goes beside the name.
func TestAccountsWithoutAddress(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		add := func(login, name string) Account {
			t.Helper()
			a, _, err := s.Add(ctx, Account{Login: login, Role: access.Member}, Persona{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		one, two := add("moon river 2358", "Odd"), add("moon river 2359", "Even")
		if _, _, err := s.Add(ctx, Account{Login: "Moon-River 2358", Role: access.Member}, Persona{Name: "Other"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same name twice: %v", err)
		}
		for _, nobodys := range []string{"", " ", "@", "moon river", "#" + strings.Repeat("0", 64), one.key()} {
			if a, err := s.ByEmail(ctx, nobodys); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q is %s, %v", nobodys, a.ID, err)
			}
		}
		if a, err := s.ByEmail(ctx, "MOON RIVER 2359"); err != nil || a.ID != two.ID || a.Email != "" {
			t.Errorf("%+v, %v", a, err)
		}
		write := func(_ *i18n.Lang, origin string) mail.Letter {
			return mail.Letter{Subject: "News", Paragraphs: []string{"Words."}, Link: &mail.Link{Label: "Look", URL: origin + "/stay/KEY?lang=en", Here: "/you/membership"}}
		}
		if err := s.Write(ctx, one.ID, write); err != nil {
			t.Fatal(err)
		}
		v, other := &access.Viewer{Member: one.ID, Role: access.Member}, &access.Viewer{Member: two.ID, Role: access.Member}
		all, _, err := s.Messages(ctx, v, "")
		if err != nil || len(all) != 1 || all[0].Path != "/you/membership" || !all[0].Fresh || all[0].Subject != "News" {
			t.Fatalf("%+v, %v", all, err)
		}
		for what, err := range map[string]error{"reads": second(s.Message(ctx, other, all[0].ID)), "marks": s.HaveRead(ctx, other, all[0].ID), "deletes": s.DropMessage(ctx, other, all[0].ID)} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("somebody else %s it: %v", what, err)
			}
		}
		if n := len(s.mail.(*mail.Tray).Letters()); n != 0 {
			t.Errorf("%d letters were sent", n)
		}
		set := func(before, after string) error {
			return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.SetEmail(ctx, tx, one.ID, before, after) })
		}
		if err := set("moon river 2359", "odd@socks.example"); !fault.Is(err, fault.Conflict) {
			t.Errorf("by another's name: %v", err)
		}
		if err := set(one.Login, "odd@socks.example"); err != nil {
			t.Fatal(err)
		}
		for _, by := range []string{one.Login, "ODD@socks.example"} {
			if a, err := s.ByEmail(ctx, by); err != nil || a.ID != one.ID || a.Email != "odd@socks.example" || a.Login != one.Login || !a.Proven {
				t.Errorf("%q: %+v, %v", by, a, err)
			}
		}
		if err := s.Write(ctx, one.ID, write); err != nil || len(s.mail.(*mail.Tray).Letters()) != 1 {
			t.Errorf("the address gets nothing: %v", err)
		}
		if err := set("odd@socks.example", two.Login); !fault.Is(err, fault.Conflict) {
			t.Errorf("to another's name: %v", err)
		}
		if err := set("odd@socks.example", one.Login); err != nil {
			t.Fatal(err)
		}
		if a, err := s.ByEmail(ctx, one.Login); err != nil || a.Email != "" || a.Proven {
			t.Errorf("%+v, %v", a, err)
		}
		if _, err := s.ByEmail(ctx, "odd@socks.example"); !fault.Is(err, fault.NotFound) {
			t.Error("the address is still there")
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Whoever two people may find out is reached by the address, or else by the sign-in
// name: nobody is found and not shown.
func TestOwnerReached(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		for want, a := range map[string]Account{
			"moon river 2358":  {Login: "moon river 2358", Role: access.Member},
			"ana@here.example": {Email: "ana@here.example", Login: "moon river 2359", Role: access.Member},
		} {
			_, p, err := s.Add(t.Context(), a, Persona{Name: want[:3]})
			if err != nil {
				t.Fatal(err)
			}
			if o, err := s.Owner(t.Context(), s.db, p.ID); err != nil || o.Reach != want {
				t.Errorf("%+v, %v", o, err)
			}
		}
	})
}
