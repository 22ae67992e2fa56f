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
	"cmp"
	"context"
	"embed"
	"errors"
	"slices"
	"strings"
	"sync"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

//go:embed migrations
var files embed.FS

// Ground are the tables of what can be found. All that stands there, rooms can
// write anew, and do after a restore: the two engines keep words differently.
var Ground = db.Migrations{Room: "search", Files: files, Derived: true}

// Doc is what can be found of a thing.
type Doc struct {
	Room, ID string
	Kind     string // what sort of thing, "group": one shelf each
	Scope    string // who may find it
	Title    string
	Text     string   // everything else by which it is found
	Terms    []string // "support:practical": what filters count by
	Spot     Spot     // where it is, as far as everybody who finds it may know
	Dates    Dates    // days by which it can be put in order
}

// Put makes a thing findable as it is now. Where it is found that way already,
// it writes nothing.
func Put(ctx context.Context, tx *db.Tx, d Doc) error {
	now := shelved{d.Kind, d.Scope, strings.Join(Terms(d.Title), " "), strings.Join(d.Terms, "\n"), d.Spot.String(), d.Dates.String()}
	text := strings.Join(Terms(d.Text), " ")
	if tx.Dialect == db.Postgres {
		n, err := tx.Exec(ctx, `INSERT INTO search_doc AS was (room, thing, kind, scope, sort, size, terms, words, place, dates)
			VALUES ($1, $2, $3, $4, $5, $6, $7, to_tsvector('simple', $5) || to_tsvector('simple', $8), $9, $10)
			ON CONFLICT (room, thing) DO UPDATE SET kind = excluded.kind, scope = excluded.scope, sort = excluded.sort,
				size = excluded.size, terms = excluded.terms, words = excluded.words, place = excluded.place, dates = excluded.dates
			WHERE (was.kind, was.scope, was.sort, was.size, was.terms, was.words, was.place, was.dates)
				IS DISTINCT FROM (excluded.kind, excluded.scope, excluded.sort, excluded.size, excluded.terms, excluded.words, excluded.place, excluded.dates)`,
			d.Room, d.ID, now.kind, now.scope, now.title, len(text), now.terms, text, now.place, now.dates)
		if n > 0 {
			tx.Changed(Counter(d.Kind))
		}
		return err
	}
	var n int64
	var was shelved
	var body string
	err := tx.QueryRow(ctx, `SELECT d.n, d.kind, d.scope, d.sort, d.terms, d.place, d.dates, w.body FROM search_doc d JOIN search_words w ON w.rowid = d.n WHERE d.room = $1 AND d.thing = $2`,
		d.Room, d.ID).Scan(&n, &was.kind, &was.scope, &was.title, &was.terms, &was.place, &was.dates, &body)
	if err == nil && was == now && body == text {
		return nil
	}
	tx.Changed(Counter(d.Kind))
	switch {
	case errors.Is(err, db.ErrNone):
		err = tx.QueryRow(ctx, `INSERT INTO search_doc (room, thing, kind, scope, sort, size, terms, place, dates) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING n`,
			d.Room, d.ID, now.kind, now.scope, now.title, len(text), now.terms, now.place, now.dates).Scan(&n)
	case err == nil:
		_, err = tx.Exec(ctx, `UPDATE search_doc SET kind = $2, scope = $3, sort = $4, size = $5, terms = $6, place = $7, dates = $8 WHERE n = $1`, n, now.kind, now.scope, now.title, len(text), now.terms, now.place, now.dates)
		if err != nil || was.title == now.title && body == text {
			return err // the words stand: writing them anew is the dear part
		}
		_, err = tx.Exec(ctx, `DELETE FROM search_words WHERE rowid = $1`, n)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO search_words (rowid, title, body) VALUES ($1, $2, $3)`, n, now.title, text)
	return err
}

// shelved is what stands in the row of a thing beside its words.
type shelved struct{ kind, scope, title, terms, place, dates string }

// Drop makes a thing unfindable. On SQLite its words are overwritten in the
// index too (FTS5's secure-delete).
func Drop(ctx context.Context, tx *db.Tx, kind, room, id string) error {
	tx.Changed(Counter(kind))
	if tx.Dialect == db.SQLite {
		if _, err := tx.Exec(ctx, `DELETE FROM search_words WHERE rowid IN (SELECT n FROM search_doc WHERE room = $1 AND thing = $2)`, room, id); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM search_doc WHERE room = $1 AND thing = $2`, room, id)
	return err
}

// Counter is the change counter of all that lists and maps of a kind are made
// from.
func Counter(kind string) string { return "search/" + kind }

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

// mostMatched is how many things that hold the words are looked at to find the
// best among them.
const mostMatched = 5000

// Find gives the best matches for words among all kinds of things the viewer
// may find, best first. Words that hold nothing to look for find nothing.
func (x *Index) Find(ctx context.Context, v *access.Viewer, words string, most int) ([]Ref, error) {
	terms := asked(words)
	if len(terms) == 0 {
		return nil, nil
	}
	text, q := `SELECT d.room, d.thing, d.sort, d.size FROM search_words w JOIN search_doc d ON d.n = w.rowid
		WHERE search_words MATCH $1 AND d.scope IN ($2) LIMIT $3`, ftsQuery(terms)
	if x.db.Dialect == db.Postgres {
		text, q = `SELECT d.room, d.thing, d.sort, d.size FROM search_doc d WHERE d.words @@ to_tsquery('simple', $1) AND d.scope IN ($2) LIMIT $3`, tsQuery(terms)
	}
	type match struct {
		ref Ref
		hit
	}
	// Of thousands of matches only the best are held on to.
	var ms []match
	best := func() {
		slices.SortFunc(ms, func(a, b match) int { return a.compare(&b.hit) })
		ms = ms[:min(most, len(ms))]
	}
	rank := ranking(terms)
	_, err := db.All(ctx, x.db, func(scan db.Scan) (none struct{}, err error) {
		var m match
		err = scan(&m.ref.Room, &m.ref.ID, &m.title, &m.size)
		m.id, m.rank = m.ref.ID, rank(m.title)
		if ms = append(ms, m); len(ms) >= 8*most {
			best()
		}
		return none, err
	}, text, q, v.Scopes(), mostMatched)
	best()
	var out []Ref
	for _, m := range ms {
		out = append(out, m.ref)
	}
	return out, err
}

// hit is a thing that holds the words asked for. Which one is better is decided
// here, the same for both engines: by where the words stand in its title, then
// by how short its text is, so that what says little else comes first.
type hit struct {
	title, id  string
	rank, size int
	place      int // on its shelf
}

func (a *hit) compare(b *hit) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.size, b.size), cmp.Compare(a.title, b.title), cmp.Compare(a.id, b.id))
}

// ranking ranks titles: 0 where the terms are the whole title, 1 where it begins
// with them, 2 where it holds them all, 3 where some, 4 where none.
func ranking(terms []string) func(title string) int {
	phrase := strings.Join(terms, " ")
	return func(title string) int {
		if title == phrase {
			return 0
		}
		if strings.HasPrefix(title, phrase) {
			return 1
		}
		held := 0
		for i, t := range terms {
			last := i == len(terms)-1 // still being typed
			for w := range strings.SplitSeq(title, " ") {
				if w == t || last && strings.HasPrefix(w, t) {
					held++
					break
				}
			}
		}
		switch held {
		case len(terms):
			return 2
		case 0:
			return 4
		}
		return 3
	}
}
