package group

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
)

// pairs are what the team has to look at, as "one + two: why".
func pairs(t *testing.T, s *Service) string {
	t.Helper()
	ctx := t.Context()
	if err := s.Liken(ctx); err != nil {
		t.Fatal(err)
	}
	ps, err := listPairs(ctx, s.db, "", pair{why: -1}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range ps {
		a, b := byID(t, s, p.one).Name, byID(t, s, p.two).Name
		out = append(out, fmt.Sprintf("%s + %s: %s", min(a, b), max(a, b), likenesses[p.why]))
	}
	return strings.Join(out, "\n")
}

// What shares a key is compared, and why it may be one is said.
func TestPairs(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, `id,name,other_names,area,country,registers,phone,website
new,Open Door,The Kitchen,Leeds,GB,GB-CHC 1001,0113 496 0000,https://www.opendoor.example/a
new,Open Doors Leeds,,Leeds,GB,,,
new,Mad Pride,,,GB,,+44 113 4960000,
new,Hearing Voices,,Hull,GB,,,http://opendoor.example
new,Kitchen,,York,GB,GB-COH 5,,
new,The Kitchen,,York,GB,GB-CHC 2002,,
new,Branch 1 Peers Group,,Hull,GB,,,https://facebook.com/one
new,Branch 2 Peers Group,,Hull,GB,,,https://facebook.com/two
new,Open Door,,Nairobi,KE,,,
`, ImportOptions{Publish: true})
		edit := func(g *Group, change func(*Details)) {
			t.Helper()
			g = byID(t, s, g.ID)
			c := Change{Details: g.Details, Audience: g.Audience, Published: true, Revision: g.Revision}
			change(&c.Details)
			if _, err := s.Edit(ctx, team, g.Slug, c); err != nil {
				t.Fatal(err)
			}
		}
		edit(one(t, s, "Kitchen"), func(d *Details) { d.Registers = append(d.Registers, Register{"GB-CHC", "1001"}) })
		want := `Kitchen + Open Door: register
Open Door + Open Doors Leeds: near
Hearing Voices + Open Door: website
Mad Pride + Open Door: phone`
		if got := pairs(t, s); got != want {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
		a, b := one(t, s, "Mad Pride"), one(t, s, "Open Doors Leeds")
		slug, err := db.One(ctx, s.db, db.Text, `SELECT slug FROM group_group WHERE name = 'Open Door' AND country = 'GB' -- every scope: a test`)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []string{a.Slug, b.Slug} {
			if err := s.TellApart(ctx, team, x, slug, true); err != nil {
				t.Fatal(err)
			}
		}
		if got := pairs(t, s); strings.Contains(got, "Mad Pride") || strings.Contains(got, "Leeds") {
			t.Errorf("they are two: %s", got)
		}
		// Only another name or place brings them up again.
		edit(a, func(d *Details) { d.About = "Something else" })
		if got := pairs(t, s); strings.Contains(got, "Mad Pride") {
			t.Errorf("asked again: %s", got)
		}
		edit(a, func(d *Details) { d.Area = "Leeds" })
		if got := pairs(t, s); !strings.Contains(got, "Mad Pride + Open Door: phone") {
			t.Errorf("not asked again: %s", got)
		}
		if err := s.TellApart(ctx, team, b.Slug, slug, false); err != nil {
			t.Fatal(err)
		}
		if got := pairs(t, s); !strings.Contains(got, "Open Doors Leeds: near") {
			t.Errorf("not taken back: %s", got)
		}
		edit(b, func(d *Details) { d.Name = "Something Else Altogether" })
		if got := pairs(t, s); strings.Contains(got, "Else") {
			t.Errorf("it has another name now: %s", got)
		}
		// What many share says nothing.
		var list strings.Builder
		list.WriteString("id,name,area,country,phone\n")
		for i := range mostAlike + 1 {
			fmt.Fprintf(&list, "new,Group %c,Town %c,GB,0800 111 222\n", 'A'+i, 'A'+i)
		}
		mustImport(t, s, list.String(), ImportOptions{Publish: true})
		if got := pairs(t, s); strings.Contains(got, "Group") {
			t.Errorf("a number of a whole country: %s", got)
		}
	})
}

