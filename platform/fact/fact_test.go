package fact

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/job"
)

func TestFactsReachEveryRoom(t *testing.T) {
	dbtest.Run(t, []db.Migrations{job.Ground}, func(t *testing.T, d *db.DB) {
		heard := map[string]int{}
		hear := func(room string, err error) Hearing {
			return On(func(_ context.Context, f AddressProven) error {
				if f.Member != "m1" {
					t.Errorf("%s heard of %q", room, f.Member)
				}
				heard[room]++
				return err
			})
		}
		q := job.New(d, slog.New(slog.DiscardHandler), Handlers(d, map[string][]Hearing{"a": {hear("a", nil)}, "b": {hear("b", errors.New("no"))}}), nil)
		tell := func(fail error) {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return errors.Join(Tell(ctx, tx, AddressProven{"m1"}), fail)
			})
			if !errors.Is(err, fail) {
				t.Fatal(err)
			}
		}
		work := func() {
			for {
				if did, err := q.Next(t.Context()); err != nil {
					t.Fatal(err)
				} else if !did {
					return
				}
			}
		}
		tell(errors.New("rolled back"))
		work()
		if len(heard) != 0 {
			t.Errorf("what did not happen was heard: %v", heard)
		}
		tell(nil)
		work()
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE job_job SET due = $1`, time.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		work()
		if heard["a"] != 1 || heard["b"] != 2 {
			t.Errorf("room a heard it %d times, failing room b %d times", heard["a"], heard["b"])
		}
	})
}
