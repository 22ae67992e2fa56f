// Package record keeps what is kept up to date in public: who changed what and
// when, how to go back, and what became of two things that were one. Each change is a whole snapshot, so that going back
// needs nothing but the one that is wanted.
//
// A thing's room owns its number of revisions, in a column it raises by one
// conditional update; that is what keeps two people from overwriting each
// other.
package record

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/db"
)

//go:embed migrations
var files embed.FS

// Ground is the table of revisions.
var Ground = db.Migrations{Room: "record", Files: files}

// Thing is what has revisions: a room's name and an id of its own.
type Thing struct{ Room, ID string }

// Revision is one state of a thing.
type Revision struct {
	N      int    // 1 is the first
	Author string // persona; empty: an import, or somebody who has left
	At     time.Time
	Body   json.RawMessage
}

// Add keeps a thing's new state as revision r.N.
func Add(ctx context.Context, tx *db.Tx, t Thing, r Revision) error {
	_, err := tx.Exec(ctx, `INSERT INTO record_revision (room, thing, n, author_persona_id, at, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.Room, t.ID, r.N, r.Author, r.At, db.JSON(r.Body))
	return err
}

func read(scan db.Scan) (r Revision, err error) {
	err = scan(&r.N, &r.Author, &r.At, db.JSON(&r.Body))
	return r, err
}

// List gives the newest revisions before one, newest first; before 0 is the
// newest of all.
func List(ctx context.Context, q db.Querier, t Thing, before, most int) ([]Revision, error) {
	if before <= 0 {
		before = 1 << 30
	}
	return db.All(ctx, q, read, `SELECT n, author_persona_id, at, body FROM record_revision
		WHERE room = $1 AND thing = $2 AND n < $3 ORDER BY n DESC LIMIT $4`, t.Room, t.ID, before, most)
}

// Get gives one revision; [db.ErrNone] if there is none.
func Get(ctx context.Context, q db.Querier, t Thing, n int) (Revision, error) {
	return db.One(ctx, q, read, `SELECT n, author_persona_id, at, body FROM record_revision WHERE room = $1 AND thing = $2 AND n = $3`, t.Room, t.ID, n)
}

// Amend rewrites every revision of a thing: for words that must not be kept
// anywhere, its history included.
func Amend(ctx context.Context, tx *db.Tx, t Thing, change func(json.RawMessage) (json.RawMessage, error)) error {
	all, err := db.All(ctx, tx, read, `SELECT n, author_persona_id, at, body FROM record_revision WHERE room = $1 AND thing = $2 ORDER BY n`, t.Room, t.ID)
	if err != nil {
		return err
	}
	for _, r := range all {
		body, err := change(r.Body)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE record_revision SET body = $4 WHERE room = $1 AND thing = $2 AND n = $3`, t.Room, t.ID, r.N, db.JSON(body)); err != nil {
			return err
		}
	}
	return nil
}

// Forget deletes a thing's history, what is suggested about it, and what was
// said of its merges.
func Forget(ctx context.Context, tx *db.Tx, t Thing) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM record_revision WHERE room = $1 AND thing = $2`, t.Room, t.ID)
	_, err2 := tx.Exec(ctx, `DELETE FROM record_suggestion WHERE room = $1 AND thing = $2`, t.Room, t.ID)
	_, err3 := tx.Exec(ctx, `DELETE FROM record_merge WHERE room = $1 AND gone = $2`, t.Room, t.ID)
	return errors.Join(err1, err2, err3)
}

// By lists the things a persona changed, for its export.
func By(ctx context.Context, q db.Querier, personas []string) ([]Change, error) {
	return db.All(ctx, q, func(scan db.Scan) (c Change, err error) {
		err = scan(&c.Room, &c.ID, &c.N, &c.At)
		return c, err
	}, `SELECT room, thing, n, at FROM record_revision WHERE author_persona_id IN ($1) ORDER BY at, room, thing, n`, personas)
}

// Change says that a revision was somebody's.
type Change struct {
	Room string    `json:"room"`
	ID   string    `json:"id"`
	N    int       `json:"revision"`
	At   time.Time `json:"at"`
}

// Erase forgets who made changes, which stay: they belong to the thing. What
// somebody suggested, and nobody has decided yet, goes with them.
func Erase(ctx context.Context, tx *db.Tx, personas []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM record_suggestion WHERE author_persona_id IN ($1)`, personas); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM record_suggestion WHERE author_persona_id IN ($1)`, personas); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE record_revision SET author_persona_id = '' WHERE author_persona_id IN ($1)`, personas)
	return err
}
