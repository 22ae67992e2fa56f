package signin

import (
	"context"
	"errors"
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
	paper, err := paperLeft(ctx, s.db, sub.Member, opensSecond)
	if err != nil {
		return nil, err
	}
	account, err := paperLeft(ctx, s.db, sub.Member, opensAccount)
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
	doors.Line("signin.held.password", sealed != "", "signin.held.second", second, "signin.held.paper", paper, "signin.held.account", account, "signin.held.moved", moved, "signin.held.links", links)
	on := kit.Hold("signin.held.on")
	for _, x := range all {
		browser, system := said(x.Device)
		on.Line("signin.held.browser", browser, "i18n.held.device", system, "signin.held.used", x.Day)
	}
	passkeys := kit.Hold("signin.held.passkeys")
	for _, x := range keys {
		browser, system := said(x.Device)
		passkeys.Line("signin.held.browser", browser, "i18n.held.device", system, "i18n.held.since", x.Day)
	}
	// Whoever wished it may be somebody else, whose words and address are theirs.
	wishes, answers := kit.Hold("signin.held.lost"), kit.Hold("signin.held.answers")
	about, err1 := lostOf(ctx, s.db, sub)
	for _, x := range about {
		wishes.Line("i18n.held.since", x.Asked, "signin.held.state", kit.Word("signin.lost.state."+string(x.State)))
	}
	own, err2 := happeningsBy(ctx, s.db, sub.Personas)
	for _, h := range own {
		answers.Line("i18n.held.what", kit.Word("signin.lost.did."+h.What), "i18n.held.when", h.At, "signin.held.talked", h.Talked, "i18n.held.words", h.Why)
	}
	return []*kit.Holding{doors, on, passkeys, wishes, answers}, errors.Join(err, err1, err2)
}

// erase ends every way in.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	if err := job.Forget(ctx, tx, id.Hash(sub.Email)); err != nil {
		return err
	}
	return errors.Join(forgetLost(ctx, tx, sub), forget(ctx, tx, sub.Member))
}
