package claim

import (
	"context"
	"time"

	"withus.example/platform/db"
)

const columns = `c.id, c.group_id, c.claimer_persona_id, c.part, c.words, c.state, c.way, c.objected,
	c.begun, c.coded, c.talked, c.due, c.changed, c.code, c.code_ends, c.codes`

func scanClaim(scan db.Scan) (*Claim, error) {
	c := &Claim{}
	return c, scan(&c.ID, &c.Group, &c.Claimer, &c.Part, &c.Words, &c.State, &c.Way, &c.Objected,
		&c.Begun, &c.Coded, &c.Talked, &c.Due, &c.Changed, &c.code, &c.codeEnds, &c.codes)
}

// insert keeps a new claim, and says whether its claimer had none alive on that
// group.
func insert(ctx context.Context, tx *db.Tx, c *Claim) (bool, error) {
	tx.Changed("claim")
	n, err := tx.Exec(ctx, `INSERT INTO claim_claim (id, group_id, claimer_persona_id, part, words, state, way, objected,
		begun, coded, talked, due, changed, code, code_ends, codes, live, tries)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)
		ON CONFLICT DO NOTHING`,
		c.ID, c.Group, c.Claimer, string(c.Part), c.Words, string(c.State), string(c.Way), c.Objected,
		c.Begun, c.Coded, c.Talked, c.Due, c.Changed, c.code, c.codeEnds, c.codes, c.live())
	return n > 0, err
}

// update writes a claim that was read in a state, and says whether it was still
// in it. Once it is not open, it has no code any more.
func update(ctx context.Context, tx *db.Tx, c *Claim, from State) (bool, error) {
	tx.Changed("claim")
	n, err := tx.Exec(ctx, `UPDATE claim_claim SET state = $3, way = $4, objected = $5, coded = $6, talked = $7, due = $8, changed = $9, live = $10,
			code = CASE WHEN $3 = $11 THEN code ELSE '' END
		WHERE id = $1 AND state = $2`,
		c.ID, string(from), string(c.State), string(c.Way), c.Objected, c.Coded, c.Talked, c.Due, c.Changed, c.live(), string(Open))
	return n > 0, err
}

func byID(ctx context.Context, q db.Querier, id string) (*Claim, error) {
	c, err := db.One(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.id = $1`, id)
	if err != nil {
		return nil, db.Missing(err)
	}
	return c, nil
}

// liveOf reads somebody's live claims.
func liveOf(ctx context.Context, q db.Querier, persona string) ([]*Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.claimer_persona_id = $1 AND c.live ORDER BY c.changed, c.id`, persona)
}

// of reads somebody's latest claims, whatever became of them.
func of(ctx context.Context, q db.Querier, persona string, most int) ([]*Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.claimer_persona_id = $1 ORDER BY c.changed DESC, c.id LIMIT $2`, persona, most)
}

// about reads the latest claims of some groups that are live or hold.
func about(ctx context.Context, q db.Querier, groups []string, most int) ([]*Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.group_id IN ($1) AND (c.live OR c.state = $2)
		ORDER BY c.changed DESC, c.id LIMIT $3`, groups, string(Held), most)
}

// in reads claims in a state, the one that has been there longest first.
func in(ctx context.Context, q db.Querier, state State, most int) ([]*Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.state = $1 ORDER BY c.changed, c.id LIMIT $2`, string(state), most)
}

// objectedTo reads claims that somebody objects to.
func objectedTo(ctx context.Context, q db.Querier, most int) ([]*Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.objected = $1 ORDER BY c.changed, c.id LIMIT $2`, true, most)
}

// dueBy reads claims whose wait has ended.
func dueBy(ctx context.Context, q db.Querier, now time.Time, most int) ([]*Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.state = $1 AND c.due <= $2 ORDER BY c.due, c.id LIMIT $3`, string(Waiting), now, most)
}

// saidInstitution says whether somebody once said that they work for an
// institution, when they asked for a group, or (empty) for any.
func saidInstitution(ctx context.Context, q db.Querier, persona, group string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM claim_claim WHERE claimer_persona_id = $1 AND part = $2 AND ($3 = '' OR group_id = $3)`, persona, string(Institution), group).Scan(&n)
	return n > 0, err
}

// waitAgain lets all claims of a group that wait do so anew, and gives whose
// they are.
func waitAgain(ctx context.Context, tx *db.Tx, group string, due time.Time) ([]string, error) {
	return db.All(ctx, tx, db.Text, `UPDATE claim_claim SET due = $2 WHERE group_id = $1 AND state = $3 RETURNING claimer_persona_id`, group, due, string(Waiting))
}

