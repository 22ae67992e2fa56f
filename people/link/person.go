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
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	mine := map[string]bool{}
	for _, p := range sub.Personas {
		mine[p] = true
	}
	group := func(id string) kit.Ref { return kit.Ref{Room: "group", ID: id} }
	ks, err := linksBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	links, lately, intros := kit.Hold("link.held.links"), kit.Hold("link.held.past"), kit.Hold("link.held.introductions")
	for _, k := range ks {
		links.Line("i18n.held.from", group(k.From), "link.held.kind", kit.Word("link.kind."+string(k.Kind)), "i18n.held.to", group(k.To), "link.held.agreed", k.Agreed,
			"i18n.held.when", k.Day, "link.held.offered", mine[k.offerer], "link.held.answered", mine[k.answerer])
	}
	ps, err := pastBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		lately.Line("link.held.for", group(p.By), "i18n.held.what", kit.Word("link.held.did."+p.What), "i18n.held.from", group(p.From), "link.held.kind", kit.Word("link.kind."+string(p.Kind)),
			"i18n.held.to", group(p.To), "i18n.held.when", p.Day)
	}
	is, err := introsBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, i := range is {
		// What was asked is not told here: a no empties it, silence does not.
		var said kit.Word
		var back Back
		if mine[i.answerer] {
			said, back = kit.Word("link.held.said."+string(i.State)), i.Back
		}
		intros.Line("i18n.held.from", group(i.By), "i18n.held.to", group(i.Of), "i18n.held.when", i.Asked, "link.held.said", said,
			"i18n.held.words", back.BackWords, "link.held.contact", back.BackContact)
	}
	return []*kit.Holding{links, lately, intros}, nil
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
