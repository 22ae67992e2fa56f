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
	Kind     access.Role `json:"-"`
	Revision int         `json:"-"`      // how often it was changed
	Open     bool        `json:"open"`   // people may join in it
	Met      string      `json:"met"`    // how they are met
	Sees     bool        `json:"sees"`   // they see what is for members
	Votes    bool        `json:"votes"`  // they vote
	Renews   int         `json:"renews"` // months after which they are asked whether they stay; 0: never
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

// path is the address of a kind, for the team.
func (k *Kind) path() string { return "/desk/kinds/" + string(k.Kind) }

// SetKind changes what a kind of membership is: the network team's to do. It
// counts from everybody's next request on. If somebody else changed it since the
// revision it says, it is a Conflict.
func (s *Service) SetKind(ctx context.Context, v *access.Viewer, k Kind) error {
	return s.changeKind(ctx, v, k.Kind, k.Revision, "member.kinds.changed-meanwhile", func(context.Context, *db.Tx) (Kind, error) { return k, nil })
}
