package group

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
	"withus.example/platform/record"
)

var team = &access.Viewer{Member: "t", Persona: "t", Role: access.Team}

const twice = `id,name,other_names,area,country,registers,phone,website,about,place
,Open Door,,Leeds,GB,GB-CHC 1001,0113 4960000,,We eat together,The hall
new,Open Doors,The Kitchen,Leeds,GB,GB-COH 77,+44 113 496 0000,https://opendoor.example/,We cook,
,Tidewater Peers,,Hull,GB,,,,,
,Far Away,,Nairobi,KE,,,,,
`

func rev(m *merging) Revisions { return m.revisions() }

// both are two groups by their names.
func both(t *testing.T, s *Service, kept, gone string) *merging {
	t.Helper()
	return &merging{Kept: one(t, s, kept), Gone: one(t, s, gone)}
}

func mustMerge(t *testing.T, s *Service, m *merging) *Group {
	t.Helper()
	g, done, err := s.Merge(t.Context(), team, m.Kept.Slug, m.Gone.Slug, m.Choices, rev(m))
	if err != nil || !done {
		t.Fatalf("%v, %v", done, err)
	}
	return g
}

// byID is a group whoever may see it.
func byID(t *testing.T, s *Service, id string) *Group {
	t.Helper()
	gs, err := anyByIDs(t.Context(), s.db, []string{id})
	if err != nil || len(gs) != 1 {
		t.Fatalf("%d groups: %v", len(gs), err)
	}
	return gs[0]
}

// What comes of two pages where nobody chooses, and where somebody does.
func TestCombine(t *testing.T) {
	kept := &Group{Details: Details{Name: "Open Door", About: "We eat", WrittenIn: "en", Support: []string{"practical"}, Form: "charity", Phone: "1", Place: "The hall", Area: "Leeds"}, Audience: Everyone, Life: Active, keeper: "Ana"}
	gone := &Group{Details: Details{Name: "La Puerta", About: "Comemos", WrittenIn: "es", Support: []string{"emotional", "practical"}, Form: "other", Email: "a@b.example", Confidential: true, OtherNames: []string{"OPEN DOOR", "The Kitchen"}}, Audience: Members, Life: Resting, Farewell: "Back in May", keeper: "Ben"}
	g, err := combine(kept, gone, nil)
	if err != nil {
		t.Fatal(err)
	}
	if g.Name != "Open Door" || g.About != "We eat" || g.WrittenIn != "en" || g.Form != "charity" || g.Phone != "1" || g.Email != "a@b.example" || g.Area != "Leeds" || g.Life != Active {
		t.Errorf("%+v", g)
	}
	if !slices.Equal(g.Support, []string{"practical", "emotional"}) || !slices.Equal(g.OtherNames, []string{"La Puerta", "The Kitchen"}) {
		t.Errorf("lists: %v, %v", g.Support, g.OtherNames)
	}
	if !g.Confidential || g.Place != "" || g.Audience != Members || g.keeper != "Ana · Ben" {
		t.Errorf("what is not chosen: %+v %q", g, g.keeper)
	}
	gone.Checked = db.Day(gone.Checked.AddDate(2025, 0, 0))
	g, err = combine(kept, gone, Choices{"support": Gone, "phone": Gone})
	if err != nil || g.Name != "La Puerta" || g.About != "Comemos" || g.WrittenIn != "es" || g.Form != "charity" || g.Phone != "" || g.Life != Resting || g.Farewell != "Back in May" || !slices.Equal(g.Support, gone.Support) {
		t.Errorf("the other one was looked through last: %+v, %v", g, err)
	}
	if !slices.Contains(g.OtherNames, "Open Door") || slices.Contains(g.OtherNames, "La Puerta") {
		t.Errorf("the name that was not chosen: %v", g.OtherNames)
	}
}

