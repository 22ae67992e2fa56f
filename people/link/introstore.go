package link

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
)

const introColumns = `i.id, i.asker_group, i.asked_group, i.asked, i.state, i.words, i.share_name, i.share_email, i.contact,
	i.back_words, i.back_email, i.back_contact, i.asker_persona_id, i.answerer_persona_id`

func scanIntro(scan db.Scan) (i Intro, err error) {
	return i, scan(&i.ID, &i.By, &i.Of, &i.Asked, &i.State, &i.Words, &i.ShareName, &i.ShareEmail, &i.Contact,
		&i.BackWords, &i.BackEmail, &i.BackContact, &i.asker, &i.answerer)
}

// putIntro writes an introduction in the place of one whose patience is over,
// and says whether it did: while one goes on there is no second.
func putIntro(ctx context.Context, tx *db.Tx, i Intro, over time.Time) (bool, error) {
	tx.Changed("link")
	n, err := tx.Exec(ctx, `INSERT INTO link_intro AS i (id, asker_group, asked_group, asked, state, words, share_name, share_email, contact, asker_persona_id,
			answerer_persona_id, back_words, back_email, back_contact)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', FALSE, '')
		ON CONFLICT (asker_group, asked_group) DO UPDATE SET id = excluded.id, asked = excluded.asked, state = excluded.state, words = excluded.words,
			share_name = excluded.share_name, share_email = excluded.share_email, contact = excluded.contact, asker_persona_id = excluded.asker_persona_id,
			answerer_persona_id = '', back_words = '', back_email = FALSE, back_contact = ''
			WHERE i.asked <= $11`,
		i.ID, i.By, i.Of, i.Asked, string(i.State), i.Words, i.ShareName, i.ShareEmail, i.Contact, i.asker, over)
	return n > 0, err
}

func introByID(ctx context.Context, q db.Querier, id string) (Intro, error) {
	i, err := db.One(ctx, q, scanIntro, `SELECT `+introColumns+` FROM link_intro i WHERE i.id = $1`, id)
	return i, db.Missing(err)
}

// mostIntros is how many introductions a page shows.
const mostIntros = 200

// introsOf reads the introductions some groups asked or were asked, the latest
// first.
func introsOf(ctx context.Context, q db.Querier, groups []string) ([]Intro, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	return db.All(ctx, q, scanIntro, `SELECT `+introColumns+` FROM link_intro i WHERE i.asker_group IN ($1)
		UNION SELECT `+introColumns+` FROM link_intro i WHERE i.asked_group IN ($1) ORDER BY asked DESC, id LIMIT $2`, groups, mostIntros)
}

// answerIntro answers an introduction that has no yes or no yet, and says
// whether there was one.
func answerIntro(ctx context.Context, tx *db.Tx, id string, s State, b Back, persona string) (bool, error) {
	tx.Changed("link")
	n, err := tx.Exec(ctx, `UPDATE link_intro SET state = $2, back_words = $3, back_email = $4, back_contact = $5, answerer_persona_id = $6 WHERE id = $1 AND state IN ($7)`,
		id, string(s), b.BackWords, b.BackEmail, b.BackContact, persona, []string{string(Waiting), string(Later)})
	return n > 0, err
}

// emptyIntro takes everything out of an introduction but that there was one, and
// who asked: a row that vanished, from their export too, would tell them that
// somebody was there.
func emptyIntro(ctx context.Context, tx *db.Tx, id string, s State) error {
	tx.Changed("link")
	_, err := tx.Exec(ctx, `UPDATE link_intro SET state = $2, words = '', share_name = FALSE, share_email = FALSE, contact = '', answerer_persona_id = '',
		back_words = '', back_email = FALSE, back_contact = '' WHERE id = $1`, id, string(s))
	return err
}

// dropIntros deletes those asked before a day, and says how many.
func dropIntros(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	tx.Changed("link")
	return tx.Exec(ctx, `DELETE FROM link_intro WHERE asked < $1`, before)
}

// stop keeps a group from being asked by another, or (by empty) by any.
func stop(ctx context.Context, tx *db.Tx, group, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO link_stop (group_ref, by_group) VALUES ($1, $2) ON CONFLICT (group_ref, by_group) DO NOTHING`, group, by)
	return err
}

func unstop(ctx context.Context, tx *db.Tx, group, by string) error {
	_, err := tx.Exec(ctx, `DELETE FROM link_stop WHERE group_ref = $1 AND by_group = $2`, group, by)
	return err
}

// hasStopped says whether a group wants to be asked no more by another, or by
// any.
func hasStopped(ctx context.Context, q db.Querier, group, by string) (bool, error) {
	_, err := db.One(ctx, q, db.Text, `SELECT by_group FROM link_stop WHERE group_ref = $1 AND by_group IN ($2) LIMIT 1`, group, []string{"", by})
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// Stop is one group that wants to be asked no more by another, or (By empty) by
// any.
type Stop struct{ Group, By string }

func stops(ctx context.Context, q db.Querier, groups []string) ([]Stop, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	return db.All(ctx, q, func(scan db.Scan) (s Stop, err error) {
		return s, scan(&s.Group, &s.By)
	}, `SELECT group_ref, by_group FROM link_stop WHERE group_ref IN ($1) ORDER BY group_ref, by_group`, groups)
}
