package member

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/job"
)

// answeredFor is how long an application stays after its answer. Half a year is how
// long somebody may complain of a no, at the places where that takes longest, and who
// decided has to be able to say why; some weeks more are for the letters. So long
// they read the reason and ask again. After that nothing of a no is needed by
// anybody, and the account goes with it: it was made to ask, and whoever comes anew
// makes one. Of a yes the account stays, and what was said to get in goes.
const answeredFor = 200 * 24 * time.Hour

// Until is the day on which an application that was refused is gone, if nobody asks
// again.
func (x *Application) Until() time.Time { return x.Changed.Add(answeredFor) }

// mostRefused is how many of those who were refused are read at once.
const mostRefused = 200

// mostAnswers is how many answers a page of the desk shows.
const mostAnswers = 12

// Answers are those given lately, the latest first, from after one on, with what
// those are called who gave them. more says whether there are older ones. Who was in
// at once was answered by nobody.
func (s *Service) Answers(ctx context.Context, v *access.Viewer, after string) (all []Application, names map[string]string, more bool, err error) {
	if err := v.Need(welcoming, ""); err != nil {
		return nil, nil, false, err
	}
	all, err = answersGiven(ctx, s.db, after, mostAnswers+1)
	if len(all) > mostAnswers {
		all, more = all[:mostAnswers], true
	}
	if err != nil {
		return nil, nil, false, err
	}
	var deciders []string
	for _, x := range all {
		deciders = append(deciders, x.decider)
	}
	names, err = s.Names(ctx, v, deciders)
	return all, names, more, err
}

// dropAnswered forgets applications that were answered long ago, and with those that
// were refused whose they were. Whoever looks after a group by now stays for its
// sake, without what was said.
func (s *Service) dropAnswered(ctx context.Context) error {
	before := s.now().Add(-answeredFor)
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := dropWelcomed(ctx, tx, before)
		if err == nil && n > 0 {
			err = job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "member"})
		}
		return err
	})
	// All of them, in parts: those who stay, for the sake of a group, are the oldest for
	// ever, and would keep the others from their turn.
	for after, more := (refusedOne{}), true; more; {
		part, perr := refusedBefore(ctx, s.db, before, after, mostRefused)
		err = errors.Join(err, perr)
		for _, x := range part {
			err, after = errors.Join(err, s.dropRefused(ctx, x.member, before)), x
		}
		more = len(part) == mostRefused
	}
	gone, gerr := withdrawnOf(ctx, s.db)
	err = errors.Join(err, gerr)
	for _, member := range gone {
		err = errors.Join(err, s.watch.Forget(ctx, member))
	}
	return err
}

// dropRefused does so with one that was refused: either they ask again just now, and
// are there, or they are gone.
func (s *Service) dropRefused(ctx context.Context, member string, before time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ps, err := personasOf(ctx, tx, member)
		if err != nil {
			return err
		}
		for _, p := range ps {
			held, err := access.Held(ctx, tx, p.ID, access.Organiser)
			if err != nil {
				return err
			}
			if len(held) > 0 {
				return hushRefused(ctx, tx, member, before)
			}
		}
		n, err := withdrawRefused(ctx, tx, member, before)
		if err != nil || n == 0 {
			return err
		}
		return dropNames(ctx, tx, member)
	})
}
