package group

import (
	"slices"
	"testing"
)

// After a merge, twice is once: the list that made both changes nothing, and
// what it says anew is on the page that stands for both.
func TestImportAfterMerge(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		list := `name,area,country,registers,phone,about
Open Door,Leeds,GB,GB-CHC 1001,0113,We eat together
Northern Kitchen Table,Leeds,GB,GB-COH 77,,We cook
Tidewater Peers,Hull,GB,,,
`
		if r := mustImport(t, s, list, ImportOptions{}); sums(r) != "3 0 0 0 0" {
			t.Fatal(r)
		}
		m := both(t, s, "Open Door", "Northern Kitchen Table")
		m.Choices = Choices{"name": Kept, "about": Kept}
		mustMerge(t, s, m)
		before := exported(t, s)
		if r := mustImport(t, s, list, ImportOptions{}); sums(r) != "0 0 3 0 0" || exported(t, s) != before {
			t.Fatal(r)
		}
		// By its number, under another name.
		if r := mustImport(t, s, "name,area,country,registers\nKitchen,York,GB,GB-COH 77\n", ImportOptions{DryRun: true}); sums(r) != "0 1 0 0 0" {
			t.Error(r)
		}
		// By its id, and by its name and place; both say something new.
		r := mustImport(t, s, "id,name,area,country,phone,registers\n"+m.Gone.ID+",Northern Kitchen Table,Leeds,GB,0113 4960009,GB-COH 77\n", ImportOptions{})
		if sums(r) != "0 1 0 0 0" {
			t.Error(r)
		}
		r = mustImport(t, s, "name,area,country,email,languages\nNorthern Kitchen Table,Leeds,GB,cook@kitchen.example,Polish\nOpen Door,Leeds,GB,,\n", ImportOptions{})
		if sums(r) != "0 1 1 0 0" {
			t.Error(r)
		}
		g := one(t, s, "Open Door")
		if g.Phone != "0113 4960009" || g.Email != "cook@kitchen.example" || g.About != "We eat together" || !slices.Contains(g.OtherNames, "Northern Kitchen Table") || g.Area != "Leeds" {
			t.Errorf("%+v", g)
		}
		if r := mustImport(t, s, "name,area,country,registers\nNorthern Kitchen Table,Leeds,GB,\n", ImportOptions{}); sums(r) != "0 0 1 0 0" {
			t.Error(r)
		}
		organiser(t, s, "ana", g.Slug)
		if r := mustImport(t, s, "name,area,country,phone\nNorthern Kitchen Table,Leeds,GB,0113 1\n", ImportOptions{}); len(r.Kept) != 1 {
			t.Error(r)
		}
	})
}
