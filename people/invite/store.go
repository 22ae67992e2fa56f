package invite

import (
	"context"
	"time"

	"withus.example/platform/db"
)

const columns = `i.id, i.inviter_persona_id, i.second_persona_id, i.by_team, i.role, i.at_once, i.state, i.mailed, i.note, i.key, i.email, i.bound, i.lang, i.made, i.ends`

func scan(scan db.Scan) (x Invite, err error) {
	err = scan(&x.ID, &x.Inviter, &x.Second, &x.ByTeam, &x.Role, &x.AtOnce, &x.State, &x.Mailed, &x.Note, &x.key, &x.email, &x.bound, &x.lang, &x.Made, &x.Ends)
	return x, err
}

func insert(ctx context.Context, tx *db.Tx, x Invite) error {
	_, err := tx.Exec(ctx, `INSERT INTO invite_invite (id, inviter_persona_id, second_persona_id, by_team, role, at_once, state, mailed, note, key, email, bound, lang, made, ends)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		x.ID, x.Inviter, x.Second, x.ByTeam, string(x.Role), x.AtOnce, string(x.State), x.Mailed, x.Note, x.key, x.email, x.bound, x.lang, x.Made, x.Ends)
	return err
}

func byID(ctx context.Context, q db.Querier, id string) (Invite, error) {
	x, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM invite_invite i WHERE i.id = $1`, id)
	return x, db.Missing(err)
}

// byKey finds what a code opens at a time; NotFound if nothing.
func byKey(ctx context.Context, q db.Querier, key string, now time.Time) (Invite, error) {
	x, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM invite_invite i WHERE i.key = $1 AND i.state = 'open' AND i.ends > $2`, key, now)
	return x, db.Missing(err)
}

// mostShown is how many invitations a list shows, the newest.
const mostShown = 100

func of(ctx context.Context, q db.Querier, persona string) ([]Invite, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM invite_invite i WHERE i.inviter_persona_id = $1 AND i.by_team = FALSE ORDER BY i.made DESC, i.id LIMIT $2`, persona, mostShown)
}

func ofTeam(ctx context.Context, q db.Querier) ([]Invite, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM invite_invite i WHERE i.by_team = TRUE ORDER BY i.made DESC, i.id LIMIT $1`, mostShown)
}

// move takes an invitation from one state to another, unless somebody was
// quicker. What it was found by goes with it once it has ended.
func move(ctx context.Context, tx *db.Tx, id string, from, to State, ends time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE invite_invite SET state = $3, key = '', email = '', bound = '', ends = $4 WHERE id = $1 AND state = $2`, id, string(from), string(to), ends)
	return n > 0, err
}

// withdrawAll takes back whatever has not ended.
func withdrawAll(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE invite_invite SET state = 'withdrawn', key = '', email = '', bound = '', ends = $1 WHERE state IN ('asked', 'open')`, now)
	return err
}

func agree(ctx context.Context, tx *db.Tx, id, second string, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE invite_invite SET state = 'open', second_persona_id = $2 WHERE id = $1 AND state = 'asked' AND ends > $3`, id, second, now)
	return n > 0, err
}

// putKey lets a letter's code open an invitation that still waits for its letter.
func putKey(ctx context.Context, tx *db.Tx, id, key string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE invite_invite SET key = $2 WHERE id = $1 AND state = 'open' AND email <> ''`, id, key)
	return n > 0, err
}

func dropEmail(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE invite_invite SET email = '' WHERE id = $1`, id)
	return err
}

func dropOld(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM invite_invite WHERE ends < $1`, before)
	return err
}

// members says whether members may invite.
func members(ctx context.Context, q db.Querier) (on bool, err error) {
	err = q.QueryRow(ctx, `SELECT members FROM invite_choice`).Scan(&on)
	return on, err
}

func setMembers(ctx context.Context, tx *db.Tx, on bool) error {
	_, err := tx.Exec(ctx, `UPDATE invite_choice SET members = $1`, on)
	return err
}

// asks counts what waits for a second one of the team.
func asks(ctx context.Context, q db.Querier, now time.Time) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM invite_invite WHERE by_team = TRUE AND state = 'asked' AND ends > $1`, now).Scan(&n)
	return n, err
}

// by are all of a person's, the team's among them.
func by(ctx context.Context, q db.Querier, personas []string) ([]Invite, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM invite_invite i WHERE i.inviter_persona_id IN ($1) ORDER BY i.made, i.id`, personas)
}

// seconded are the days of those that a person agreed to.
func seconded(ctx context.Context, q db.Querier, personas []string) ([]time.Time, error) {
	return db.All(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT made FROM invite_invite WHERE second_persona_id IN ($1) ORDER BY made`, personas)
}

// forget deletes a person's invitations, and those that are on their way to them.
// One to a role of the team that they agreed to lacks its second yes then.
func forget(ctx context.Context, tx *db.Tx, personas []string, email, bound string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM invite_invite WHERE inviter_persona_id IN ($1)`, personas); err != nil {
		return err
	}
	if email != "" {
		if _, err := tx.Exec(ctx, `DELETE FROM invite_invite WHERE email = $1`, email); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM invite_invite WHERE bound = $1`, bound); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE invite_invite SET second_persona_id = '' WHERE second_persona_id IN ($1)`, personas)
	return err
}

// bulk puts examples there.
func bulk(ctx context.Context, d *db.DB, all []Invite) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, x := range all {
			if err := insert(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	})
}
