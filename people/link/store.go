package link

import (
	"context"
	"time"

	"withus.example/platform/db"
)

const linkColumns = `k.id, k.kind, k.from_group, k.to_group, k.offered_by, k.agreed, k.day, k.offerer_persona_id, k.answerer_persona_id`

func scanLink(scan db.Scan) (k Link, err error) {
	return k, scan(&k.ID, &k.Kind, &k.From, &k.To, &k.By, &k.Agreed, &k.Day, &k.offerer, &k.answerer)
}

// offer writes an offer, or makes it the answer to one that the other group
// made in the meantime. db.ErrNone: there was one already that this is no
// answer to.
func offer(ctx context.Context, tx *db.Tx, k Link) (Link, error) {
	tx.Changed("link")
	return db.One(ctx, tx, scanLink, `INSERT INTO link_link AS k (id, kind, pair, from_group, to_group, offered_by, agreed, day, offerer_persona_id, answerer_persona_id)
		VALUES ($1, $2, $3, $4, $5, $6, FALSE, $7, $8, '')
		ON CONFLICT (pair, kind) DO UPDATE SET agreed = TRUE, day = excluded.day, answerer_persona_id = excluded.offerer_persona_id
			WHERE k.agreed = FALSE AND k.from_group = excluded.from_group AND k.offered_by <> excluded.offered_by
		RETURNING id, kind, from_group, to_group, offered_by, agreed, day, offerer_persona_id, answerer_persona_id`, k.ID, string(k.Kind), k.pair(), k.From, k.To, k.By, k.Day, k.offerer)
}

func byPair(ctx context.Context, q db.Querier, k Link) (Link, error) {
	return db.One(ctx, q, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.pair = $1 AND k.kind = $2`, k.pair(), string(k.Kind))
}

func byID(ctx context.Context, q db.Querier, id string) (Link, error) {
	k, err := db.One(ctx, q, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.id = $1`, id)
	return k, db.Missing(err)
}

// agree makes an offer a link, and says whether it was still one.
func agree(ctx context.Context, tx *db.Tx, id, persona string, on time.Time) (bool, error) {
	tx.Changed("link")
	n, err := tx.Exec(ctx, `UPDATE link_link SET agreed = TRUE, day = $2, answerer_persona_id = $3 WHERE id = $1 AND agreed = FALSE`, id, on, persona)
	return n > 0, err
}

// drop deletes a link, or an offer alone, and says whether it was there.
func drop(ctx context.Context, tx *db.Tx, id string, agreed bool) (bool, error) {
	tx.Changed("link")
	n, err := tx.Exec(ctx, `DELETE FROM link_link WHERE id = $1 AND agreed = $2`, id, agreed)
	return n > 0, err
}

// mostRead is how many links are read at once: a movement of thousands is
// counted up to there.
const mostRead = 4000

// touching reads what is between some groups and any others, offers too.
func touching(ctx context.Context, q db.Querier, groups []string) ([]Link, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	return db.All(ctx, q, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.from_group IN ($1)
		UNION SELECT `+linkColumns+` FROM link_link k WHERE k.to_group IN ($1) ORDER BY id LIMIT $2`, groups, mostRead)
}

// largest reads the groups that most others say they are part of.
func largest(ctx context.Context, q db.Querier, most int) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT k.to_group FROM link_link k WHERE k.kind = $1 AND k.agreed = TRUE
		GROUP BY k.to_group ORDER BY count(*) DESC, k.to_group LIMIT $2`, string(PartOf), most)
}

// parts reads the groups that are part of some.
func parts(ctx context.Context, q db.Querier, of []string) ([]Link, error) {
	if len(of) == 0 {
		return nil, nil
	}
	return db.All(ctx, q, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.to_group IN ($1) AND k.kind = $2 AND k.agreed = TRUE ORDER BY k.id LIMIT $3`, of, string(PartOf), mostRead)
}

// after reads the agreed links with ids above one, in their order.
func after(ctx context.Context, q db.Querier, id string, most int) ([]Link, error) {
	return db.All(ctx, q, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.id > $1 AND k.agreed = TRUE ORDER BY k.id LIMIT $2`, id, most)
}

// Past is something that happened to a link.
type Past struct {
	Kind     Kind
	From, To string
	By       string // the group that did it
	What     string // offered, agreed, declined, withdrawn, ended
	Day      time.Time

	id, actor string
}

func note(ctx context.Context, tx *db.Tx, p Past) error {
	_, err := tx.Exec(ctx, `INSERT INTO link_past (id, kind, from_group, to_group, by_group, what, day, actor_persona_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.id, string(p.Kind), p.From, p.To, p.By, p.What, p.Day, p.actor)
	return err
}

const pastColumns = `p.id, p.kind, p.from_group, p.to_group, p.by_group, p.what, p.day, p.actor_persona_id`

func scanPast(scan db.Scan) (p Past, err error) {
	return p, scan(&p.id, &p.Kind, &p.From, &p.To, &p.By, &p.What, &p.Day, &p.actor)
}

// pastOf is what happened to the links of some groups, the latest first.
func pastOf(ctx context.Context, q db.Querier, groups []string, most int) ([]Past, error) {
	return db.All(ctx, q, scanPast, `SELECT `+pastColumns+` FROM link_past p WHERE p.from_group IN ($1)
		UNION SELECT `+pastColumns+` FROM link_past p WHERE p.to_group IN ($1) ORDER BY day DESC, id LIMIT $2`, groups, most)
}

// dropPast forgets what happened before a day.
func dropPast(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM link_past WHERE day < $1`, before)
	return err
}

// forgetGroup deletes everything about a group.
func forgetGroup(ctx context.Context, tx *db.Tx, id string) error {
	tx.Changed("link")
	for _, drop := range []func() (int64, error){
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_link WHERE from_group = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_link WHERE to_group = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_past WHERE from_group = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_past WHERE to_group = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_intro WHERE asker_group = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_intro WHERE asked_group = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_stop WHERE group_ref = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_stop WHERE by_group = $1`, id) },
		func() (int64, error) { return tx.Exec(ctx, `DELETE FROM link_carried WHERE gone_group = $1`, id) },
	} {
		if _, err := drop(); err != nil {
			return err
		}
	}
	return nil
}
