package search_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/search"
)

// By a date, every thing comes once, the latest first; also walking back, and
// when the thing a page began with is gone.
func TestSortByDate(t *testing.T) {
	dbtest.Run(t, []db.Migrations{search.Ground}, func(t *testing.T, d *db.DB) {
		const n = 23
		day := func(i int) time.Time { return time.Unix(0, 0).AddDate(0, 0, i*i%7) }
		name := func(i int) string { return fmt.Sprintf("t%02d", i) }
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range n {
				doc := search.Doc{Room: "a", ID: name(i), Kind: "thing", Scope: access.Public, Title: "Thing " + name(i), Dates: search.Dates{"new": day(i)}}
				if i%5 == 0 {
					doc.Scope = access.Network
				}
				if err := search.Put(ctx, tx, doc); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		x := search.New(d)
		var want []string
		for i := range n {
			if i%5 != 0 {
				want = append(want, name(i))
			}
		}
		slices.SortStableFunc(want, func(a, b string) int {
			var i, j int
			fmt.Sscanf(a, "t%d", &i)
			fmt.Sscanf(b, "t%d", &j)
			return day(j).Compare(day(i))
		})
		browse := func(page string) *search.Found {
			f, err := x.Browse(t.Context(), &access.Viewer{}, search.Query{Kind: "thing", Sort: "new", Page: page, Size: 4})
			if err != nil || f.Total != len(want) {
				t.Fatal(f, err)
			}
			return f
		}
		var got, back []string
		var last *search.Found
		for page := ""; ; page = last.Next {
			last = browse(page)
			if got = append(got, last.IDs...); last.Next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for back = last.IDs; last.Prev != ""; back = append(slices.Clone(last.IDs), back...) {
			last = browse(last.Prev)
		}
		if !slices.Equal(back, want) {
			t.Errorf("backwards %v, want %v", back, want)
		}
		second := browse(browse("").Next)
		page := browse("").Next
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return search.Drop(ctx, tx, "thing", "a", second.IDs[0]) }); err != nil {
			t.Fatal(err)
		}
		want = slices.DeleteFunc(want, func(s string) bool { return s == second.IDs[0] })
		if f := browse(page); !slices.Equal(f.IDs, want[4:8]) {
			t.Errorf("its first thing is gone: %v, want %v", f.IDs, want[4:8])
		}
		for _, page := range []string{"x", "////", "AAAA"} {
			if f := browse(page); !slices.Equal(f.IDs, want[:4]) {
				t.Errorf("page %q: %v", page, f.IDs)
			}
		}
	})
}
