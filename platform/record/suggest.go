package record

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

// Suggestion is what somebody says is out of date about a thing, and what is
// right instead. Once decided or taken back it is gone.
type Suggestion struct {
	ID     string
	Thing  Thing
	Field  string // which of the thing's fields, or a word of the room's own
	Words  string
	Day    time.Time
	Author string // persona; empty: it was said anonymously, and nothing knows by whom
}

// Suggest keeps a suggestion until somebody decides. key is what takes it back:
// the hash of a token that only its author has.
func Suggest(ctx context.Context, tx *db.Tx, s Suggestion, key string) error {
	_, err := tx.Exec(ctx, `INSERT INTO record_suggestion (id, room, thing, field, words, day, key, author_persona_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id.New(ctx), s.Thing.Room, s.Thing.ID, s.Field, s.Words, s.Day, key, s.Author)
	return err
}

const suggestionColumns = `id, room, thing, field, words, day, author_persona_id`

func readSuggestion(scan db.Scan) (s Suggestion, err error) {
	err = scan(&s.ID, &s.Thing.Room, &s.Thing.ID, &s.Field, &s.Words, &s.Day, &s.Author)
	return s, err
}

// Suggestions are what waits about some of a room's things, the oldest first.
func Suggestions(ctx context.Context, q db.Querier, room string, things []string) ([]Suggestion, error) {
	return db.All(ctx, q, readSuggestion, `SELECT `+suggestionColumns+` FROM record_suggestion
		WHERE room = $1 AND thing IN ($2) ORDER BY day, id`, room, things)
}

// Suggested are the ids of a room's things that have suggestions waiting.
func Suggested(ctx context.Context, q db.Querier, room string) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT DISTINCT thing FROM record_suggestion WHERE room = $1 ORDER BY thing`, room)
}

// Decide takes a suggestion off the list, for whoever decides to act on it or
// not; [db.ErrNone] if it is gone already.
func Decide(ctx context.Context, tx *db.Tx, t Thing, suggestion string) (Suggestion, error) {
	return db.One(ctx, tx, readSuggestion, `DELETE FROM record_suggestion WHERE id = $1 AND room = $2 AND thing = $3
		RETURNING `+suggestionColumns, suggestion, t.Room, t.ID)
}

// Waits says whether the suggestion of a key still does.
func Waits(ctx context.Context, q db.Querier, key string) (bool, error) {
	_, err := db.One(ctx, q, db.Text, `SELECT id FROM record_suggestion WHERE key = $1`, key)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// TakeBack deletes the suggestion of a key, and says whether there was one.
func TakeBack(ctx context.Context, tx *db.Tx, key string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM record_suggestion WHERE key = $1`, key)
	return n > 0, err
}

// SuggestedBy are the suggestions of some personas that wait, of a room's things,
// the latest first.
func SuggestedBy(ctx context.Context, q db.Querier, room string, personas []string) ([]Suggestion, error) {
	return db.All(ctx, q, readSuggestion, `SELECT `+suggestionColumns+` FROM record_suggestion
		WHERE author_persona_id IN ($1) AND room = $2 ORDER BY day DESC, id`, personas, room)
}

// TakeBackOwn deletes a suggestion of one of some personas, and gives it;
// [db.ErrNone] if there is none.
func TakeBackOwn(ctx context.Context, tx *db.Tx, room, suggestion string, personas []string) (Suggestion, error) {
	return db.One(ctx, tx, readSuggestion, `DELETE FROM record_suggestion WHERE id = $1 AND room = $2 AND author_persona_id IN ($3)
		RETURNING `+suggestionColumns, suggestion, room, personas)
}