// putCode notes the code that is on its way, as a hash.
func putCode(ctx context.Context, tx *db.Tx, claim, code string, ends time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE claim_claim SET code = $2, code_ends = $3, tries = 0 WHERE id = $1 AND state = $4`, claim, code, ends, string(Open))
	return n > 0, err
}

// countCode counts a code that is to be sent, and says whether there may be one
// more.
func countCode(ctx context.Context, tx *db.Tx, claim string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE claim_claim SET codes = codes + 1 WHERE id = $1 AND state = $2 AND codes < $3`, claim, string(Open), mostCodes)
	return n > 0, err
}

// tryCode counts a try, and gives what the code must be; [db.ErrNone] if none
// is on its way, it is too old, or it was tried too often.
func tryCode(ctx context.Context, tx *db.Tx, claim string, now time.Time) (string, error) {
	return db.One(ctx, tx, db.Text, `UPDATE claim_claim SET tries = tries + 1
		WHERE id = $1 AND state = $2 AND code <> '' AND code_ends > $3 AND tries < $4 RETURNING code`, claim, string(Open), now, mostTries)
}

// silence takes the words out of a claim that is over for its claimer.
func silence(ctx context.Context, tx *db.Tx, claim string) error {
	tx.Changed("claim")
	if _, err := tx.Exec(ctx, `UPDATE claim_claim SET words = '', code = '', objected = FALSE WHERE id = $1`, claim); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE claim_event SET words = '' WHERE claim_id = $1`, claim); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM claim_vouch WHERE claim_id = $1`, claim); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM claim_key WHERE claim_id = $1`, claim)
	return err
}

// dropAbout deletes all that is kept about a group that is gone.
func dropAbout(ctx context.Context, tx *db.Tx, group string) error {
	tx.Changed("claim")
	if _, err := tx.Exec(ctx, `DELETE FROM claim_claim WHERE group_id = $1`, group); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM claim_vouch WHERE group_id = $1`, group); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM claim_invite WHERE group_id = $1`, group)
	return err
}

const vouchColumns = `v.claim_id, v.group_id, v.answer, v.answerer_persona_id, v.asked`

func scanVouch(scan db.Scan) (v Vouch, err error) {
	err = scan(&v.Claim, &v.Group, &v.Answer, &v.Answerer, &v.Asked)
	return v, err
}

// insertVouch asks a group, and says whether it was not asked before.
func insertVouch(ctx context.Context, tx *db.Tx, v Vouch) (bool, error) {
	tx.Changed("claim")
	n, err := tx.Exec(ctx, `INSERT INTO claim_vouch (claim_id, group_id, answer, answerer_persona_id, asked) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (claim_id, group_id) DO NOTHING`, v.Claim, v.Group, v.Answer, v.Answerer, v.Asked)
	return n > 0, err
}

// answerVouch answers for a group, once.
func answerVouch(ctx context.Context, tx *db.Tx, v Vouch) (bool, error) {
	tx.Changed("claim")
	n, err := tx.Exec(ctx, `UPDATE claim_vouch SET answer = $3, answerer_persona_id = $4 WHERE claim_id = $1 AND group_id = $2 AND answer = ''`, v.Claim, v.Group, v.Answer, v.Answerer)
	return n > 0, err
}

// vouches reads which groups are asked about some claims.
func vouches(ctx context.Context, q db.Querier, claims []string) ([]Vouch, error) {
	return db.All(ctx, q, scanVouch, `SELECT `+vouchColumns+` FROM claim_vouch v WHERE v.claim_id IN ($1) ORDER BY v.claim_id, v.asked, v.group_id`, claims)
}

// askedOf reads what some groups are asked and did not answer, about claims
// that are still open.
func askedOf(ctx context.Context, q db.Querier, groups []string, most int) ([]Vouch, error) {
	return db.All(ctx, q, scanVouch, `SELECT `+vouchColumns+` FROM claim_vouch v JOIN claim_claim c ON c.id = v.claim_id
		WHERE v.group_id IN ($1) AND v.answer = '' AND c.state = $2 ORDER BY v.asked, v.claim_id LIMIT $3`, groups, string(Open), most)
}

// byIDs reads claims in no particular order.
func byIDs(ctx context.Context, q db.Querier, ids []string) ([]*Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+columns+` FROM claim_claim c WHERE c.id IN ($1)`, ids)
}
