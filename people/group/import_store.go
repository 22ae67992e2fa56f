package group

import (
	"context"

	"withus.example/platform/db"
)

// marksAfter reads what groups are told by, and nothing else of them, in the
// order of ids.
func marksAfter(ctx context.Context, q db.Querier, id string, most int) ([]*Group, error) {
	return db.All(ctx, q, func(scan db.Scan) (*Group, error) {
		g := &Group{}
		return g, scan(&g.ID, &g.Name, db.JSON(&g.OtherNames), &g.Area, &g.Country, db.JSON(&g.Registers))
	}, `SELECT g.id, g.name, g.other_names, g.area, g.country, g.registers FROM group_group g
		WHERE g.id > $1 ORDER BY g.id LIMIT $2 -- every scope: the command line`, id, most)
}

// takeOver makes an import the only one that writes: whichever was running
// finds that out at its next batch.
func takeOver(ctx context.Context, tx *db.Tx, run string) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_import (what, run) VALUES ('groups', $1) ON CONFLICT (what) DO UPDATE SET run = excluded.run`, run)
	return err
}

// holds says whether an import is still the one that writes, and keeps it so
// until the transaction ends.
func holds(ctx context.Context, tx *db.Tx, run string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE group_import SET run = $1 WHERE what = 'groups' AND run = $1`, run)
	return n > 0, err
}
