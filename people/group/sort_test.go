package group

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// A list can be put in another order, and saying that a page is still right
// brings it up.
func TestListOrders(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, "name,area,country\nAspen,Leeds,GB\nBirch,Hull,GB\nCedar,York,GB\n", ImportOptions{Publish: true})
		long := db.Day(time.Now()).AddDate(-1, 0, 0)
		err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE group_group SET changed = $1`, long)
			if err == nil {
				_, err = tx.Exec(ctx, `UPDATE group_group SET added = $1 WHERE name <> 'Cedar'`, long)
			}
			return err
		})
		if err == nil {
			err = s.shelveAll(t.Context())
		}
		if err == nil {
			_, err = s.StillRight(t.Context(), teamViewer, one(t, s, "Birch").Slug)
		}
		if err != nil {
			t.Fatal(err)
		}
		names := func(words string, near *Near, order string) (out []string) {
			l, err := s.List(t.Context(), &access.Viewer{}, words, near, nil, order, "")
			if err != nil || l.Total != len(l.Groups) {
				t.Fatal(l, err)
			}
			for _, g := range l.Groups {
				out = append(out, g.Name)
				if near.query() != nil && g.Away == nil {
					t.Errorf("%s: how far it is is not said", g.Name)
				}
			}
			return out
		}
		for _, c := range []struct {
			words, order string
			want         []string
		}{
			{"", "", []string{"Aspen", "Birch", "Cedar"}},
			{"", "title", []string{"Aspen", "Birch", "Cedar"}},
			{"", "checked", []string{"Birch", "Aspen", "Cedar"}},
			{"", "new", []string{"Cedar", "Aspen", "Birch"}},
			{"", "no such order", []string{"Aspen", "Birch", "Cedar"}},
			{"birch", "new", []string{"Birch"}},
		} {
			if got := names(c.words, nil, c.order); !slices.Equal(got, c.want) {
				t.Errorf("%q by %q: %v, want %v", c.words, c.order, got, c.want)
			}
		}
		if near := s.readNear(url.Values{"near": {"York"}, "within": {"100"}}); near.query() != nil {
			if got := names("", near, ""); got[0] != "Cedar" {
				t.Error(got)
			}
			if got := names("", near, "title"); !slices.IsSorted(got) {
				t.Error(got)
			}
		}
	})
}
