package helpnow

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

const columns = `l.id, l.country, l.region, l.name, l.about, l.written_in, l.kind, l.number, l.hours, l.always, l.languages,
	l.free, l.cost, l.bill, l.traces, l.sends, l.state, l.tried, l.tries, l.trouble, l.same, l.entered_persona_id, l.tried_persona_id, l.revision, l.changed`

func scanLine(scan db.Scan) (*Line, error) {
	l := &Line{}
	var tried *time.Time
	err := scan(&l.ID, &l.Country, &l.Region, &l.Name, &l.About, &l.WrittenIn, &l.Kind, &l.Number, &l.Hours, &l.Always, db.JSON(&l.Languages),
		&l.Free, &l.Cost, &l.Bill, &l.Traces, &l.Sends, &l.State, &tried, &l.Tries, &l.Trouble, &l.Same, &l.entered, &l.triedBy, &l.Revision, &l.Changed)
	if tried != nil {
		l.Tried = *tried
	}
	return l, err
}

// scope is who may see a line: everybody while it is shown, else the network
// team.
func (l *Line) scope() string {
	if l.State == Shown {
		return access.Public
	}
	return access.Desk
}

// values are a line's columns as insert and update number them.
func (l *Line) values() []any {
	return []any{l.ID, l.scope(), l.Country, l.Region, l.Name, l.About, l.WrittenIn, l.Kind, l.Number, l.Hours, l.Always, db.JSON(l.Languages),
		string(l.Free), l.Cost, string(l.Bill), string(l.Traces), string(l.Sends), string(l.State), db.Maybe(l.Tried), l.Tries, l.Trouble, l.Same, l.entered, l.triedBy,
		l.Revision, l.Changed}
}

func insert(ctx context.Context, tx *db.Tx, l *Line) error {
	_, err := tx.Exec(ctx, `INSERT INTO helpnow_line (id, scope, country, region, name, about, written_in, kind, number, hours, always, languages,
		free, cost, bill, traces, sends, state, tried, tries, trouble, same, entered_persona_id, tried_persona_id, revision, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`, l.values()...)
	return err
}

// update writes a line as it was changed from an earlier one. If another change
// or another try came first it is a Conflict.
func update(ctx context.Context, tx *db.Tx, l, was *Line) error {
	n, err := tx.Exec(ctx, `UPDATE helpnow_line SET scope = $2, country = $3, region = $4, name = $5, about = $6, written_in = $7, kind = $8, number = $9,
		hours = $10, always = $11, languages = $12, free = $13, cost = $14, bill = $15, traces = $16, sends = $17, state = $18, tried = $19,
		tries = $20, trouble = $21, same = $22, entered_persona_id = $23, tried_persona_id = $24, revision = $25, changed = $26
		WHERE id = $1 AND revision = $27 AND tries = $28 -- every scope: only the network team changes lines, and sees them all`,
		append(l.values(), was.Revision, was.Tries)...)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "helpnow.changed-meanwhile")
	}
	return err
}

func byID(ctx context.Context, q db.Querier, scopes []string, id string) (*Line, error) {
	l, err := db.One(ctx, q, scanLine, `SELECT `+columns+` FROM helpnow_line l WHERE l.id = $1 AND l.scope IN ($2)`, id, scopes)
	if errors.Is(err, db.ErrNone) {
		err = fault.Missing()
	}
	return l, err
}

// ofCountry reads the lines of a country, in no particular order.
func ofCountry(ctx context.Context, q db.Querier, scopes []string, country string) ([]*Line, error) {
	return db.All(ctx, q, scanLine, `SELECT `+columns+` FROM helpnow_line l WHERE l.country = $1 AND l.scope IN ($2) ORDER BY l.id`, country, scopes)
}

// all reads lines of every country, by country.
func all(ctx context.Context, q db.Querier, scopes []string, most int) ([]*Line, error) {
	return db.All(ctx, q, scanLine, `SELECT `+columns+` FROM helpnow_line l WHERE l.scope IN ($1) ORDER BY l.country, l.id LIMIT $2`, scopes, most)
}

// countries are the codes of the countries that have lines.
func countries(ctx context.Context, q db.Querier, scopes []string) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT l.country FROM helpnow_line l WHERE l.scope IN ($1) GROUP BY l.country ORDER BY l.country`, scopes)
}

// enteredBy and triedBy are the lines somebody entered or tried last, for what they
// are given when they ask what is held about them.

func enteredBy(ctx context.Context, q db.Querier, personas []string) ([]*Line, error) {
	return db.All(ctx, q, scanLine, `SELECT `+columns+` FROM helpnow_line l WHERE l.entered_persona_id IN ($1) ORDER BY l.id -- every scope: their own doing`, personas)
}

func triedBy(ctx context.Context, q db.Querier, personas []string) ([]*Line, error) {
	return db.All(ctx, q, scanLine, `SELECT `+columns+` FROM helpnow_line l WHERE l.tried_persona_id IN ($1) ORDER BY l.id -- every scope: their own doing`, personas)
}

// forget takes personas off the lines they entered or tried.
func forget(ctx context.Context, tx *db.Tx, personas []string) error {
	if _, err := tx.Exec(ctx, `UPDATE helpnow_line SET entered_persona_id = '' WHERE entered_persona_id IN ($1) -- every scope: erasing a person`, personas); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE helpnow_line SET tried_persona_id = '' WHERE tried_persona_id IN ($1) -- every scope: erasing a person`, personas)
	return err
}
