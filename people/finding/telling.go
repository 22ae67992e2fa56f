package finding

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
)

const tellJob = "finding.tell" // the letter to whoever was found

// tell has somebody know from now on that they were found: on their own page, and
// by a letter.
func (s *Service) tell(ctx context.Context, tx *db.Tx, x *Wish) error {
	did, err := setTold(ctx, tx, x.ID, s.now())
	if err != nil || !did {
		return err
	}
	tx.Changed(room)
	return job.Add(ctx, tx, job.Job{Kind: tellJob, Key: x.ID, Whom: x.about, Body: x.ID})
}

// mailTold says that there is something, and not what: others may read along.
func (s *Service) mailTold(ctx context.Context, body json.RawMessage) error {
	var wish string
	if err := json.Unmarshal(body, &wish); err != nil {
		return job.Gone(err)
	}
	x, err := byID(ctx, s.db, wish)
	var o Owner
	if err == nil {
		o, err = s.people.Owner(ctx, s.db, x.about)
	}
	if err == nil { // whoever pauses or is leaving is told, too
		err = s.people.Write(ctx, o.Member, func(l *i18n.Lang, origin string) mail.Letter {
			return mail.Letter{
				Subject:    l.T("finding.mail.subject"),
				Paragraphs: []string{l.T("finding.mail.text")},
				Link:       &mail.Link{Label: l.T("finding.mail.look"), URL: origin + minePath + "?lang=" + l.Code},
			}
		})
	}
	if fault.Is(err, fault.NotFound) {
		return nil // they are gone, or no letter reaches them: it stands on their page
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return job.Gone(err)
	}
	return err
}

// PutBack follows a backup that was put back: what waits in it may have been
// refused since, or its ground switched off. Whoever still wishes it asks again.
func (s *Service) PutBack(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed(room)
		_, err := lapseAll(ctx, tx, s.now())
		return err
	})
}

// Settle tells those whose day has come, ends what waited too long for a second
// one, and drops what was kept long enough.
func (s *Service) Settle(ctx context.Context) error {
	now := s.now()
	all, err := untold(ctx, s.db, now)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, x := range all {
			if err := s.tell(ctx, tx, x); err != nil {
				return err
			}
		}
		lapsed, err1 := lapse(ctx, tx, now.Add(-waitFor), now)
		dropped, err2 := drop(ctx, tx, now.Add(-foundFor), now.Add(-askedFor))
		if lapsed+dropped > 0 {
			tx.Changed(room)
		}
		return errors.Join(err1, err2)
	})
}

// export gives what a person may know was found out about them, and what they
// asked and answered for the network: their own words, and nobody else's.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	about, asked, answered := kit.Hold("finding.held.about"), kit.Hold("finding.held.asked"), kit.Hold("finding.held.answered")
	looked := kit.Hold("finding.held.looked")
	ground := func(x *Wish) kit.Word { return kit.Word("finding.ground." + x.Ground) }
	told, days, err := s.told(ctx, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, x := range told {
		about.Line("finding.held.name", x.Name, "i18n.held.words", x.Words, "finding.held.place", x.Place, "finding.held.ground", ground(x), "finding.held.reason", x.Reason,
			"i18n.held.when", x.Changed, "finding.held.told", x.Told)
		for _, day := range days[x.ID] {
			looked.Line("i18n.held.when", day)
		}
	}
	own, err := askedBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, x := range own {
		asked.Line("finding.held.ground", ground(x), "finding.held.reason", x.Reason, "finding.held.danger", x.Danger, "finding.held.state", kit.Word("finding.state."+string(x.State)), "i18n.held.when", x.Asked)
	}
	said, err := answeredBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, x := range said {
		answered.Line("finding.held.ground", ground(x), "i18n.held.words", x.Answer, "finding.held.state", kit.Word("finding.state."+string(x.State)), "i18n.held.when", x.Changed)
	}
	own = append(own, said...)
	var ids []string
	for _, x := range own {
		ids = append(ids, x.ID)
	}
	looks, err := looksAt(ctx, s.db, ids)
	var saw []time.Time
	for _, l := range looks {
		for i, x := range own {
			if x.ID == l.wish && l.second == (i >= len(own)-len(said)) {
				saw = append(saw, l.day)
			}
		}
	}
	return []*kit.Holding{about, looked, asked, answered, kit.Days("finding.held.saw", saw)}, err
}

// erase forgets a person: see forget.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	for _, p := range sub.Personas {
		if err := job.Forget(ctx, tx, p); err != nil { // a letter on its way
			return err
		}
	}
	tx.Changed(room)
	return forget(ctx, tx, sub.Personas, s.now())
}
