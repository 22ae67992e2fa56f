package arrival

import (
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/fault"
)

// bring brings a list in by the command line.
func bring(t *testing.T, s *Service, o Import, file string) *List {
	t.Helper()
	l, err := s.Import(t.Context(), strings.NewReader(file), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// stands is how somebody stands.
func (o *others) stands(t *testing.T, s *Service, email string) Person {
	t.Helper()
	have, err := o.Have(t.Context(), o.d, []string{email})
	if err != nil {
		t.Fatal(err)
	}
	p, err := personOf(t.Context(), s.db, have[email])
	if err != nil {
		t.Fatal(email, err)
	}
	return p
}

// Whoever said no anywhere gets no letter, whatever else stands in that list or in
// another; who has arrived speaks for themself.
func TestNoCounts(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		bring(t, s, Import{Called: "one"}, "Email,Status,id\na@a.example,,1\nb@a.example,,2\nc@a.example,,3\nd@a.example,,4\ne@a.example,,5\na@a.example,unsubscribed,1\nb2@a.example,unsubscribed,2\n")
		for _, email := range []string{"a@a.example", "b@a.example"} {
			if p := o.stands(t, s, email); p.State != stopped {
				t.Errorf("%s, unsubscribed further down: %s", email, p.State)
			}
		}
		if n, err := s.Write(t.Context(), team, false); n != 3 || err != nil {
			t.Fatal(n, err)
		}
		d, e := o.stands(t, s, "d@a.example"), o.stands(t, s, "e@a.example")
		o.in, o.leaving = []string{d.Member}, []string{e.Member}
		l := bring(t, s, Import{Called: "two"}, "Email,Status,On Hold\nc@a.example,,yes\nd@a.example,unsubscribed,\ne@a.example,unsubscribed,\n")
		if l.Account.Here != 3 || l.Account.No != 2 || l.Account.Back != 1 || l.Account.New != 0 {
			t.Errorf("%+v", l.Account)
		}
		if c, d, e := o.stands(t, s, "c@a.example"), o.stands(t, s, "d@a.example"), o.stands(t, s, "e@a.example"); c.State != bounced || c.due || d.State != waiting || e.State != stopped {
			t.Errorf("%+v, %+v, %+v", c, d, e)
		}
		bring(t, s, Import{Called: "three"}, "Email,Status\nc@a.example,unsubscribed\n")
		bring(t, s, Import{Called: "three"}, "Email,Status\nc@a.example,unsubscribed\n")
		if c := o.stands(t, s, "c@a.example"); c.State != stopped {
			t.Errorf("what machines found goes before what they said: %s", c.State)
		}
		if n := o.count(t, `SELECT count(*) FROM arrival_trial WHERE text LIKE 'falsearrival.letters%'`); n != 4 {
			t.Errorf("%d said no to letters", n)
		}
	})
}

// A yes that stands falls by a no further down, or in another list; none begins so.
func TestNoTakesBack(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		file := "Email,B\na@a.example,yes\nb@a.example,no\na@a.example,no\nb@a.example,yes\n"
		o.stand = map[string]string{"arrival.b": "x"}
		l := bring(t, s, Import{Called: "list", Map: "B=arrival.b"}, file)
		if l.Account.No != 1 || l.Account.Twice != 2 {
			t.Errorf("%+v", l.Account)
		}
		if said := o.said(t); len(said) != 2 || !strings.HasPrefix(said[0], "falsearrival.bB: no (list") || !strings.HasPrefix(said[1], "truearrival.bB: yes (list") {
			t.Errorf("%q", said)
		}
		o.in = []string{o.stands(t, s, "a@a.example").Member}
		bring(t, s, Import{Called: "list", Map: "B=arrival.b"}, "Email,B\na@a.example,no\n")
		o.in, o.stand = nil, nil
		bring(t, s, Import{Called: "list", Map: "B=arrival.b"}, "Email,B\na@a.example,no\n")
		if n := o.count(t, `SELECT count(*) FROM arrival_trial WHERE text LIKE 'false%'`); n != 1 {
			t.Errorf("%d nos", n)
		}
	})
}

// A number of an old system is somebody's in lists of one name, and not in others.
func TestOldNumbers(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		bring(t, s, Import{Called: "one"}, "Email,id\na@a.example,1\n")
		if l := bring(t, s, Import{Called: "two"}, "Email,id\nb@a.example,1\n"); l.Account.New != 1 {
			t.Errorf("somebody else with that number elsewhere: %+v", l.Account)
		}
		if l := bring(t, s, Import{Called: "one"}, "Email,id\nc@a.example,1\n"); l.Account.New != 0 || l.Account.Here != 1 || len(l.Account.Remarks) != 1 {
			t.Errorf("the same number of one list: %+v", l.Account)
		}
	})
}

// A list that goes nowhere while it is brought in can be deleted after a day, and its
// file goes by itself after a week.
func TestStuck(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		o.stops = 1
		if _, err := s.Import(t.Context(), strings.NewReader("Email\na@a.example\n"), Import{Called: "list"}); err == nil {
			t.Fatal("it does not stop")
		}
		all, err := lists(t.Context(), s.db, 9)
		if err != nil || len(all) != 1 || all[0].State != taking {
			t.Fatal(all, err)
		}
		one := all[0].ID
		files := func(after time.Duration) int {
			t.Helper()
			s.now = func() time.Time { return time.Now().Add(after) }
			if err := s.tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			return o.count(t, `SELECT count(*) FROM arrival_file`)
		}
		if n := files(fileKept - time.Hour); n != 1 {
			t.Error("its file is gone too soon")
		}
		if l, err := s.List(t.Context(), team, one); err != nil || !l.Stuck {
			t.Errorf("%+v, %v", l, err)
		}
		if n := files(fileKept + time.Hour); n != 0 {
			t.Error("its file is kept for good")
		}
		s.now = func() time.Time { return time.Now().Add(stuckAfter - time.Hour) }
		if err := s.Drop(t.Context(), team, one); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		s.now = func() time.Time { return time.Now().Add(stuckAfter + time.Hour) }
		if err := s.Drop(t.Context(), team, one); err != nil {
			t.Error(err)
		}
	})
}

// After a year whoever did not come is erased; who was let in is noted, and who is
// leaving is left alone.
func TestTidyLeavesLeaving(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		bring(t, s, Import{Called: "list"}, "Email\na@a.example\nb@a.example\nc@a.example\n")
		a, b, c := o.stands(t, s, "a@a.example").Member, o.stands(t, s, "b@a.example").Member, o.stands(t, s, "c@a.example").Member
		o.in, o.leaving = []string{b}, []string{c}
		s.now = func() time.Time { return time.Now().Add(personKept + time.Hour) }
		if err := s.tidy(t.Context()); err != nil || !slices.Equal(o.forgot, []string{a}) {
			t.Fatal(o.forgot, err)
		}
		if b, c := o.stands(t, s, "b@a.example"), o.stands(t, s, "c@a.example"); b.State != arrived || c.State != waiting {
			t.Errorf("let in: %s, leaving: %s", b.State, c.State)
		}
	})
}
