package arrival

import (
	"context"
	"slices"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/kit"
)

// Who came over and is erased, by whatever way, no list brings back; nor does it once
// a backup has brought them back and they are erased again. Of somebody without an
// address nothing is kept.
func TestErasedStayAway(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		erase := func(sub kit.Subject) {
			t.Helper()
			if err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.erase(ctx, tx, sub) }); err != nil {
				t.Fatal(err)
			}
		}
		file := "Email\na@a.example\n"
		for _, again := range []bool{false, true} {
			bring(t, s, Import{Called: "list"}, file)
			a := o.stands(t, s, "a@a.example")
			erase(kit.Subject{Member: a.Member, Email: "A@a.example", Again: again})
			o.gone(t)
			if l := bring(t, s, Import{Called: "list"}, file); l.Account.New != 0 || l.Account.Refused != 1 {
				t.Errorf("again %v: %+v", again, l.Account)
			}
			o.exec(t, `DELETE FROM arrival_gone`) // as in an older backup
		}
		bring(t, s, Import{Called: "list"}, file)
		a := o.stands(t, s, "a@a.example").Member
		erase(kit.Subject{Member: "nobody", Email: "b@a.example"})
		o.addressless = true
		if err := s.Refuse(t.Context(), &access.Viewer{Member: a, Role: access.Expected}, ""); err != nil {
			t.Fatal(err)
		}
		erase(kit.Subject{Member: a})
		if n := o.count(t, `SELECT count(*) FROM arrival_gone`); n != 0 {
			t.Errorf("%d marks of nobody who came over, or of no address", n)
		}
	})
}

// On arrival a yes to other words than the page's falls, and the page's are agreed to,
// as they are in the language of the page; one to the same words stays as it is.
func TestAgreesToThePage(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		bring(t, s, Import{Called: "list"}, "Email\na@a.example\nb@a.example\n")
		come := func(email string) {
			t.Helper()
			o.gone(t)
			v := &access.Viewer{Member: email, Role: access.Expected}
			if _, err := s.Arrive(t.Context(), v, "", Answers{Kind: "member", Lang: "ar", Shown: "en", Yes: []string{"arrival.a", "arrival.b"}}); err != nil {
				t.Fatal(err)
			}
		}
		a, b := o.stands(t, s, "a@a.example").Member, o.stands(t, s, "b@a.example").Member
		en := s.langs.Get("en")
		o.stand = map[string]string{"arrival.a": "OK: yes (list)", "arrival.b": en.T("arrival.b.text")}
		come(a)
		if got := o.said(t); !slices.Equal(got, []string{"falsearrival.a", "truearrival.a" + en.T("arrival.a.text")}) {
			t.Errorf("%q", got)
		}
		o.stand = nil
		come(b)
		if n := len(o.said(t)); n != 2 {
			t.Errorf("%d yeses", n)
		}
	})
}

// said is what was carried into the ledger, in the order of its words.
func (o *others) said(t *testing.T) []string {
	t.Helper()
	all, err := db.All(t.Context(), o.d, db.Text, `SELECT text FROM arrival_trial WHERE text LIKE 'true%' OR text LIKE 'false%' ORDER BY text`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
