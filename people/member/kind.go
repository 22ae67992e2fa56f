package member

import (
	"context"
	"slices"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// A kind of membership is told by the role of those who join in it; that of groups
// by a word of its own.
var kinds = []access.Role{access.Member, Group, access.Supporter}

// The ways an application is met.
const (
	atOnce = "at-once" // whoever asks is in
	byTeam = "team"    // the team answers
	byTalk = "talk"    // the team answers, once it has talked with them
)

var ways = []string{atOnce, byTeam, byTalk}

// rounds are after how many months people may be asked whether they stay.
var rounds = []int{0, 6, 12, 24, 36}

// Kind is what one kind of membership is in this network.
type Kind struct {
	Kind   access.Role
	Open   bool   // people may join in it
	Met    string // how they are met
	Sees   bool   // they see what is for members
	Votes  bool   // they vote
	Renews int    // months after which they are asked whether they stay; 0: never
}

// ways are those in which applications of a kind may be met.
func (k *Kind) ways() []string {
	if k.Kind == Group {
		return append(slices.Clone(ways), byGroups)
	}
	return ways
}

// Validate says what is wrong with a kind.
func (k *Kind) Validate() error {
	var p fault.Problems
	p.Choice("met", k.Met, k.ways()...)
	if !slices.Contains(rounds, k.Renews) {
		p.Add("renews", "error.choice")
	}
	return p.Err()
}

// Kinds are those of the network, as it has them now.
func (s *Service) Kinds(ctx context.Context, q db.Querier) (map[access.Role]Kind, error) {
	all, err := allKinds(ctx, q)
	out := map[access.Role]Kind{}
	for _, k := range all {
		out[k.Kind] = k
	}
	return out, err
}

// SetKind changes what a kind of membership is: the network team's to do. It
// counts from everybody's next request on.
func (s *Service) SetKind(ctx context.Context, v *access.Viewer, k Kind) error {
	if err := v.Need(welcoming, ""); err != nil {
		return err
	}
	if err := k.Validate(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := updateKind(ctx, tx, k)
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		if err == nil && k.Renews == 0 {
			err = forgetAsked(ctx, tx, rolesOf(k.Kind))
		}
		return err
	})
}