// Nobody is moved into a group whose organisers have not said yes; one no ends
// it, and they are not asked again.
func TestMergeOfOrganised(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		m := both(t, s, "Open Door", "Open Doors")
		organiser(t, s, "ana", m.Kept.Slug)
		organiser(t, s, "cat", m.Gone.Slug)
		as := func(persona string) *access.Viewer { return organiser(t, s, persona) }
		ask := func() string {
			t.Helper()
			m = both(t, s, "Open Door", "Open Doors")
			_, done, err := s.Merge(ctx, team, m.Kept.Slug, m.Gone.Slug, Choices{"about": Gone}, rev(m))
			if err != nil || done {
				t.Fatal(done, err)
			}
			p, err := s.Proposal(ctx, as("cat"), m.Gone.Slug)
			if err != nil || p.Other.ID != m.Kept.ID || p.Yes {
				t.Fatalf("%+v, %v", p, err)
			}
			return p.ID
		}
		answer := func(who, slug, proposal string, yes bool) (bool, error) {
			_, done, err := s.Answer(ctx, as(who), slug, proposal, yes, rev(m))
			return done, err
		}
		p := ask()
		if _, _, err := s.Merge(ctx, team, m.Gone.Slug, m.Kept.Slug, nil, Revisions{1, 1}); !fault.Is(err, fault.Conflict) {
			t.Errorf("asked twice: %v", err)
		}
		for who, slug := range map[string]string{"eve": m.Kept.Slug, "ana": m.Gone.Slug} {
			if _, err := answer(who, slug, p, true); !fault.Is(err, fault.Denied) {
				t.Errorf("%s answers for others: %v", who, err)
			}
		}
		if _, err := answer("ana", m.Kept.Slug, "another", true); !fault.Is(err, fault.Conflict) {
			t.Errorf("another question: %v", err)
		}
		// Whoever said yes and went speaks for nobody any more.
		bob := organiser(t, s, "bob", m.Kept.Slug)
		if done, err := answer("bob", m.Kept.Slug, p, true); err != nil || done {
			t.Fatal(done, err)
		}
		if err := s.StepDown(ctx, bob, m.Kept.Slug); err != nil {
			t.Fatal(err)
		}
		organiser(t, s, "bob", m.Kept.Slug)
		if done, err := answer("bob", m.Kept.Slug, p, true); err != nil || done {
			t.Fatal(done, err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Unseat(ctx, tx, m.Kept.ID, "bob") }); err != nil {
			t.Fatal(err)
		}
		if done, err := answer("cat", m.Gone.Slug, p, true); err != nil || done {
			t.Fatalf("put together by somebody sent away: %v, %v", done, err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropWish(ctx, tx, m.Gone.ID, wishMerge) }); err != nil {
			t.Fatal(err)
		}
		if done, err := answer("ana", m.Kept.Slug, p, true); err != nil || done {
			t.Error(done, err)
		}
		if done, err := answer("cat", m.Gone.Slug, p, false); err != nil || done {
			t.Error(done, err)
		}
		if _, err := s.Proposal(ctx, as("ana"), m.Kept.Slug); !fault.Is(err, fault.NotFound) {
			t.Errorf("it still waits: %v", err)
		}
		if got := pairs(t, s); got != "" {
			t.Errorf("the organisers said that they are two: %s", got)
		}
		p = ask()
		// Closed curtains: the other side hears nothing of them.
		if _, err := s.CloseCurtains(ctx, as("ana"), m.Kept.Slug); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Proposal(ctx, as("cat"), m.Gone.Slug); !fault.Is(err, fault.NotFound) {
			t.Errorf("it names a hidden group: %v", err)
		}
		if _, err := answer("cat", m.Gone.Slug, p, true); !fault.Is(err, fault.Conflict) {
			t.Errorf("it answers about a hidden group: %v", err)
		}
		for _, who := range []string{"ana", "ben"} {
			organiser(t, s, "ben", m.Kept.Slug)
			if _, _, err := s.OpenCurtains(ctx, as(who), m.Kept.Slug); err != nil {
				t.Fatal(err)
			}
		}
		if done, err := answer("cat", m.Gone.Slug, p, true); err != nil || done {
			t.Error(done, err)
		}
		// A yes of somebody who has left is none.
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return forgetWishes(ctx, tx, []string{"cat"})
		}); err != nil {
			t.Fatal(err)
		}
		if done, err := answer("ben", m.Kept.Slug, p, true); err != nil || done {
			t.Error(done, err)
		}
		if done, err := answer("cat", m.Gone.Slug, p, true); err != nil || !done {
			t.Fatal(done, err)
		}
		g := byID(t, s, m.Kept.ID)
		if g.organisers != 3 || g.About != "We cook" || !as("cat").Holds(g.ID, access.Organiser) {
			t.Errorf("%+v", g)
		}
		if _, _, err := s.Unmerge(ctx, team, g.Slug, m.Gone.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("the team undoes what is the organisers': %v", err)
		}
		// One who came along steps down, and has left both.
		organiser(t, s, "dan", g.Slug)
		if n, err := joinedBy(ctx, s.db, []string{"cat", "dan"}); err != nil || n != 1 {
			t.Errorf("%d joined, %v", n, err)
		}
		if _, _, err := s.Unmerge(ctx, as("cat"), g.Slug, m.Gone.ID); err != nil {
			t.Fatal(err)
		}
		kept, back := byID(t, s, m.Kept.ID), byID(t, s, m.Gone.ID)
		if kept.organisers != 3 || back.organisers != 1 || as("cat").Holds(kept.ID, access.Organiser) || !as("cat").Holds(back.ID, access.Organiser) || !as("dan").Holds(kept.ID, access.Organiser) {
			t.Errorf("%+v\n%+v", kept, back)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.erase(ctx, tx, kit.Subject{Personas: []string{"cat"}})
		}); err != nil {
			t.Fatal(err)
		}
	})
}
