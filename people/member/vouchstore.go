package member

import (
	"context"

	"withus.example/platform/db"
)

func insertVouch(ctx context.Context, tx *db.Tx, w Vouch) error {
	_, err := tx.Exec(ctx, `INSERT INTO member_vouch (application_id, group_ref, asked) VALUES ($1, $2, $3)`, w.Application, w.Group, w.Asked)
	return err
}

// vouchesOf are the groups that were asked about one.
func vouchesOf(ctx context.Context, q db.Querier, application string) ([]Vouch, error) {
	return db.All(ctx, q, func(scan db.Scan) (w Vouch, err error) {
		err = scan(&w.Application, &w.Group, &w.Asked, &w.Answer, &w.answerer)
		return w, err
	}, `SELECT application_id, group_ref, asked, answer, answerer_persona_id FROM member_vouch WHERE application_id = $1 ORDER BY asked, group_ref`, application)
}

// openVouches are the questions that some groups have not answered.
func openVouches(ctx context.Context, q db.Querier, groups []string) ([]Vouch, error) {
	return db.All(ctx, q, func(scan db.Scan) (w Vouch, err error) {
		err = scan(&w.Application, &w.Group)
		return w, err
	}, `SELECT w.application_id, w.group_ref FROM member_vouch w JOIN member_application a ON a.id = w.application_id
		WHERE w.group_ref IN ($1) AND w.answer = '' AND a.state = 'waiting' ORDER BY w.asked, w.application_id, w.group_ref`, groups)
}

// applicationsBy are those with some ids.
func applicationsBy(ctx context.Context, q db.Querier, ids []string) ([]Application, error) {
	return db.All(ctx, q, readApplication, `SELECT `+applicationColumns+` FROM member_application a JOIN member_member m ON m.id = a.owner_member_id
		WHERE a.id IN ($1) AND m.leaving = FALSE`, ids)
}

// askedGroups are the groups that are asked something, with how often.
func askedGroups(ctx context.Context, q db.Querier) (map[string]int, error) {
	out := map[string]int{}
	_, err := db.All(ctx, q, func(scan db.Scan) (group string, err error) {
		err = scan(&group)
		out[group]++
		return group, err
	}, `SELECT w.group_ref FROM member_application a JOIN member_vouch w ON w.application_id = a.id WHERE a.state = 'waiting' AND w.answer = ''`)
	return out, err
}

func answerVouch(ctx context.Context, tx *db.Tx, application, group, answer, persona string) (int64, error) {
	return tx.Exec(ctx, `UPDATE member_vouch SET answer = $3, answerer_persona_id = $4 WHERE application_id = $1 AND group_ref = $2 AND answer = ''`,
		application, group, answer, persona)
}

// ownersOf are the accounts behind personas. Whoever has left has none.
func ownersOf(ctx context.Context, q db.Querier, personas []string) (map[string]string, error) {
	out := map[string]string{}
	_, err := db.All(ctx, q, func(scan db.Scan) (id string, err error) {
		var owner string
		err = scan(&id, &owner)
		out[id] = owner
		return id, err
	}, `SELECT id, owner_member_id FROM member_persona WHERE id IN ($1)`, personas)
	return out, err
}

func onTeam(ctx context.Context, q db.Querier, personas []string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(DISTINCT m.id) FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id
		WHERE p.id IN ($1) AND m.role = 'team' AND m.standing = 'in' AND m.leaving = FALSE`, personas).Scan(&n)
	return n, err
}

// forgetVouches drops what groups were asked about somebody's, and what they said.
func forgetVouches(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_vouch WHERE application_id IN (SELECT id FROM member_application WHERE owner_member_id = $1)`, member)
	return err
}

// answersBy are what personas said for their groups.
func answersBy(ctx context.Context, q db.Querier, personas []string) ([]Vouch, error) {
	return db.All(ctx, q, func(scan db.Scan) (w Vouch, err error) {
		err = scan(&w.Group, &w.Asked, &w.Answer)
		return w, err
	}, `SELECT group_ref, asked, answer FROM member_vouch WHERE answerer_persona_id IN ($1) ORDER BY asked, group_ref`, personas)
}

// forgetAnswers leaves what was answered, without who did.
func forgetAnswers(ctx context.Context, tx *db.Tx, personas []string) error {
	_, err := tx.Exec(ctx, `UPDATE member_vouch SET answerer_persona_id = '' WHERE answerer_persona_id IN ($1)`, personas)
	return err
}
