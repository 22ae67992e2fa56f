package finding

import (
	"context"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// demo lets those who look after the demo network ask three times: one waits for a
// second one, to one somebody said no, and one was found and told. Its grounds
// are older than anybody there.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	by := map[string]string{}
	for _, p := range d.People {
		by[p.Email] = p.Persona
	}
	moderator, team, member, supporter := by["moderator@withus.example"], by["team2@withus.example"], by["member@withus.example"], by["supporter@withus.example"]
	now := s.now()
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	names, err := s.people.Names(ctx, &access.Viewer{Member: "demo", Role: access.Team}, []string{member, supporter})
	if err != nil {
		return err
	}
	all := []*Wish{
		{State: Waiting, Ground: "threat", about: supporter, Place: "/groups/open-door-collective", Words: "I know which bus you take home.",
			Reason: "She read this under the words she wrote, and has stayed at home since. She asked us to find out who it is.",
			Danger: "She thinks she knows who it is. If it is him, he lives in her street.", TellOn: db.Day(now).AddDate(0, 0, 60), Asked: ago(3), Changed: ago(3), Told: never},
		{State: Refused, Ground: "threat", about: member, Place: "Under the news of the spring gathering", Words: "The team never listens. I have had enough of all of you.",
			Reason: "This is the third angry message this month, and it upsets people.", Second: team,
			Answer: "This is anger at us, and no threat. We should listen, and answer under it.", TellOn: never, Asked: ago(40), Changed: ago(39), Told: never},
		{State: Found, Ground: "threat", about: member, Place: "/groups/the-long-bench", Words: "If you come on Thursday you will be sorry.",
			Reason: "Somebody was told twice not to come to a meeting, and is afraid. The group asked us for help.", Second: team,
			Answer: "I have read both messages. They name a day and a place.", TellOn: never, Asked: ago(21), Changed: ago(20), Told: ago(20)},
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, key := range grounds {
			if err := unpublish(ctx, tx, key); err != nil {
				return err
			}
			if err := publish(ctx, tx, key, now.AddDate(-12, 0, 0)); err != nil {
				return err
			}
		}
		for _, x := range all {
			x.ID, x.Name, x.Asker = id.New(ctx), names[x.about], moderator
			if err := insert(ctx, tx, x); err != nil {
				return err
			}
			if x.State == Found {
				if err := insertLook(ctx, tx, x.ID, false, db.Day(x.Changed)); err != nil {
					return err
				}
			}
		}
		tx.Changed(room)
		return nil
	})
}
