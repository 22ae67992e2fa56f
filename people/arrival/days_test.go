package arrival

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/fault"
)

// Days are read as other systems write them; one that can be read in two ways is
// none until it is said which.
func TestDays(t *testing.T) {
	room(t, func(t *testing.T, s *Service, _ *others) {
		now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		for _, c := range []struct{ text, none, day, month string }{
			{"2024-03-05 14:22:10", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"2024-03-05T14:22:10.000Z", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"2024/03/05", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"March 5, 2024", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"March 5, 2024 2:22pm", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"5 Mar 2024", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"5-Mar-2024", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"5 مارس 2024", "2024-03-05", "2024-03-05", "2024-03-05"},
			{"03/05/2024", "", "2024-05-03", "2024-03-05"},
			{"5/3/2024 2:22pm", "", "2024-03-05", "2024-05-03"},
			{"05.03.2024", "", "2024-03-05", "2024-05-03"},
			{"31/03/2019", "2019-03-31", "2019-03-31", "2019-03-31"},
			{"3/31/2019", "2019-03-31", "2019-03-31", "2019-03-31"},
			{"4.4.2019", "2019-04-04", "2019-04-04", "2019-04-04"},
			{"March 2019", "2019-03-01", "2019-03-01", "2019-03-01"},
			{"2019-03", "2019-03-01", "2019-03-01", "2019-03-01"},
			{"2019", "2019-01-01", "2019-01-01", "2019-01-01"},
			{"31/02/2019", "", "", ""},
			{"13/13/2019", "", "", ""},
			{"2999-01-01", "", "", ""},
			{"0001-01-01", "", "", ""},
			{"5/3/24", "", "", ""},
			{"ma 5 2024", "", "", ""},
			{"ju 5 2024", "", "", ""},
			{"soon", "", "", ""},
			{"", "", "", ""},
		} {
			for first, want := range map[string]string{"": c.none, dayFirst: c.day, monthFirst: c.month} {
				day, ok := s.since(c.text, first, now)
				if got := day.Format(time.DateOnly); ok != (want != "") || ok && got != want {
					t.Errorf("%q, %q first: %s, %v, want %q", c.text, first, got, ok, want)
				}
			}
		}
	})
}

