// Package job does work later, at least once: a table of ours, written in the
// caller's transaction, so that a job exists exactly when what asked for it
// does. Jobs that keep failing are put on a shelf, where somebody can see why
// and set them going again.
package job

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

//go:embed migrations
var files embed.FS

// Ground are the tables of what is to be done.
var Ground = db.Migrations{Room: "job", Files: files}

// Job is something to do.
type Job struct {
	Kind string    // "signin.mail": names the handler
	Body any       // written as JSON; ids, not words: it must stay true if they are withdrawn
	Key  string    // while one with the same kind and key waits, no second is added; empty: always added
	Whom string    // whom it is about, so that Forget finds it; empty: nobody
	At   time.Time // not before; zero: now
}

// Handler does a job. It may be called again for the same one: after an error,
// or when the server died in between.
type Handler func(ctx context.Context, body json.RawMessage) error

// Scrub is the job that finishes an erasure on disk, some time soon: see
// [db.DB.Scrub].
const Scrub = "job.scrub"

// Add puts a job on the list.
func Add(ctx context.Context, tx *db.Tx, j Job) error {
	if j.At.IsZero() {
		j.At = time.Now()
	}
	key := j.Kind + " " + j.Key
	if j.Key == "" {
		key += id.New(ctx)
	}
	_, err := tx.Exec(ctx, `INSERT INTO job_job (id, kind, key, whom, body, due) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) WHERE dead = FALSE DO NOTHING`, id.New(ctx), j.Kind, key, j.Whom, db.JSON(j.Body), j.At)
	return err
}

// Gone is an error that trying again won't mend: the job goes straight to the
// shelf.
func Gone(err error) error { return &gone{err} }

type gone struct{ error }

func (g *gone) Unwrap() error { return g.error }

// Queue does the jobs of a network.
type Queue struct {
	db        *db.DB
	log       *slog.Logger
	handlers  map[string]Handler
	schedules []Schedule
	late      map[string]bool // of which schedules the log knows
	lease     time.Duration   // how long a job is ours before another server may take it
	pause     time.Duration   // between two looks at an empty list
	wait      sync.WaitGroup
	stop      context.CancelFunc
}

// Most is how often a job is tried before it goes to the shelf: over about a
// day, see backoff.
const Most = 18

// New makes a queue; Start sets it going.
func New(d *db.DB, log *slog.Logger, handlers map[string]Handler, schedules []Schedule) *Queue {
	q := &Queue{db: d, log: log, handlers: map[string]Handler{}, schedules: schedules, late: map[string]bool{}, lease: time.Minute, pause: 400 * time.Millisecond}
	q.handlers[Scrub] = func(ctx context.Context, _ json.RawMessage) error { return d.Scrub(ctx) }
	for k, h := range handlers {
		q.handlers[k] = h
	}
	for _, s := range schedules {
		q.handlers[scheduled+s.Name] = func(ctx context.Context, _ json.RawMessage) error { return s.Run(ctx) }
	}
	return q
}

// workers is how many jobs one server does at once.
const workers = 2

// Start works until ctx ends or Stop is called.
func (q *Queue) Start(ctx context.Context) {
	ctx, q.stop = context.WithCancel(ctx)
	for range workers {
		q.wait.Go(func() { q.loop(ctx) })
	}
	q.wait.Go(func() {
		for sleep(ctx, 0); ctx.Err() == nil; sleep(ctx, 20*time.Second) {
			if err := q.plan(ctx, time.Now()); err != nil && ctx.Err() == nil {
				q.log.Error("schedules could not be planned", "error", err)
			}
		}
	})
}

// Stop takes no more jobs and waits for the ones under way.
func (q *Queue) Stop() {
	if q.stop != nil {
		q.stop()
	}
	q.wait.Wait()
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (q *Queue) loop(ctx context.Context) {
	for ctx.Err() == nil {
		did, err := q.Next(ctx)
		if err != nil && ctx.Err() == nil {
			q.log.Error("the list of jobs could not be read", "error", err)
			sleep(ctx, 10*time.Second) // a database that is gone fills no log
		}
		if !did {
			// Not in step with the others.
			sleep(ctx, q.pause/2+rand.N(q.pause))
		}
	}
}

// job is one taken from the list.
type job struct {
	id, kind string
	body     json.RawMessage
	tries    int // also tells whose it is: another server that takes it counts on
}

// Next does the job that is due first, and says whether there was one.
func (q *Queue) Next(ctx context.Context) (bool, error) {
	return q.next(ctx, "")
}

// Finish does what is due of a kind, for whoever must know it done and not only on
// the list. A job that fails then is on the list still.
func (q *Queue) Finish(ctx context.Context, kind string) error {
	for {
		if did, err := q.next(ctx, kind); err != nil || !did {
			return err
		}
	}
}

func (q *Queue) next(ctx context.Context, kind string) (bool, error) {
	j, err := q.take(ctx, time.Now(), kind)
	if err != nil || j == nil {
		return false, err
	}
	// What was begun is finished, even while the server stops.
	ctx = context.WithoutCancel(ctx)
	err = q.do(ctx, j)
	if err == nil {
		return true, q.done(ctx, j)
	}
	return true, q.failed(ctx, j, err)
}

var errPanic = errors.New("panic: the log has more")

func (q *Queue) do(ctx context.Context, j *job) (err error) {
	h := q.handlers[j.kind]
	if h == nil {
		return errors.New("nobody here does this kind of job")
	}
	defer func() {
		if p := recover(); p != nil {
			q.log.Error("a job panicked", "kind", j.kind, "stack", string(debug.Stack()))
			err = errPanic // what it panicked with may be somebody's words
		}
	}()
	beat, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for sleep(beat, q.lease/3); beat.Err() == nil; sleep(beat, q.lease/3) {
			if err := q.keep(beat, j); err != nil && beat.Err() == nil {
				q.log.Warn("a job's lease could not be renewed", "kind", j.kind, "error", err)
			}
		}
	}()
	return h(ctx, j.body)
}

