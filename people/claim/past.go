package claim

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/job"
)

const (
	// saidFor is how long it is kept what was said about a claim that is over, or
	// that holds: the words, the reasons, what other groups answered. A year, in which
	// most groups meet once as a whole and may ask why somebody was let in or turned
	// away, and a month for the letters about it. Of one that holds it stays after
	// that who looks after the page since when, and by which way they came.
	saidFor = 400 * 24 * time.Hour
	// institutionFor is how long it is kept that somebody said they work for an
	// institution, without their words: a group's code alone does not let them in so
	// long. People change where they work; who only waits has to wait for long.
	institutionFor = 3 * 365 * 24 * time.Hour
)

// ended are the states of a claim that is over.
var ended = []string{string(Refused), string(Revoked), string(Withdrawn), string(Merged), string(KeptOut)}

// dropPast drops what has been kept long enough: claims that are over, what was said
// about those that hold, and codes that open nothing any more.
func (s *Service) dropPast(ctx context.Context, tx *db.Tx) error {
	now := s.now()
	if err := dropCodes(ctx, tx, now); err != nil {
		return err
	}
	n, err1 := dropEnded(ctx, tx, now.Add(-saidFor), now.Add(-institutionFor))
	still, err2 := toSilence(ctx, tx, now.Add(-saidFor))
	err := errors.Join(err1, err2)
	for _, claim := range still {
		err = errors.Join(err, silence(ctx, tx, claim))
	}
	if err != nil || n == 0 && len(still) == 0 {
		return err
	}
	tx.Changed("claim")
	return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "claim"})
}

// dropCodes forgets codes whose time is over.
func dropCodes(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE claim_claim SET code = '' WHERE state = $1 AND code <> '' AND code_ends <= $2`, string(Open), now)
	return err
}

// dropEnded deletes claims that are over since before a moment; those of people who
// said that they work for an institution, since before another.
func dropEnded(ctx context.Context, tx *db.Tx, before, institution time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM claim_claim WHERE state IN ($1) AND (changed < $2 AND part <> $3 OR changed < $4)`, ended, before, string(Institution), institution)
}

// toSilence are claims that stay longer than what was said about them, where that is
// still there.
func toSilence(ctx context.Context, q db.Querier, before time.Time) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT c.id FROM claim_claim c WHERE c.state IN ($1) AND c.changed < $2 AND NOT c.objected AND (c.words <> ''
			OR EXISTS (SELECT 1 FROM claim_event e WHERE e.claim_id = c.id AND e.words <> '')
			OR EXISTS (SELECT 1 FROM claim_vouch v WHERE v.claim_id = c.id)
			OR EXISTS (SELECT 1 FROM claim_key k WHERE k.claim_id = c.id))
		ORDER BY c.changed, c.id LIMIT 200`, append([]string{string(Held)}, ended...), before)
}
