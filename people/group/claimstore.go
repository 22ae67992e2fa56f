package group

import (
	"context"
	"encoding/json"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/record"
)

// emailIn is the address a page gave in one of its states.
func emailIn(r record.Revision) (string, error) {
	var d struct {
		Email string `json:"email"`
	}
	err := json.Unmarshal(r.Body, &d)
	return d.Email, err
}

// removed reads who was an organiser of some groups until somebody else ended
// that.
func removed(ctx context.Context, q db.Querier, groups []string) ([]access.Holder, error) {
	return db.All(ctx, q, func(scan db.Scan) (h access.Holder, err error) {
		err = scan(&h.Persona, &h.Scope)
		return h, err
	}, `SELECT organiser_persona_id, group_id FROM group_removed WHERE group_id IN ($1) ORDER BY group_id, organiser_persona_id`, groups)
}

func putRemoved(ctx context.Context, tx *db.Tx, group, persona string, day time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_removed (group_id, organiser_persona_id, day) VALUES ($1, $2, $3)
		ON CONFLICT (group_id, organiser_persona_id) DO UPDATE SET day = excluded.day`, group, persona, day)
	return err
}

func takeBackRemoval(ctx context.Context, tx *db.Tx, group, persona string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_removed WHERE group_id = $1 AND organiser_persona_id = $2`, group, persona)
	return err
}

// dropRemovals forgets who was sent away from a group that is deleted.
func dropRemovals(ctx context.Context, tx *db.Tx, group string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_removed WHERE group_id = $1`, group)
	return err
}

func forgetRemovals(ctx context.Context, tx *db.Tx, personas []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_removed WHERE organiser_persona_id IN ($1)`, personas)
	return err
}

// removalsOf are the days somebody stopped being an organiser by another's
// hand, for their export.
func removalsOf(ctx context.Context, q db.Querier, personas []string) ([]time.Time, error) {
	return db.All(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT day FROM group_removed WHERE organiser_persona_id IN ($1) ORDER BY day`, personas)
}

func putOff(ctx context.Context, tx *db.Tx, keys []string) error {
	for _, k := range keys {
		if _, err := tx.Exec(ctx, `INSERT INTO group_off (key) VALUES ($1) ON CONFLICT (key) DO NOTHING`, k); err != nil {
			return err
		}
	}
	return nil
}

// areOff says which of some keys were taken off the list.
func areOff(ctx context.Context, q db.Querier, keys []string) (map[string]bool, error) {
	off, err := db.All(ctx, q, db.Text, `SELECT key FROM group_off WHERE key IN ($1)`, keys)
	out := map[string]bool{}
	for _, k := range off {
		out[k] = true
	}
	return out, err
}
