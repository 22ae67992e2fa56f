package job

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

func add(t *testing.T, d *db.DB, jobs ...Job) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, j := range jobs {
			if err := Add(ctx, tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.QueryRow(t.Context(), `SELECT count(*) FROM job_job WHERE dead = FALSE`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// due makes every waiting job due now.
func due(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job_job SET due = $1`, time.Now().Add(-time.Second))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func queue(d *db.DB, h map[string]Handler, s ...Schedule) *Queue {
	return New(d, slog.New(slog.DiscardHandler), h, s)
}

func next(t *testing.T, q *Queue, want bool) {
	t.Helper()
	if did, err := q.Next(t.Context()); did != want || err != nil {
		t.Errorf("did a job: %v, %v; want %v", did, err, want)
	}
}

// Several servers share one list: each job is done once.
func TestEachJobOnce(t *testing.T) {
	dbtest.Each(t, []db.Migrations{Ground}, func(t *testing.T, at dbtest.Place) {
		var mu sync.Mutex
		done := map[string]int{}
		h := map[string]Handler{"k": func(_ context.Context, b json.RawMessage) error {
			mu.Lock()
			defer mu.Unlock()
			done[string(b)]++
			return nil
		}}
		d := dbtest.Open(t, at)
		for i := range 40 {
			add(t, d, Job{Kind: "k", Body: i})
		}
		add(t, d, Job{Kind: "k", Body: 99, At: time.Now().Add(time.Hour)})
		var wg sync.WaitGroup
		for range 3 {
			q := queue(dbtest.Open(t, at), h)
			wg.Go(func() {
				for {
					did, err := q.Next(t.Context())
					if err != nil {
						t.Error(err)
					}
					if !did {
						return
					}
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 1 || len(done) > 40 || done["99"] != 0 {
			t.Errorf("%d wait, %d kinds done", n, len(done))
		}
		for b, n := range done {
			if n != 1 {
				t.Errorf("job %s was done %d times", b, n)
			}
		}
	})
}

func TestUnique(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		add(t, d, Job{Kind: "a", Key: "x"}, Job{Kind: "a", Key: "x"}, Job{Kind: "b", Key: "x"}, Job{Kind: "a"}, Job{Kind: "a"})
		if n := count(t, d); n != 4 {
			t.Errorf("%d wait, want 4", n)
		}
		q := queue(d, map[string]Handler{"a": func(context.Context, json.RawMessage) error { return nil }, "b": func(context.Context, json.RawMessage) error { return nil }})
		for range 4 {
			next(t, q, true)
		}
		next(t, q, false)
		add(t, d, Job{Kind: "a", Key: "x"})
		if n := count(t, d); n != 1 {
			t.Error("once done, the key is free again")
		}
	})
}

func TestFailing(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		tries := map[string]int{}
		var ok bool
		fail := func(kind string, err error) Handler {
			return func(context.Context, json.RawMessage) error {
				tries[kind]++
				if ok {
					return nil
				}
				if err == nil {
					panic("boo")
				}
				return err
			}
		}
		q := queue(d, map[string]Handler{"soft": fail("soft", errors.New("later")), "hard": fail("hard", Gone(errors.New("never"))), "panic": fail("panic", nil)})
		add(t, d, Job{Kind: "soft", Key: "s"}, Job{Kind: "hard"}, Job{Kind: "panic"}, Job{Kind: "unheard"})
		for range 4 {
			next(t, q, true)
		}
		next(t, q, false) // those that failed wait
		for range Most - 1 {
			due(t, d)
			for range 3 {
				next(t, q, true)
			}
		}
		due(t, d)
		next(t, q, false)
		shelf, err := Shelf(t.Context(), d)
		if err != nil || len(shelf) != 4 || tries["soft"] != Most || tries["hard"] != 1 || tries["panic"] != Most {
			t.Fatalf("shelf %+v, tries %v, %v", shelf, tries, err)
		}
		if shelf[0].Kind != "hard" || shelf[0].Error != "never" {
			t.Errorf("%+v", shelf[0])
		}
		ok = true
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			found, err := Again(ctx, tx, shelf[0].ID)
			if !found {
				t.Error("not found on the shelf")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		next(t, q, true)
		if shelf, _ := Shelf(t.Context(), d); len(shelf) != 3 {
			t.Errorf("%d on the shelf", len(shelf))
		}
	})
}

// A server that died leaves its job to the next one, and if it was only slow,
// its late word no longer counts.
func TestLease(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		add(t, d, Job{Kind: "k"})
		done := 0
		q := queue(d, map[string]Handler{"k": func(context.Context, json.RawMessage) error { done++; return nil }})
		slow, err := q.take(t.Context(), time.Now(), "")
		if err != nil || slow == nil {
			t.Fatal(slow, err)
		}
		next(t, q, false)
		due(t, d)
		other, err := q.take(t.Context(), time.Now(), "")
		if err != nil || other == nil || other.tries != 2 {
			t.Fatal(other, err)
		}
		if err := q.done(t.Context(), slow); err != nil || count(t, d) != 1 {
			t.Error("a late word ended another's job", err)
		}
		if err := q.done(t.Context(), other); err != nil || count(t, d) != 0 {
			t.Error("the holder could not end it", err)
		}
	})
}

// What has to be done now is, and nothing else of what waits; what fails then is
// on the list still.
func TestFinish(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		add(t, d, Job{Kind: "other"}, Job{Kind: "now", Body: 1}, Job{Kind: "now", Body: 2}, Job{Kind: "now", Body: 3, At: time.Now().Add(time.Hour)})
		did, wrong := 0, errors.New("not yet")
		q := queue(d, map[string]Handler{
			"now": func(_ context.Context, body json.RawMessage) error {
				did++
				return map[string]error{"2": wrong}[string(body)]
			},
			"other": func(context.Context, json.RawMessage) error { t.Error("another job is done"); return nil },
		})
		if err := q.Finish(t.Context(), "now"); err != nil || did != 2 || count(t, d) != 3 {
			t.Errorf("%d done, %d left, %v", did, count(t, d), err)
		}
	})
}

func TestSchedule(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		var ran atomic.Int64
		q := queue(d, nil, Schedule{Name: "tidy", Every: time.Hour, Run: func(context.Context) error { ran.Add(1); return nil }})
		at := time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)
		for _, now := range []time.Time{at, at, at.Add(2 * time.Minute), at.Add(-3 * time.Hour), at.Add(3 * time.Minute)} {
			if err := q.plan(t.Context(), now); err != nil {
				t.Fatal(err)
			}
			for {
				if did, err := q.Next(t.Context()); !did || err != nil {
					break
				}
			}
		}
		if n := ran.Load(); n != 2 {
			t.Errorf("ran %d times in two hours", n)
		}
		q.pause = time.Millisecond
		q.Start(t.Context())
		deadline := time.Now().Add(5 * time.Second)
		for ran.Load() < 3 && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		q.Stop()
		if ran.Load() != 3 || count(t, d) != 0 {
			t.Error("a started queue left its work")
		}
	})
}
