package equal

import (
	"context"
	"errors"
	"sync"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/crowd"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
)

var (
	answering = access.Permission{Name: "equal.answer", Roles: access.Roles}
	asking    = access.Permission{Name: "equal.ask", Roles: []access.Role{access.Team}}
)

// How long things are kept, from the beginning of their quarter or month.
const (
	tallyKept   = 5 * 365 * 24 * time.Hour
	waitingKept = 365 * 24 * time.Hour // since the last answer came to them
	offeredKept = 400 * 24 * time.Hour
)

// Service is the room.
type Service struct {
	db     *db.DB
	folder string // of the key
	asked  db.Memo[[]Question]
	now    func() time.Time

	once   sync.Mutex
	sealer *sealer
}

// New opens the room. folder is where the key of what waits lies: outside the
// database.
func New(d *db.DB, folder string) *Service {
	s := &Service{db: d, folder: folder, now: time.Now}
	s.asked.Rooms = []string{"equal"}
	s.asked.Make = func(ctx context.Context) ([]Question, error) {
		now, err := stateOf(ctx, d)
		return picked(now.Asked), err
	}
	return s
}

// seals gives what seals, once it was needed.
func (s *Service) seals() (_ *sealer, err error) {
	s.once.Lock()
	defer s.once.Unlock()
	if s.sealer == nil {
		s.sealer, err = openSealer(s.folder)
	}
	return s.sealer, err
}

// Asked are the questions that the network asks; NotFound if it asks none.
func (s *Service) Asked(ctx context.Context) ([]Question, error) {
	all, err := s.asked.Get(ctx, s.db)
	if err == nil && len(all) == 0 {
		err = fault.Missing()
	}
	return all, err
}

// Ask sets which questions are asked, by their keys.
func (s *Service) Ask(ctx context.Context, v *access.Viewer, asked []string) error {
	if err := v.Need(asking, ""); err != nil {
		return err
	}
	var p fault.Problems
	for _, key := range asked {
		p.Choice("asked", key, keys()...)
	}
	if err := p.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("equal")
		return putAsked(ctx, tx, asked)
	})
}

// Offer notes that the viewer opens the questions, by the month, and gives the
// ticket to answer with: one in a quarter, a Conflict if they had it. Nothing is
// kept that leads from the account to the ticket.
func (s *Service) Offer(ctx context.Context, v *access.Viewer) (ticket string, err error) {
	if err := v.Need(answering, ""); err != nil {
		return "", err
	}
	ticket = id.Secret()
	return ticket, s.change(ctx, func(ctx context.Context, tx *db.Tx, w *waiting) error {
		now := s.now()
		first, err := offer(ctx, tx, v.Member, month(now), quarter(now))
		if err == nil && !first {
			err = fault.New(fault.Conflict, "equal.had")
		}
		if err == nil {
			w.give(ticket, now)
		}
		return err
	})
}

// Offered says whether the viewer has opened the questions in the last year, and
// whether in this quarter.
func (s *Service) Offered(ctx context.Context, v *access.Viewer) (before, now bool, err error) {
	at, err := offered(ctx, s.db, v.Member)
	return at.After(s.now().AddDate(-1, 0, 0)), !at.Before(quarter(s.now())), err
}

// Good says whether somebody can answer with a ticket.
func (s *Service) Good(ctx context.Context, ticket string) (bool, error) {
	if ticket == "" {
		return false, nil
	}
	by, err := s.seals()
	if err != nil {
		return false, err
	}
	body, err := sealed(ctx, s.db, by.name)
	if err != nil {
		return false, err
	}
	w, err := by.open(body)
	if err != nil {
		return false, err
	}
	good, _ := w.good(ticket, s.now())
	return good, nil
}

// Count adds answers, by question, to those that wait. It is not told who gives
// them. ticket is what Offer gave; sent twice is once. A question with no answer is
// left out.
func (s *Service) Count(ctx context.Context, answers map[string]string, ticket string) error {
	asked, err := s.Asked(ctx)
	if err != nil {
		return err
	}
	if err := check(asked, answers); err != nil {
		return err
	}
	said := map[string]string{}
	for _, q := range asked {
		if answers[q.Key] != "" {
			said[q.Key] = answers[q.Key]
		}
	}
	return s.change(ctx, func(ctx context.Context, tx *db.Tx, w *waiting) error {
		good, was := w.good(ticket, s.now())
		if !good && !was {
			return fault.New(fault.Conflict, "equal.no-ticket")
		}
		if was {
			return nil
		}
		if err := s.close(ctx, tx, w); err != nil {
			return err
		}
		w.add(said, ticket)
		w.quarter = quarter(s.now())
		return nil
	})
}

// change opens what waits, and seals it anew: it looks another in any case.
func (s *Service) change(ctx context.Context, fn func(ctx context.Context, tx *db.Tx, w *waiting) error) error {
	by, err := s.seals()
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		body, last, err := waits(ctx, tx, by.name, quarter(s.now()))
		if err != nil {
			return err
		}
		w, err := by.open(body)
		if err != nil {
			return err
		}
		w.quarter = last
		if err := fn(ctx, tx, w); err != nil {
			return err
		}
		if body, err = by.seal(w); err != nil {
			return err
		}
		return putWaits(ctx, tx, by.name, body, w.quarter)
	})
}

// close adds what waits to the tallies, question by question, where it is enough:
// once the quarter of the last answer is over, so that no two copies of the database
// have less than a quarter's answers between them.
func (s *Service) close(ctx context.Context, tx *db.Tx, w *waiting) error {
	if !w.quarter.Before(quarter(s.now())) {
		return nil
	}
	for question, choices := range w.enough() {
		for choice, n := range choices {
			if err := addTally(ctx, tx, w.quarter, question, choice, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// fold comes round once a day. It adds what waits once a quarter is over; shows the
// year up to then; and drops what is too old.
func (s *Service) fold(ctx context.Context) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropOld(ctx, tx, s.now()) })
	if err != nil {
		return err
	}
	if any, err := anyWaits(ctx, s.db); err != nil || !any {
		return errors.Join(err, s.show(ctx))
	}
	if err := s.change(ctx, s.close); err != nil {
		return err
	}
	return s.show(ctx)
}

func (s *Service) show(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return show(ctx, tx, quarter(s.now())) })
}

// show shows the four quarters before one, once.
func show(ctx context.Context, tx *db.Tx, to time.Time) error {
	was, err := stateOf(ctx, tx)
	if err != nil || !was.Quarter.Before(to) {
		return err
	}
	counts, err := tallies(ctx, tx, to.AddDate(-1, 0, 0), to)
	if err != nil {
		return err
	}
	shown := map[string]crowd.Table{}
	for _, q := range questions {
		n, all := map[string]int{}, 0
		for _, choice := range q.Choices {
			n[choice] = counts[q.Key][choice]
			all += n[choice]
		}
		if t := was.Shown[q.Key].Next(n, all, false); t != nil {
			shown[q.Key] = t
		}
	}
	return putShown(ctx, tx, to, shown)
}

// Results are what is asked and what is shown, for the network team.
func (s *Service) Results(ctx context.Context, v *access.Viewer) (state, error) {
	if err := v.Need(asking, ""); err != nil {
		return state{}, err
	}
	return stateOf(ctx, s.db)
}
