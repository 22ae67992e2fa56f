// Package fact is the shared vocabulary of what happened: how one room tells
// the others without knowing them.
//
// A fact is told in the transaction in which it happened and heard by jobs, at
// least once. It carries ids only: who hears it reads what is true by then.
package fact

import (
	"context"
	"encoding/json"

	"withus.example/platform/db"
	"withus.example/platform/job"
)

// AddressProven is an account whose e-mail address was shown to be its owner's,
// by following a link that was sent there.
type AddressProven struct{ Member string }

// Gone is a thing of a room that was deleted for good.
type Gone struct{ Room, ID string }

// Merged is a thing of a room that was put together with another, which stands
// for it now, or that was taken apart from one and stands for itself again.
type Merged struct{ Room, ID string }

// Fact is one of the facts above.
type Fact interface {
	kind() string
	whom() string // whom it is about; empty: nobody
}

func (AddressProven) kind() string   { return "address-proven" }
func (f AddressProven) whom() string { return f.Member }
func (Gone) kind() string            { return "gone" }
func (Gone) whom() string            { return "" }

func (Merged) kind() string { return "merged" }
func (Merged) whom() string { return "" }

// all are the facts there are.
var all = []Fact{AddressProven{}, Gone{}, Merged{}}

// Tell publishes a fact.
func Tell(ctx context.Context, tx *db.Tx, f Fact) error {
	return job.Add(ctx, tx, job.Job{Kind: "fact." + f.kind(), Whom: f.whom(), Body: f})
}

// Hearing is a room's interest in one kind of fact.
type Hearing struct {
	fact string
	hear job.Handler
	whom func(body json.RawMessage) string
}

// On hears facts of one kind. fn may hear the same fact twice.
func On[F Fact](fn func(ctx context.Context, f F) error) Hearing {
	var zero F
	return Hearing{zero.kind(), func(ctx context.Context, body json.RawMessage) error {
		var f F
		if err := json.Unmarshal(body, &f); err != nil {
			return job.Gone(err)
		}
		return fn(ctx, f)
	}, func(body json.RawMessage) string {
		var f F
		if json.Unmarshal(body, &f) != nil {
			return ""
		}
		return f.whom()
	}}
}

// passing is a fact on its way to one room.
type passing struct {
	kind string
	whom func(json.RawMessage) string
}

// Handlers are the jobs that carry facts to rooms: one that passes a fact on,
// and one for each room that hears it, so that a failure in one room does not
// make the others hear it again.
func Handlers(d *db.DB, rooms map[string][]Hearing) map[string]job.Handler {
	out := map[string]job.Handler{}
	to := map[string][]passing{}
	for _, f := range all {
		to[f.kind()] = nil
	}
	for room, hs := range rooms {
		for _, h := range hs {
			kind := "fact." + h.fact + "." + room
			out[kind] = h.hear
			to[h.fact] = append(to[h.fact], passing{kind, h.whom})
		}
	}
	for fact, kinds := range to {
		out["fact."+fact] = func(ctx context.Context, body json.RawMessage) error {
			return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				for _, k := range kinds {
					if err := job.Add(ctx, tx, job.Job{Kind: k.kind, Whom: k.whom(body), Body: body}); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	return out
}