// Two become one and two again: nothing is lost, and what was changed since
// stays.
func TestMerge(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx, visitor := t.Context(), &access.Viewer{}
		s.people = &postbox{}
		mustImport(t, s, twice, ImportOptions{Publish: true})
		all := found(t, s, nil)
		m := both(t, s, "Open Door", "Open Doors")
		a, b := *m.Kept, *m.Gone
		token, err := s.Suggest(ctx, visitor, b.Slug, "phone", "0113 4960001", kit.Anonymous)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []*access.Viewer{visitor, organiser(t, s, "eve")} {
			if _, _, err := s.Merge(ctx, v, a.Slug, b.Slug, nil, rev(m)); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else: %v", err)
			}
		}
		if _, _, err := s.Merge(ctx, team, a.Slug, b.Slug, nil, Revisions{1, 7}); !fault.Is(err, fault.Conflict) {
			t.Errorf("it has changed: %v", err)
		}
		if _, _, err := s.Merge(ctx, team, a.Slug, a.Slug, nil, Revisions{1, 1}); err == nil {
			t.Error("one group with itself")
		}
		m.Choices = Choices{"about": Gone}
		g := mustMerge(t, s, m)
		if g.About != "We cook" || len(g.Registers) != 2 || g.Website == "" || !slices.Contains(g.OtherNames, "Open Doors") || !slices.Contains(g.OtherNames, "The Kitchen") {
			t.Errorf("%+v", g)
		}
		if n := found(t, s, nil); n != all-1 {
			t.Errorf("%d in the list, %d before", n, all)
		}
		if strings.Count(exported(t, s), "The Kitchen") != 1 {
			t.Error("the whole list does not hold it once")
		}
		_, err = s.Read(ctx, visitor, b.Slug)
		if f := fault.Of(err); f == nil || f.Kind != fault.NotFound || f.From != b.Slug || f.To != a.Slug {
			t.Errorf("the old address: %+v", f)
		}
		said, err := record.Suggestions(ctx, s.db, "group", []string{a.ID})
		if err != nil || len(said) != 1 {
			t.Errorf("what is out of date: %+v, %v", said, err)
		}
		// Whatever is sent to the old one reaches nothing.
		if _, err := s.Edit(ctx, team, b.Slug, Change{Details: b.Details, Audience: Everyone, Revision: b.Revision}); fault.Of(err) == nil || fault.Of(err).To != a.Slug {
			t.Errorf("an edit of the old page: %v", err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			stale, was := b, b
			return s.save(ctx, tx, &was, &stale, "t", stale.Changed)
		}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an edit under way: %v", err)
		}
		// Changed since: the phone, and one more name.
		c := Change{Details: g.Details, Audience: g.Audience, Published: true, Revision: byID(t, s, a.ID).Revision}
		c.Phone, c.OtherNames = "0113 4969999", append(slices.Clone(g.OtherNames), "The Green Door")
		if _, err := s.Edit(ctx, team, a.Slug, c); err != nil {
			t.Fatal(err)
		}
		ms, err := s.LatestMerges(ctx, team)
		if err != nil || len(ms) != 1 || !ms[0].May || !ms[0].Last || ms[0].Name != "Open Doors" {
			t.Errorf("%+v, %v", ms, err)
		}
		if ms, err = s.merges(ctx, team, byID(t, s, a.ID)); err != nil || len(ms) != 1 || !slices.Equal(ms[0].Since, []string{"otherNames", "phone"}) {
			t.Errorf("what changed since: %+v, %v", ms, err)
		}
		if _, _, past, _, _, err := s.HistoryOf(ctx, team, a.Slug, b.ID, 0); err != nil || len(past) != 1 {
			t.Errorf("the history of the other page: %+v, %v", past, err)
		}
		if _, _, err := s.Unmerge(ctx, organiser(t, s, "eve"), a.Slug, b.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody else: %v", err)
		}
		kept, back, err := s.Unmerge(ctx, team, a.Slug, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if kept.About != "We eat together" || kept.Phone != "0113 4969999" || !slices.Equal(kept.OtherNames, []string{"The Green Door"}) || len(kept.Registers) != 1 || kept.Website != "" || kept.Place != "The hall" {
			t.Errorf("the page that was kept: %+v", kept)
		}
		if now := byID(t, s, back.ID); !reflect.DeepEqual(*now, b) {
			t.Errorf("the other page:\n%+v\n%+v", *now, b)
		}
		if n := found(t, s, nil); n != all {
			t.Errorf("%d in the list, %d before", n, all)
		}
		if g, err := s.Read(ctx, visitor, b.Slug); err != nil || g.ID != b.ID {
			t.Errorf("the old address: %v", err)
		}
		if said, err := record.Suggestions(ctx, s.db, "group", []string{b.ID}); err != nil || len(said) != 1 {
			t.Errorf("what is out of date: %+v, %v", said, err)
		}
		if err := s.TakeBack(ctx, token); err != nil {
			t.Error(err)
		}
		if _, _, err := s.Unmerge(ctx, team, a.Slug, b.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("undone twice: %v", err)
		}
	})
}

