package group

import (
	"context"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

const twoGroups = `name,area,country,email,registers,published
Moth Lamp,Leeds,GB,moth@lamp.example,GB-CHC 1234567,no
Tin Roof,York,GB,,,no
`

func write(t *testing.T, s *Service, fn func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return s.db.Write(t.Context(), fn)
}

func known(t *testing.T, s *Service, id string) claimed {
	t.Helper()
	gs, err := s.Claimed(t.Context(), s.db, []string{id})
	if err != nil || len(gs) != 1 {
		t.Fatalf("%v, %v", gs, err)
	}
	return gs[0]
}

// A group that was taken off the list is gone, and no list brings it back:
// neither by its number nor, without one, by its name and place.
func TestTakeOff(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, twoGroups, ImportOptions{})
		for _, name := range []string{"Moth Lamp", "Tin Roof"} {
			g := one(t, s, name)
			if err := write(t, s, func(ctx context.Context, tx *db.Tx) error { return s.TakeOff(ctx, tx, g.ID) }); err != nil {
				t.Fatal(err)
			}
		}
		renamed := strings.Replace(twoGroups, "Moth Lamp,Leeds", "The Moth and Lamp,Hull", 1)
		for _, list := range []string{twoGroups, renamed} {
			r := mustImport(t, s, list, ImportOptions{Publish: true})
			if sums(r) != "0 0 0 0 2" {
				t.Errorf("an import brings them back: %s\n%s", sums(r), r)
			}
		}
		for _, row := range strings.Split(dump(t, s), "\n") {
			if strings.Contains(strings.ToLower(row), "moth") || strings.Contains(row, "1234567") {
				t.Errorf("something of it is left: %s", row)
			}
		}
	})
}

// One alone takes off what was never shown; what others saw, or look after too,
// takes two.
func TestTakeOffRefuses(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twoGroups, ImportOptions{})
		lamp, roof := one(t, s, "Moth Lamp"), one(t, s, "Tin Roof")
		ana := organiser(t, s, "ana", lamp.Slug, roof.Slug)
		organiser(t, s, "ben", roof.Slug)
		if err := s.TakeOffOwn(ctx, ana, roof.Slug); !fault.Is(err, fault.Conflict) {
			t.Errorf("two look after it: %v", err)
		}
		for _, v := range []*access.Viewer{{}, organiser(t, s, "eve"), {Member: "t", Persona: "t", Role: access.Team}} {
			if _, err := s.Publish(ctx, v, lamp.Slug); err == nil {
				t.Error("somebody else publishes it")
			}
			if err := s.TakeOffOwn(ctx, v, lamp.Slug); err == nil {
				t.Error("somebody else takes it off")
			}
		}
		g, err := s.Publish(ctx, ana, lamp.Slug)
		if err != nil || !g.Published {
			t.Fatalf("%+v, %v", g, err)
		}
		if _, err := s.Read(ctx, &access.Viewer{}, lamp.Slug); err != nil {
			t.Errorf("it is not shown: %v", err)
		}
		change := Change{Details: g.Details, Audience: g.Audience, Revision: g.Revision}
		if _, err := s.Edit(ctx, ana, lamp.Slug, change); err != nil {
			t.Fatal(err)
		}
		if err := s.TakeOffOwn(ctx, ana, lamp.Slug); !fault.Is(err, fault.Conflict) {
			t.Errorf("it was shown before: %v", err)
		}
	})
}

// What is known of a group: who organises it and who did, and since when its
// address stands there.
func TestClaimed(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twoGroups, ImportOptions{})
		g := one(t, s, "Moth Lamp")
		if c := known(t, s, g.ID); !c.Waits || c.Closed || len(c.Organisers) != 0 || c.Email != "moth@lamp.example" {
			t.Errorf("%+v", c)
		}
		if since, by, err := s.EmailSince(ctx, s.db, g.ID); !since.IsZero() || by != "" || err != nil {
			t.Errorf("with the list: %v %q %v", since, by, err)
		}
		ana := organiser(t, s, "ana", g.Slug)
		organiser(t, s, "ben", g.Slug)
		g, err := s.Read(ctx, ana, g.Slug)
		if err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"moth@lamp.example", "ana@elsewhere.example", "ana@elsewhere.example"} {
			c := Change{Details: g.Details, Audience: g.Audience, Revision: g.Revision}
			c.Email, c.About = email, c.About+"."
			if g, err = s.Edit(ctx, ana, g.Slug, c); err != nil {
				t.Fatal(err)
			}
		}
		if since, by, err := s.EmailSince(ctx, s.db, g.ID); time.Since(since) > time.Hour || by != "ana" || err != nil {
			t.Errorf("by hand: %v %q %v", since, by, err)
		}
		if err := write(t, s, func(ctx context.Context, tx *db.Tx) error { return s.Unseat(ctx, tx, g.ID, "ana") }); err != nil {
			t.Fatal(err)
		}
		if c := known(t, s, g.ID); !c.Closed || c.Waits || len(c.Organisers) != 1 || c.Organisers[0] != "ben" || len(c.Removed) != 1 || c.Removed[0] != "ana" {
			t.Errorf("%+v", c)
		}
		if err := write(t, s, func(ctx context.Context, tx *db.Tx) error { return s.Seat(ctx, tx, g.ID, "ana") }); err != nil {
			t.Fatal(err)
		}
		if c := known(t, s, g.ID); len(c.Organisers) != 2 || len(c.Removed) != 0 {
			t.Errorf("%+v", c)
		}
		if gs, err := s.FindClaimed(ctx, &access.Viewer{}, "1234567"); len(gs) != 0 || err != nil {
			t.Errorf("a visitor finds what waits: %v, %v", gs, err)
		}
		if _, err := s.Publish(ctx, organiser(t, s, "ben"), g.Slug); err != nil {
			t.Fatal(err)
		}
		if gs, err := s.FindClaimed(ctx, &access.Viewer{}, "1234567"); len(gs) != 1 || err != nil {
			t.Errorf("it is not found by its number: %v, %v", gs, err)
		}
	})
}
