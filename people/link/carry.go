package link

import (
	"context"
	"errors"

	"withus.example/platform/db"
	"withus.example/platform/fact"
)

// merged hears that a group was put together with another, or taken apart from
// it. Its links and introductions lead to what stands for it, or to itself
// again; where that one has the same already, they rest.
func (s *Service) merged(ctx context.Context, f fact.Merged) error {
	if f.Room != "group" {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := s.groups.StandsFor(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		tx.Changed("link")
		if err := bringBack(ctx, tx, f.ID); err != nil || now == f.ID {
			return err
		}
		return carry(ctx, tx, f.ID, now)
	})
}

// carried is a link or an introduction as it was.
type carried struct{ thing, first, second, by string }

func scanCarried(scan db.Scan) (c carried, err error) {
	return c, scan(&c.thing, &c.first, &c.second, &c.by)
}

// carry lets what led to one group lead to another.
func carry(ctx context.Context, tx *db.Tx, gone, kept string) error {
	all, err := db.All(ctx, tx, scanCarried, `SELECT k.id, k.from_group, k.to_group, k.offered_by FROM link_link k WHERE k.from_group = $1
		UNION SELECT k.id, k.from_group, k.to_group, k.offered_by FROM link_link k WHERE k.to_group = $1
		UNION SELECT i.id, i.asker_group, i.asked_group, '' FROM link_intro i WHERE i.asker_group = $1
		UNION SELECT i.id, i.asker_group, i.asked_group, '' FROM link_intro i WHERE i.asked_group = $1`, gone)
	if err != nil {
		return err
	}
	for _, c := range all {
		is := carried{c.thing, as(c.first, gone, kept), as(c.second, gone, kept), as(c.by, gone, kept)}
		if is.first == is.second {
			continue // between the two
		}
		done, err := put(ctx, tx, is)
		if err != nil {
			return err
		}
		if !done {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO link_carried (gone_group, thing, first, second, offered_by) VALUES ($1, $2, $3, $4, $5)`,
			gone, c.thing, c.first, c.second, c.by); err != nil {
			return err
		}
	}
	return nil
}

func as(id, gone, kept string) string {
	if id == gone {
		return kept
	}
	return id
}

// bringBack undoes carry, for what is still there.
func bringBack(ctx context.Context, tx *db.Tx, gone string) error {
	all, err := db.All(ctx, tx, scanCarried, `SELECT thing, first, second, offered_by FROM link_carried WHERE gone_group = $1`, gone)
	if err != nil {
		return err
	}
	for _, c := range all {
		if _, err := put(ctx, tx, c); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM link_carried WHERE gone_group = $1`, gone)
	return err
}

// put lets a link or an introduction be between two groups, and says whether it
// is: not where there is one of its kind already.
func put(ctx context.Context, tx *db.Tx, c carried) (bool, error) {
	if c.by == "" {
		n, err := tx.Exec(ctx, `UPDATE link_intro SET asker_group = $2, asked_group = $3 WHERE id = $1
			AND NOT EXISTS (SELECT 1 FROM link_intro o WHERE o.asker_group = $2 AND o.asked_group = $3)`, c.thing, c.first, c.second)
		return n > 0, err
	}
	k, err := db.One(ctx, tx, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.id = $1`, c.thing)
	if errors.Is(err, db.ErrNone) { // it ended meanwhile
		return false, nil
	}
	if err != nil {
		return false, err
	}
	k.From, k.To, k.By = c.first, c.second, c.by
	if k.Kind == WorksWith && k.To < k.From { // as read makes them
		k.From, k.To = k.To, k.From
	}
	n, err := tx.Exec(ctx, `UPDATE link_link SET pair = $2, from_group = $3, to_group = $4, offered_by = $5 WHERE id = $1
		AND NOT EXISTS (SELECT 1 FROM link_link o WHERE o.pair = $2 AND o.kind = $6)`, k.ID, k.pair(), k.From, k.To, k.By, string(k.Kind))
	return n > 0, err
}
