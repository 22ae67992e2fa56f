package consent

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
)

func rooms(t *testing.T, fn func(t *testing.T, s *Service)) {
	t.Helper()
	texts := fstest.MapFS{
		"locale/en.json": {Data: []byte(`{"a.news": "News", "a.news.text": "Write to me", "a.here": "Here", "a.here.text": "Keep me"}`)},
		"locale/ar.json": {Data: []byte(`{"a.news": "News", "a.news.text": "اكتبوا لي", "a.here": "Here", "a.here.text": "x"}`)},
	}
	langs, err := i18n.Load([]string{"en", "ar"}, i18n.Ground, locale, texts)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, append(slices.Clone(kit.Ground[1:]), db.Migrations{Room: "consent", Files: migrations}), func(t *testing.T, d *db.DB) {
		s := New(d, langs)
		s.Meet(&gone{})
		s.Offer(kit.Purpose{Key: "a.news"}, kit.Purpose{Key: "a.here", Needed: true})
		fn(t, s)
	})
}

// gone keeps the ids of what is gone, and which of them were written down.
type gone struct{ noted, written []string }

func (g *gone) Gone(_ context.Context, _ *db.Tx, id string) error {
	g.noted = append(g.noted, id)
	return nil
}

func (g *gone) WriteDown(id string) { g.written = append(g.written, id) }

var ana = &access.Viewer{Member: "ana", Persona: "p-ana", Role: access.Member}

func (s *Service) said(t *testing.T, member string) []Entry {
	t.Helper()
	all, err := ledger(t.Context(), s.db, member)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A yes is kept in the words and the language it was said to, stands until it is
// taken back, and both stay written down. H1, H2, H3.
func TestLedger(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		stands := func(want bool) {
			t.Helper()
			if is, err := s.Given(ctx, s.db, "ana", "a.news"); is != want || err != nil {
				t.Errorf("it stands: %v, %v", is, err)
			}
		}
		stands(false)
		if err := s.Agree(ctx, ana, "a.news", "ar"); err != nil {
			t.Fatal(err)
		}
		stands(true)
		if err := s.Agree(ctx, ana, "a.news", "en"); err != nil || len(s.said(t, "ana")) != 1 {
			t.Errorf("said twice it was written twice: %v", err)
		}
		if err := s.Withdraw(ctx, ana, "a.news", "en"); err != nil {
			t.Fatal(err)
		}
		stands(false)
		if err := s.Withdraw(ctx, ana, "a.news", "en"); err != nil || len(s.said(t, "ana")) != 2 {
			t.Errorf("taken back twice: %v", err)
		}
		if err := s.Agree(ctx, ana, "a.news", "en"); err != nil {
			t.Fatal(err)
		}
		stands(true)
		all := s.said(t, "ana")
		if len(all) != 3 || all[0].Words != "اكتبوا لي" || all[0].Lang != "ar" || !all[0].Given || all[1].Given || all[2].Words != "Write to me" ||
			all[0].Version == all[2].Version || all[0].At.IsZero() || all[0].Way != Form {
			t.Errorf("the ledger holds %+v", all)
		}
		// What must not come back with a backup is the yes that fell, and no other.
		g := s.ledger.(*gone)
		if want := []string{all[0].ID}; !slices.Equal(g.noted, want) || !slices.Equal(g.written, want) {
			t.Errorf("gone are %q, %q, not %q", g.noted, g.written, want)
		}
		if n, err := s.GoneAgain(ctx, func(id string) (time.Time, bool) { return all[0].At, id == all[2].ID }); n != 1 || err != nil {
			t.Errorf("%d yeses went again, %v", n, err)
		}
		stands(false)
		if all = s.said(t, "ana"); !slices.ContainsFunc(all, func(e Entry) bool { return !e.Given && e.Way == Again && e.At.Equal(all[0].At) }) {
			t.Errorf("the ledger does not say that it went again: %+v", all)
		}
		// What falls by another list does not come back either.
		if err := s.Agree(ctx, ana, "a.news", "en"); err != nil {
			t.Fatal(err)
		}
		now := len(g.noted)
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.Carry(ctx, tx, "ana", Carried{Purpose: "a.news", Words: "Opt-out: yes", Lang: "en", Way: List, At: all[0].At})
		}); err != nil {
			t.Fatal(err)
		}
		stands(false)
		if len(g.noted) != now+1 {
			t.Error("a yes that fell by a list is not noted")
		}
	})
}

// What being here rests on is not taken back by itself; what nobody asks is not
// there; whoever is nobody agrees to nothing.
func TestWhatIsAsked(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if err := s.Agree(ctx, ana, "a.here", "en"); err != nil {
			t.Fatal(err)
		}
		if err := s.Withdraw(ctx, ana, "a.here", "en"); !fault.Is(err, fault.Conflict) {
			t.Errorf("what being here rests on was taken back: %v", err)
		}
		for _, err := range []error{s.Agree(ctx, ana, "a.else", "en"), s.Withdraw(ctx, ana, "a.else", "en")} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("what nobody asks: %v", err)
			}
		}
		if err := s.Agree(ctx, &access.Viewer{}, "a.news", "en"); !fault.Is(err, fault.Denied) {
			t.Errorf("a visitor: %v", err)
		}
		if all, err := s.Mine(ctx, ana); err != nil || len(all) != 1 || all["a.here"].Words != "Keep me" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// Two yeses at once are one.
func TestTwoAtOnce(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := s.Agree(t.Context(), ana, "a.news", "en"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if all := s.said(t, "ana"); len(all) != 1 {
			t.Errorf("%d lines", len(all))
		}
	})
}

// Erased, somebody leaves lines that lead to nobody.
func TestErase(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if err := s.Agree(ctx, ana, "a.news", "en"); err != nil {
			t.Fatal(err)
		}
		sub := kit.Subject{Member: "ana", Personas: []string{"p-ana"}}
		if out, err := s.export(ctx, sub); err != nil || len(out[0].Lines) != 1 || len(out[1].Lines) != 1 {
			t.Errorf("%+v, %v", out, err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }); err != nil {
			t.Fatal(err)
		}
		rows, err := db.All(ctx, s.db, db.Text, `SELECT subject || purpose FROM consent_entry`)
		if err != nil || len(rows) != 1 {
			t.Errorf("%q, %v", rows, err)
		}
		if is, err := s.Given(ctx, s.db, "ana", "a.news"); is || err != nil || len(s.said(t, "ana")) != 0 {
			t.Errorf("something leads to them: %v, %v", is, err)
		}
	})
}
