package arrival

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/job"
)

const takeJob = "arrival.take"

func (s *Service) workTake(ctx context.Context, body json.RawMessage) error {
	var id string
	if err := json.Unmarshal(body, &id); err != nil {
		return job.Gone(err)
	}
	err := s.take(ctx, id)
	if fault.Is(err, fault.NotFound) || errors.Is(err, errMoved) {
		return nil // deleted, done, or another server goes on with it
	}
	return err
}

// taken is how many rows are brought in in one transaction.
const taken = 200

// take brings a list in. Begun again after it stopped, it goes on with the rows
// that are not in yet.
func (s *Service) take(ctx context.Context, id string) error {
	l, err := listByID(ctx, s.db, id)
	if err == nil && l.State != taking {
		err = errMoved
	}
	if err == nil {
		l.file, err = fileOf(ctx, s.db, id)
	}
	if err != nil {
		return err
	}
	seen, n, next := map[string]bool{}, 0, List{}
	err = s.each(l, taken, func(rows []row) error {
		from := n
		if n += len(rows); n <= l.Done { // in already; what they were about is to be known
			meet(seen, rows)
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			now := *l // it may run again
			now.Account.Remarks, now.Account.Yes = slices.Clip(now.Account.Remarks), maps.Clone(now.Account.Yes)
			fresh, less, err := s.sort(ctx, tx, &now.Account, now.Called, rows, seen)
			if err != nil {
				return err
			}
			for _, r := range fresh {
				if err := s.enter(ctx, tx, now.Called, r); err != nil {
					return err
				}
				now.Account.came(r)
			}
			for _, r := range less { // after those they may be about
				if err := s.heed(ctx, tx, now.Called, r); err != nil {
					return err
				}
			}
			now.Done = n
			if err := advance(ctx, tx, &now, from, s.now()); err != nil {
				return err
			}
			next = now
			return nil
		})
		if err == nil {
			l.Account, l.Done = next.Account, next.Done
			meet(seen, rows)
		}
		return err
	})
	if why := note(err); why != nil { // it was read to its end before
		l.Account.Stop, err = why, nil
	}
	if err != nil {
		return err
	}
	l.State = done
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := advance(ctx, tx, l, l.Done, s.now()); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "arrival"})
	})
}

// enter makes the account of somebody who comes over, with what they said: the one
// way in, from a list and from paper.
func (s *Service) enter(ctx context.Context, tx *db.Tx, called string, r row) error {
	member, err := s.people.Expect(ctx, tx, r.came)
	if err != nil {
		return err
	}
	for _, x := range r.said {
		x.Lang = cmp.Or(x.Lang, r.came.Lang)
		if err := s.consents.Carry(ctx, tx, member, x); err != nil {
			return err
		}
	}
	return insertPerson(ctx, tx, Person{Member: member, Called: called, Day: s.now(), State: r.state, Carried: r.carried, old: r.old})
}

// heed lets a no of a row count for whoever is in, as long as they have not arrived:
// from then on they speak for themselves. A yes of a row never counts here.
func (s *Service) heed(ctx context.Context, tx *db.Tx, called string, r row) error {
	have, err := s.people.Have(ctx, tx, []string{r.came.Email})
	member := have[r.came.Email]
	if err == nil && member == "" && r.old != "" {
		member, err = byOld(ctx, tx, called, r.old)
	}
	if err != nil || member == "" {
		return err
	}
	p, err := lockedPerson(ctx, tx, member)
	if err != nil || p.State == arrived {
		if fault.Is(err, fault.NotFound) {
			err = nil // they came by themselves
		}
		return err
	}
	if waits, err := s.people.Waits(ctx, tx, []string{member}); err != nil || len(waits) == 0 {
		return err
	}
	stand, err := s.consents.Stand(ctx, tx, member)
	if err != nil {
		return err
	}
	no := r.no
	if p.State == waiting && r.state != waiting || p.State == bounced && r.state == stopped {
		no = slices.Concat(r.said, r.no)
		p.State, p.due = r.state, false
		if err := setPerson(ctx, tx, p); err != nil {
			return err
		}
	}
	for _, say := range no {
		if _, stands := stand[say.Purpose]; say.Given || !stands && say.Purpose != Letters {
			continue
		}
		say.Lang, say.At = r.came.Lang, s.now()
		if err := s.consents.Carry(ctx, tx, member, say); err != nil {
			return err
		}
	}
	return nil
}
