package link

import (
	"context"

	"withus.example/platform/db"
	"withus.example/platform/kit"
)

// linksBy are the links personas offered or answered.
func linksBy(ctx context.Context, q db.Querier, personas []string) ([]Link, error) {
	return db.All(ctx, q, scanLink, `SELECT `+linkColumns+` FROM link_link k WHERE k.offerer_persona_id IN ($1)
		UNION SELECT `+linkColumns+` FROM link_link k WHERE k.answerer_persona_id IN ($1) ORDER BY id`, personas)
}

func pastBy(ctx context.Context, q db.Querier, personas []string) ([]Past, error) {
	return db.All(ctx, q, scanPast, `SELECT `+pastColumns+` FROM link_past p WHERE p.actor_persona_id IN ($1) ORDER BY p.day, p.id`, personas)
}

func introsBy(ctx context.Context, q db.Querier, personas []string) ([]Intro, error) {
	return db.All(ctx, q, scanIntro, `SELECT `+introColumns+` FROM link_intro i WHERE i.asker_persona_id IN ($1)
		UNION SELECT `+introColumns+` FROM link_intro i WHERE i.answerer_persona_id IN ($1) ORDER BY asked, id`, personas)
}

// export gives what the room holds about a person: what they did for their
// groups, and their own words. What others wrote to them is those others'.
func (s *Service) export(ctx context.Context, sub kit.Subject) (any, error) {
	mine := map[string]bool{}
	for _, p := range sub.Personas {
		mine[p] = true
	}
	links, intros, lately := []any{}, []any{}, []any{}
	ks, err := linksBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, k := range ks {
		links = append(links, map[string]any{"kind": k.Kind, "from": k.From, "to": k.To, "agreed": k.Agreed, "day": k.Day, "offered": mine[k.offerer], "answered": mine[k.answerer]})
	}
	ps, err := pastBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		lately = append(lately, map[string]any{"kind": p.Kind, "from": p.From, "to": p.To, "for": p.By, "what": p.What, "day": p.Day})
	}
	is, err := introsBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, i := range is {
		// What was asked is not told here: a no empties it, silence does not.
		out := map[string]any{"from": i.By, "to": i.Of, "day": i.Asked}
		if mine[i.answerer] {
			out["answered"], out["words"] = i.State, i.Back
		}
		intros = append(intros, out)
	}
	return map[string]any{"links": links, "what happened to links": lately, "introductions": intros}, nil
}

// erase forgets a person. Links are their groups' and stand; what they wrote
// in confidence goes.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	ps := sub.Personas
	tx.Changed("link")
	if _, err := tx.Exec(ctx, `UPDATE link_link SET offerer_persona_id = '' WHERE offerer_persona_id IN ($1)`, ps); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE link_link SET answerer_persona_id = '' WHERE answerer_persona_id IN ($1)`, ps); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE link_past SET actor_persona_id = '' WHERE actor_persona_id IN ($1)`, ps); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM link_intro WHERE asker_persona_id IN ($1)`, ps); err != nil {
		return err
	}
	// Emptied and not deleted: to those who asked it is silence.
	if _, err := tx.Exec(ctx, `UPDATE link_intro SET state = $2, answerer_persona_id = '', back_words = '', back_email = FALSE, back_contact = '',
		words = '', contact = '', share_name = FALSE, share_email = FALSE WHERE answerer_persona_id IN ($1)`, ps, string(No)); err != nil {
		return err
	}
	return nil
}
