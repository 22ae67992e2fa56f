package app

import (
	"context"
	"math/rand/v2"

	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// FillDemo fills an empty network with invented people and groups. The same
// seed gives the same ones, ids included.
func (a *App) FillDemo(ctx context.Context, seed uint64, groups, members int) ([]kit.Person, error) {
	ctx = id.Seeded(ctx, seed)
	d := &kit.Demo{Rand: rand.New(rand.NewPCG(seed, 1)), Groups: groups, Members: members}
	for _, m := range a.Rooms {
		if m.Demo == nil {
			continue
		}
		if err := m.Demo(ctx, d); err != nil {
			return nil, err
		}
	}
	// The groups that are asked about another one are there only now.
	return d.People, a.Members.DemoVouching(ctx, d)
}

// Empty says whether nobody is here yet.
func (a *App) Empty(ctx context.Context) (bool, error) { return a.Members.None(ctx) }
