package record

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

// An old address leads to what stands for its thing now, however often that was
// merged itself; merges are undone in the opposite order.
func TestMerges(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		join := func(gone, kept string, n int) error {
			at = at.Add(time.Minute)
			return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return Join(ctx, tx, "group", Merge{Gone: gone, Kept: kept, Address: "at-" + gone, N: n, At: at, Body: json.RawMessage(`{}`)})
			})
		}
		part := func(gone string) error {
			return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := Part(ctx, tx, "group", gone)
				return err
			})
		}
		leads := func(want map[string]string) {
			t.Helper()
			for _, id := range []string{"a", "b", "c", "d"} {
				got, err := Standing(ctx, d, "group", "at-"+id)
				if err != nil || got != want[id] {
					t.Errorf("%s leads to %q, want %q: %v", id, got, want[id], err)
				}
			}
			all, err := Stands(ctx, d, "group")
			if err != nil || len(all) != len(want) {
				t.Errorf("%v, want %v: %v", all, want, err)
			}
		}
		for _, x := range []struct {
			gone, kept string
			n          int
		}{{"a", "b", 2}, {"d", "b", 3}, {"b", "c", 5}} {
			if err := join(x.gone, x.kept, x.n); err != nil {
				t.Fatal(err)
			}
		}
		leads(map[string]string{"a": "c", "b": "c", "d": "c"})
		if err := join("a", "d", 9); !errors.Is(err, db.ErrConflict) {
			t.Errorf("merged twice: %v", err)
		}
		if got, err := Standing(ctx, d, "elsewhere", "at-a"); err != nil || got != "" {
			t.Errorf("another room's: %q, %v", got, err)
		}
		if ms, err := Merges(ctx, d, "group", []string{"c"}); err != nil || len(ms) != 3 || ms[0].Gone != "b" || ms[2].Kept != "b" {
			t.Errorf("%+v, %v", ms, err)
		}
		if ms, err := LatestMerges(ctx, d, "group", 2); err != nil || len(ms) != 2 || ms[1].Gone != "d" {
			t.Errorf("%+v, %v", ms, err)
		}
		if err := part("a"); !errors.Is(err, ErrLater) {
			t.Errorf("what it went into has gone into another: %v", err)
		}
		if err := part("b"); err != nil {
			t.Fatal(err)
		}
		leads(map[string]string{"a": "b", "d": "b"})
		if err := part("a"); !errors.Is(err, ErrLater) {
			t.Errorf("another was merged into the same since: %v", err)
		}
		if err := errors.Join(part("d"), part("a")); err != nil {
			t.Fatal(err)
		}
		leads(map[string]string{})
		if err := part("a"); !errors.Is(err, db.ErrNone) {
			t.Errorf("undone twice: %v", err)
		}
	})
}
