package arrival

import (
	"context"
	"errors"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

// export gives everything the room holds about a person. What they agreed to is in
// the ledger.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	came := kit.Hold("arrival.held.came")
	p, err := personOf(ctx, s.db, sub.Member)
	if err == nil {
		came.Line("arrival.held.list", p.Called, "arrival.held.old", p.old, "i18n.held.when", p.Day, "arrival.held.state", kit.Word("arrival.state."+p.State),
			"i18n.held.name", p.Carried.Name, "arrival.held.letters", p.letters, "arrival.held.wrote", p.wrote)
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	days, err := broughtBy(ctx, s.db, sub.Personas)
	return []*kit.Holding{came, kit.Days("arrival.held.brought", days)}, err
}

// erase forgets somebody who came over, and has no list bring them back for a year. A
// list they brought stays as an account of numbers.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	_, err := personOf(ctx, tx, sub.Member)
	if err == nil {
		err = s.keepAway(ctx, tx, sub.Email)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return errors.Join(forget(ctx, tx, sub.Member, sub.Personas), job.Forget(ctx, tx, sub.Member))
}
