package consent

import (
	"context"
	"errors"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

// subject is who somebody is in the ledger: a number by chance, made when they
// first say yes. Until the transaction ends nobody else writes into the ledger
// for them.
func subject(ctx context.Context, tx *db.Tx, member string) (string, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO consent_subject (owner_member_id, subject) VALUES ($1, $2)
		ON CONFLICT (owner_member_id) DO NOTHING`, member, id.New(ctx)); err != nil {
		return "", err
	}
	return db.One(ctx, tx, db.Text, `SELECT subject FROM consent_subject WHERE owner_member_id = $1`+tx.ForUpdate(), member)
}

func insert(ctx context.Context, tx *db.Tx, subject string, e Entry) error {
	_, err := tx.Exec(ctx, `INSERT INTO consent_entry (id, subject, purpose, given, words, version, lang, way, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, e.ID, subject, e.Purpose, e.Given, e.Words, e.Version, e.Lang, e.Way, e.At)
	return err
}

// stand lets an entry be what stands for its purpose.
func stand(ctx context.Context, tx *db.Tx, member string, e Entry) error {
	_, err := tx.Exec(ctx, `INSERT INTO consent_now (owner_member_id, purpose, entry_id) VALUES ($1, $2, $3)`, member, e.Purpose, e.ID)
	return err
}

// fall ends what stands for a purpose, and gives its entry; empty if nothing stood.
func fall(ctx context.Context, tx *db.Tx, member, purpose string) (string, error) {
	entry, err := db.One(ctx, tx, db.Text, `SELECT entry_id FROM consent_now WHERE owner_member_id = $1 AND purpose = $2`+tx.ForUpdate(), member, purpose)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `DELETE FROM consent_now WHERE owner_member_id = $1 AND purpose = $2`, member, purpose)
	return entry, err
}

// stands is a yes that stands, by the line of the ledger where it was given.
type stands struct{ member, purpose, lang, entry string }

func allStanding(ctx context.Context, q db.Querier) ([]stands, error) {
	return db.All(ctx, q, func(scan db.Scan) (x stands, err error) {
		err = scan(&x.member, &x.purpose, &x.lang, &x.entry)
		return x, err
	}, `SELECT n.owner_member_id, n.purpose, e.lang, n.entry_id FROM consent_now n JOIN consent_entry e ON e.id = n.entry_id`)
}

func given(ctx context.Context, q db.Querier, member, purpose string) (bool, error) {
	_, err := db.One(ctx, q, db.Text, `SELECT entry_id FROM consent_now WHERE owner_member_id = $1 AND purpose = $2`, member, purpose)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

func agreed(ctx context.Context, q db.Querier, purpose string) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT owner_member_id FROM consent_now WHERE purpose = $1`, purpose)
}

const columns = `e.id, e.purpose, e.given, e.words, e.version, e.lang, e.way, e.at`

func scan(scan db.Scan) (e Entry, err error) {
	err = scan(&e.ID, &e.Purpose, &e.Given, &e.Words, &e.Version, &e.Lang, &e.Way, &e.At)
	return e, err
}

// standing are the entries that stand for somebody.
func standing(ctx context.Context, q db.Querier, member string) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM consent_now n JOIN consent_entry e ON e.id = n.entry_id
		WHERE n.owner_member_id = $1 ORDER BY n.purpose`, member)
}

// ledger is everything somebody said, the first thing first.
func ledger(ctx context.Context, q db.Querier, member string) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM consent_subject s JOIN consent_entry e ON e.subject = s.subject
		WHERE s.owner_member_id = $1 ORDER BY e.at, e.id`, member)
}

// forget takes away what leads from a person to their lines of the ledger. The
// lines stay: that somebody said yes may have to be shown later, and not who.
func forget(ctx context.Context, tx *db.Tx, member string) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM consent_now WHERE owner_member_id = $1`, member)
	_, err2 := tx.Exec(ctx, `DELETE FROM consent_subject WHERE owner_member_id = $1`, member)
	return errors.Join(err1, err2)
}
