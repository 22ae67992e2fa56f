package member

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

func insertPersona(ctx context.Context, tx *db.Tx, member string, p Persona, now time.Time, acting bool) error {
	_, err := tx.Exec(ctx, `INSERT INTO member_persona (id, owner_member_id, name, words, pronouns, created, acting, picture, seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, member, p.Name, p.Words, p.Pronouns, now, acting, p.picture, p.Seen)
	return err
}

const personaColumns = `p.id, p.name, p.words, p.pronouns, p.acting, p.retired, p.hidden, p.picture, p.seen`

func readPersona(scan db.Scan) (p Persona, err error) {
	err = scan(&p.ID, &p.Name, &p.Words, &p.Pronouns, &p.Acting, &p.Retired, &p.Hidden, &p.picture, &p.Seen)
	return p, err
}

func personasOf(ctx context.Context, q db.Querier, member string) ([]Persona, error) {
	return db.All(ctx, q, readPersona, `SELECT `+personaColumns+` FROM member_persona p WHERE p.owner_member_id = $1 ORDER BY p.hidden, p.created, p.id`, member)
}

// personas are those of some ids that may be seen. A sign in place of a name shows
// nobody, and stays when its owner hides: vanishing with a name, it would lead to it.
func personas(ctx context.Context, q db.Querier, ids []string) ([]Persona, error) {
	return db.All(ctx, q, readPersona, `SELECT `+personaColumns+` FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id
		WHERE p.id IN ($1) AND (p.hidden = TRUE OR m.curtains = FALSE AND m.leaving = FALSE)`, ids)
}

func updatePersona(ctx context.Context, tx *db.Tx, member string, p Persona) error {
	_, err := tx.Exec(ctx, `UPDATE member_persona SET name = $3, words = $4, pronouns = $5 WHERE owner_member_id = $1 AND id = $2 AND hidden = FALSE`, member, p.ID, p.Name, p.Words, p.Pronouns)
	return err
}

func namesInUse(ctx context.Context, q db.Querier, member string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM member_persona WHERE owner_member_id = $1 AND retired = FALSE`, member).Scan(&n)
	return n, err
}

// lockAccount keeps others from changing somebody's names until the transaction
// ends.
func lockAccount(ctx context.Context, tx *db.Tx, member string) error {
	_, err := db.One(ctx, tx, db.Text, `SELECT id FROM member_member WHERE id = $1`+tx.ForUpdate(), member)
	return db.Missing(err)
}

// locked is an account, kept from others until the transaction ends.
func locked(ctx context.Context, tx *db.Tx, member string) (Account, error) {
	if err := lockAccount(ctx, tx, member); err != nil {
		return Account{}, err
	}
	return byID(ctx, tx, member)
}

func act(ctx context.Context, tx *db.Tx, member, persona string) error {
	n, err := tx.Exec(ctx, `UPDATE member_persona SET acting = TRUE WHERE owner_member_id = $1 AND id = $2 AND retired = FALSE`, member, persona)
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE member_persona SET acting = FALSE WHERE owner_member_id = $1 AND id <> $2`, member, persona)
	return err
}

func retire(ctx context.Context, tx *db.Tx, member, persona string) (int64, error) {
	return tx.Exec(ctx, `UPDATE member_persona SET retired = TRUE WHERE owner_member_id = $1 AND id = $2 AND acting = FALSE`, member, persona)
}

func nameTaken(ctx context.Context, q db.Querier, likeness, but string, now time.Time) (bool, error) {
	_, err := db.One(ctx, q, db.Text, `SELECT likeness FROM member_name WHERE likeness = $1 AND holder_persona_id <> $2 AND (until > $3 OR until IS NULL)`, likeness, but, now)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// holdName gives a name to a persona, if nobody else has it or had it lately, and
// says whether it did.
func holdName(ctx context.Context, tx *db.Tx, likeness, persona string, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO member_name (likeness, holder_persona_id, until) VALUES ($1, $2, NULL)
		ON CONFLICT (likeness) DO UPDATE SET holder_persona_id = excluded.holder_persona_id, until = NULL
		WHERE member_name.holder_persona_id = excluded.holder_persona_id OR member_name.until <= $3`, likeness, persona, now)
	return n > 0, err
}

// restNames has the names of personas rest until a day; whose they were stays
// known as keeper.
func restNames(ctx context.Context, tx *db.Tx, personas []string, keeper string, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE member_name SET holder_persona_id = $2, until = CASE WHEN until IS NULL THEN $3 ELSE until END WHERE holder_persona_id IN ($1)`, personas, keeper, until)
	return err
}

// dropNames lets others take somebody's names at once.
func dropNames(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_name WHERE holder_persona_id IN (SELECT id FROM member_persona WHERE owner_member_id = $1)`, member)
	return err
}

func freeNames(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_name WHERE until <= $1`, now)
	return err
}

// namesHeld counts the names that are or were of some personas.
func namesHeld(ctx context.Context, q db.Querier, personas []string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM member_name WHERE holder_persona_id IN ($1)`, personas).Scan(&n)
	return n, err
}

// actingOf is the persona that somebody acts as.
func actingOf(ctx context.Context, q db.Querier, member string) (string, error) {
	id, err := db.One(ctx, q, db.Text, `SELECT id FROM member_persona WHERE owner_member_id = $1 AND acting = TRUE`, member)
	return id, db.Missing(err)
}
