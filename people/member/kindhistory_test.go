package member

import (
	"slices"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/fault"
)

// changed is how often a kind was changed.
func (s *Service) changed(t *testing.T, kind access.Role) int {
	t.Helper()
	ks, err := s.Kinds(t.Context(), s.db)
	if err != nil {
		t.Fatal(err)
	}
	return ks[kind].Revision
}

// Every change of a kind is kept with who made it, how it began, too; it can be taken
// back, and nobody writes over what somebody else did meanwhile.
func TestKindHistory(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		team := &access.Viewer{Member: "m", Persona: "p-team", Role: access.Team}
		is := func() Kind {
			t.Helper()
			ks, err := s.Kinds(ctx, s.db)
			if err != nil {
				t.Fatal(err)
			}
			return ks[access.Supporter]
		}
		began := is()
		if past, _, _, err := s.KindHistory(ctx, team, access.Supporter, 0); err != nil || len(past) != 0 || began.Revision != 0 {
			t.Fatalf("%+v, %v", past, err)
		}
		if err := s.SetKind(ctx, team, began); err != nil || s.changed(t, access.Supporter) != 0 {
			t.Errorf("what is the same is a change: %v", err)
		}
		next := began
		next.Votes, next.Renews = true, 24
		if err := s.SetKind(ctx, team, next); err != nil {
			t.Fatal(err)
		}
		next = is()
		if !next.Votes || next.Renews != 24 || next.Revision != 2 {
			t.Fatalf("%+v", next)
		}
		if err := s.SetKind(ctx, team, began); !fault.Is(err, fault.Conflict) {
			t.Errorf("from a page opened before: %v", err)
		}
		past, _, _, err := s.KindHistory(ctx, team, access.Supporter, 0)
		if err != nil || len(past) != 2 || past[0].Author != "p-team" || past[1].Author != "" || !slices.Equal(past[0].Changed, []string{"votes", "renews"}) {
			t.Fatalf("%+v, %v", past, err)
		}
		for what, err := range map[string]error{
			"from an older page":   s.RestoreKind(ctx, team, access.Supporter, 1, 1),
			"a member":             s.RestoreKind(ctx, &access.Viewer{Member: "n", Role: access.Member}, access.Supporter, 1, 2),
			"one that never was":   s.RestoreKind(ctx, team, access.Supporter, 9, 2),
			"a kind that is none":  s.RestoreKind(ctx, team, access.Team, 1, 0),
			"another kind's state": s.RestoreKind(ctx, team, access.Member, 1, 0),
		} {
			if err == nil {
				t.Errorf("restored: %s", what)
			}
		}
		if err := s.RestoreKind(ctx, team, access.Supporter, 1, 2); err != nil {
			t.Fatal(err)
		}
		if now := is(); now.Votes || now.Renews != began.Renews || now.Sees != began.Sees || now.Revision != 3 {
			t.Errorf("%+v", now)
		}
		if s.changed(t, access.Member) != 0 {
			t.Error("another kind is changed with it")
		}
		if _, _, _, err := s.KindHistory(ctx, &access.Viewer{Member: "n", Role: access.Moderator}, access.Supporter, 0); !fault.Is(err, fault.Denied) {
			t.Errorf("a moderator reads it: %v", err)
		}
	})
}
