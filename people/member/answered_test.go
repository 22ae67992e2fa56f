package member

import (
	"context"
	"fmt"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
)

// applies makes an account of somebody whose application was answered some days ago.
func applies(t *testing.T, s *Service, x Application, days int, decider string) (member string) {
	t.Helper()
	at := s.now().AddDate(0, 0, -days)
	x.ID, x.Kind, x.Met, x.Asked, x.Changed = id.New(t.Context()), access.Member, byTeam, at, at
	a := Account{ID: id.New(t.Context()), Email: x.ID + "@example.org", Role: access.Member, Standing: access.Pending, Lang: "en", Created: at}
	if x.State == Welcomed {
		a.Standing = In
	}
	p := Persona{ID: id.New(t.Context()), Name: "Name " + x.ID}
	err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := insert(ctx, tx, a, p); err != nil {
			return err
		}
		if err := s.hold(ctx, tx, p.ID, p.Name); err != nil {
			return err
		}
		if err := insertApplication(ctx, tx, a.ID, x); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE member_application SET decider_persona_id = $2 WHERE id = $1`, x.ID, decider)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// The answers are listed with who gave them, page by page, each once, the latest
// first; nothing that waits, and nobody who was in at once.
func TestAnswersGiven(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		team := &access.Viewer{Member: "m", Persona: "p", Role: access.Team}
		for i := range 2*mostAnswers + 1 {
			state := Welcomed
			if i%2 == 0 {
				state = Refused
			}
			applies(t, s, Application{State: state, Reason: fmt.Sprint("why ", i)}, i/3, "p") // three in one moment
		}
		applies(t, s, Application{State: Waiting}, 0, "")
		applies(t, s, Application{State: Withdrawn}, 0, "")
		err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE member_application SET met = 'at-once' WHERE state = 'waiting'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		seen, after, last := map[string]bool{}, "", time.Now().Add(time.Hour)
		for page := 1; ; page++ {
			all, _, more, err := s.Answers(t.Context(), team, after)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range all {
				if seen[x.ID] || x.Changed.After(last) || x.decider != "p" {
					t.Errorf("page %d: %+v, after %v", page, x, last)
				}
				seen[x.ID], last, after = true, x.Changed, x.ID
			}
			if more != (page < 3) {
				t.Errorf("page %d: more is %v", page, more)
			}
			if !more {
				break
			}
		}
		if len(seen) != 2*mostAnswers+1 {
			t.Errorf("%d answers are listed", len(seen))
		}
		for _, r := range []access.Role{access.Visitor, access.Pending, access.Member, access.Moderator} {
			if _, _, _, err := s.Answers(t.Context(), &access.Viewer{Member: "m", Role: r}, ""); err == nil {
				t.Errorf("%s reads the answers", r)
			}
		}
	})
}

// What was said to join goes in time. Who was refused is gone with it, but who asked
// again, and who looks after a group.
func TestAnsweredGoes(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		old, young := int(answeredFor.Hours()/24)+1, int(answeredFor.Hours()/24)-1
		forgotten := looks{}
		s.watch = forgotten
		ids := map[string]string{
			"in":        applies(t, s, Application{State: Welcomed, Words: "it is only me"}, old, "p"),
			"in lately": applies(t, s, Application{State: Welcomed}, young, "p"),
			"no":        applies(t, s, Application{State: Refused, Reason: "unclear"}, old, "p"),
			"no lately": applies(t, s, Application{State: Refused, Reason: "unclear"}, young, "p"),
			"waits":     applies(t, s, Application{State: Waiting}, old, ""),
			"organises": applies(t, s, Application{State: Refused, Reason: "unclear", Words: "mine", Brings: NewGroup{Name: "Tea"}}, old, "p"),
			"half gone": applies(t, s, Application{State: Withdrawn}, 0, ""),
		}
		ps, err := personasOf(t.Context(), s.db, ids["organises"])
		if err != nil {
			t.Fatal(err)
		}
		err = s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := access.Grant(ctx, tx, ps[0].ID, "a group", access.Organiser)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]struct {
			has  bool
			gone int
		}{"in": {false, 0}, "in lately": {true, 0}, "no": {true, 1}, "no lately": {true, 0}, "waits": {true, 0}, "organises": {true, 0}, "half gone": {true, 1}} {
			_, err := applicationOf(t.Context(), s.db, ids[who])
			if (err == nil) != want.has || forgotten["forgotten "+ids[who]] != 0 || forgotten["forgot "+ids[who]] != want.gone {
				t.Errorf("%s: application %v, forgotten %d times", who, err, forgotten["forgot "+ids[who]])
			}
		}
		x, err := applicationOf(t.Context(), s.db, ids["organises"])
		if err != nil || x.State != Refused || x.Reason != "" || x.Words != "" || x.Brings.Name != "" {
			t.Errorf("%+v, %v", x, err)
		}
		if n, err := s.askAgainAs(t, ids["organises"]); err != nil || n != 1 {
			t.Errorf("they can't ask again: %v", err)
		}
	})
}

// However many were refused and stay for the sake of a group, whoever was refused after
// them goes in time; and so do they once they look after none.
func TestRefusedGoBehindThoseWhoStay(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		forgotten := looks{}
		s.watch = forgotten
		old := int(answeredFor.Hours()/24) + 1
		var stay []string
		for range mostRefused + 1 {
			stay = append(stay, applies(t, s, Application{State: Refused, Reason: "unclear"}, old+1, "p"))
		}
		last := applies(t, s, Application{State: Refused, Reason: "unclear"}, old, "p")
		organise := func(fn func(ctx context.Context, tx *db.Tx, persona string) error, members ...string) {
			t.Helper()
			err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				for _, member := range members {
					ps, err := personasOf(ctx, tx, member)
					if err == nil {
						err = fn(ctx, tx, ps[0].ID)
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		organise(func(ctx context.Context, tx *db.Tx, persona string) error {
			_, err := access.Grant(ctx, tx, persona, "a group", access.Organiser)
			return err
		}, stay...)
		if err := s.dropAnswered(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := forgotten["forgot "+last]; n != 1 {
			t.Errorf("the last one is forgotten %d times", n)
		}
		organise(func(ctx context.Context, tx *db.Tx, persona string) error {
			_, err := access.Revoke(ctx, tx, persona, "a group", access.Organiser)
			return err
		}, stay[3])
		if err := s.dropAnswered(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, member := range stay {
			if n := forgotten["forgot "+member]; n > 0 != (i == 3) {
				t.Errorf("%d of those who stayed is forgotten %d times", i, n)
			}
		}
	})
}

func (s *Service) askAgainAs(t *testing.T, member string) (n int64, err error) {
	t.Helper()
	err = s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		n, err = askAgain(ctx, tx, member, "once more", s.now())
		return err
	})
	return n, err
}
