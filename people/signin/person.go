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
func (s *Service) export(ctx context.Context, sub kit.Subject) (any, error) {
	all, err := sessions(ctx, s.db, sub.Member, "", time.Now())
	if err != nil {
		return nil, err
	}
	type device struct {
		Device string    `json:"device"`
		Day    time.Time `json:"day"` // last used, or made
	}
	out := []device{}
	for _, x := range all {
		out = append(out, device{x.Device, x.Day})
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
	held := []device{}
	for _, x := range keys {
		held = append(held, device{x.Device, x.Day})
	}
	until, err := movedUntil(ctx, s.db, sub.Member, time.Now())
	if err != nil {
		return nil, err
	}
	var moved any
	if !until.IsZero() {
		moved = until
	}
	links, err := openLinks(ctx, s.db, sub.Member)
	return map[string]any{"signed in on": out, "has a password": sealed != "", "has a second step": second, "codes on paper left": paper, "passkeys": held, "address changed lately, until": moved, "links not yet followed": links}, err
}

// erase ends every way in.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	if err := job.Forget(ctx, tx, id.Hash(sub.Email)); err != nil {
		return err
	}
	return forget(ctx, tx, sub.Member)
}
