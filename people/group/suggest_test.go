package group

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/record"
)

// postbox stands for the people behind personas.
type postbox struct {
	lang    *i18n.Lang
	letters map[string][]mail.Letter
}

func (p *postbox) Names(context.Context, *access.Viewer, []string) (map[string]string, error) {
	return map[string]string{}, nil
}

func (p *postbox) Away(context.Context, string) (bool, error) { return false, nil }

func (p *postbox) Deliver(_ context.Context, persona string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	p.letters[persona] = append(p.letters[persona], write(p.lang, "https://network.example"))
	return nil
}

// Somebody says what is out of date; an organiser puts it on the page, or not;
// what was taken back is nowhere.
func TestSuggestions(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx, visitor := t.Context(), &access.Viewer{}
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		slug := one(t, s, "Open Door").Slug
		ana := organiser(t, s, "ana", slug)
		say := func(field, words string) string {
			t.Helper()
			token, err := s.Suggest(ctx, visitor, slug, field, words, kit.Anonymous)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		waiting := func() []Asked {
			t.Helper()
			all, err := s.asked(ctx, ana, false)
			if err != nil {
				t.Fatal(err)
			}
			return all.Of
		}
		for _, x := range [][2]string{{"name", "x"}, {"phone", ""}, {"confidential", "yes"}, {"", "x"}} {
			if _, err := s.Suggest(ctx, visitor, slug, x[0], x[1], kit.Anonymous); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", x, err)
			}
		}
		token := say("other", "a secret by mistake")
		if err := s.TakeBack(ctx, token); err != nil || len(waiting()) != 0 {
			t.Errorf("taken back: %v, %+v", err, waiting())
		}
		if err := s.TakeBack(ctx, token); !fault.Is(err, fault.NotFound) {
			t.Errorf("taken back twice: %v", err)
		}
		hidden := say("other", "taken back behind closed curtains")
		if _, err := s.CloseCurtains(ctx, ana, slug); err != nil {
			t.Fatal(err)
		}
		if err := s.TakeBack(ctx, hidden); err != nil {
			t.Errorf("taken back behind closed curtains: %v", err)
		}
		for _, v := range []*access.Viewer{ana, organiser(t, s, "bea", slug)} {
			if _, _, err := s.OpenCurtains(ctx, v, slug); err != nil {
				t.Fatal(err)
			}
		}
		say("phone", "+44 1632 960001")
		for field, words := range map[string]string{"email": "not an address", "website": "not an address", "phone": strings.Repeat("1", 61)} {
			if _, err := s.Suggest(ctx, visitor, slug, field, words, kit.Anonymous); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s can't be put on the page, and is taken: %v", words, err)
			}
		}
		g := one(t, s, "Open Door")
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { // as one of an older version
			return record.Suggest(ctx, tx, record.Suggestion{Thing: thing(g.ID), Field: "email", Words: "not an address", Day: db.Day(time.Now())}, "x")
		}); err != nil {
			t.Fatal(err)
		}
		say("ended", "")
		all := waiting()
		if len(all) != 1 || len(all[0].Suggestions) != 3 {
			t.Fatalf("%+v", all)
		}
		for _, x := range all[0].Suggestions {
			if _, err := s.Decide(ctx, organiser(t, s, "eve"), slug, x.ID, true); !fault.Is(err, fault.Denied) {
				t.Errorf("somebody else decides: %v", err)
			}
			g, err := s.Decide(ctx, ana, slug, x.ID, true)
			if x.Field == "email" {
				if !fault.Is(err, fault.Conflict) {
					t.Errorf("a wrong address: %v", err)
				}
				continue
			}
			if err != nil || x.Field == "phone" && (g.Phone != "+44 1632 960001" || !g.everChecked()) {
				t.Errorf("%s: %+v, %v", x.Field, g, err)
			}
			if _, err := s.Decide(ctx, ana, slug, x.ID, true); !fault.Is(err, fault.Conflict) {
				t.Errorf("decided twice: %v", err)
			}
		}
		if all = waiting(); len(all) != 1 || len(all[0].Suggestions) != 1 || all[0].Suggestions[0].Field != "email" {
			t.Errorf("what could not be done still waits: %+v", all)
		}
		if _, err := s.SetLife(ctx, ana, slug, Ending{Life: Resting, Keeper: "Ana"}); err != nil || len(waiting()) != 0 {
			t.Errorf("a group that rests is asked: %v, %+v", err, waiting())
		}
		for range mostSuggested {
			if _, err := s.Suggest(ctx, visitor, slug, "other", "again", kit.Anonymous); err != nil {
				if !fault.Is(err, fault.Limited) {
					t.Error(err)
				}
				return
			}
		}
		t.Error("a group can be flooded")
	})
}

