package arrival

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/kit"
)

//go:embed demo/list.csv
var demoList string

//go:embed demo/letter.csv
var demoLetter []byte

// demo brings over invented people from an invented list, and one on paper. Three
// have arrived, four have had a letter; one had unsubscribed, and one's letters came
// back. A second list is not finished.
func (s *Service) demo(ctx context.Context, _ *kit.Demo) error {
	_, err := s.Import(ctx, strings.NewReader(demoList), Import{Called: "Our old members’ list", Map: "Counted OK=member.counted"})
	if err != nil {
		return err
	}
	team := &access.Viewer{Member: "demo", Role: access.Team}
	if err := s.Sign(ctx, team, Paper{Email: "paper@withus.example", Name: "Pencil", Kind: "member", Does: []string{"organiser"}, Own: "brings the kettle", Lang: "en", Country: "GB",
		Day: s.now().AddDate(0, 0, -9).UTC().Format(time.DateOnly), Yes: s.purposes()[:1], Form: ourForm, FormLang: "en"}); err != nil {
		return err
	}
	list, err := s.Bring(ctx, team, "Our letter of the month", demoLetter)
	if err != nil {
		return err
	}
	if err := s.Choose(ctx, team, list, Choices{Kind: "supporter", Columns: []Column{{Is: isEmail}, {}, {Is: isSince}, {Is: isStop}, {Is: isStop}, {Is: s.purposes()[1]}, {Is: isOld}}}); err != nil {
		return err
	}
	came, wrote := []string{"moss@withus.example", "lichen@withus.example", "tide@withus.example"}, []string{"fern@withus.example", "brasa@withus.example", "naranja@withus.example", "zaytun@withus.example"}
	who, err := s.people.Have(ctx, s.db, slices.Concat(came, wrote))
	if err != nil {
		return err
	}
	for i, email := range came {
		kind := []string{"member", "member", "supporter"}[i]
		v := &access.Viewer{Member: who[email], Role: access.Expected}
		if _, err := s.Arrive(ctx, v, "", Answers{Kind: kind, Lang: []string{"en", "fr", "en"}[i], Country: []string{"GB", "FR", "GB"}[i], Since: true, Yes: s.purposes()}); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, email := range wrote {
			p, err := personOf(ctx, tx, who[email])
			if err != nil {
				return err
			}
			p.letters, p.wrote = 1, s.now().AddDate(0, 0, -3-12*i)
			if err := setPerson(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}