// take claims the job that is due first, of a kind if one is given. A job that was taken is due again
// when its lease runs out.
func (q *Queue) take(ctx context.Context, now time.Time, kind string) (*job, error) {
	var some int
	err := q.db.QueryRow(ctx, `SELECT 1 FROM job_job WHERE dead = FALSE AND due <= $1 AND ($2 = '' OR kind = $2) LIMIT 1`, now, kind).Scan(&some)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var j *job
	err = q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		j = &job{}
		err := tx.QueryRow(ctx, `UPDATE job_job SET due = $1, tries = tries + 1 WHERE id = (
			SELECT id FROM job_job WHERE dead = FALSE AND due <= $2 AND ($3 = '' OR kind = $3) ORDER BY due, id LIMIT 1`+tx.SkipLocked()+`
		) RETURNING id, kind, body, tries`, now.Add(q.lease), now, kind).Scan(&j.id, &j.kind, db.JSON(&j.body), &j.tries)
		if errors.Is(err, db.ErrNone) {
			j = nil
			return nil
		}
		return err
	})
	return j, err
}

func (q *Queue) keep(ctx context.Context, j *job) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job_job SET due = $1 WHERE id = $2 AND tries = $3`, time.Now().Add(q.lease), j.id, j.tries)
		return err
	})
}

func (q *Queue) done(ctx context.Context, j *job) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM job_job WHERE id = $1 AND tries = $2`, j.id, j.tries)
		if err != nil || n == 0 {
			return err
		}
		return j.ended(ctx, tx, nil)
	})
}

func (q *Queue) failed(ctx context.Context, j *job, why error) error {
	_, dead := errors.AsType[*gone](why)
	dead = dead || j.tries >= Most
	q.log.Warn("a job failed", "kind", j.kind, "tries", j.tries, "shelved", dead, "error", why)
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE job_job SET due = $1, error = $2, dead = $3
			WHERE id = $4 AND tries = $5`, time.Now().Add(backoff(j.tries)), why.Error(), dead, j.id, j.tries)
		if err != nil || n == 0 {
			return err
		}
		return j.ended(ctx, tx, why)
	})
}

// backoff is 10 s after the first failure, then twice as long each time, three
// hours at most, give or take a quarter so that many do not come back at once.
func backoff(tries int) time.Duration {
	d := min(10*time.Second<<min(tries-1, 12), 3*time.Hour)
	return d*3/4 + rand.N(d/2)
}

// Shelved is a job that was given up.
type Shelved struct {
	ID, Kind, Error string
	Tries           int
}

// Shelf lists the jobs given up, by kind.
func Shelf(ctx context.Context, q db.Querier) ([]Shelved, error) {
	return db.All(ctx, q, func(scan db.Scan) (s Shelved, err error) {
		err = scan(&s.ID, &s.Kind, &s.Error, &s.Tries)
		return s, err
	}, `SELECT id, kind, error, tries FROM job_job WHERE dead = TRUE ORDER BY kind, id LIMIT 1000`)
}

// Again sets a job on the shelf going again.
func Again(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE job_job SET dead = FALSE, tries = 0, due = $1 WHERE id = $2 AND dead = TRUE`, time.Now(), id)
	return n > 0, err
}

// ShelfLife is how long work that was about somebody stays on the shelf: with it
// lies where a letter should have gone.
const ShelfLife = 30 * 24 * time.Hour

// Tidy drops it. Work that is about nobody stays until somebody sees to it.
func Tidy(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM job_job WHERE dead = TRUE AND due < $1 AND whom <> ''`, time.Now().Add(-ShelfLife))
		return err
	})
}

// Forget takes everything about somebody off the list and the shelf.
func Forget(ctx context.Context, tx *db.Tx, whom string) error {
	_, err := tx.Exec(ctx, `DELETE FROM job_job WHERE whom = $1`, whom)
	return err
}
