package claim

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
)

// View is a claim as somebody with a part in it sees it.
type View struct {
	*Claim
	Of     *Group // nil: they may not know now which group it is about
	Name   string // the claimer's
	Asked  []AskedView
	Events []Event // with the words that this viewer may read
}

// AskedView is a group that is asked, and what it said.
type AskedView struct {
	Vouch
	By *Group // nil: it can't be seen now
}

// mostShown is how many claims a page lists.
const mostShown = 50

// views makes claims readable for a viewer, in a few statements however many.
func (s *Service) views(ctx context.Context, v *access.Viewer, cs []*Claim) (out []View, err error) {
	if len(cs) == 0 {
		return nil, nil
	}
	var ids, groups, people []string
	for _, c := range cs {
		ids, groups, people = append(ids, c.ID), append(groups, c.Group), append(people, c.Claimer)
	}
	vs, err := vouches(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	es, err := events(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	gs, err := s.groups.Claimed(ctx, s.db, append(groups, groupsOf(vs)...))
	if err != nil {
		return nil, err
	}
	names, err := s.people.Names(ctx, v, people)
	if err != nil {
		return nil, err
	}
	find := func(id string) *Group {
		if i := slices.IndexFunc(gs, func(g Group) bool { return g.ID == id }); i >= 0 {
			return &gs[i]
		}
		return nil
	}
	for _, c := range cs {
		x := View{Claim: c, Name: names[c.Claimer]}
		if g := find(c.Group); g != nil && shown(v, c, *g) {
			x.Of = g
		}
		for _, y := range vs {
			if y.Claim != c.ID {
				continue
			}
			a := AskedView{Vouch: y}
			if g := find(y.Group); g != nil && !g.Waits && !g.Closed {
				a.By = g
			}
			x.Asked = append(x.Asked, a)
		}
		for _, e := range es {
			if e.Claim == c.ID {
				x.Events = append(x.Events, readable(v, c, e))
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// readable takes out of an event what a viewer may not read: what an objector
// says is for the team, and for themselves. A team member who claims is no team
// to their own claim.
func readable(v *access.Viewer, c *Claim, e Event) Event {
	team := v.May(inviting, "") && c.Claimer != v.Persona
	if e.What == "objected" && !team && (e.Actor == "" || e.Actor != v.Persona) {
		e.Words = ""
	}
	return e
}

// Mine are a viewer's own claims, the latest first.
func (s *Service) Mine(ctx context.Context, v *access.Viewer) ([]View, error) {
	if !v.SignedIn() {
		return nil, nil
	}
	cs, err := of(ctx, s.db, v.Persona, mostShown)
	if err != nil {
		return nil, err
	}
	return s.views(ctx, v, cs)
}

// Theirs are the live claims of groups that a viewer organises.
func (s *Service) Theirs(ctx context.Context, v *access.Viewer) ([]View, error) {
	held := v.Held(access.Organiser)
	if !v.SignedIn() || len(held) == 0 {
		return nil, nil
	}
	cs, err := about(ctx, s.db, held, mostShown)
	if err != nil {
		return nil, err
	}
	cs = slices.DeleteFunc(cs, func(c *Claim) bool { return !c.live() || c.Claimer == v.Persona })
	return s.views(ctx, v, cs)
}

// AskedOf is what a viewer is asked for one of their groups.
type AskedOf struct {
	View
	For Group // whose word is asked for
}

// Asked is what a viewer's groups are asked.
func (s *Service) Asked(ctx context.Context, v *access.Viewer) (out []AskedOf, err error) {
	held := v.Held(access.Organiser)
	if !v.SignedIn() || len(held) == 0 {
		return nil, nil
	}
	vs, err := askedOf(ctx, s.db, held, mostShown)
	if err != nil || len(vs) == 0 {
		return nil, err
	}
	var claims []string
	for _, x := range vs {
		claims = append(claims, x.Claim)
	}
	cs, err := byIDs(ctx, s.db, claims)
	if err != nil {
		return nil, err
	}
	views, err := s.views(ctx, v, cs)
	if err != nil {
		return nil, err
	}
	mine, err := s.groups.Claimed(ctx, s.db, groupsOf(vs))
	if err != nil {
		return nil, err
	}
	for _, x := range vs {
		i := slices.IndexFunc(views, func(y View) bool { return y.ID == x.Claim })
		j := slices.IndexFunc(mine, func(g Group) bool { return g.ID == x.Group })
		if i < 0 || j < 0 || views[i].Claimer == v.Persona || views[i].Of == nil {
			continue
		}
		one := views[i]
		one.Events, one.Asked = nil, nil // what else happened is none of their matter
		out = append(out, AskedOf{one, mine[j]})
	}
	return out, nil
}

// About are the claims of a group, for those who may decide on them, and the
// group.
func (s *Service) About(ctx context.Context, v *access.Viewer, slug string) (Group, []View, error) {
	g, err := s.forDeciding(ctx, s.db, v, slug)
	if err != nil {
		return g, nil, err
	}
	cs, err := about(ctx, s.db, []string{g.ID}, mostShown)
	if err != nil {
		return g, nil, err
	}
	out, err := s.views(ctx, v, cs)
	out = slices.DeleteFunc(out, func(x View) bool { return x.Of == nil })
	return g, out, err
}

// Own is a viewer's live claim on a group; NotFound if they have none.
func (s *Service) Own(ctx context.Context, v *access.Viewer, slug string) (*View, error) {
	c, _, err := s.own(ctx, s.db, v, slug)
	if err != nil {
		return nil, err
	}
	out, err := s.views(ctx, v, []*Claim{c})
	if err != nil {
		return nil, err
	}
	return &out[0], nil
}

// OutView is an invitation that is out.
type OutView struct {
	Invite
	To Group
}

// Desk is what waits for the team.
type Desk struct {
	Objected, Open, Waiting []View
	Out                     []OutView
}

// Desk gathers that; Denied for anybody else.
func (s *Service) Desk(ctx context.Context, v *access.Viewer) (d Desk, err error) {
	if err := v.Need(inviting, ""); err != nil {
		return d, err
	}
	objected, err := objectedTo(ctx, s.db, mostShown)
	if err != nil {
		return d, err
	}
	if d.Objected, err = s.views(ctx, v, objected); err != nil {
		return d, err
	}
	open, err := in(ctx, s.db, Open, mostShown)
	if err != nil {
		return d, err
	}
	if d.Open, err = s.views(ctx, v, open); err != nil {
		return d, err
	}
	wait, err := in(ctx, s.db, Waiting, mostShown)
	if err != nil {
		return d, err
	}
	if d.Waiting, err = s.views(ctx, v, wait); err != nil {
		return d, err
	}
	is, err := invites(ctx, s.db, mostShown)
	if err != nil || len(is) == 0 {
		return d, err
	}
	var ids []string
	for _, i := range is {
		ids = append(ids, i.Group)
	}
	gs, err := s.groups.Claimed(ctx, s.db, ids)
	for _, i := range is {
		j := slices.IndexFunc(gs, func(g Group) bool { return g.ID == i.Group && g.Waits })
		if j >= 0 {
			d.Out = append(d.Out, OutView{i, gs[j]})
		}
	}
	return d, err
}

// Invitation is when a group that waits was last written to, zero if it was
// not, and the group: for the team.
func (s *Service) Invitation(ctx context.Context, v *access.Viewer, slug string) (g Group, made time.Time, err error) {
	if err := v.Need(inviting, ""); err != nil {
		return g, made, err
	}
	if g, err = s.forInviting(ctx, s.db, v, slug); err != nil {
		return g, made, err
	}
	i, err := inviteTo(ctx, s.db, g.ID)
	if errors.Is(err, db.ErrNone) {
		return g, made, nil
	}
	return g, i.Made, err
}

// Letter gives the group whose letter holds a code, when the code ends, and
// whether it is an invitation; NotFound if the code is of no letter to it.
func (s *Service) Letter(ctx context.Context, v *access.Viewer, slug, code string) (g Group, ends time.Time, invites bool, err error) {
	if err := v.Need(inviting, ""); err != nil {
		return g, ends, false, err
	}
	if g, err = s.groups.ClaimedAt(ctx, s.db, v, slug); err != nil {
		return g, ends, false, err
	}
	i, err := inviteByKey(ctx, s.db, hash(code), s.now().Add(-inviteFor))
	if err == nil && i.Group == g.ID {
		return g, i.Made.Add(inviteFor), true, nil
	}
	if err != nil && !errors.Is(err, db.ErrNone) {
		return g, ends, false, err
	}
	cs, err := about(ctx, s.db, []string{g.ID}, mostShown)
	for _, c := range cs {
		if same(c.code, hash(code)) {
			return g, c.codeEnds, false, err
		}
	}
	if err == nil {
		err = fault.Missing()
	}
	return g, ends, false, err
}

// Kept is why a code can't be sent for a claim now, as a locale key; empty: it
// can.
func (s *Service) kept(ctx context.Context, v *access.Viewer, c *Claim, g Group) (string, error) {
	err := s.mayHaveCode(ctx, s.db, c, g)
	if err == nil {
		err = s.codeDoes(ctx, v, g)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.Of(err).Key, nil
	}
	return "", err
}

// Objecting is the group that the link of a mail is about; NotFound if the link
// holds no more.
func (s *Service) Objecting(ctx context.Context, token string) (*View, error) {
	claim, err := byKey(ctx, s.db, id.Hash(token), s.now().Add(-keyFor))
	if err != nil {
		return nil, err
	}
	c, err := byID(ctx, s.db, claim)
	if err != nil {
		return nil, err
	}
	gs, err := s.groups.Claimed(ctx, s.db, []string{c.Group})
	if err != nil || len(gs) == 0 {
		return nil, db.Missing(cmp.Or(err, db.ErrNone))
	}
	return &View{Claim: c, Of: &gs[0]}, nil
}
