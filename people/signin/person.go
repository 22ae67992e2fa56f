package signin

import (
	"context"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

// export gives what the room holds about a person; not the hashes, which would
// help nobody but a thief.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	all, err := sessions(ctx, s.db, sub.Member, "", time.Now())
	if err != nil {
		return nil, err
	}
	sealed, err := passwordOf(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	_, second, err := secondOf(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	paper, err := paperLeft(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	keys, err := passkeys(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	moved, err := movedUntil(ctx, s.db, sub.Member, time.Now())
	if err != nil {
		return nil, err
	}
	links, err := openLinks(ctx, s.db, sub.Member)

	doors := kit.Hold("signin.held.doors")
	doors.Line("signin.held.password", sealed != "", "signin.held.second", second, "signin.held.paper", paper, "signin.held.moved", moved, "signin.held.links", links)
	on := kit.Hold("signin.held.on")
	for _, x := range all {
		on.Line("i18n.held.device", x.Device, "signin.held.used", x.Day)
	}
	passkeys := kit.Hold("signin.held.passkeys")
	for _, x := range keys {
		passkeys.Line("i18n.held.device", x.Device, "i18n.held.since", x.Day)
	}
	return []*kit.Holding{doors, on, passkeys}, err
}

// erase ends every way in.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	if err := job.Forget(ctx, tx, id.Hash(sub.Email)); err != nil {
		return err
	}
	return forget(ctx, tx, sub.Member)
}
