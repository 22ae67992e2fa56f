package group

import (
	"context"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

// demoTwins are groups that came in twice. The first is the one its list knew
// already, by its name: its organisers are asked. The last two were put together.
var demoTwins = []Details{
	{Name: "Tidewater Peers", About: "A group of voice hearers, as the county's register has it.", Area: "Tidewater", Country: "GB", Registers: []Register{{"ZZ-DEMO", "204417"}}, Phone: "+44 1632 960228"},

	{Name: "Harbour Street Supper Club", About: "Soup, bread and no questions, every other Sunday.", Area: "Saltness", Country: "GB", Phone: "+44 1632 960331", Support: []string{"material"}},
	{Name: "Harbour Street Super Club", About: "Sunday suppers for people who would rather not cook alone.", Area: "Saltness", Country: "GB", Phone: "+44 1632 960331", Website: "https://harbourstreet.example/", Support: []string{"emotional"}, Languages: []string{"en"}, Welcome: "Knock twice; the bell is broken."},

	{Name: "The Long Bench", About: "We sit by the canal and talk, or don't.", Area: "Lockside", Country: "GB", Website: "https://longbench.example/talk"},
	{Name: "Canal Listeners", About: "Listening walks along the canal, led by people who have been through it.", Area: "Lockside", Country: "GB", Website: "https://www.longbench.example/", Online: true},

	{Name: "Patchwork Table", About: "We sew and say what we like.", Area: "Wefton", Country: "GB", Registers: []Register{{"ZZ-DEMO", "771204"}}, Email: "table@patchwork.example", Support: []string{"cultural"}},
	{Name: "Patchwork Table Wefton CIC", About: "A sewing table run by people with lived experience.", Area: "Wefton", Country: "GB", Registers: []Register{{"ZZ-DEMO", "771204"}}, Phone: "+44 1632 960442", Form: "company"},
}

// enoughForTwins is how many groups a demo network has that shows them, too; they
// are among its number.
const enoughForTwins = 40

// demoKnown is the group that the first of them is, too.
const demoKnown = "tidewater-peer-group"

// demoMerges makes groups that are here twice: some to be looked at, one that
// waits for its organisers, and one that was put together.
func (s *Service) demoMerges(ctx context.Context) error {
	v, err := s.Vocabulary(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var gs []*Group
		for i, details := range demoTwins {
			g := &Group{Details: details, Audience: Everyone, Published: i > 0}
			g.WrittenIn = "en"
			if err := g.Validate(v, now); err != nil {
				return err
			}
			if err := s.create(ctx, tx, g, now.AddDate(0, -i, 0)); err != nil {
				return err
			}
			gs = append(gs, g)
		}
		known, err := anyBySlug(ctx, tx, demoKnown)
		if err != nil {
			return err
		}
		if err := insertProposal(ctx, tx, &proposal{kept: known.ID, gone: gs[0].ID, id: id.New(ctx), choices: Choices{}, at: now}); err != nil {
			return err
		}
		return s.merge(ctx, tx, &merging{Kept: gs[5], Gone: gs[6], Choices: Choices{"name": Kept, "about": Kept}}, v, "", now.AddDate(0, -1, 0))
	})
	if err != nil {
		return err
	}
	return s.Liken(ctx)
}
