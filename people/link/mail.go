package link

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
)

// Organisers are told by mail that something waits: once a week at most, for
// all of it together, and never again of what they were told before. Nothing
// happens if they don't answer.
const (
	mailEvery = 7 * 24 * time.Hour
	mailLife  = 40 * 24 * time.Hour // of the link in it
	mailJob   = "link.mail"
)

// TellOrganisers adds a job for every organiser for whom something waits that
// the mail about it could not tell of yet. It comes round once a day.
func (s *Service) TellOrganisers(ctx context.Context) error {
	w, err := s.waits.Get(ctx, s.db)
	if err != nil {
		return err
	}
	var groups []string
	for g := range w.offers {
		groups = append(groups, g)
	}
	for g, is := range w.intros {
		if slices.ContainsFunc(is, func(i Intro) bool { return time.Since(i.Asked) < patience }) {
			groups = append(groups, g)
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, g := range unique(groups) {
			if err := tell(ctx, tx, g); err != nil {
				return err
			}
		}
		return nil
	})
}

// news is what waits for somebody that came since they were last told: offers,
// and introductions.
func (s *Service) news(ctx context.Context, v *access.Viewer, since time.Time) (offers []Offered, intros int, err error) {
	held := v.Held(access.Organiser)
	ks, is, err := s.waitsFor(ctx, held)
	if err != nil || len(ks)+len(is) == 0 {
		return nil, 0, err
	}
	var ids []string
	for _, k := range ks {
		ids = append(ids, k.From, k.To)
	}
	for _, i := range is {
		ids = append(ids, i.By)
	}
	gs, err := s.groups.Linked(ctx, s.db, v, unique(ids))
	if err != nil {
		return nil, 0, err
	}
	all, _ := sorted(ks, held, gs)
	for _, o := range all {
		if o.Answer && !o.Day.Before(since) {
			offers = append(offers, o)
		}
	}
	for _, i := range is {
		if !i.Asked.Before(since) && gs[i.By].ID != "" {
			intros++
		}
	}
	return offers, intros, nil
}

// asOrganiser is somebody with what their persona holds, and without their
// account: it sees what is public and what it organises.
func (s *Service) asOrganiser(ctx context.Context, persona string) (*access.Viewer, error) {
	return access.With(ctx, s.db, "", persona, access.Visitor)
}

// mailNews sends an organiser the one mail. It says that something waits and
// nothing of what; the link in it answers offers, and shows no introduction.
func (s *Service) mailNews(ctx context.Context, body json.RawMessage) error {
	var persona string
	if err := json.Unmarshal(body, &persona); err != nil {
		return job.Gone(err)
	}
	v, err := s.asOrganiser(ctx, persona)
	if err != nil {
		return err
	}
	was, err := toldOf(ctx, s.db, persona)
	if err != nil || was.stopped || time.Since(was.sent) < mailEvery {
		return err
	}
	offers, intros, err := s.news(ctx, v, was.sent)
	if err != nil || len(offers)+intros == 0 {
		return err
	}
	token := id.Secret()
	now := was
	now.sent = day(time.Now())
	put := func(a told, key string) error {
		return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return putTold(ctx, tx, a, key) })
	}
	if err := put(now, id.Hash(token)); err != nil {
		return err
	}
	err = s.people.Deliver(ctx, persona, func(l *i18n.Lang, origin string) mail.Letter {
		out := mail.Letter{
			Subject: l.T("link.mail.subject"),
			Link:    &mail.Link{Label: l.T("link.mail.button"), URL: origin + "/links-asked/" + token + "?lang=" + l.Code},
			Foot:    []string{l.T("link.mail.foot")},
		}
		if len(offers) > 0 {
			out.Paragraphs = append(out.Paragraphs, l.T("link.mail.offers", "n", len(offers)))
		}
		if intros > 0 {
			out.Paragraphs = append(out.Paragraphs, l.T("link.mail.intros", "n", intros))
		}
		out.Paragraphs = append(out.Paragraphs, l.T("link.mail.silence"))
		return out
	})
	if err == nil || fault.Is(err, fault.NotFound) {
		return nil
	}
	if perr := put(was, ""); perr != nil { // it was not sent: the next try may
		return errors.Join(err, perr)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return job.Gone(err)
	}
	return err
}

// byToken is the organiser whom the link of a mail was sent to: they answer
// offers for their groups and see nothing else; NotFound if it holds no more.
func (s *Service) byToken(ctx context.Context, token string) (*access.Viewer, told, error) {
	a, err := toldByKey(ctx, s.db, id.Hash(token), time.Now().Add(-mailLife))
	if err != nil {
		return nil, a, err
	}
	v, err := s.asOrganiser(ctx, a.persona)
	return v, a, err
}

// stopMail ends these mails for whoever got one.
func (s *Service) stopMail(ctx context.Context, a told) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a.stopped = true
		return putTold(ctx, tx, a, "")
	})
}

// tidy forgets what is past. It comes round once a day.
func (s *Service) tidy(ctx context.Context) error {
	const pastLife = 90 * 24 * time.Hour
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := dropPast(ctx, tx, time.Now().Add(-pastLife)); err != nil {
			return err
		}
		n, err := dropIntros(ctx, tx, time.Now().Add(-introLife))
		if err != nil || n == 0 {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "intro"})
	})
}
