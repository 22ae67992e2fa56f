package link

import (
	"context"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// demoLinks are links among the groups of the demo that were written by hand.
// The first offers it; the other has agreed unless it still waits.
var demoLinks = []struct {
	by, way, with string
	waits         bool
}{
	{"Tidewater Peer Group", "part-of", "Society of Unreliable Narrators", false},
	{"Slow Way Down", "part-of", "Society of Unreliable Narrators", false},
	{"Les Bruyants", "part-of", "Society of Unreliable Narrators", false},
	{"العقل الزائد", "part-of", "Society of Unreliable Narrators", false},
	{"Free Hands", "part-of", "Society of Unreliable Narrators", false},
	{"Blíster", "part-of", "Society of Unreliable Narrators", false},
	{"Le Pilulier", "part-of", "Society of Unreliable Narrators", false},
	{"Second Name", "part-of", "Society of Unreliable Narrators", false},
	{"Adelante Juntas", "part-of", "Panadería La Terca", false},
	{"خبز وحكي", "part-of", "Panadería La Terca", false},
	{"Le Café des Refusés", "part-of", "Panadería La Terca", false},
	{"Alley Breakfast", "part-of", "Panadería La Terca", false},
	{"Tereré de los Martes", "part-of", "Panadería La Terca", false},
	{"Night Market Table", "part-of", "Panadería La Terca", false},
	{"La Galerie", "part-of", "Panadería La Terca", false},
	{"Open Door Collective", "works-with", "Adelante Juntas", false},
	{"Open Door Collective", "works-with", "Handsworth Front Room", false},
	{"Society of Unreliable Narrators", "works-with", "Panadería La Terca", false},
	{"Tidewater Peer Group", "works-with", "سهرانين على البحر", false},
	{"The Choir That Can't", "grew-from", "Open Door Collective", false},
	{"أولاد الحومة", "carries-on", "Taddart", false},
	{"Society of Unreliable Narrators", "part-of.to", "Open Door Collective", true},
}

// demo links the groups that are there, leaves an offer waiting for the example
// organisers, and asks them for an introduction.
func (s *Service) demo(ctx context.Context, _ *kit.Demo) error {
	gs, err := s.demoGroups(ctx)
	if err != nil {
		return err
	}
	today := db.Day(time.Now())
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, d := range demoLinks {
			by, with := gs[d.by], gs[d.with]
			if by.ID == "" || with.ID == "" || !by.Organised || !with.Organised && with.Life != ended {
				continue
			}
			k, err := read(d.way, by.ID, with.ID)
			if err != nil {
				return err
			}
			k.ID, k.Day = id.New(ctx), today.AddDate(0, 0, -i*17%300)
			if d.waits {
				k.Day = today.AddDate(0, 0, -2)
			}
			if k, err = offer(ctx, tx, k); err != nil {
				return err
			}
			if d.waits {
				continue
			}
			if _, err := agree(ctx, tx, k.ID, "", k.Day); err != nil {
				return err
			}
		}
		return s.demoIntros(ctx, tx, gs, today)
	})
}

// demoGroups are the groups of demoLinks, by name, as far as they are there.
func (s *Service) demoGroups(ctx context.Context) (map[string]Group, error) {
	v := &access.Viewer{Member: "demo", Role: access.Member}
	out := map[string]Group{}
	for _, d := range demoLinks {
		for _, name := range []string{d.by, d.with} {
			if _, known := out[name]; known {
				continue
			}
			found, err := s.groups.FindLinked(ctx, v, name, 1)
			if err != nil {
				return nil, err
			}
			out[name] = Group{}
			if len(found) == 1 && found[0].Name == name {
				out[name] = found[0]
			}
		}
	}
	return out, nil
}

// demoIntros asks the example organisers something, and lets them have asked.
func (s *Service) demoIntros(ctx context.Context, tx *db.Tx, gs map[string]Group, today time.Time) error {
	door, room, hands := gs["Open Door Collective"], gs["Handsworth Front Room"], gs["Free Hands"]
	if door.ID == "" || room.ID == "" || hands.ID == "" {
		return nil
	}
	for _, i := range []Intro{
		{By: room.ID, Of: door.ID, Asked: today.AddDate(0, 0, -3), State: Waiting,
			Ask: Ask{Words: "We would like to start a Saturday kitchen and have only ever burnt rice. Could two of us come and stand in yours for an hour?", ShareEmail: true, Contact: "Ring the shop and ask for Yvonne"}},
		{By: door.ID, Of: hands.ID, Asked: today.AddDate(0, 0, -9), State: Waiting,
			Ask: Ask{Words: "One of our members comes from Kumasi and would like to meet people there when she visits her mother.", ShareName: true, Contact: "kitchen@opendoor.example"}},
	} {
		i.ID = id.New(ctx)
		if hs, err := access.HoldersOf(ctx, tx, []string{i.By}, access.Organiser); err != nil {
			return err
		} else if len(hs) > 0 {
			i.asker = hs[0].Persona
		}
		if _, err := putIntro(ctx, tx, i, today); err != nil {
			return err
		}
		if i.Of != hands.ID {
			continue
		}
		if _, err := answerIntro(ctx, tx, i.ID, Yes, Back{BackWords: "Tell her she is welcome. We meet under the neem tree on Sundays, and there is soup.", BackContact: "Ask for Ama at the radio station"}, ""); err != nil {
			return err
		}
	}
	return nil
}
