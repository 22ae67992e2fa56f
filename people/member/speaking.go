package member

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// Whoever says something chooses each time who says it: one of their names, a
// persona without a name that is made for that one thing, or nobody (which is not
// for this room: nothing of it may be known here).

// sign begins what stands in place of the name of a persona without one, so that
// whoever looks after the words can name it. No name begins so.
const sign = "#"

// unnamedFor is how long it is kept whose words without a name were, once they are
// gone: long enough to tell somebody of a threat, and for two to decide.
const unnamedFor = 60 * 24 * time.Hour

// Voices are the viewer's personas, the one that acts first. Who pauses, or is
// about to leave, has theirs, too: they take back what they said.
func (s *Service) Voices(ctx context.Context, v *access.Viewer) ([]kit.Voice, error) {
	if !v.SignedIn() {
		return nil, nil
	}
	return voicesOf(ctx, s.db, v.Member)
}

// Speak is the persona by which the viewer says something: as is the id of one of
// their names in use, or kit.Unnamed.
func (s *Service) Speak(ctx context.Context, tx *db.Tx, v *access.Viewer, as string) (persona string, err error) {
	if err := v.Need(mine, ""); err != nil {
		return "", err
	}
	if !v.In() {
		return "", fault.New(fault.Denied, "")
	}
	if as != kit.Unnamed {
		n, err := owns(ctx, tx, v.Member, as)
		if err == nil && n == 0 {
			err = fault.Wrong("as", "error.choice")
		}
		return as, err
	}
	p := Persona{ID: id.New(ctx)}
	sum := sha256.Sum256([]byte("sign " + p.ID)) // chance of its own, and the same in each demo
	p.Name = sign + base32.StdEncoding.EncodeToString(sum[:5])
	// Of the day alone: a moment would lead to whoever was here then.
	if err := insertUnnamed(ctx, tx, v.Member, p, db.Day(s.now())); err != nil {
		return "", err
	}
	return p.ID, s.hold(ctx, tx, p.ID, p.Name)
}

// Unsay hears that what a persona said is gone. One without a name was there for
// nothing else: it goes, too, once whoever read the words has had time to say that
// they were a threat.
func (s *Service) Unsay(ctx context.Context, tx *db.Tx, persona string) error {
	return errors.Join(endUnnamed(ctx, tx, persona), keepUnnamed(ctx, tx, persona, s.now().Add(unnamedFor)))
}

// Keep has a persona without a name stay until a day at least, since somebody asks
// who it is.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, persona string, until time.Time) error {
	return keepUnnamed(ctx, tx, persona, until)
}

func voicesOf(ctx context.Context, q db.Querier, member string) ([]kit.Voice, error) {
	return db.All(ctx, q, func(scan db.Scan) (x kit.Voice, err error) {
		err = scan(&x.Persona, &x.Name, &x.Unnamed, &x.Retired)
		return x, err
	}, `SELECT id, name, hidden, retired FROM member_persona WHERE owner_member_id = $1 ORDER BY acting DESC, created, id`, member)
}

func endUnnamed(ctx context.Context, tx *db.Tx, persona string) error {
	_, err := tx.Exec(ctx, `UPDATE member_persona SET over = TRUE WHERE id = $1 AND hidden = TRUE`, persona)
	return err
}

func keepUnnamed(ctx context.Context, tx *db.Tx, persona string, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE member_persona SET until = $2 WHERE id = $1 AND hidden = TRUE AND (until IS NULL OR until < $2)`, persona, db.Day(until))
	return err
}

func owns(ctx context.Context, q db.Querier, member, persona string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM member_persona WHERE id = $1 AND owner_member_id = $2 AND retired = FALSE`, persona, member).Scan(&n)
	return n, err
}

// insertUnnamed adds a persona that never acts.
func insertUnnamed(ctx context.Context, tx *db.Tx, member string, p Persona, day time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO member_persona (id, owner_member_id, name, words, created, acting, retired, hidden) VALUES ($1, $2, $3, '', $4, FALSE, TRUE, TRUE)`,
		p.ID, member, p.Name, day)
	return err
}

// dropUnnamed lets go of those that have said what is gone, for long enough.
func dropUnnamed(ctx context.Context, tx *db.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `DELETE FROM member_name WHERE holder_persona_id IN (SELECT id FROM member_persona WHERE over = TRUE AND until <= $1)`, now); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM member_persona WHERE over = TRUE AND until <= $1`, now)
	return err
}
