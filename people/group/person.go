package group

import (
	"context"
	"errors"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/record"
)

// export gives what the room holds about a person: the groups they organise,
// and which changes were theirs.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	organises := kit.Hold("group.held.organises")
	mails := kit.Hold("group.held.mails")
	for _, p := range sub.Personas {
		held, err := access.Held(ctx, s.db, p, access.Organiser)
		if err != nil {
			return nil, err
		}
		for _, g := range held {
			organises.Line("i18n.held.group", kit.Ref{Room: "group", ID: g})
		}
		a, err := askingOf(ctx, s.db, p)
		if err != nil {
			return nil, err
		}
		if a.reminders || a.stopped || a.sent.Unix() > 0 {
			mails.Line("group.held.reminders", a.reminders, "group.held.stopped", a.stopped, "i18n.held.when", a.sent)
		}
	}
	all, err := record.By(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	changes := kit.Hold("group.held.changes")
	for _, c := range all {
		changes.Line("group.held.of", kit.Ref{Room: c.Room, ID: c.ID}, "group.held.revision", c.N, "i18n.held.when", c.At)
	}
	what, err := wishedBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	wished := kit.Hold("group.held.wished")
	for _, w := range what {
		wished.Line("i18n.held.what", kit.Word("group.wish."+w))
	}
	n, err := joinedBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	joined := kit.Hold("group.held.joined")
	if n > 0 {
		joined.Line("i18n.held.number", n)
	}
	suggested := kit.Hold("group.held.suggested")
	said, err := record.SuggestedBy(ctx, s.db, "group", sub.Personas)
	if err != nil {
		return nil, err
	}
	for _, x := range said {
		suggested.Line("i18n.held.group", kit.Ref{Room: "group", ID: x.Thing.ID}, "i18n.held.what", kit.Word("group.field."+x.Field), "i18n.held.words", x.Words, "i18n.held.when", x.Day)
	}
	brought, err := broughtBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	ended, err := removalsOf(ctx, s.db, sub.Personas)
	return []*kit.Holding{organises, changes, suggested, wished, joined, mails, kit.Days("group.held.brought", brought), kit.Days("group.held.removed", ended)}, err
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
