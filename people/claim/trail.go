package claim

import (
	"context"
	"time"

	"withus.example/platform/db"
)

// Event is something that happened to a claim.
type Event struct {
	ID, Claim string
	At        time.Time
	What      string
	Actor     string // persona; empty: nobody, or somebody without an account
	Words     string // a reason; of an objection, for the team alone
}

func scanEvent(scan db.Scan) (e Event, err error) {
	err = scan(&e.ID, &e.Claim, &e.At, &e.What, &e.Actor, &e.Words)
	return e, err
}

func insertEvent(ctx context.Context, tx *db.Tx, e Event) error {
	_, err := tx.Exec(ctx, `INSERT INTO claim_event (id, claim_id, at, what, actor_persona_id, words) VALUES ($1, $2, $3, $4, $5, $6)`, e.ID, e.Claim, e.At, e.What, e.Actor, e.Words)
	return err
}

// events reads what happened to some claims, in that order.
func events(ctx context.Context, q db.Querier, claims []string) ([]Event, error) {
	return db.All(ctx, q, scanEvent, `SELECT id, claim_id, at, what, actor_persona_id, words FROM claim_event WHERE claim_id IN ($1) ORDER BY claim_id, at, id`, claims)
}

// eventsBy reads what somebody did, for their export.
func eventsBy(ctx context.Context, q db.Querier, personas []string) ([]Event, error) {
	return db.All(ctx, q, scanEvent, `SELECT id, claim_id, at, what, actor_persona_id, words FROM claim_event WHERE actor_persona_id IN ($1) ORDER BY at, id`, personas)
}

func insertKey(ctx context.Context, tx *db.Tx, key, claim string, made time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO claim_key (key, claim_id, made) VALUES ($1, $2, $3)`, key, claim, made)
	return err
}

// byKey is the claim that a link in a mail objects to.
func byKey(ctx context.Context, q db.Querier, key string, after time.Time) (string, error) {
	c, err := db.One(ctx, q, db.Text, `SELECT claim_id FROM claim_key WHERE key = $1 AND made > $2`, key, after)
	if err != nil {
		return "", db.Missing(err)
	}
	return c, nil
}

func dropKey(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM claim_key WHERE key = $1`, key)
	return err
}

func dropOldKeys(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM claim_key WHERE made < $1`, before)
	return err
}

// Invite is a group that waits and was written to.
type Invite struct {
	Group, Sender string
	Made          time.Time
	Mailed        bool // to the group; not: printed, for one of the team to post
}

func scanInvite(scan db.Scan) (i Invite, err error) {
	err = scan(&i.Group, &i.Sender, &i.Made, &i.Mailed)
	return i, err
}

func putInvite(ctx context.Context, tx *db.Tx, i Invite, key string) error {
	_, err := tx.Exec(ctx, `INSERT INTO claim_invite (group_id, sender_persona_id, key, made, mailed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (group_id) DO UPDATE SET sender_persona_id = excluded.sender_persona_id, key = excluded.key, made = excluded.made, mailed = excluded.mailed`, i.Group, i.Sender, key, i.Made, i.Mailed)
	return err
}

func inviteByKey(ctx context.Context, q db.Querier, key string, after time.Time) (Invite, error) {
	return db.One(ctx, q, scanInvite, `SELECT group_id, sender_persona_id, made, mailed FROM claim_invite WHERE key = $1 AND made > $2`, key, after)
}

// inviteTo is the invitation of a group; [db.ErrNone] if there is none.
func inviteTo(ctx context.Context, q db.Querier, group string) (Invite, error) {
	return db.One(ctx, q, scanInvite, `SELECT group_id, sender_persona_id, made, mailed FROM claim_invite WHERE group_id = $1`, group)
}

// invites reads the invitations that are out, the oldest first.
func invites(ctx context.Context, q db.Querier, most int) ([]Invite, error) {
	return db.All(ctx, q, scanInvite, `SELECT group_id, sender_persona_id, made, mailed FROM claim_invite ORDER BY made, group_id LIMIT $1`, most)
}

// dropInvite spends an invitation, and says whether it was there to be spent.
func dropInvite(ctx context.Context, tx *db.Tx, group, key string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM claim_invite WHERE group_id = $1 AND key = $2`, group, key)
	return n > 0, err
}

func dropOldInvites(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM claim_invite WHERE made < $1`, before)
	return err
}
