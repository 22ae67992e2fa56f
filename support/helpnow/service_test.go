package helpnow

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/record"
)

// named calls every persona by its id.
type named struct{}

func (named) Names(_ context.Context, _ *access.Viewer, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "Name of " + id
	}
	return out, nil
}

var (
	ana     = &access.Viewer{Member: "1", Persona: "ana", Role: access.Team}
	ben     = &access.Viewer{Member: "2", Persona: "ben", Role: access.Team}
	anyone  = &access.Viewer{Member: "3", Persona: "cay", Role: access.Member}
	visitor = &access.Viewer{}
)

func run(t *testing.T, fn func(t *testing.T, s *Service)) {
	t.Helper()
	langs, err := i18n.Load([]string{"en"}, i18n.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, []db.Migrations{record.Ground, {Room: "helpnow", Files: migrations}}, func(t *testing.T, d *db.DB) { fn(t, New(d, langs, named{})) })
}

func enterLine(t *testing.T, s *Service, change func(d *Details)) *Line {
	t.Helper()
	l, err := s.Enter(t.Context(), ana, line(change))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func try(t *testing.T, s *Service, v *access.Viewer, l *Line, works bool, trouble string) *Line {
	t.Helper()
	out, err := s.Try(t.Context(), v, l.ID, Found{works, trouble, l.Revision, l.Tries})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// shownIn says which lines everybody sees in a country.
func shownIn(t *testing.T, s *Service, country string) (out string) {
	t.Helper()
	ls, err := s.Lines(t.Context(), country)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range ls {
		out += l.Name + " " + l.Number + ";"
	}
	return out
}

// A line is seen once it was tried, hidden once something is wrong, and seen
// again once it works.
func TestTry(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		stamp := func() int64 {
			n, err := s.db.Stamp(t.Context(), "helpnow")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		l := enterLine(t, s, nil)
		if got := shownIn(t, s, "GB"); got != "" || l.State != Waiting {
			t.Fatalf("seen before anybody tried it: %s %s", got, l.State)
		}
		if codes, err := s.Countries(t.Context()); err != nil || len(codes) > 0 {
			t.Errorf("countries %v, %v", codes, err)
		}
		before := stamp()
		l = try(t, s, ben, l, true, "")
		if got := shownIn(t, s, "GB"); got != "Night Owls 116 123;" || l.Same || !l.Tried.Equal(db.Day(time.Now())) {
			t.Errorf("%q %+v", got, l)
		}
		if codes, err := s.Countries(t.Context()); err != nil || len(codes) != 1 || codes[0] != "GB" {
			t.Errorf("countries %v, %v", codes, err)
		}
		if stamp() == before {
			t.Error("kept pages do not hear of it")
		}
		before = stamp()
		l = try(t, s, ben, l, false, " Nobody \r\n answers. ")
		if got := shownIn(t, s, "GB"); got != "" || l.State != Failed || l.Trouble != "Nobody\n answers." {
			t.Errorf("%q %+v", got, l)
		}
		if stamp() == before {
			t.Error("kept pages do not hear that it is hidden")
		}
		l = try(t, s, ana, l, true, "not kept")
		if got := shownIn(t, s, "GB"); got == "" || !l.Same || l.Trouble != "" || l.Tries != 3 {
			t.Errorf("%q %+v", got, l)
		}
	})
}

// Another number was never tried; other words are no other line.
func TestEdit(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		l := try(t, s, ana, enterLine(t, s, nil), true, "")
		l, err := s.Edit(ctx, ben, l.ID, line(func(d *Details) { d.Hours = "Evenings" }), l.Revision)
		if err != nil || l.State != Shown || l.Tried.IsZero() || shownIn(t, s, "GB") == "" {
			t.Fatalf("%+v, %v", l, err)
		}
		stale := *l
		l, err = s.Edit(ctx, ben, l.ID, line(func(d *Details) { d.Number = "116 111" }), l.Revision)
		if err != nil || l.State != Waiting || !l.Tried.IsZero() || shownIn(t, s, "GB") != "" {
			t.Fatalf("%+v, %v", l, err)
		}
		if _, err := s.Edit(ctx, ana, l.ID, line(nil), stale.Revision); !fault.Is(err, fault.Conflict) {
			t.Errorf("an edit of what is no more: %v", err)
		}
		for _, works := range []bool{true, false} {
			if _, err := s.Try(ctx, ana, l.ID, Found{works, "", stale.Revision, stale.Tries}); !fault.Is(err, fault.Conflict) {
				t.Errorf("another number was tried (works: %v): %v", works, err)
			}
		}
		if _, err := s.Edit(ctx, ana, l.ID, line(func(d *Details) { d.Number = "" }), l.Revision); !fault.Is(err, fault.Invalid) {
			t.Errorf("no number: %v", err)
		}
		// Who changed the number entered it.
		if l = try(t, s, ben, l, true, ""); !l.Same {
			t.Error("ben entered and tried the number")
		}
		_, past, names, more, err := s.History(ctx, ana, l.ID, 0)
		if err != nil || more || len(past) != 3 || fmt.Sprint(past[0].Changed, past[1].Changed, names[past[0].Author]) != "[number hours] [hours]Name of ben" {
			t.Fatalf("%+v %v", past, err)
		}
		back, err := s.Restore(ctx, ana, l.ID, 1, 3)
		if err != nil || back.Number != "116 123" || back.State != Waiting || back.Revision != 4 {
			t.Errorf("%+v, %v", back, err)
		}
		if _, err := s.Restore(ctx, ana, l.ID, 1, 3); !fault.Is(err, fault.Conflict) {
			t.Errorf("going back from what is no more: %v", err)
		}
		if _, err := s.Restore(ctx, ana, l.ID, 9, 4); !fault.Is(err, fault.NotFound) {
			t.Errorf("going back to nothing: %v", err)
		}
	})
}

