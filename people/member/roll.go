package member

import (
	"context"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/job"
)

// The roll is everybody who has an account, for the network team: to help
// somebody who asks, and to say who may do what. A list of addresses is not
// needed for it: they are cut short there, and read whole on a person's own page,
// which writes down who looked. Names that others see stand nowhere: who keeps
// the accounts does not learn who writes what.

var keeping = access.Permission{Name: "member.keep", Roles: []access.Role{access.Team}}

// roleWishFor is how long a wish of one of the team waits for a second one.
const roleWishFor = 14 * 24 * time.Hour

// RoleWish is that one of the team wants an account to have another role.
type RoleWish struct {
	Member string
	Role   access.Role
	Day    time.Time

	asker string
}

// wishesSince is the day of the oldest wish that still waits.
func (s *Service) wishesSince() time.Time { return db.Day(s.now().Add(-roleWishFor)) }

// Roll is a part of everybody with an account, of a role or of any, from after
// one on; most at most. Their order means nothing.
func (s *Service) Roll(ctx context.Context, v *access.Viewer, role access.Role, after string, most int) ([]Account, error) {
	if err := v.Need(keeping, ""); err != nil {
		return nil, err
	}
	return roll(ctx, s.db, role, after, most)
}

// Wishes are the changes of roles that wait for a second one of the team.
func (s *Service) Wishes(ctx context.Context, v *access.Viewer) ([]RoleWish, error) {
	if err := v.Need(keeping, ""); err != nil {
		return nil, err
	}
	return allRoleWishes(ctx, s.db, s.wishesSince())
}

// Find gives the account of a whole address; NotFound if there is none.
func (s *Service) Find(ctx context.Context, v *access.Viewer, email string) (member string, err error) {
	if err := v.Need(keeping, ""); err != nil {
		return "", err
	}
	a, err := s.ByEmail(ctx, email)
	return a.ID, err
}

// Open is one account, with what waits about it. It is written down that the
// viewer looked.
func (s *Service) Open(ctx context.Context, v *access.Viewer, member string) (Account, *RoleWish, error) {
	if err := v.Need(keeping, ""); err != nil {
		return Account{}, nil, err
	}
	a, err := byID(ctx, s.db, member)
	if err != nil {
		return a, nil, err
	}
	w, err := roleWishOf(ctx, s.db, member, s.wishesSince())
	if err != nil {
		return a, nil, err
	}
	return a, w, s.watch.Looked(ctx, v, member, "member.looked.account")
}

// ChangeRole gives an account another role, or notes the wish: it takes two of
// the team to make somebody a moderator or one of the team, or to send somebody
// away from the team, if there are two. Otherwise one of them could be both of
// any two that have to agree. Nobody raises themselves; who steps down does it
// alone.
func (s *Service) ChangeRole(ctx context.Context, v *access.Viewer, member string, role access.Role) (waits bool, err error) {
	if err := v.Need(keeping, ""); err != nil {
		return false, err
	}
	var p fault.Problems
	if p.Choice("role", string(role), roleNames()...); p.Err() != nil {
		return false, p.Err()
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		waits = false
		a, err := locked(ctx, tx, member)
		if err != nil {
			return err
		}
		if a.Leaving || a.Standing == access.Pending || a.Standing == access.Expected {
			return fault.New(fault.Conflict, "member.leaves-or-waits")
		}
		if a.Role == role {
			return dropRoleWish(ctx, tx, member)
		}
		second, err := s.needsSecond(ctx, tx, v, a, role)
		if err != nil {
			return err
		}
		if second {
			waits = true
			w, err := roleWishOf(ctx, tx, member, s.wishesSince())
			if err == nil && w != nil && w.Role != role {
				err = fault.New(fault.Conflict, "member.role-wish.waits")
			}
			if err != nil {
				return err
			}
			return putRoleWish(ctx, tx, RoleWish{Member: member, Role: role, Day: db.Day(s.now()), asker: v.Persona})
		}
		if err := changeRole(ctx, tx, a, role, db.Day(s.now())); err != nil {
			return err
		}
		if member == v.Member {
			return nil
		}
		return job.Add(ctx, tx, job.Job{Kind: roleJob, Key: member, Whom: member, Body: answered{member}})
	})
	return waits, err
}

// needsSecond says whether a change of a role waits for another of the team: it
// does not if another of them wishes the same.
func (s *Service) needsSecond(ctx context.Context, tx *db.Tx, v *access.Viewer, a Account, role access.Role) (bool, error) {
	raises := role == access.Team || role == access.Moderator
	if a.ID == v.Member {
		if a.Role == access.Team {
			return false, nil // steps down
		}
		return false, fault.New(fault.Denied, "")
	}
	if !raises && a.Role != access.Team {
		return false, nil
	}
	// Whoever of them has paused counts here: who is left is not alone.
	if n, err := teamAll(ctx, tx); err != nil || n < 2 {
		return false, err
	}
	w, err := roleWishOf(ctx, tx, a.ID, s.wishesSince())
	if err != nil || w == nil || w.Role != role {
		return true, err
	}
	n, err := onTeam(ctx, tx, []string{w.asker, v.Persona})
	return n < 2, err
}

// DropWish takes away what waits about an account: any of the team may.
func (s *Service) DropWish(ctx context.Context, v *access.Viewer, member string) error {
	if err := v.Need(keeping, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropRoleWish(ctx, tx, member) })
}

// changeRole gives an account another role, and ends what was wished about it.
// The last member of the network team stays one.
func changeRole(ctx context.Context, tx *db.Tx, a Account, to access.Role, day time.Time) error {
	if a.counted() {
		if err := teamChanges(ctx, tx, to, +1); err != nil {
			return err
		}
		if err := teamChanges(ctx, tx, a.Role, -1); err != nil {
			return err
		}
	}
	if err := setRole(ctx, tx, a.ID, a.Role, to, day); err != nil {
		return err
	}
	return dropRoleWish(ctx, tx, a.ID)
}

const roleJob = "member.role"
