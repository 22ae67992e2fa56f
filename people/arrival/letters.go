package arrival

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// Nobody who came over is written to until the team says so: then each once, and
// once more a month later if the team says so again. Letters go some at a time,
// since all at once would be taken for unwanted mail. Who had unsubscribed, or
// whose letters came back, is never written to.

const letterJob = "arrival.letter"

// key is what the link in a letter stands for, while the address is the one it went
// to.
type key struct{ Member, Email string }

var keys web.Box = "arrive"

// Write has letters go to all who have had none, or, again, to those whose letter is
// a month old. It says how many.
func (s *Service) Write(ctx context.Context, v *access.Viewer, again bool) (n int, err error) {
	if err := v.Need(bringing, ""); err != nil {
		return 0, err
	}
	had, before := 0, s.now()
	if again {
		had, before = 1, s.now().Add(-between)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := askLetters(ctx, tx, had, before)
		n = int(all)
		return err
	})
	if err == nil && n > 0 {
		err = s.round(ctx) // the first of them at once
	}
	return n, err
}

// round adds work for the next letters.
func (s *Service) round(ctx context.Context) error {
	all, err := askedFor(ctx, s.db, atOnce)
	if err != nil || len(all) == 0 {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, member := range all {
			if err := job.Add(ctx, tx, job.Job{Kind: letterJob, Key: member, Whom: member, Body: member}); err != nil {
				return err
			}
		}
		return nil
	})
}

// letter writes to one of them. It is noted before it goes, so that none goes
// twice; should the server die in between, that one is lost.
func (s *Service) letter(ctx context.Context, body json.RawMessage) error {
	var member string
	if err := json.Unmarshal(body, &member); err != nil {
		return job.Gone(err)
	}
	token := id.Secret()
	var was Person
	due := false
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		due = false
		if was, err = lockedPerson(ctx, tx, member); err != nil {
			return err
		}
		now := was
		who, err := s.people.Expected(ctx, tx, []string{member})
		if err != nil {
			return err
		}
		x, there := who[member]
		if !there || was.State != waiting {
			now.due = false // they came by themselves, or are about to leave
			return setPerson(ctx, tx, now)
		}
		if due = was.due; !due {
			return nil
		}
		now.due, now.letters, now.wrote = false, was.letters+1, s.now()
		if err := keys.Put(ctx, tx, token, key{member, x.Email}, s.now().Add(linkLife)); err != nil {
			return err
		}
		return setPerson(ctx, tx, now)
	})
	if fault.Is(err, fault.NotFound) {
		return nil // they are gone
	}
	if err != nil || !due {
		return err
	}
	err = s.people.WriteExpected(ctx, member, func(l *i18n.Lang, origin string) mail.Letter {
		return mail.Letter{
			Subject:    l.T("arrival.mail.subject"),
			Paragraphs: []string{l.T(was.either("arrival.mail.text", "arrival.signed.mail")), l.T("arrival.mail.choose"), l.T("arrival.mail.silence")},
			Link:       &mail.Link{Label: l.T("arrival.mail.look"), URL: origin + arrivePath + "/" + token + "?lang=" + l.Code},
			Foot:       []string{l.T("arrival.mail.foot")},
		}
	})
	if err == nil {
		return nil
	}
	// It did not go: a link that reached nobody is not left lying about.
	never := fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied)
	werr := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := lockedPerson(ctx, tx, member)
		if err != nil {
			return err
		}
		now.due, now.letters, now.wrote = !never && now.State == waiting, was.letters, was.wrote
		if never && now.State == waiting {
			now.State = bounced
		}
		_, err = keys.Drop(ctx, tx, token)
		return errors.Join(err, setPerson(ctx, tx, now))
	})
	if fault.Is(werr, fault.NotFound) {
		return nil
	}
	if never || fault.Is(err, fault.NotFound) {
		err = nil
	}
	return errors.Join(err, werr)
}

// PutBack follows a backup that was put back: letters that were asked for may have
// gone since. The team looks, and asks again.
func (s *Service) PutBack(ctx context.Context) error {
	return s.db.Write(ctx, holdLetters)
}

// tidy drops lists that nobody went on with, and erases those who did not come in a
// year.
func (s *Service) tidy(ctx context.Context) error {
	var late []string
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := sweep(ctx, tx, s.now())
		if err == nil && n > 0 {
			err = job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "arrival"})
		}
		if err == nil {
			late, err = tooLong(ctx, tx, s.now().Add(-personKept), 200)
		}
		return err
	})
	if err != nil || len(late) == 0 {
		return err
	}
	still, err1 := s.people.Expected(ctx, s.db, late)
	waits, err2 := s.people.Waits(ctx, s.db, late)
	if err = errors.Join(err1, err2); err != nil {
		return err
	}
	for _, member := range late {
		if _, there := still[member]; there {
			err = errors.Join(err, s.privacy.Forget(ctx, member))
			continue
		}
		if slices.Contains(waits, member) {
			continue // they are leaving by themselves, and may think better of it
		}
		// Somebody else let them in.
		err = errors.Join(err, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			p, err := lockedPerson(ctx, tx, member)
			if err != nil {
				return err
			}
			return s.arrived(ctx, tx, p)
		}))
	}
	return err
}

// arrived notes that somebody is not waited for any more: what was carried for them
// to look at has had its time.
func (s *Service) arrived(ctx context.Context, tx *db.Tx, p Person) error {
	p.State, p.Carried, p.due = arrived, Carried{}, false
	return setPerson(ctx, tx, p)
}
