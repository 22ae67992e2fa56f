// Package search finds things across rooms. A room writes a [Doc] in the
// transaction that writes the thing; lists, filters with counts, and search
// read nothing else.
//
// Words are looked up inside the database (FTS5, tsvector), with what the
// viewer may see in the same statement. Lists and counts of one kind of thing
// come from a shelf: its order and its terms as bitmaps in memory, put up again
// when its change counter moves.
package search

import (
	"context"
	"embed"
	"errors"
	"strings"
	"sync"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

//go:embed migrations
var files embed.FS

// Ground are the tables of what can be found.
var Ground = db.Migrations{Room: "search", Files: files}

// Doc is what can be found of a thing.
type Doc struct {
	Room, ID string
	Kind     string // what sort of thing, "group": one shelf each
	Scope    string // who may find it
	Title    string
	Text     string   // everything else by which it is found
	Terms    []string // "support:practical": what filters count by
}

// Put makes a thing findable as it is now.
func Put(ctx context.Context, tx *db.Tx, d Doc) error {
	tx.Changed(counter(d.Kind))
	title, text, terms := strings.Join(Terms(d.Title), " "), strings.Join(Terms(d.Text), " "), strings.Join(d.Terms, "\n")
	if tx.Dialect == db.Postgres {
		_, err := tx.Exec(ctx, `INSERT INTO search_doc (room, thing, kind, scope, sort, terms, words)
			VALUES ($1, $2, $3, $4, $5, $6, setweight(to_tsvector('simple', $5), 'A') || to_tsvector('simple', $7))
			ON CONFLICT (room, thing) DO UPDATE SET kind = excluded.kind, scope = excluded.scope, sort = excluded.sort, terms = excluded.terms, words = excluded.words`,
			d.Room, d.ID, d.Kind, d.Scope, title, terms, text)
		return err
	}
	var n int64
	err := tx.QueryRow(ctx, `SELECT n FROM search_doc WHERE room = $1 AND thing = $2`, d.Room, d.ID).Scan(&n)
	switch {
	case errors.Is(err, db.ErrNone):
		err = tx.QueryRow(ctx, `INSERT INTO search_doc (room, thing, kind, scope, sort, terms) VALUES ($1, $2, $3, $4, $5, $6) RETURNING n`,
			d.Room, d.ID, d.Kind, d.Scope, title, terms).Scan(&n)
	case err == nil:
		if _, err = tx.Exec(ctx, `UPDATE search_doc SET kind = $2, scope = $3, sort = $4, terms = $5 WHERE n = $1`, n, d.Kind, d.Scope, title, terms); err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM search_words WHERE rowid = $1`, n)
		}
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO search_words (rowid, title, body) VALUES ($1, $2, $3)`, n, title, text)
	return err
}

// Drop makes a thing unfindable. On SQLite its words are overwritten in the
// index too (FTS5's secure-delete).
func Drop(ctx context.Context, tx *db.Tx, kind, room, id string) error {
	tx.Changed(counter(kind))
	if tx.Dialect == db.SQLite {
		if _, err := tx.Exec(ctx, `DELETE FROM search_words WHERE rowid IN (SELECT n FROM search_doc WHERE room = $1 AND thing = $2)`, room, id); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM search_doc WHERE room = $1 AND thing = $2`, room, id)
	return err
}

// counter is the change counter of a kind's shelf.
func counter(kind string) string { return "search/" + kind }

// Ref points at a thing that was found.
type Ref struct{ Room, ID string }

// Index finds things.
type Index struct {
	db      *db.DB
	mu      sync.Mutex
	shelves map[string]*db.Memo[*shelf]
}

// New makes an index over a database.
func New(d *db.DB) *Index { return &Index{db: d, shelves: map[string]*db.Memo[*shelf]{}} }

// MostFound is how many of the best matches for words are looked at.
const MostFound = 500

// Find gives the best matches for words among all kinds of things the viewer
// may find, best first. Words that hold nothing to look for find nothing.
func (x *Index) Find(ctx context.Context, v *access.Viewer, words string, most int) ([]Ref, error) {
	return x.match(ctx, v.Scopes(), nil, words, most)
}

// match is Find among some kinds; nil for all.
func (x *Index) match(ctx context.Context, scopes, kinds []string, words string, most int) ([]Ref, error) {
	text, q := `SELECT d.room, d.thing FROM search_words w JOIN search_doc d ON d.n = w.rowid
		WHERE search_words MATCH $1 AND d.scope IN ($2)`, ftsQuery(words)
	order := ` ORDER BY bm25(search_words, 8.0, 1.0), d.thing LIMIT $3`
	if x.db.Dialect == db.Postgres {
		text, q = `SELECT d.room, d.thing FROM search_doc d WHERE d.words @@ to_tsquery('simple', $1) AND d.scope IN ($2)`, tsQuery(words)
		order = ` ORDER BY ts_rank(d.words, to_tsquery('simple', $1), 1) DESC, d.thing LIMIT $3`
	}
	if q == "" {
		return nil, nil
	}
	args := []any{q, scopes, most}
	if kinds != nil {
		text += ` AND d.kind IN ($4)`
		args = append(args, kinds)
	}
	return db.All(ctx, x.db, func(scan db.Scan) (r Ref, err error) {
		err = scan(&r.Room, &r.ID)
		return r, err
	}, text+order, args...)
}