// One mail a month at most, only if there is something to ask, and none to who
// wants none; its link answers for who got it, until it is put aside.
func TestAsking(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		box := &postbox{s.langs.Langs[0], map[string][]mail.Letter{}}
		s.people = box
		mustImport(t, s, beginning, ImportOptions{Publish: true})
		slug, other := one(t, s, "Open Door").Slug, one(t, s, "Tidewater Peers").Slug
		ana, ben := organiser(t, s, "ana", slug, other), organiser(t, s, "ben", other)
		round := func() {
			t.Helper()
			if err := s.AskOrganisers(ctx); err != nil {
				t.Fatal(err)
			}
			bodies, err := db.All(ctx, s.db, db.Text, `SELECT body FROM job_job WHERE kind = $1`, askJob)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range bodies {
				if err := s.mailAsked(ctx, json.RawMessage(b)); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM job_job`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		got := func(anas, bens int) {
			t.Helper()
			if len(box.letters["ana"]) != anas || len(box.letters["ben"]) != bens {
				t.Fatalf("%d and %d letters, want %d and %d", len(box.letters["ana"]), len(box.letters["ben"]), anas, bens)
			}
		}
		round()
		got(0, 0) // nothing to ask, and nobody wants reminders
		if _, err := s.Suggest(ctx, &access.Viewer{}, slug, "phone", "0113 4960000", kit.Anonymous); err != nil {
			t.Fatal(err)
		}
		if err := s.Remind(ctx, ben, true); err != nil {
			t.Fatal(err)
		}
		round()
		got(1, 1)
		round()
		got(1, 1) // not twice a month
		letter := box.letters["ana"][0]
		if strings.Contains(letter.Subject+strings.Join(letter.Paragraphs, " "), "Open Door") {
			t.Errorf("the mail names the group: %+v", letter)
		}
		token := strings.TrimSuffix(strings.TrimPrefix(letter.Link.URL, "https://network.example/groups-asked/"), "?lang=en")
		v, a, err := s.byToken(ctx, &access.Viewer{}, token)
		if err != nil || v.SignedIn() || v.Persona != "ana" {
			t.Fatalf("%+v, %v", v, err)
		}
		all, err := s.asked(ctx, v, a.reminders)
		if err != nil || all.N != 1 || len(all.Of) != 1 || all.Of[0].Group.Slug != slug || len(all.Active) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		if g, err := s.Decide(ctx, v, slug, all.Of[0].Suggestions[0].ID, true); err != nil || g.Phone != "0113 4960000" {
			t.Errorf("%+v, %v", g, err)
		}
		if err := s.notNow(ctx, a, true); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.byToken(ctx, &access.Viewer{}, token); !fault.Is(err, fault.NotFound) {
			t.Errorf("the link still holds: %v", err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { // a month later
			_, err := tx.Exec(ctx, `UPDATE group_asked SET sent = $1`, one(t, s, "Open Door").Changed.AddDate(0, -2, 0))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Suggest(ctx, &access.Viewer{}, slug, "phone", "0113 4960001", kit.Anonymous); err != nil {
			t.Fatal(err)
		}
		round()
		got(1, 2) // she wants none; he is asked again, since nobody has answered
		// Another room asks in the same mail, of those whose groups don't rest.
		var since time.Time
		s.Gather("gossip", &kit.Asks{
			Waiting: func(context.Context) ([]string, error) { return []string{one(t, s, "Open Door").ID}, nil },
			New: func(_ context.Context, _ *access.Viewer, groups []string, day time.Time) (int, error) {
				since = day
				return 2 * len(groups), nil
			},
		})
		cleo := organiser(t, s, "cleo", slug)
		round()
		got(1, 2)
		if l := box.letters["cleo"]; len(l) != 1 || !strings.Contains(l[0].Paragraphs[0], "3 questions") || since.Year() != 1970 {
			t.Errorf("of both rooms is told: %+v, since %v", l, since)
		}
		if _, err := s.SetLife(ctx, cleo, slug, Ending{Life: Resting, Keeper: "Cleo"}); err != nil {
			t.Fatal(err)
		}
		dan := organiser(t, s, "dan", slug)
		round()
		if l := box.letters[dan.Persona]; len(l) != 0 {
			t.Errorf("a group that rests is told of: %+v", l)
		}
		if g, err := s.StillRight(ctx, ana, other); err != nil || g.asksWhetherRight(g.Checked) {
			t.Errorf("%+v, %v", g, err)
		}
	})
}
