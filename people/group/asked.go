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
	"withus.example/platform/mail"
	"withus.example/platform/record"
)

// Organisers are asked by one mail a month at most, for all their groups
// together, and only if somebody suggested something; whether their pages are
// still right only if they wanted to be reminded. Nothing happens if they don't
// answer.
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

// AskOrganisers adds a job for every organiser who is to be asked now. It comes
// round once a day.
func (s *Service) AskOrganisers(ctx context.Context) error {
	holders, err := access.Holders(ctx, s.db, access.Organiser)
	if err != nil {
		return err
	}
	suggested, err := record.Suggested(ctx, s.db, "group")
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
		if !a.stopped && time.Since(a.sent) > askEvery && (a.reminders || slices.Contains(suggested, h.Scope)) {
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
	StillRight  bool // asks whether its page is
}

// asked gathers what an organiser is asked.
func (s *Service) asked(ctx context.Context, v *access.Viewer, reminders bool) (out []Asked, n int, err error) {
	held := v.Held(access.Organiser)
	if len(held) == 0 {
		return nil, 0, nil
	}
	gs, err := byIDs(ctx, s.db, v.ByAddress(), held)
	if err != nil {
		return nil, 0, err
	}
	all, err := record.Suggestions(ctx, s.db, "group", held)
	for _, g := range gs {
		if g.Life != Active {
			continue // reminded of nothing
		}
		a := Asked{Group: g, StillRight: reminders && g.asksWhetherRight(time.Now())}
		for _, x := range all {
			if x.Thing.ID == g.ID {
				a.Suggestions = append(a.Suggestions, x)
			}
		}
		if a.StillRight {
			n++
		}
		if n += len(a.Suggestions); a.StillRight || len(a.Suggestions) > 0 {
			out = append(out, a)
		}
	}
	return out, n, err
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
	_, n, err := s.asked(ctx, v, a.reminders)
	if err != nil || n == 0 {
		return err
	}
	token := id.Secret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return putAsking(ctx, tx, a, day(time.Now()), id.Hash(token))
	})
	if err != nil {
		return err
	}
	err = s.people.Deliver(ctx, persona, func(l *i18n.Lang, origin string) mail.Letter {
		return mail.Letter{
			Subject:    l.T("group.asked.subject"),
			Paragraphs: []string{l.T("group.asked.mail", "n", n), l.T("group.asked.silence")},
			Link:       &mail.Link{Label: l.T("group.asked.button"), URL: origin + "/groups-asked/" + token + "?lang=" + l.Code},
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

// byToken is the organiser whom the link of a mail was sent to: they can answer
// for their groups and see nothing else; NotFound if it holds no more.
func (s *Service) byToken(ctx context.Context, token string) (*access.Viewer, asking, error) {
	a, err := askingByKey(ctx, s.db, id.Hash(token), time.Now().Add(-askLife))
	if err != nil {
		return nil, a, missing(err)
	}
	v, err := access.With(ctx, s.db, "", a.persona, access.Visitor)
	return v, a, err
}

// NotNow puts the link of a mail aside: nothing more is asked this month.
// Stopped, nothing more is ever asked by mail.
func (s *Service) notNow(ctx context.Context, a asking, stop bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a.stopped = stop
		return putAsking(ctx, tx, a, day(time.Now()), "")
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
