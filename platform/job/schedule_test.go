package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

func roundOf(t *testing.T, q *Queue, name string) Round {
	t.Helper()
	all, err := q.Rounds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[name]
}

// How a round ended is known afterwards: that it went well, or since when it has
// not and of which kind the reason is, without what the reason says.
func TestRounds(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		var fails error
		q := queue(d, nil, Schedule{Name: "tidy", Every: time.Hour, Run: func(context.Context) error {
			if errors.Is(fails, errPanic) {
				panic("ana@example.org")
			}
			return fails
		}})
		if r := roundOf(t, q, "tidy"); r != (Round{}) {
			t.Errorf("before it was ever planned: %+v", r)
		}
		now := time.Now()
		if err := q.plan(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if r := roundOf(t, q, "tidy"); r.Good != nil || r.Bad == nil || r.Late {
			t.Errorf("before its first round: %+v", r)
		}
		next(t, q, true)
		good := roundOf(t, q, "tidy")
		if good.Good == nil || good.Bad != nil || good.Late {
			t.Fatalf("after a good round: %+v", good)
		}
		if err := q.plan(t.Context(), now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		var since time.Time
		for i, x := range []struct {
			err  error
			want Reason
		}{{errors.New("ana@example.org does not exist"), Other}, {fmt.Errorf("x: %w", &fs.PathError{Op: "open", Path: "/home/ana", Err: fs.ErrPermission}), File}, {errPanic, Fault}} {
			fails = x.err
			next(t, q, true)
			due(t, d)
			r := roundOf(t, q, "tidy")
			if r.Bad == nil || r.Why != x.want || !r.Good.Equal(*good.Good) {
				t.Fatalf("after it failed: %+v, want %s", r, x.want)
			}
			if i == 0 {
				since = *r.Bad
			}
			if !r.Bad.Equal(since) {
				t.Errorf("it fails since %v, and not since %v", since, r.Bad)
			}
		}
		if n, err := db.One(t.Context(), d, db.Text, `SELECT why FROM job_schedule WHERE name = 'tidy'`); err != nil || strings.Contains(n, "ana") {
			t.Error(n, err)
		}
		fails = nil
		next(t, q, true)
		if r := roundOf(t, q, "tidy"); r.Bad != nil || r.Why != "" || !r.Good.After(*good.Good) {
			t.Errorf("after it went well again: %+v", r)
		}
	})
}

// Whose lease ran out no longer says how the round ended: somebody else does.
func TestRoundOfASlowServer(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		q := queue(d, nil, Schedule{Name: "tidy", Every: time.Hour, Run: func(context.Context) error { return nil }})
		if err := q.plan(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		slow, err := q.take(t.Context(), time.Now(), "")
		if err != nil || slow == nil {
			t.Fatal(slow, err)
		}
		due(t, d)
		next(t, q, true)
		good := roundOf(t, q, "tidy")
		if err := errors.Join(q.failed(t.Context(), slow, errors.New("late")), q.done(t.Context(), slow)); err != nil {
			t.Fatal(err)
		}
		if r := roundOf(t, q, "tidy"); good.Good == nil || !r.Good.Equal(*good.Good) || r.Bad != nil {
			t.Errorf("%+v, and then %+v", good, r)
		}
	})
}

// Late is what has not ended well for more than twice as long as it should, and
// an hour, even if no round ever failed; the log hears of it once.
func TestLateRounds(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		var log bytes.Buffer
		q := New(d, slog.New(slog.NewTextHandler(&log, nil)), nil, []Schedule{{Name: "tidy", Every: time.Hour, Run: func(context.Context) error { return nil }}})
		start := time.Now().Add(-24 * time.Hour).Truncate(time.Hour)
		plan := func(after time.Duration) int {
			t.Helper()
			if err := q.plan(t.Context(), start.Add(after)); err != nil {
				t.Fatal(err)
			}
			return strings.Count(log.String(), "is late")
		}
		for after, want := range []int{0, 0, 0, 0, 1, 1, 1} { // by the hour
			if n := plan(time.Duration(after) * time.Hour); n != want {
				t.Errorf("after %d hours without a round the log says it %d times, want %d", after, n, want)
			}
		}
		if !roundOf(t, q, "tidy").Late {
			t.Error("a day without a round is not late")
		}
		next(t, q, true)
		if roundOf(t, q, "tidy").Late {
			t.Error("it is late right after a round")
		}
		good := *roundOf(t, q, "tidy").Good
		s := q.schedules[0]
		for age, want := range map[time.Duration]bool{time.Hour: false, 3*time.Hour - time.Second: false, 3*time.Hour + time.Second: true} {
			if got := s.late(Round{Good: &good, Bad: &good}, good.Add(age)); got != want {
				t.Errorf("%v after a good round: late %v", age, got)
			}
		}
		start = start.Add(24 * time.Hour)
		if n := plan(time.Hour); n != 1 {
			t.Errorf("once it is on time the log says it %d times", n)
		}
		start = start.Add(24 * time.Hour)
		if n := plan(0); n != 2 {
			t.Errorf("when it is late once more the log has said it %d times", n)
		}
	})
}

// What was about somebody leaves the shelf in time; what was about nobody stays.
func TestShelfLife(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		add(t, d, Job{Kind: "fresh", Whom: "a"}, Job{Kind: "letter", Whom: "b"}, Job{Kind: "work"}, Job{Kind: "waits", Whom: "c"})
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err1 := tx.Exec(ctx, `UPDATE job_job SET dead = kind <> 'waits', due = $1`, time.Now().Add(-ShelfLife-time.Minute))
			_, err2 := tx.Exec(ctx, `UPDATE job_job SET due = $1 WHERE kind = 'fresh'`, time.Now().Add(-ShelfLife+time.Minute))
			return errors.Join(err1, err2)
		})
		if err := errors.Join(err, Tidy(t.Context(), d)); err != nil {
			t.Fatal(err)
		}
		shelf, err := Shelf(t.Context(), d)
		if err != nil || len(shelf) != 2 || shelf[0].Kind != "fresh" || shelf[1].Kind != "work" || count(t, d) != 1 {
			t.Errorf("on the shelf %+v, %d wait, %v", shelf, count(t, d), err)
		}
	})
}
