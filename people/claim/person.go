package claim

import (
	"context"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

// export gives what the room holds about a person: what they asked for and what
// became of it, and what they said about others.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	group := func(id string) kit.Ref { return kit.Ref{Room: "group", ID: id} }
	asked, became := kit.Hold("claim.held.asked"), kit.Hold("claim.held.became")
	for _, p := range sub.Personas {
		cs, err := of(ctx, s.db, p, 1000)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			es, err := events(ctx, s.db, []string{c.ID})
			if err != nil {
				return nil, err
			}
			var way kit.Word
			if c.Way != "" {
				way = kit.Word("claim.way." + string(c.Way))
			}
			asked.Line("i18n.held.group", group(c.Group), "claim.held.part", kit.Word("claim.part."+string(c.Part)), "i18n.held.words", c.Words, "claim.held.way", way, "i18n.held.when", c.Begun)
			for _, e := range es {
				if e.What == "objected" && e.Actor != p {
					e.Words = "" // the objector's
				}
				became.Line("i18n.held.group", group(c.Group), "i18n.held.what", kit.Word("claim.event."+e.What), "i18n.held.words", e.Words, "i18n.held.when", e.At)
			}
		}
	}
	es, err := eventsBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	did := kit.Hold("claim.held.did")
	for _, e := range es {
		did.Line("i18n.held.what", kit.Word("claim.event."+e.What), "i18n.held.words", e.Words, "i18n.held.when", e.At)
	}
	vs, err := vouchesBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	said := kit.Hold("claim.held.answered")
	for _, v := range vs {
		said.Line("claim.held.answer", kit.Word("claim.answer."+v.Answer), "i18n.held.when", v.Asked)
	}
	sent, err := invitedBy(ctx, s.db, sub.Personas)
	return []*kit.Holding{asked, became, did, said, kit.Days("claim.held.invited", sent)}, err
}

// erase forgets a person: their claims, and that it was them who answered,
// decided or wrote. Reasons stay, since others rely on them; objections are
// their own words, and go.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	for _, p := range sub.Personas {
		if err := job.Forget(ctx, tx, p); err != nil { // letters on their way
			return err
		}
	}
	tx.Changed("claim")
	return forget(ctx, tx, sub.Personas)
}

func forget(ctx context.Context, tx *db.Tx, personas []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM claim_claim WHERE claimer_persona_id IN ($1)`, personas); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE claim_vouch SET answerer_persona_id = '' WHERE answerer_persona_id IN ($1)`, personas); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE claim_event SET actor_persona_id = '', words = CASE WHEN what = 'objected' THEN '' ELSE words END
		WHERE actor_persona_id IN ($1)`, personas); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE claim_invite SET sender_persona_id = '' WHERE sender_persona_id IN ($1)`, personas)
	return err
}

// vouchesBy are the answers somebody gave for their groups.
func vouchesBy(ctx context.Context, q db.Querier, personas []string) ([]Vouch, error) {
	return db.All(ctx, q, scanVouch, `SELECT `+vouchColumns+` FROM claim_vouch v WHERE v.answerer_persona_id IN ($1) ORDER BY v.asked, v.claim_id`, personas)
}

// invitedBy is when somebody wrote to groups that wait.
func invitedBy(ctx context.Context, q db.Querier, personas []string) ([]time.Time, error) {
	return db.All(ctx, q, func(scan db.Scan) (t time.Time, err error) {
		err = scan(&t)
		return t, err
	}, `SELECT made FROM claim_invite WHERE sender_persona_id IN ($1) ORDER BY made`, personas)
}