// Where nothing was changed since, both are exactly as they were.
func TestUnmergeExactly(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, twice, ImportOptions{Publish: true})
		m := both(t, s, "Open Door", "Open Doors")
		a, b := *m.Kept, *m.Gone
		mustMerge(t, s, m)
		kept, back, err := s.Unmerge(t.Context(), team, a.Slug, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		now := *byID(t, s, kept.ID)
		if now.Revision != a.Revision+2 {
			t.Errorf("revision %d", now.Revision)
		}
		now.Revision, now.Changed = a.Revision, a.Changed
		if !reflect.DeepEqual(now, a) || !reflect.DeepEqual(*byID(t, s, back.ID), b) {
			t.Errorf("\n%+v\n%+v\n%+v\n%+v", now, a, *back, b)
		}
	})
}

// Who was kept out of a page that stood for two stays kept out of both.
func TestUnmergeNarrowed(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		m := both(t, s, "Open Door", "Open Doors")
		gone := m.Gone.ID
		kept := mustMerge(t, s, m)
		was, now := *byID(t, s, kept.ID), *byID(t, s, kept.ID)
		now.Audience = Members
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			now := now
			return s.write(ctx, tx, &was, &now, "p", time.Now())
		}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Unmerge(ctx, team, kept.Slug, gone); err != nil {
			t.Fatal(err)
		}
		if back := byID(t, s, gone); back.Audience != Members {
			t.Errorf("it is for %s again", back.Audience)
		}
		if gs, err := names(ctx, s.db, (&access.Viewer{}).Scopes(), []string{gone, kept.ID}); err != nil || len(gs) != 0 {
			t.Errorf("a visitor reads %v, %v", gs, err)
		}
	})
}

// A chain: what is merged again takes what it stands for along, and is taken
// apart in the opposite order. Deleting what stands for others deletes them.
func TestMergeChain(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		m := both(t, s, "Open Door", "Open Doors")
		b := m.Gone
		mustMerge(t, s, m)
		last := both(t, s, "Tidewater Peers", "Open Door")
		last.Choices = Choices{"area": Kept, "name": Kept}
		g := mustMerge(t, s, last)
		for _, slug := range []string{b.Slug, m.Kept.Slug} {
			if _, err := s.Read(ctx, &access.Viewer{}, slug); fault.Of(err) == nil || fault.Of(err).To != g.Slug {
				t.Errorf("%s: %v", slug, err)
			}
		}
		if _, _, err := s.Unmerge(ctx, team, g.Slug, b.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("out of turn: %v", err)
		}
		ana := organiser(t, s, "ana", g.Slug)
		if _, err := s.CloseCurtains(ctx, ana, g.Slug); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Unmerge(ctx, ana, g.Slug, m.Kept.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("one organiser opens what is closed by taking it apart: %v", err)
		}
		if _, err := s.Read(ctx, team, b.Slug); fault.Of(err) == nil || fault.Of(err).To != "" {
			t.Errorf("an old address leads to closed curtains: %v", err)
		}
		if _, err := s.Read(ctx, ana, b.Slug); fault.Of(err) == nil || fault.Of(err).To != g.Slug {
			t.Errorf("an old address does not lead its organiser home: %v", err)
		}
		if _, err := s.Delete(ctx, ana, g.Slug); err != nil {
			t.Fatal(err)
		}
		if gone, err := s.Delete(ctx, organiser(t, s, "ben", g.Slug), g.Slug); err != nil || !gone {
			t.Fatal(gone, err)
		}
		if gs, err := anyByIDs(ctx, s.db, []string{g.ID, b.ID, m.Kept.ID}); err != nil || len(gs) != 0 {
			t.Errorf("%d are left, %v", len(gs), err)
		}
		if ms, err := record.Stands(ctx, s.db, "group"); err != nil || len(ms) != 0 {
			t.Errorf("%v, %v", ms, err)
		}
	})
}