// Where one finds that it works and another that it does not, it stays hidden,
// whoever is first.
func TestTwoTry(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		for i := range 5 {
			l := enterLine(t, s, func(d *Details) { d.Name = fmt.Sprint("Line ", i) })
			var wait sync.WaitGroup
			for _, works := range []bool{true, false} {
				wait.Go(func() {
					for {
						_, err := s.Try(ctx, ben, l.ID, Found{works, "", l.Revision, l.Tries})
						if works || !fault.Is(err, fault.Conflict) {
							return // who found something wrong says so again
						}
					}
				})
			}
			wait.Wait()
			if now, err := s.Read(ctx, ana, l.ID); err != nil || now.State != Failed {
				t.Errorf("%+v, %v", now, err)
			}
		}
	})
}

// Only the team does anything, and what is not shown is nobody else's to see.
func TestWhoMay(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		l := enterLine(t, s, nil)
		for _, v := range []*access.Viewer{visitor, anyone} {
			_, err1 := s.Enter(ctx, v, line(nil))
			_, err2 := s.Edit(ctx, v, l.ID, line(nil), 1)
			_, err3 := s.Try(ctx, v, l.ID, Found{Works: true, Revision: 1})
			_, err4 := s.Restore(ctx, v, l.ID, 1, 1)
			_, err5 := s.All(ctx, v)
			_, err6 := s.Read(ctx, v, l.ID)
			_, _, _, _, err7 := s.History(ctx, v, l.ID, 0)
			for i, err := range []error{err1, err2, err3, err4, err5, err6, err7} {
				if !fault.Is(err, fault.Denied) {
					t.Errorf("verb %d by %q: %v", i+1, v.Persona, err)
				}
			}
		}
		for _, code := range []string{"", "ZZ", "gb", "GBR", "lines"} {
			if _, err := s.Lines(ctx, code); !fault.Is(err, fault.NotFound) {
				t.Errorf("the country %q: %v", code, err)
			}
		}
		if _, err := s.Read(ctx, ana, "nothing"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if ls, err := s.Lines(ctx, "FR"); err != nil || len(ls) > 0 {
			t.Error(ls, err)
		}
	})
}

// What waits is what was never tried, then what was tried longest ago.
func TestToDo(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		now := time.Now()
		s.now = func() time.Time { return now.AddDate(0, 0, -100) }
		try(t, s, ana, enterLine(t, s, func(d *Details) { d.Name = "Newer" }), true, "")
		s.now = func() time.Time { return now.AddDate(0, 0, -200) }
		try(t, s, ana, enterLine(t, s, func(d *Details) { d.Name = "Older" }), true, "")
		s.now = time.Now
		try(t, s, ana, enterLine(t, s, func(d *Details) { d.Name = "Fine" }), true, "")
		try(t, s, ana, enterLine(t, s, func(d *Details) { d.Name = "Failed" }), false, "")
		enterLine(t, s, func(d *Details) { d.Name = "Waiting" })
		ls, err := s.All(t.Context(), ana)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range toDo(ls, now) {
			got = append(got, l.Name)
		}
		if strings.Join(got, " ") != "Waiting Older Newer" {
			t.Error(got)
		}
		if shownIn(t, s, "GB") == "" || strings.Count(shownIn(t, s, "GB"), ";") != 3 {
			t.Error("what is overdue is shown, with its date")
		}
	})
}

// Erasing a person keeps the lines, and forgets who.
func TestErase(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		l := try(t, s, ben, enterLine(t, s, nil), false, "It rang and rang.")
		say := func(persona string) string {
			all, err := s.export(ctx, kit.Subject{Personas: []string{persona}})
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(kit.HeldJSON(all, nil))
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		if got := say("ana"); !strings.Contains(got, `"country":"GB","name":"Night Owls"`) || strings.Contains(got, "rang") {
			t.Error(got)
		}
		if got := say("ben"); !strings.Contains(got, "It rang and rang.") || !strings.Contains(got, `"entered":[]`) {
			t.Error(got)
		}
		for _, persona := range []string{"ana", "ben"} {
			if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return s.erase(ctx, tx, kit.Subject{Personas: []string{persona}})
			}); err != nil {
				t.Fatal(err)
			}
			if got := say(persona); strings.Contains(got, "Night") {
				t.Error(got)
			}
		}
		now, err := s.Read(ctx, &access.Viewer{Member: "9", Persona: "dee", Role: access.Team}, l.ID)
		if err != nil || now.entered+now.triedBy != "" || now.State != Failed || now.Trouble == "" {
			t.Errorf("%+v, %v", now, err)
		}
	})
}

// The demo's lines say that they are made up.
func TestDemo(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		if err := s.demo(t.Context(), &kit.Demo{People: []kit.Person{{Role: "team", Persona: "ana"}, {Role: "team", Persona: "ben"}}}); err != nil {
			t.Fatal(err)
		}
		ls, err := s.All(t.Context(), ana)
		if err != nil {
			t.Fatal(err)
		}
		is := map[State]int{}
		overdue, lands := 0, map[string]bool{}
		for _, l := range ls {
			is[l.State]++
			lands[l.Country] = true
			if l.Overdue(time.Now()) {
				overdue++
			}
			if l.About == "" || l.Same && l.State != Shown {
				t.Errorf("%+v", l)
			}
		}
		if is[Waiting] != 1 || is[Failed] != 1 || overdue != 1 || len(lands) < 6 {
			t.Error(is, overdue, lands)
		}
	})
}
