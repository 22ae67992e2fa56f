// Package access says who asks, what they may see and what they may do.
//
// Every guarded row has a scope: [Public], [Network], [Unlisted], or the id of
// a group, a room or a person. What a viewer may see is a list of scopes, and
// an argument of the query that reads: `WHERE g.scope IN ($1)`. What a viewer
// may do is a [Permission], declared by a room and decided by [Viewer.May].
package access

import (
	"context"
	"embed"
	"slices"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

//go:embed migrations
var files embed.FS

// Ground is the table of who holds which scope.
var Ground = db.Migrations{Room: "access", Files: files}

// Scopes that are no id.
const (
	Public   = "public"   // everyone
	Network  = "network"  // whoever is in the network, by the rules of their kind
	Unlisted = "unlisted" // whoever has the full address; never in a list
	Desk     = "desk"     // the network team: what waits there and belongs to nobody yet
	Nobody   = "nobody"   // no one: what another thing stands for, until they are taken apart
)

// Role is what an account is in the whole network. Being an organiser is not a
// role: it is a [Relation] to one group.
type Role string

// The roles.
const (
	Visitor   Role = "" // not signed in
	Member    Role = "member"
	Supporter Role = "supporter"
	Moderator Role = "moderator"
	Team      Role = "team"
)

// What somebody is who has an account and is not, or not now, in the network:
// whatever their role, they see what everyone sees and have what is their own.
const (
	Pending  Role = "pending"  // asked to join, and has no answer yet, or a no
	Expected Role = "expected" // a list of before, or a form on paper, says that they are here; they have not come yet
	Lapsed   Role = "lapsed"   // did not stay, and may come back
	Paused   Role = "paused"   // stays away for a while, and comes back when they like
	Leaving  Role = "leaving"  // has asked to be forgotten, and may still change their mind
)

// Roles are the roles of those who are in the network.
var Roles = []Role{Member, Supporter, Moderator, Team}

// Everybody are those who can sign in, in the network or not: what is their own
// is theirs in any case.
var Everybody = append(slices.Clone(Unpaused), Expected, Paused, Leaving)

// Unpaused are those who may do what needs an account and no membership: a
// group's page is the group's, whoever of it comes.
var Unpaused = append(slices.Clone(Roles), Pending, Lapsed)

// Relation is how somebody holds a scope.
type Relation string

// Organiser is one of those who run a group. All have equal standing.
const Organiser Relation = "organiser"

// Viewer is who asks. The zero Viewer is a visitor, who sees what is public.
type Viewer struct {
	Member   string // account id, for people/* only; empty: not signed in
	Persona  string // who others see; everything outside people/* knows only this
	Role     Role
	Since    time.Time // when the account was made
	Lacks    bool      // their role waits for a second step of signing in; Role is what they are until then
	Discreet bool      // nothing a bystander sees says where they are
	Outside  bool      // in the network, and not shown what is for members alone
	Acting   any       // what people/member read of them on the way in, for itself; nil: nothing
	held     []held
}

type held struct {
	scope    string
	relation Relation
}

// SignedIn says whether the viewer has an account here.
func (v *Viewer) SignedIn() bool { return v.Member != "" }

// In says whether the viewer is in the network.
func (v *Viewer) In() bool { return v.SignedIn() && slices.Contains(Roles, v.Role) }

// Scopes are what the viewer may see in lists and searches.
func (v *Viewer) Scopes() []string {
	out := []string{Public}
	if v.In() && !v.Outside {
		out = append(out, Network)
	}
	if v.SignedIn() && v.Role == Team {
		out = append(out, Desk)
	}
	for _, h := range v.held {
		if !slices.Contains(out, h.scope) {
			out = append(out, h.scope)
		}
	}
	return out
}

// ByAddress are the scopes for reading one thing by its full address.
func (v *Viewer) ByAddress() []string { return append(v.Scopes(), Unlisted) }

// Holds says whether the viewer holds a scope in a relation.
func (v *Viewer) Holds(scope string, r Relation) bool {
	return scope != "" && slices.Contains(v.held, held{scope, r})
}

// Held are the scopes the viewer holds in a relation.
func (v *Viewer) Held(r Relation) (out []string) {
	for _, h := range v.held {
		if h.relation == r {
			out = append(out, h.scope)
		}
	}
	return out
}

// Permission is a right to do something. The zero Permission is nobody's.
type Permission struct {
	Name     string     // "group.edit"
	Anyone   bool       // visitors too
	Roles    []Role     // those with one of these roles
	Relation []Relation // those who hold the thing's scope in one of these relations
}

// May is the one place where rights are decided, and it refuses by default. thing
// is the scope the permission is about; empty for the network as a whole.
func (v *Viewer) May(p Permission, thing string) bool {
	if p.Anyone || v.SignedIn() && slices.Contains(p.Roles, v.Role) {
		return true
	}
	return slices.ContainsFunc(p.Relation, func(r Relation) bool { return v.Holds(thing, r) })
}

// Need is May as an error: Denied.
func (v *Viewer) Need(p Permission, thing string) error {
	if v.May(p, thing) {
		return nil
	}
	return fault.New(fault.Denied, "")
}

// With gives a viewer of an account, with the scopes its persona holds; none
// while it is paused, or about to leave.
func With(ctx context.Context, q db.Querier, member, persona string, role Role) (*Viewer, error) {
	h, err := db.All(ctx, q, func(scan db.Scan) (h held, err error) {
		err = scan(&h.scope, &h.relation)
		return h, err
	}, `SELECT scope, relation FROM access_grant WHERE holder_persona_id = $1 ORDER BY scope, relation`, persona)
	if role == Paused || role == Leaving {
		h = nil // what they hold waits for them
	}
	return &Viewer{Member: member, Persona: persona, Role: role, held: h}, err
}

// Grant lets a persona hold a scope, from its next request on, and says whether
// it did not before.
func Grant(ctx context.Context, tx *db.Tx, persona, scope string, r Relation) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO access_grant (holder_persona_id, scope, relation) VALUES ($1, $2, $3)
		ON CONFLICT (holder_persona_id, scope, relation) DO NOTHING`, persona, scope, string(r))
	return n > 0, err
}

// Revoke takes that back, from the next request on, and says whether there was
// anything to take back.
func Revoke(ctx context.Context, tx *db.Tx, persona, scope string, r Relation) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM access_grant WHERE holder_persona_id = $1 AND scope = $2 AND relation = $3`, persona, scope, string(r))
	return n > 0, err
}