// What is confidential on one page is nowhere afterwards, and stays so.
func TestMergeConfidential(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		for _, keep := range []bool{true, false} {
			m := both(t, s, "Open Door", "Tidewater Peers")
			c := Change{Details: m.Gone.Details, Audience: Members, Published: true, Revision: m.Gone.Revision}
			c.Confidential = true
			if _, err := s.Edit(ctx, team, m.Gone.Slug, c); err != nil {
				t.Fatal(err)
			}
			m = both(t, s, "Open Door", "Tidewater Peers")
			if !keep {
				m.Kept, m.Gone = m.Gone, m.Kept
			}
			m.Choices = Choices{"name": Kept}
			g := mustMerge(t, s, m)
			if g.Audience != Members || !g.Confidential || g.Place != "" {
				t.Errorf("%+v", g)
			}
			for _, table := range []string{`SELECT place FROM group_group`, `SELECT body FROM record_revision`, `SELECT body FROM record_merge`} {
				rows, err := db.All(ctx, s.db, db.Text, table)
				if err != nil || strings.Contains(strings.Join(rows, " "), "The hall") {
					t.Errorf("%s: %v, %v", table, rows, err)
				}
			}
			kept, back, err := s.Unmerge(ctx, team, m.Kept.Slug, m.Gone.ID)
			if err != nil || kept.Audience == back.Audience || kept.Confidential == back.Confidential || kept.Place+back.Place != "" {
				t.Errorf("%+v, %+v, %v", kept, back, err)
			}
		}
	})
}

// A page that becomes confidential after the merge takes the place of the other
// one along.
func TestConfidentialAfterMerge(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		g := mustMerge(t, s, both(t, s, "Tidewater Peers", "Open Door"))
		c := Change{Details: g.Details, Audience: g.Audience, Published: true, Revision: byID(t, s, g.ID).Revision}
		c.Confidential = true
		if _, err := s.Edit(ctx, team, g.Slug, c); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{`SELECT place FROM group_group`, `SELECT body FROM record_revision`} {
			rows, err := db.All(ctx, s.db, db.Text, table)
			if err != nil || strings.Contains(strings.Join(rows, " "), "The hall") {
				t.Errorf("%s: %v, %v", table, rows, err)
			}
		}
	})
}

// Nobody merges what is hidden, unlisted, or somebody's alone; nor lists it.
func TestMergeSeesNothingHidden(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		mustImport(t, s, twice, ImportOptions{Publish: true})
		m := both(t, s, "Open Door", "Open Doors")
		if err := s.Liken(ctx); err != nil {
			t.Fatal(err)
		}
		listed := func() int {
			t.Helper()
			ps, err := listPairs(ctx, s.db, "", pair{why: -1}, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(ps)
		}
		if listed() != 1 {
			t.Fatalf("%d pairs", listed())
		}
		set := func(what string) {
			t.Helper()
			if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				g := byID(t, s, m.Gone.ID)
				g.Hidden = what == "hidden"
				if g.Audience = Everyone; what == "unlisted" {
					g.Audience = Unlisted
				}
				if _, err := tx.Exec(ctx, `UPDATE group_group SET audience = $2, published = $3 WHERE id = $1 -- every scope: a test`, g.ID, string(g.Audience), what != "waits with organisers"); err != nil {
					return err
				}
				if what == "waits with organisers" {
					if err := s.addOrganiser(ctx, tx, g, "ana"); err != nil {
						return err
					}
				}
				return setHidden(ctx, tx, g)
			}); err != nil {
				t.Fatal(err)
			}
		}
		both := access.Viewer(*team)
		for _, what := range []string{"hidden", "unlisted", "waits with organisers"} {
			set(what)
			if listed() != 0 {
				t.Errorf("%s: it is listed", what)
			}
			if _, _, err := s.Compare(ctx, &both, m.Kept.Slug, m.Gone.Slug); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: compared: %v", what, err)
			}
			if _, _, err := s.Merge(ctx, &both, m.Kept.Slug, m.Gone.Slug, nil, rev(m)); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: merged: %v", what, err)
			}
			if err := s.TellApart(ctx, &both, m.Kept.Slug, m.Gone.Slug, true); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: told apart: %v", what, err)
			}
		}
	})
}
