package link

import (
	"context"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
)

// later lets days pass.
func later(t *testing.T, s *Service, days int) {
	t.Helper()
	is, err := introsOf(t.Context(), s.db, []string{"a", "b", "c", "m"})
	if err != nil {
		t.Fatal(err)
	}
	err = s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("link")
		for _, i := range is {
			if _, err := tx.Exec(ctx, `UPDATE link_intro SET asked = $2 WHERE id = $1`, i.ID, i.Asked.AddDate(0, 0, -days)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, s *Service, from, to string) {
	t.Helper()
	if err := s.Introduce(t.Context(), by(t, s, from), to, from, Ask{Words: "words of " + from, Contact: "ring " + from}); err != nil {
		t.Fatal(err)
	}
}

// seen is all that an organiser is shown of introductions: theirs first, and
// what they asked, each with its state.
func seen(t *testing.T, s *Service, who string) string {
	t.Helper()
	k, err := s.Intros(t.Context(), by(t, s, who))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range k.For {
		out = append(out, "for "+i.By+" "+string(i.State)+" "+i.Words)
	}
	for _, i := range k.Asked {
		line := "asked " + i.Of + " " + string(i.Seen(time.Now()))
		if i.Seen(time.Now()) == Yes {
			line += " " + i.BackWords
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func only(t *testing.T, s *Service, group string) Intro {
	t.Helper()
	is, err := introsOf(t.Context(), s.db, []string{group})
	if err != nil || len(is) != 1 {
		t.Fatal(is, err)
	}
	return is[0]
}

// takenAway is how many introductions somebody's export tells of, and holds that all
// look alike.
func takenAway(t *testing.T, s *Service, persona string) int {
	t.Helper()
	out, err := s.export(t.Context(), kit.Subject{Personas: []string{persona}})
	if err != nil {
		t.Fatal(err)
	}
	is := out[2].Lines
	for _, l := range is {
		for _, f := range l {
			switch v := f.Value.(type) {
			case kit.Word:
				if v != "" {
					t.Errorf("%s: %s", f.Key, v)
				}
			case string:
				if v != "" {
					t.Errorf("%s: %s", f.Key, v)
				}
			}
		}
	}
	return len(is)
}

// A yes is told at once. Everything else is silence for as long as silence
// lasts, and looks like it on every day.
func TestSilenceAndNo(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *street) {
		ctx := t.Context()
		answers := map[string]func(id string) error{
			"silence": func(string) error { return nil },
			"not now": func(id string) error { return s.AnswerIntro(ctx, by(t, s, "b"), id, Later, Back{}) },
			"no":      func(id string) error { return s.AnswerIntro(ctx, by(t, s, "b"), id, No, Back{BackWords: "never"}) },
			"deleted": func(id string) error { return s.DropIntro(ctx, by(t, s, "b"), id) },
			"stopped": func(string) error { return s.Stop(ctx, by(t, s, "b"), "b", "a", true) },
		}
		for name, answer := range answers {
			if err := s.Stop(ctx, by(t, s, "b"), "b", "a", false); err != nil {
				t.Fatal(err)
			}
			ask(t, s, "a", "b")
			if err := answer(only(t, s, "a").ID); err != nil {
				t.Fatal(name, err)
			}
			for _, step := range []struct {
				days int
				want string
			}{{0, "asked b waiting"}, {44, "asked b waiting"}, {1, "asked b no"}, {60, "asked b no"}} {
				later(t, s, step.days)
				if got := seen(t, s, "a"); got != step.want {
					t.Errorf("%s: %d days on they read %q", name, step.days, got)
				}
				if got := takenAway(t, s, "p-a"); got != 1 {
					t.Errorf("%s: %d days on their export has %d introductions", name, step.days, got)
				}
			}
		}
		if err := s.Stop(ctx, by(t, s, "b"), "b", "a", false); err != nil {
			t.Fatal(err)
		}
		ask(t, s, "a", "b")
		if err := s.Stop(ctx, by(t, s, "b"), "b", "a", true); err != nil {
			t.Fatal(err)
		}
		later(t, s, 45)
		// Whoever is stopped asks like anybody, and nobody reads it.
		ask(t, s, "a", "b")
		if got := seen(t, s, "b"); got != "" {
			t.Errorf("whoever stopped them reads %q", got)
		}
		// Nor do they learn it by offering a link.
		if _, err := s.Offer(ctx, by(t, s, "a"), "b", "a", "works-with"); err != nil {
			t.Errorf("an offer tells them: %v", err)
		}
		if i := only(t, s, "a"); i.Words != "" || i.Contact != "" {
			t.Errorf("kept: %+v", i)
		}
		if got := seen(t, s, "a"); got != "asked b waiting" {
			t.Error(got)
		}
		if err := s.Stop(ctx, by(t, s, "b"), "b", "a", false); err != nil {
			t.Fatal(err)
		}
		later(t, s, 45)
		ask(t, s, "a", "b")
		i := only(t, s, "a")
		if err := s.AnswerIntro(ctx, by(t, s, "b"), i.ID, Later, Back{}); err != nil {
			t.Fatal(err)
		}
		if err := s.AnswerIntro(ctx, by(t, s, "b"), i.ID, Yes, Back{BackWords: "come on Sunday"}); err != nil {
			t.Fatal(err)
		}
		if got := seen(t, s, "a"); got != "asked b yes come on Sunday" {
			t.Error(got)
		}
	})
}

// Only the two groups' organisers reach an introduction.
func TestInConfidence(t *testing.T) {
	run(t, func(t *testing.T, s *Service, w *street) {
		ctx := t.Context()
		ask(t, s, "a", "b")
		i := only(t, s, "a")
		for _, who := range []string{"", "team", "c"} {
			if got := seen(t, s, who); got != "" {
				t.Errorf("%q reads %q", who, got)
			}
			_, err := s.intro(ctx, s.db, by(t, s, who), i.ID)
			for _, err := range []error{err, s.AnswerIntro(ctx, by(t, s, who), i.ID, No, Back{}), s.DropIntro(ctx, by(t, s, who), i.ID)} {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%q: %v", who, err)
				}
			}
			if err := s.Stop(ctx, by(t, s, who), "b", "", true); !fault.Is(err, fault.Denied) {
				t.Errorf("%q: %v", who, err)
			}
		}
		if err := s.AnswerIntro(ctx, by(t, s, "a"), i.ID, Yes, Back{BackWords: "x"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("they answer themselves: %v", err)
		}
		if err := s.Stop(ctx, by(t, s, "b"), "b", "c", true); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody who never asked: %v", err)
		}
		// A group whose curtains are closed is not named.
		w.hidden["a"] = true
		if got := seen(t, s, "b"); got != "" {
			t.Error(got)
		}
	})
}

// Wrong asks, and one at a time, also by whoever takes it back.
func TestIntroduce(t *testing.T) {
	run(t, func(t *testing.T, s *Service, w *street) {
		ctx := t.Context()
		w.hidden["c"] = true
		full := Ask{Words: "x", Contact: "y"}
		for _, c := range []struct {
			who, mine, to string
			a             Ask
			want          fault.Kind
		}{
			{"", "a", "b", full, fault.Denied},
			{"team", "a", "b", full, fault.Denied},
			{"b", "a", "m", full, fault.Denied},
			{"a", "a", "c", full, fault.NotFound},
			{"c", "c", "a", full, fault.Invalid},
			{"a", "a", "a", full, fault.Invalid},
			{"a", "a", "o", full, fault.Invalid},
			{"a", "a", "e", full, fault.Invalid},
			{"a", "a", "b", Ask{Contact: "y"}, fault.Invalid},
			{"a", "a", "b", Ask{Words: "x"}, fault.Invalid},
			{"a", "a", "b", Ask{Words: strings.Repeat("x", maxWords+1), ShareName: true}, fault.Invalid},
		} {
			if err := s.Introduce(ctx, by(t, s, c.who), c.to, c.mine, c.a); !fault.Is(err, c.want) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		again := func(want bool) {
			t.Helper()
			if err := s.Introduce(ctx, by(t, s, "a"), "b", "a", full); (err == nil) != want || !want && !fault.Is(err, fault.Conflict) {
				t.Fatal(err)
			}
		}
		again(true)
		again(false)
		if err := s.DropIntro(ctx, by(t, s, "a"), only(t, s, "a").ID); err != nil {
			t.Fatal(err)
		}
		again(false)
		if a, b := seen(t, s, "a"), seen(t, s, "b"); a != "" || b != "" {
			t.Errorf("%q and %q are left of what was taken back", a, b)
		}
		later(t, s, 45)
		again(true)
		i := only(t, s, "a")
		if err := s.AnswerIntro(ctx, by(t, s, "b"), i.ID, Yes, Back{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a yes without a word: %v", err)
		}
		if err := s.AnswerIntro(ctx, by(t, s, "b"), i.ID, "maybe", Back{}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if err := s.AnswerIntro(ctx, by(t, s, "b"), i.ID, Yes, Back{BackEmail: true}); err != nil {
			t.Error(err)
		}
		if err := s.AnswerIntro(ctx, by(t, s, "b"), i.ID, No, Back{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a no after a yes: %v", err)
		}
		later(t, s, 200)
		if err := s.tidy(ctx); err != nil {
			t.Fatal(err)
		}
		if is, err := introsOf(ctx, s.db, []string{"a"}); err != nil || len(is) != 0 {
			t.Error(is, err)
		}
	})
}
