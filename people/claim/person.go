package claim

import (
	"context"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

// exported is a claim as its claimer takes it away. What an objector said is
// not among it.
type exported struct {
	Group  string    `json:"group"`
	Part   Part      `json:"part"`
	Words  string    `json:"words"`
	State  State     `json:"state"`
	Way    Way       `json:"way"`
	Begun  time.Time `json:"begun"`
	Events []did     `json:"events"`
}

// did is something that happened, or that somebody did.
type did struct {
	At    time.Time `json:"at"`
	What  string    `json:"what"`
	Words string    `json:"words,omitempty"`
}

// export gives what the room holds about a person: what they asked for and what
// became of it, and what they said about others.
func (s *Service) export(ctx context.Context, sub kit.Subject) (any, error) {
	asked, mine := []exported{}, []did{}
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
			x := exported{Group: c.Group, Part: c.Part, Words: c.Words, State: c.State, Way: c.Way, Begun: c.Begun, Events: []did{}}
			for _, e := range es {
				if e.What == "objected" && e.Actor != p {
					e.Words = ""
				}
				x.Events = append(x.Events, did{e.At, e.What, e.Words})
			}
			asked = append(asked, x)
		}
	}
	es, err := eventsBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, e := range es {
		mine = append(mine, did{e.At, e.What, e.Words})
	}
	vs, err := vouchesBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	said := []did{}
	for _, v := range vs {
		said = append(said, did{v.Asked, "whether we know somebody", v.Answer})
	}
	sent, err := invitedBy(ctx, s.db, sub.Personas)
	if sent == nil {
		sent = []time.Time{}
	}
	return map[string]any{"asked for": asked, "did": mine, "answered for a group": said, "invited a group": sent}, err
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
