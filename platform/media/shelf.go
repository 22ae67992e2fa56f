package media

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
)

// Shelf is where a room keeps pictures: each is some files, and a row of the
// room's that says whose it is, by a random key. No row is without its files; of
// files that no row names any more, a job clears the disk.
type Shelf struct {
	DB    *db.DB
	Store Store  // nil: this network keeps no pictures
	Sides []int  // of each picture
	Job   string // the room's kind of job that Drop does
	// Kept says whether some row of the room's names a picture.
	Kept func(ctx context.Context, q db.Querier, key string) (bool, error)
}

// Read is [Read] for the shelf's sides; what can't be used of what somebody sent is
// said at a field of theirs.
func (s *Shelf) Read(ctx context.Context, sent []byte, field string) (Picture, error) {
	made, err := Read(ctx, bytes.NewReader(sent), s.Sides...)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		err = fault.Wrong(field, f.Key, f.Args...)
	}
	return made, err
}

// Keep puts a picture's files on disk, and then has the room write its row. Should
// the second not come about, a job that was set before takes the files away.
func (s *Shelf) Keep(ctx context.Context, made Picture, row func(ctx context.Context, tx *db.Tx, key string) error) error {
	key := id.New(ctx)
	err := s.DB.Write(db.Apart(ctx), func(ctx context.Context, tx *db.Tx) error {
		return job.Add(ctx, tx, job.Job{Kind: s.Job, Key: key, Body: key, At: time.Now().Add(time.Hour)})
	})
	if err != nil {
		return err
	}
	for _, size := range made {
		if err := s.Store.Put(ctx, Key(key, size.Side), size.JPEG); err != nil {
			return err
		}
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return row(ctx, tx, key) })
	if err != nil && !errors.Is(err, db.ErrUnknown) {
		err = errors.Join(err, s.delete(ctx, key))
	}
	return err
}

// LetGo has a job take the files of a picture off the disk, whose row goes in the
// same transaction.
func (s *Shelf) LetGo(ctx context.Context, tx *db.Tx, key string) error {
	return job.Add(ctx, tx, job.Job{Kind: s.Job, Body: key})
}

// Drop is that job.
func (s *Shelf) Drop(ctx context.Context, body json.RawMessage) error {
	var key string
	if err := json.Unmarshal(body, &key); err != nil {
		return job.Gone(err)
	}
	if s.Store == nil {
		return job.Gone(errors.New("pictures are switched off: the files are still where they were"))
	}
	has, err := s.Kept(ctx, s.DB, key)
	if err != nil || has {
		return err
	}
	return s.delete(ctx, key)
}

func (s *Shelf) delete(ctx context.Context, key string) (err error) {
	for _, side := range s.Sides {
		err = errors.Join(err, s.Store.Delete(ctx, Key(key, side)))
	}
	return err
}
