package record

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/db"
)

// Merge is two things that turned out to be one and were put together. Kept
// stands for both. Gone stays whole, seen by nobody, so that they can be taken
// apart again; meanwhile its address leads to whatever stands for it. Who put
// them together is who made revision N.
type Merge struct {
	Gone, Kept string // ids
	Address    string // of Gone, as it is part of its page's path
	N          int    // the revision of Kept that it made; the one before is how Kept was
	At         time.Time
	Body       json.RawMessage // what the room needs to take them apart
	Stands     string          // where Gone's address leads now: Kept, or what stands for that
}

// ErrLater is a merge that can't be undone before a later one is.
var ErrLater = errors.New("record: undo the later merge first")

// Join keeps a merge; [db.ErrConflict] if Gone is part of another thing already.
func Join(ctx context.Context, tx *db.Tx, room string, m Merge) error {
	_, err := tx.Exec(ctx, `INSERT INTO record_merge (room, gone, kept, stands, address, n, at, body) VALUES ($1, $2, $3, $3, $4, $5, $6, $7)`,
		room, m.Gone, m.Kept, m.Address, m.N, m.At, db.JSON(m.Body))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE record_merge SET stands = $3 WHERE room = $1 AND stands = $2`, room, m.Gone, m.Kept)
	return err
}

const mergeColumns = `gone, kept, stands, address, n, at, body`

func readMerge(scan db.Scan) (m Merge, err error) {
	err = scan(&m.Gone, &m.Kept, &m.Stands, &m.Address, &m.N, &m.At, db.JSON(&m.Body))
	return m, err
}

// Part ends a merge and gives what was kept of it; [db.ErrNone] if there is
// none. Merges are undone in the opposite order, the last first, or what they
// changed could not be told apart: else it is [ErrLater].
func Part(ctx context.Context, tx *db.Tx, room, gone string) (Merge, error) {
	m, err := db.One(ctx, tx, readMerge, `SELECT `+mergeColumns+` FROM record_merge WHERE room = $1 AND gone = $2`, room, gone)
	if err != nil {
		return m, err
	}
	var later int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM record_merge WHERE room = $1 AND kept = $2 AND n > $3`, room, m.Kept, m.N).Scan(&later); err != nil {
		return m, err
	}
	if later > 0 || m.Stands != m.Kept {
		return m, ErrLater
	}
	if _, err := tx.Exec(ctx, `DELETE FROM record_merge WHERE room = $1 AND gone = $2`, room, gone); err != nil {
		return m, err
	}
	// Gone stands for itself again, and for what was merged into it before.
	for of := []string{gone}; len(of) > 0; {
		of, err = db.All(ctx, tx, db.Text, `SELECT gone FROM record_merge WHERE room = $1 AND kept IN ($2)`, room, of)
		if err != nil {
			return m, err
		}
		if _, err := tx.Exec(ctx, `UPDATE record_merge SET stands = $2 WHERE room = $1 AND gone IN ($3)`, room, gone, of); err != nil {
			return m, err
		}
	}
	return m, nil
}

// Standing is the id of what stands now for the thing that was at an address,
// "" if none that was merged was.
func Standing(ctx context.Context, q db.Querier, room, address string) (string, error) {
	id, err := db.One(ctx, q, db.Text, `SELECT stands FROM record_merge WHERE room = $1 AND address = $2`, room, address)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}

// StandsFor is the id of what stands now for a thing: itself, unless it was
// merged into another.
func StandsFor(ctx context.Context, q db.Querier, room, id string) (string, error) {
	is, err := db.One(ctx, q, db.Text, `SELECT stands FROM record_merge WHERE room = $1 AND gone = $2`, room, id)
	if errors.Is(err, db.ErrNone) {
		return id, nil
	}
	return is, err
}

// Merges are those that some things stand for, however many steps away, the
// newest first.
func Merges(ctx context.Context, q db.Querier, room string, standing []string) ([]Merge, error) {
	return db.All(ctx, q, readMerge, `SELECT `+mergeColumns+` FROM record_merge WHERE room = $1 AND stands IN ($2) ORDER BY at DESC, gone`, room, standing)
}

// LatestMerges are the newest of a room.
func LatestMerges(ctx context.Context, q db.Querier, room string, most int) ([]Merge, error) {
	return db.All(ctx, q, readMerge, `SELECT `+mergeColumns+` FROM record_merge WHERE room = $1 ORDER BY at DESC, gone LIMIT $2`, room, most)
}

// Stands says what stands for each of a room's things that were merged.
func Stands(ctx context.Context, q db.Querier, room string) (map[string]string, error) {
	out := map[string]string{}
	_, err := db.All(ctx, q, func(scan db.Scan) (struct{}, error) {
		var gone, stands string
		err := scan(&gone, &stands)
		out[gone] = stands
		return struct{}{}, err
	}, `SELECT gone, stands FROM record_merge WHERE room = $1`, room)
	return out, err
}

// MoveSuggestions lets what waits about one thing wait about another, and gives
// the ids of what moved; only: some of it, nil for all.
func MoveSuggestions(ctx context.Context, tx *db.Tx, from, to Thing, only []string) ([]string, error) {
	if only != nil {
		return db.All(ctx, tx, db.Text, `UPDATE record_suggestion SET thing = $3 WHERE room = $1 AND thing = $2 AND id IN ($4) RETURNING id`, from.Room, from.ID, to.ID, only)
	}
	return db.All(ctx, tx, db.Text, `UPDATE record_suggestion SET thing = $3 WHERE room = $1 AND thing = $2 RETURNING id`, from.Room, from.ID, to.ID)
}
