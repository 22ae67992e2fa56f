package group

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/record"
)

// export gives what the room holds about a person: the groups they organise,
// and which changes were theirs.
func (s *Service) export(ctx context.Context, sub kit.Subject) (any, error) {
	organises := []string{}
	for _, p := range sub.Personas {
		held, err := access.Held(ctx, s.db, p, access.Organiser)
		if err != nil {
			return nil, err
		}
		gs, err := byIDs(ctx, s.db, append([]string{access.Public, access.Network, access.Unlisted}, held...), held)
		if err != nil {
			return nil, err
		}
		for _, g := range gs {
			organises = append(organises, g.Name)
		}
	}
	changes, err := record.By(ctx, s.db, sub.Personas)
	if changes == nil {
		changes = []record.Change{}
	}
	if err != nil {
		return nil, err
	}
	wished, err := wishedBy(ctx, s.db, sub.Personas)
	if wished == nil {
		wished = []string{}
	}
	if err != nil {
		return nil, err
	}
	joined, err := joinedBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	mails := map[string]any{}
	for _, p := range sub.Personas {
		a, err := askingOf(ctx, s.db, p)
		if err != nil {
			return nil, err
		}
		mails[p] = map[string]any{"reminders": a.reminders, "no mail": a.stopped, "last mail": a.sent}
	}
	brought, err := broughtBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	ended, err := removalsOf(ctx, s.db, sub.Personas)
	if brought == nil {
		brought = []time.Time{}
	}
	if ended == nil {
		ended = []time.Time{}
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"lists brought": brought, "organiser of": organises, "stopped being an organiser by another's decision": ended, "changes": changes, "wished for a group": wished, "groups joined by putting two together": joined, "asked by mail": mails}, nil
}

// erase ends what a person was to groups. Their last organiser may be gone
// then: the group is the team's to look after.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	for _, p := range sub.Personas {
		held, err := access.Held(ctx, tx, p, access.Organiser)
		if err != nil {
			return err
		}
		for _, group := range held {
			if err := countOrganiser(ctx, tx, group, -1, 0); err != nil {
				return err
			}
		}
	}
	// What waits to be mailed names a persona.
	for _, p := range sub.Personas {
		if err := job.Forget(ctx, tx, p); err != nil {
			return err
		}
	}
	return errors.Join(forgetWishes(ctx, tx, sub.Personas), forgetAsking(ctx, tx, sub.Personas), forgetBrought(ctx, tx, sub.Personas), forgetRemovals(ctx, tx, sub.Personas), forgetJoined(ctx, tx, sub.Personas)) // the grants and the authorship are the ground floor's to forget
}