// Which number is the day, the column says as a whole; where it does not, the team is
// asked, and nothing is guessed.
func TestDayOrMonth(t *testing.T) {
	room(t, func(t *testing.T, s *Service, _ *others) {
		days := func(l *List) string {
			t.Helper()
			var out []string
			if err := s.each(l, 9, func(rows []row) error {
				for _, r := range rows {
					day := "-"
					if r.carried.Since {
						day = r.came.Since.Format(time.DateOnly)
					}
					out = append(out, day)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return strings.Join(out, " ")
		}
		for _, c := range []struct {
			cells, answer string // answer: what the team is asked; empty: nothing
			want          string
		}{
			{"03/04/2019 31/12/2019", "", "2019-04-03 2019-12-31"},
			{"03/04/2019 12/31/2019", "", "2019-03-04 2019-12-31"},
			{"03/04/2019 05/06/2019", dayFirst, "2019-04-03 2019-06-05"},
			{"03/04/2019 05/06/2019", monthFirst, "2019-03-04 2019-05-06"},
			{"03/04/2019 31/12/2019 12/31/2019", dayFirst, "2019-04-03 2019-12-31 2019-12-31"},
			{"04/04/2019 2019-05-06", "", "2019-04-04 2019-05-06"},
		} {
			file := "Email,Joined\n"
			for i, cell := range strings.Fields(c.cells) {
				file += fmt.Sprintf("p%d@a.example,%s\n", i, cell)
			}
			id, err := s.Bring(t.Context(), team, "list", []byte(file))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Choose(t.Context(), team, id, Choices{Kind: "member", Columns: []Column{{Is: isEmail}, {Is: isSince}}}); err != nil {
				t.Fatal(err)
			}
			l, err := s.open(t.Context(), team, id)
			if err != nil || (l.State == marking) != (c.answer != "") {
				t.Fatalf("%s: %s, %v", c.cells, l.State, err)
			}
			if c.answer != "" {
				if err := s.Mark(t.Context(), team, id, Meanings{}); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s: unanswered, it goes on: %v", c.cells, err)
				}
				if err := s.Mark(t.Context(), team, id, Meanings{First: c.answer}); err != nil {
					t.Fatal(err)
				}
				if l, err = s.open(t.Context(), team, id); err != nil {
					t.Fatal(err)
				}
			}
			if got := days(l); got != c.want || l.Account.LeftOut != 0 {
				t.Errorf("%s, %q: %s, want %s", c.cells, c.answer, got, c.want)
			}
		}
		file := "Email,Joined\na@a.example,03/04/2019\n"
		if _, err := s.Import(t.Context(), strings.NewReader(file), Import{Called: "list", DryRun: true}); err == nil || !strings.Contains(err.Error(), "since:day") {
			t.Errorf("by command, it is guessed: %v", err)
		}
		for first, want := range map[string]string{dayFirst: "2019-04-03", monthFirst: "2019-03-04"} {
			l, err := s.Import(t.Context(), strings.NewReader(file), Import{Called: "list", Map: "Joined=since:" + first, DryRun: true})
			if err != nil || days(l) != want {
				t.Errorf("by command, %s first: %v, %v", first, l, err)
			}
		}
	})
}

// Letters that came back are no word of the person: not in the ledger, not among those
// who say no.
func TestLettersCameBack(t *testing.T) {
	file := "Email,Status,B\na@a.example,Cleaned,yes\nb@a.example,Unsubscribed,yes\nc@a.example,Subscribed,yes\na@a.example,Cleaned,yes\n"
	room(t, func(t *testing.T, s *Service, o *others) {
		id, err := s.Bring(t.Context(), team, "list", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Choose(t.Context(), team, id, Choices{Kind: "member", Columns: []Column{{Is: isEmail}, {Is: isStop}, {}}}); err != nil {
			t.Fatal(err)
		}
		l, err := s.open(t.Context(), team, id)
		if err != nil {
			t.Fatal(err)
		}
		_, _, guess, err := s.words(l)
		if err != nil || !slices.Equal(guess[1].Means, []string{"unsubscribed"}) || !slices.Equal(guess[1].Back, []string{"cleaned"}) {
			t.Fatal(guess, err)
		}
		both := Meanings{Means: map[int][]string{1: {"cleaned"}}, Back: map[int][]string{1: {"cleaned"}}}
		if err := s.Mark(t.Context(), team, id, both); !fault.Is(err, fault.Invalid) {
			t.Errorf("a word means two things: %v", err)
		}
		for _, means := range []string{"unsubscribed", anyWord} { // said again, the words are still there
			if err := s.Mark(t.Context(), team, id, Meanings{Means: map[int][]string{1: {means}}, Back: map[int][]string{1: {"cleaned"}}}); err != nil {
				t.Fatal(means, err)
			}
			if l, err = s.open(t.Context(), team, id); err != nil {
				t.Fatal(err)
			}
			quiet := map[string]int{"unsubscribed": 2, anyWord: 3}[means]
			if a := l.Account; a.New != 3 || a.Quiet != quiet || a.Back != 2 || a.Twice != 1 || a.No != 0 {
				t.Errorf("%s: %+v", means, a)
			}
		}
		if _, err := s.Import(t.Context(), strings.NewReader(file), Import{Called: "list"}); err != nil {
			t.Fatal(err)
		}
		if n := o.count(t, `SELECT count(*) FROM arrival_person WHERE state = 'bounced'`); n != 1 {
			t.Errorf("of %d letters came back", n)
		}
		if n := o.count(t, `SELECT count(*) FROM arrival_trial WHERE text LIKE 'false%'`); n != 1 {
			t.Errorf("%d said no, and one did", n)
		}
		if n, err := s.Write(t.Context(), team, false); n != 1 || err != nil {
			t.Error(n, err)
		}
	})
}
