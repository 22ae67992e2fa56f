package arrival

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/list"
)

// Words that begin alike are told apart however long they are, and shown cut.
func TestLongWords(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		long := strings.Repeat("I have read what it says here and ", 3)
		l, err := s.begin(t.Context(), "list", []byte("Email,B\na@a.example,"+long+"agree\nb@a.example,"+long+"do not agree\n"))
		if err != nil {
			t.Fatal(err)
		}
		l.Choices.Columns[1] = Column{Is: "arrival.b"}
		words, _, _, err := s.words(l)
		if err != nil || len(words[1]) != 3 || words[1][0] == words[1][1] {
			t.Fatal(words, err)
		}
		if a, b := list.Shown(words[1][0], wordShown), list.Shown(words[1][1], wordShown); a != b || a != strings.ToLower(list.Shown(long, wordShown)) {
			t.Errorf("shown as %q and %q", a, b)
		}
		c := Column{Is: "arrival.b", Means: words[1][:1]}
		if !c.says(long+"Agree") || c.says(long+"do not agree") {
			t.Error("what means no means yes")
		}
	})
}

// Where not all words of a column are offered, any of them keeps letters away; a yes is
// never guessed so.
func TestManyWords(t *testing.T) {
	var file strings.Builder
	file.WriteString("Email,Status,On Hold,B,Few\n")
	for i := range mostWords + 5 {
		fmt.Fprintf(&file, "p%d@a.example,unsubscribed,since %d,reason %d,few\n", i, i, i)
		fmt.Fprintf(&file, "q%d@a.example,because %d,,,\n", i, i)
	}
	room(t, func(t *testing.T, s *Service, o *others) {
		l, err := s.begin(t.Context(), "list", []byte(file.String()))
		if err != nil {
			t.Fatal(err)
		}
		l.Choices.Columns[3], l.Choices.Columns[4] = Column{Is: "arrival.b"}, Column{Is: isStop}
		_, more, guess, err := s.words(l)
		if err != nil || !slices.Equal(more, []bool{false, true, true, true, false}) {
			t.Fatal(more, err)
		}
		for i, want := range [][]string{nil, {anyWord}, {anyWord}, nil, nil} {
			if !slices.Equal(guess[i].Means, want) {
				t.Errorf("column %d: %q", i, guess[i].Means)
			}
		}
	})
}
