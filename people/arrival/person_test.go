package arrival

import (
	"context"
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
