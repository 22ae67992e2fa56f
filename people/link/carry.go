package link

import (
	"context"
	"errors"

	"withus.example/platform/db"
	"withus.example/platform/fact"
)

// merged hears that a group was put together with another, or taken apart from
// it. Its links lead to what stands for it, or to itself again; where that one
// has the same already, they rest. Whom it wanted to hear no more of asks the
// other neither, and goes on not to when they are apart. Introductions rest:
// they were for its organisers to read, and nobody else.
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

// carried is a link as it was.
type carried struct{ link, from, to, by string }

func scanCarried(scan db.Scan) (c carried, err error) {
	return c, scan(&c.link, &c.from, &c.to, &c.by)
}

// carry lets what led to one group lead to another.
func carry(ctx context.Context, tx *db.Tx, gone, kept string) error {
	all, err := db.All(ctx, tx, scanCarried, `SELECT k.id, k.from_group, k.to_group, k.offered_by FROM link_link k WHERE k.from_group = $1
		UNION SELECT k.id, k.from_group, k.to_group, k.offered_by FROM link_link k WHERE k.to_group = $1`, gone)
	if err != nil {
		return err
	}
	for _, c := range all {
		is := carried{c.link, as(c.from, gone, kept), as(c.to, gone, kept), as(c.by, gone, kept)}
		if is.from == is.to {
			continue // between the two
		}
		done, err := put(ctx, tx, is)
		if err != nil {
			return err
		}
		if !done {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO link_carried (gone_group, link, from_group, to_group, offered_by) VALUES ($1, $2, $3, $4, $5)`,
			gone, c.link, c.from, c.to, c.by); err != nil {
			return err
		}
	}
	for _, copy := range []func() (int64, error){
		func() (int64, error) {
			return tx.Exec(ctx, `INSERT INTO link_stop (group_ref, by_group) SELECT $2, s.by_group FROM link_stop s WHERE s.group_ref = $1 AND s.by_group <> $2 ON CONFLICT (group_ref, by_group) DO NOTHING`, gone, kept)
		},
		func() (int64, error) {
			return tx.Exec(ctx, `INSERT INTO link_stop (group_ref, by_group) SELECT s.group_ref, $2 FROM link_stop s WHERE s.by_group = $1 AND s.group_ref <> $2 ON CONFLICT (group_ref, by_group) DO NOTHING`, gone, kept)
		},
	} {
		if _, err := copy(); err != nil {
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
	all, err := db.All(ctx, tx, scanCarried, `SELECT link, from_group, to_group, offered_by FROM link_carried WHERE gone_group = $1`, gone)
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

// put lets a link be between two groups, and says whether it is: not where there
// is one of its kind already.
func put(ctx context.Context, tx *db.Tx, c carried) (bool, error) {
	k, err := db.One(ctx, tx, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.id = $1`, c.link)
	if errors.Is(err, db.ErrNone) { // it ended meanwhile
		return false, nil
	}
	if err != nil {
		return false, err
	}
	k.From, k.To, k.By = c.from, c.to, c.by
	if k.Kind == WorksWith && k.To < k.From { // as read makes them
		k.From, k.To = k.To, k.From
	}
	n, err := tx.Exec(ctx, `UPDATE link_link SET pair = $2, from_group = $3, to_group = $4, offered_by = $5 WHERE id = $1
		AND NOT EXISTS (SELECT 1 FROM link_link o WHERE o.pair = $2 AND o.kind = $6)`, k.ID, k.pair(), k.From, k.To, k.By, string(k.Kind))
	return n > 0, err
}
