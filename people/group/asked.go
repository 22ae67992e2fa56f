package group

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/record"
)

// Organisers are asked by one mail a month at most, for all their groups and of
// all rooms together, and only if there is something to ask; whether their pages
// are still right only if they wanted to be reminded. Nothing happens if they
// don't answer.
const (
	askEvery = 28 * 24 * time.Hour
	askLife  = 40 * 24 * time.Hour // of the link in the mail
	askJob   = "group.ask"
)

// asking is how an organiser is asked.
type asking struct {
	persona            string
	reminders, stopped bool
	sent               time.Time // the day of the last mail; 1970: never
}

// room is another room that asks.
type room struct {
	name string
	*kit.Asks
}

// Gather lets another room ask in the same mail.
func (s *Service) Gather(name string, a *kit.Asks) { s.rooms = append(s.rooms, room{name, a}) }

// AskOrganisers adds a job for every organiser who is to be asked now. It comes
// round once a day.
func (s *Service) AskOrganisers(ctx context.Context) error {
	holders, err := access.Holders(ctx, s.db, access.Organiser)
	if err != nil {
		return err
	}
	waiting, err := record.Suggested(ctx, s.db, "group")
	for _, r := range s.rooms {
		more, rerr := r.Waiting(ctx)
		waiting, err = append(waiting, more...), errors.Join(err, rerr)
	}
	if err != nil {
		return err
	}
	merging, err := s.proposed.Get(ctx, s.db)
	if err != nil {
		return err
	}
	all, err := askings(ctx, s.db)
	if err != nil {
		return err
	}
	due := map[string]bool{}
	for _, h := range holders {
		a := all[h.Persona]
		if !a.stopped && time.Since(a.sent) > askEvery && (a.reminders || merging[h.Scope] || slices.Contains(waiting, h.Scope)) {
			due[h.Persona] = true
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for p := range due {
			if err := job.Add(ctx, tx, job.Job{Kind: askJob, Key: p, Whom: p, Body: p}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Asked is what an organiser is asked about one group.
type Asked struct {
	Group       *Group
	Suggestions []record.Suggestion
	StillRight  bool        // asks whether its page is
	Merges      []*Question // whether it is the same as another, where their side said nothing yet
}

// AllAsked is what an organiser is asked.
type AllAsked struct {
	Of     []Asked
	N      int      // questions in that
	Active []string // their groups that don't rest: those that other rooms ask of
}

// asked gathers what an organiser is asked about their groups' pages.
func (s *Service) asked(ctx context.Context, v *access.Viewer, reminders bool) (out AllAsked, err error) {
	held := v.Held(access.Organiser)
	if len(held) == 0 {
		return out, nil
	}
	gs, err := byIDs(ctx, s.db, v.ByAddress(), held)
	if err != nil {
		return out, err
	}
	merges, err := s.Questions(ctx, v, held)
	if err != nil {
		return out, err
	}
	all, err := record.Suggestions(ctx, s.db, "group", held)
	for _, g := range gs {
		if g.Life != Active {
			continue // reminded of nothing
		}
		out.Active = append(out.Active, g.ID)
		a := Asked{Group: g, StillRight: reminders && g.asksWhetherRight(time.Now())}
		for _, x := range merges {
			if x.Mine.ID == g.ID && !x.Yes {
				a.Merges = append(a.Merges, x)
			}
		}
		for _, x := range all {
			if x.Thing.ID == g.ID {
				a.Suggestions = append(a.Suggestions, x)
			}
		}
		n := len(a.Suggestions) + len(a.Merges)
		if a.StillRight {
			n++
		}
		if out.N += n; n > 0 {
			out.Of = append(out.Of, a)
		}
	}
	return out, err
}

// mailAsked sends an organiser the one mail. The link in it answers for them,
// and does nothing else.
func (s *Service) mailAsked(ctx context.Context, body json.RawMessage) error {
	var persona string
	if err := json.Unmarshal(body, &persona); err != nil {
		return job.Gone(err)
	}
	v, err := access.With(ctx, s.db, "", persona, access.Visitor)
	if err != nil {
		return err
	}
	a, err := askingOf(ctx, s.db, persona)
	if err != nil || a.stopped || time.Since(a.sent) <= askEvery {
		return err
	}
	all, err := s.asked(ctx, v, a.reminders)
	n := all.N
	for _, r := range s.rooms {
		more, rerr := r.New(ctx, v, all.Active, a.sent)
		n, err = n+more, errors.Join(err, rerr)
	}
	if err != nil || n == 0 {
		return err
	}
	token := id.Secret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return putAsking(ctx, tx, a, db.Day(time.Now()), id.Hash(token))
	})
	if err != nil {
		return err
	}
	err = s.people.Deliver(ctx, persona, func(l *i18n.Lang, origin string) mail.Letter {
		return mail.Letter{
			Subject:    l.T("group.asked.subject"),
			Paragraphs: []string{l.T("group.asked.mail", "n", n), l.T("group.asked.silence")},
			Link:       &mail.Link{Label: l.T("group.asked.button"), URL: origin + "/groups-asked/" + token + "?lang=" + l.Code, Here: "/groups-asked/" + ownAsked},
			Foot:       []string{l.T("group.asked.foot")},
		}
	})
	if err == nil || fault.Is(err, fault.NotFound) {
		return nil
	}
	// It was not sent: the next try may.
	if derr := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return putAsking(ctx, tx, a, a.sent, "") }); derr != nil {
		return errors.Join(err, derr)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return job.Gone(err)
	}
	return err
}

// ownAsked stands in place of a token for whoever is signed in: who reads here has
// no mail.
const ownAsked = "mine"

// byToken is the organiser whom the link of a mail was sent to, or who asks
// themselves: they can answer for their groups and see nothing else; NotFound if it
// holds no more.
func (s *Service) byToken(ctx context.Context, by *access.Viewer, token string) (*access.Viewer, asking, error) {
	var a asking
	var err error
	if token == ownAsked && len(by.Held(access.Organiser)) > 0 {
		a, err = askingOf(ctx, s.db, by.Persona)
	} else {
		a, err = askingByKey(ctx, s.db, id.Hash(token), time.Now().Add(-askLife))
	}
	if err != nil {
		return nil, a, db.Missing(err)
	}
	away, err := s.people.Away(ctx, a.persona)
	if err == nil && away {
		err = fault.Missing()
	}
	if err != nil {
		return nil, a, err
	}
	v, err := access.With(ctx, s.db, "", a.persona, access.Visitor)
	return v, a, err
}

// NotNow puts the link of a mail aside: nothing more is asked this month.
// Stopped, nothing more is ever asked by mail.
func (s *Service) notNow(ctx context.Context, a asking, stop bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a.stopped = stop
		return putAsking(ctx, tx, a, db.Day(time.Now()), "")
	})
}

// Remind switches the viewer's reminders on or off. Whoever wants them wants
// the mail, too.
func (s *Service) Remind(ctx context.Context, v *access.Viewer, on bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := askingOf(ctx, tx, v.Persona)
		if err != nil {
			return err
		}
		a.reminders = on
		a.stopped = a.stopped && !on
		return remind(ctx, tx, a)
	})
}
