package claim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// demoNames are written groups that somebody asks for or that are asked, as
// people/group has them; a smaller demo network lacks some, and then lacks what
// they would show.
var demoNames = struct{ open, waiting, stopped, second, asked string }{"Les Bruyants", "The Choir That Can't", "Tidewater Peer Group", "Los del Banco de la Solana", "Open Door Collective"}

// demo lets some people ask for groups: one is known by one of two groups so
// far, one waits its days, to one somebody objects, and one has nobody who looks
// after it, so that it waits for a second one of the team.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	if len(d.Personas) < 16 {
		return nil
	}
	now := s.now()
	days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	for i, x := range []struct {
		of, words string
		state     State
		way       Way
		begun     int // days ago
	}{
		{demoNames.open, "I am the one with the drum. Ask anybody who was there on Mondays.", Open, "", 3},
		{demoNames.waiting, "I sing low and turn the pages.", Waiting, ByTalk, 2},
		{demoNames.stopped, "I did the night programme for two years.", Stopped, ByCode, 9},
		{demoNames.second, "Soy la del perro, y llevo el cuaderno del banco.", Waiting, ByTalk, 1},
	} {
		g, err := s.named(ctx, x.of)
		if err != nil || g == nil {
			return err
		}
		c := &Claim{ID: id.New(ctx), Group: g.ID, Claimer: d.Personas[12+i], Part: OfGroup, Words: x.words, State: x.state, Way: x.way,
			Begun: days(x.begun), Coded: never, Talked: never, Due: never, Changed: days(x.begun - 1), Objected: x.state == Stopped, codeEnds: never}
		if slices.Contains(g.Organisers, c.Claimer) {
			continue
		}
		asked, err := s.named(ctx, demoNames.asked)
		if err != nil {
			return err
		}
		told := []Event{{At: c.Begun, What: "begun", Actor: c.Claimer}}
		switch x.state {
		case Waiting:
			c.Talked, c.Due = db.Day(c.Begun), c.Changed.Add(waitFor)
			if len(g.Organisers) > 0 {
				told = append(told, Event{At: c.Changed, What: "talked", Words: "We met at the spring gathering. Two of the basses came along."}, Event{At: c.Changed, What: "waiting"})
			} else {
				told = append(told, Event{At: c.Changed, What: "talked", Words: "Hablamos una hora por teléfono. Tiene el cuaderno entero, y el perro ladró."}, Event{At: c.Changed, What: "waiting-team"})
			}
		case Stopped:
			c.Coded = c.Changed
			told = append(told, Event{At: c.Changed, What: "code"}, Event{At: c.Changed, What: "waiting"},
				Event{At: days(4), What: "objected", Words: "They left us in spring, and not as friends. Please talk with both of us."})
		}
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := insert(ctx, tx, c); err != nil {
				return err
			}
			if x.state == Open && asked != nil {
				told = append(told[:1], Event{At: c.Changed, What: "asked", Actor: c.Claimer})
				if _, err := insertVouch(ctx, tx, Vouch{Claim: c.ID, Group: asked.ID, Asked: c.Changed}); err != nil {
					return err
				}
			}
			var errs []error
			for _, e := range told {
				e.ID, e.Claim = id.New(ctx), c.ID
				errs = append(errs, insertEvent(ctx, tx, e))
			}
			return errors.Join(errs...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// named is a public group by its name, nil if there is none.
func (s *Service) named(ctx context.Context, name string) (*Group, error) {
	gs, err := s.groups.FindClaimed(ctx, &access.Viewer{}, name)
	for i := range gs {
		if strings.EqualFold(gs[i].Name, name) {
			return &gs[i], err
		}
	}
	return nil, err
}
