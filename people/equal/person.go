package equal

import (
	"context"

	"withus.example/platform/db"
	"withus.example/platform/kit"
)

// export gives all that is here of a person: that they opened the questions. What
// they answered, if they did, is not here of anybody.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	at, err := offered(ctx, s.db, sub.Member)
	if err != nil || at.IsZero() {
		return nil, err
	}
	h := kit.Hold("equal.held.offered")
	h.Line("equal.held.month", at)
	return []*kit.Holding{h}, nil
}

func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	return forget(ctx, tx, sub.Member)
}
