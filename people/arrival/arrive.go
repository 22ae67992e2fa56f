package arrival

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
	"withus.example/platform/web"
)

// Answers are what somebody says on arrival.
type Answers struct {
	Name, Kind, Own, Lang, Country string
	Does                           []string
	Since                          bool     // the day they belong since is to stay
	Yes                            []string // purposes they agree to
	Shown                          string   // the language in which they read what they agree to; empty: Lang
}

var errOld = fault.New(fault.NotFound, "arrival.old")

// Led is whom the link of a letter is for; NotFound, whatever the reason, if it
// leads to nobody any more.
func (s *Service) Led(ctx context.Context, q db.Querier, token string) (Person, error) {
	var k key
	_, err := keys.Get(ctx, q, token, s.now(), &k)
	if errors.Is(err, db.ErrNone) {
		return Person{}, errOld
	}
	if err != nil {
		return Person{}, err
	}
	p, err := s.expected(ctx, q, k.Member)
	if err == nil && p.Email != k.Email {
		err = errOld
	}
	return p, err
}

// expected is somebody who came over and has not arrived; NotFound if they have.
func (s *Service) expected(ctx context.Context, q db.Querier, member string) (Person, error) {
	p, err := personOf(ctx, q, member)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			err = errOld
		}
		return p, err
	}
	who, err := s.people.Expected(ctx, q, []string{member})
	x, there := who[member]
	if err == nil && (!there || p.State == arrived) {
		err = errOld
	}
	p.Newcomer = x
	return p, err
}

// who is whom a page of arriving is for: the link's, or whoever is signed in.
func (s *Service) who(ctx context.Context, q db.Querier, v *access.Viewer, token string) (Person, error) {
	if token != "" {
		return s.Led(ctx, q, token)
	}
	if err := v.Need(mine, ""); err != nil {
		return Person{}, err
	}
	return s.expected(ctx, q, v.Member)
}

// Arrive lets somebody in who came over: by the link of a letter, or signed in. What
// they do not keep is taken back, and what they agree to now is written down in the
// words of the page; a yes to other words falls before it. Who came by a link signs in
// next: what it gives has their browser know by which address.
func (s *Service) Arrive(ctx context.Context, v *access.Viewer, token string, x Answers) (hold func(*web.Request), err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.who(ctx, tx, v, token)
		if err == nil {
			err = s.agrees(x)
		}
		if err != nil {
			return err
		}
		come := Newcomer{Name: x.Name, Kind: x.Kind, Does: x.Does, Own: x.Own, Lang: x.Lang, Country: x.Country, Since: s.now()}
		if come.Name = strings.TrimSpace(come.Name); x.Since {
			come.Since = p.Since
		}
		if err := s.people.Arrive(ctx, tx, p.Member, come, token != ""); err != nil {
			return err
		}
		stand, err := s.consents.Stand(ctx, tx, p.Member)
		if err != nil {
			return err
		}
		shown := s.langs.For(cmp.Or(x.Shown, x.Lang))
		for _, purpose := range s.purposes() {
			words, stands := stand[purpose]
			now := Said{Purpose: purpose, Lang: shown.Code, Way: byForm, At: s.now()}
			said := shown.T(purpose + ".text")
			yes := slices.Contains(x.Yes, purpose)
			if stands && (!yes || words != said) {
				if err := s.consents.Carry(ctx, tx, p.Member, now); err != nil {
					return err
				}
			}
			if yes && (!stands || words != said) {
				now.Given, now.Words, now.At = true, said, now.At.Add(time.Millisecond) // after what falls
				if err := s.consents.Carry(ctx, tx, p.Member, now); err != nil {
					return err
				}
			}
		}
		if token != "" {
			if _, err := keys.Drop(ctx, tx, token); err != nil {
				return err
			}
			if hold, err = s.doors.Ready(ctx, tx, p.Email); err != nil {
				return err
			}
		}
		return s.arrived(ctx, tx, p)
	})
	return hold, err
}

// agrees says what is missing among what somebody agrees to: nobody is here without
// what being here rests on.
func (s *Service) agrees(x Answers) error {
	var p fault.Problems
	for _, key := range x.Yes {
		p.Choice("yes", key, s.purposes()...)
	}
	if !s.rests(x.Yes) {
		p.Add("yes", "arrival.needed")
	}
	return p.Err()
}

// rests says whether what being here rests on is among what somebody agrees to.
func (s *Service) rests(yes []string) bool {
	return !slices.ContainsFunc(s.consents.Asked(), func(q kit.Purpose) bool { return q.Needed && !slices.Contains(yes, q.Key) })
}

// Refuse removes somebody who came over and says that this is not for them: at once,
// and everything. No list brings them back for a year.
func (s *Service) Refuse(ctx context.Context, v *access.Viewer, token string) error {
	var p Person
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = s.who(ctx, tx, v, token); err != nil {
			return err
		}
		return s.keepAway(ctx, tx, p.Email)
	})
	if err != nil {
		return err
	}
	return s.privacy.Forget(ctx, p.Member)
}

// Waiting are those who have not arrived, with their addresses, for the team: from
// after somebody on. That they looked is written down.
func (s *Service) Waiting(ctx context.Context, v *access.Viewer, after string) (all []Person, more bool, err error) {
	if err := v.Need(bringing, ""); err != nil {
		return nil, false, err
	}
	all, err = waitingFrom(ctx, s.db, after, mostShown+1)
	if err != nil || len(all) == 0 {
		return nil, false, err
	}
	if len(all) > mostShown {
		all, more = all[:mostShown], true
	}
	var members []string
	for _, p := range all {
		members = append(members, p.Member)
	}
	who, err := s.people.Expected(ctx, s.db, members)
	if err != nil {
		return nil, false, err
	}
	for i := range all {
		all[i].Newcomer = who[all[i].Member]
	}
	return all, more, s.privacy.LookedAtAll(ctx, v, members, "arrival.looked")
}
