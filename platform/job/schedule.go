package job

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"withus.example/platform/db"
)

// Schedule is work that comes round.
type Schedule struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// scheduled begins the kinds of the jobs of schedules.
const scheduled = "schedule."

// Round is how a schedule stands.
type Round struct {
	Good *time.Time // when it last ended well; nil: never yet
	Bad  *time.Time // since when it has not; nil: its last round ended well
	Why  Reason     // of the last failure
	Late bool       // it has not ended well for more than twice as long as it should, and an hour
}

// Reason is why a round failed: of what kind, and no more. What exactly happened
// may hold somebody's words, and is for whoever reads the log.
type Reason string

// The reasons.
const (
	Fault Reason = "fault" // a flaw in the program
	File  Reason = "file"  // a file can't be read or written
	Other Reason = "other"
)

func reason(err error) Reason {
	if errors.Is(err, errPanic) {
		return Fault
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return File
	}
	return Other
}

// plan adds the jobs of schedules whose time has come. The row of a schedule
// lets one server alone plan each round. The log hears once of one that is late.
func (q *Queue) plan(ctx context.Context, now time.Time) error {
	for _, s := range q.schedules {
		round := now.Truncate(s.Every)
		planned, was := false, Round{}
		err := q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			planned = false
			err := tx.QueryRow(ctx, `INSERT INTO job_schedule (name, round, bad) VALUES ($1, $2, $3)
				ON CONFLICT (name) DO UPDATE SET round = excluded.round WHERE job_schedule.round < excluded.round
				RETURNING good, bad, why`, s.Name, round, now).Scan(&was.Good, &was.Bad, &was.Why)
			if errors.Is(err, db.ErrNone) {
				return nil
			}
			if err != nil {
				return err
			}
			planned = true
			return Add(ctx, tx, Job{Kind: scheduled + s.Name, Key: "round", Body: struct{}{}})
		})
		if err != nil {
			return err
		}
		if planned {
			late := s.late(was, now)
			if late && !q.late[s.Name] {
				q.log.Warn("work that comes round is late", "name", s.Name, "good", was.Good, "failed since", was.Bad, "reason", was.Why)
			}
			q.late[s.Name] = late
		}
	}
	return nil
}

func (s Schedule) late(r Round, now time.Time) bool {
	since := r.Good
	if since == nil {
		since = r.Bad
	}
	return since != nil && now.Sub(*since) > 2*s.Every+time.Hour
}

// ended notes how a round ended, if the job is one of a schedule.
func (j *job) ended(ctx context.Context, tx *db.Tx, why error) error {
	name, is := strings.CutPrefix(j.kind, scheduled)
	if !is {
		return nil
	}
	if why == nil {
		_, err := tx.Exec(ctx, `UPDATE job_schedule SET good = $2, bad = NULL, why = '' WHERE name = $1`, name, time.Now())
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE job_schedule SET bad = CASE WHEN bad IS NULL THEN $2 ELSE bad END, why = $3 WHERE name = $1`, name, time.Now(), string(reason(why)))
	return err
}

// Rounds are how the schedules stand, by name.
func (q *Queue) Rounds(ctx context.Context) (map[string]Round, error) {
	out := map[string]Round{}
	_, err := db.All(ctx, q.db, func(scan db.Scan) (name string, err error) {
		var r Round
		err = scan(&name, &r.Good, &r.Bad, &r.Why)
		out[name] = r
		return name, err
	}, `SELECT name, good, bad, why FROM job_schedule`)
	for _, s := range q.schedules {
		r := out[s.Name]
		r.Late = s.late(r, time.Now())
		out[s.Name] = r
	}
	return out, err
}
