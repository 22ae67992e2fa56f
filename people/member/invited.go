package member

import (
	"context"
	"slices"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// Somebody may come with an invitation. It is carried along as a hash, and looked
// at anew at each step: what it opens is what whoever made it may give then.

// Whose invitation somebody came with.
const (
	ofMember = "member"
	ofTeam   = "team"
)

// high are roles that nobody joins in but by an invitation.
func high(r access.Role) bool { return r == access.Moderator || r == access.Team }

// kindsFor are the kinds as they are for somebody on their way in. With an
// invitation, what it does not open is closed; one of the team's opens what is
// closed to others. One that opens nothing any more changes nothing.
func (s *Service) kindsFor(ctx context.Context, q db.Querier, a *Answers) (map[access.Role]Kind, *Invitation, error) {
	ks, err := s.Kinds(ctx, q)
	if err != nil || a.Invited == "" {
		return ks, nil, err
	}
	inv, err := s.invitations.Invited(ctx, q, a.Invited)
	if fault.Is(err, fault.NotFound) {
		return ks, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for kind, k := range ks {
		switch {
		case kind == Group, inv.Role == access.Supporter && kind != access.Supporter:
			k.Open = false
		case inv.Team:
			k.Open = true
			if inv.AtOnce {
				k.Met = atOnce
			}
		}
		ks[kind] = k
	}
	return ks, &inv, nil
}

// openKind is what a kind is for somebody, and what they are invited to, nil if to
// nothing; a Conflict if nobody can join in it any more, or the invitation is
// another address's.
func (s *Service) openKind(ctx context.Context, q db.Querier, a *Answers) (Kind, *Invitation, error) {
	ks, inv, err := s.kindsFor(ctx, q, a)
	if err == nil && !ks[a.Kind].Open {
		err = fault.New(fault.Conflict, "member.kind.closed")
	}
	if err == nil && inv != nil && inv.Bound != "" && inv.Bound != id.Hash(a.Email) {
		err = fault.New(fault.Conflict, "member.invited.address")
	}
	return ks[a.Kind], inv, err
}

// spend uses the invitation that somebody came with up, and gives the role and
// the mark of their application.
func (s *Service) spend(ctx context.Context, tx *db.Tx, a *Answers, inv *Invitation) (role access.Role, mark string, err error) {
	if inv == nil {
		return a.role(), "", nil
	}
	role, mark = a.role(), ofMember
	if inv.Team {
		mark = ofTeam
	}
	if high(inv.Role) {
		role = inv.Role
	}
	return role, mark, s.invitations.Use(ctx, tx, a.Invited)
}

// BringInvitation begins the way in, or goes on with it, with an invitation. Who
// has said on the way that they are of a kind it does not open chooses anew.
func (s *Service) BringInvitation(r *web.Request, key string) error {
	a, _ := begun(r)
	a.Invited, a.Lang = key, r.Page.Code
	return walk.Keep(r, a)
}

// Inviter is who is behind a persona, as those need to know who ask who may invite.
// It is another name for a bare struct.
type Inviter = struct {
	Member string
	Role   access.Role // none while they are not in the network
	Name   string      // none while their curtains are closed
}

// Inviter gives who is behind a persona; NotFound if nobody is.
func (s *Service) Inviter(ctx context.Context, q db.Querier, persona string) (out Inviter, err error) {
	a, err := byPersona(ctx, q, persona)
	if err != nil {
		return out, err
	}
	out.Member = a.ID
	if a.Standing == In && !a.Leaving {
		out.Role = a.Role
	}
	ps, err := personasOf(ctx, q, a.ID)
	if i := slices.IndexFunc(ps, func(p Persona) bool { return p.ID == persona }); i >= 0 && !a.Curtains {
		out.Name = ps[i].Name
	}
	return out, err
}