// Held are the scopes a persona holds in a relation.
func Held(ctx context.Context, q db.Querier, persona string, r Relation) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT scope FROM access_grant WHERE holder_persona_id = $1 AND relation = $2 ORDER BY scope`, persona, string(r))
}

// Holder is a persona and a scope it holds.
type Holder struct{ Persona, Scope string }

// Holders lists who holds what in a relation, by persona.
func Holders(ctx context.Context, q db.Querier, r Relation) ([]Holder, error) {
	return db.All(ctx, q, func(scan db.Scan) (h Holder, err error) {
		err = scan(&h.Persona, &h.Scope)
		return h, err
	}, `SELECT holder_persona_id, scope FROM access_grant WHERE relation = $1 ORDER BY holder_persona_id, scope`, string(r))
}

// HoldersOf lists who holds some scopes in a relation, by scope and persona.
func HoldersOf(ctx context.Context, q db.Querier, scopes []string, r Relation) ([]Holder, error) {
	return db.All(ctx, q, func(scan db.Scan) (h Holder, err error) {
		err = scan(&h.Persona, &h.Scope)
		return h, err
	}, `SELECT holder_persona_id, scope FROM access_grant WHERE scope IN ($1) AND relation = $2 ORDER BY scope, holder_persona_id`, scopes, string(r))
}

// Close ends a scope: nobody holds it any more.
func Close(ctx context.Context, tx *db.Tx, scope string) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_grant WHERE scope = $1`, scope)
	return err
}

// Erase forgets what personas held.
func Erase(ctx context.Context, tx *db.Tx, personas []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_grant WHERE holder_persona_id IN ($1)`, personas)
	return err
}
