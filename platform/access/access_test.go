package access_test

import (
	"context"
	"slices"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

func TestRightsAreRefusedByDefault(t *testing.T) {
	dbtest.Run(t, []db.Migrations{access.Ground}, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := access.Grant(ctx, tx, "p-org", "group-1", access.Organiser)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		viewer := func(member, persona string, r access.Role) *access.Viewer {
			v, err := access.With(t.Context(), d, member, persona, r)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		visitor, org, team := &access.Viewer{}, viewer("m1", "p-org", access.Member), viewer("m2", "p-team", access.Team)
		edit := access.Permission{Name: "edit", Relation: []access.Relation{access.Organiser}}
		desk := access.Permission{Name: "desk", Roles: []access.Role{access.Team, access.Visitor}}
		for _, c := range []struct {
			name  string
			v     *access.Viewer
			p     access.Permission
			thing string
			want  bool
		}{
			{"a visitor reads", visitor, access.Permission{Anyone: true}, "", true},
			{"nobody has the zero permission", team, access.Permission{}, "", false},
			{"an organiser edits their group", org, edit, "group-1", true},
			{"an organiser edits another group", org, edit, "group-2", false},
			{"an organiser edits nothing in particular", org, edit, "", false},
			{"the team edits a group's own", team, edit, "group-1", false},
			{"the team at its desk", team, desk, "", true},
			{"a visitor whose empty role is listed", visitor, desk, "", false},
		} {
			if got := c.v.May(c.p, c.thing); got != c.want {
				t.Errorf("%s: %v", c.name, got)
			}
		}
		if got := visitor.Scopes(); !slices.Equal(got, []string{access.Public}) {
			t.Errorf("a visitor sees %q", got)
		}
		if got := org.Scopes(); !slices.Equal(got, []string{access.Public, access.Network, "group-1"}) {
			t.Errorf("an organiser sees %q", got)
		}
		if slices.Contains(org.Scopes(), access.Unlisted) || !slices.Contains(org.ByAddress(), access.Unlisted) {
			t.Error("unlisted things are for those with the address alone")
		}
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return access.Erase(ctx, tx, []string{"p-org"}) })
		if err != nil || viewer("m1", "p-org", access.Member).May(edit, "group-1") {
			t.Error("what was erased still counts", err)
		}
	})
}
