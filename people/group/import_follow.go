package group

import (
	"bytes"
	"context"
	"errors"

	"withus.example/platform/db"
	"withus.example/platform/job"
	"withus.example/platform/list"
)

// following keeps, along with the rows of a list, what a page says of them.
type following struct {
	*Upload
	next Account // once the transaction stands
}

// errLeft is an import that nobody waits for any more.
var errLeft = errors.New("this list was deleted, or taken up anew")

// follow looks a list through, or takes it in: the same as the command does.
func (s *Service) follow(ctx context.Context, u *Upload) error {
	if u.State == checking { // from its beginning: nothing was written
		u.Account, u.Done = Account{}, 0
	}
	var m list.Mapping
	if len(u.Columns) > 0 {
		m = list.ByColumn(u.Columns)
	}
	f := &following{Upload: u}
	im := &importing{Service: s, watch: f, report: &Report{}, options: ImportOptions{DryRun: u.State == checking, Publish: u.publish}}
	_, err := im.bring(ctx, bytes.NewReader(u.file), m)
	to := map[string]string{checking: checked, taking: done}[u.State]
	if why, ok := errors.AsType[list.Note](err); ok {
		u.Account.Stop = &why
	} else if errors.Is(err, ErrOvertaken) {
		to = stopped
	} else if errors.Is(err, errLeft) {
		return nil
	} else if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ended, err := endUpload(ctx, tx, u, to)
		if err != nil || !ended || to == checked {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "upload"})
	})
}

func (f *following) before() int { return f.Done }

func (f *following) begins(ctx context.Context, tx *db.Tx, run string) error {
	f.run = run
	return f.mine(beginUpload(ctx, tx, f.Upload))
}

func (f *following) decided(ctx context.Context, tx *db.Tx, out []outcome) error {
	f.next = f.Account.with(out, f.State == checking)
	if f.next.Rows > mostListRows {
		return list.Say("group.import.file.rows", "n", mostListRows)
	}
	return f.mine(noteUpload(ctx, tx, f.Upload, f.next))
}

func (f *following) stands() { f.Account, f.Done = f.next, f.next.Rows }

// mine is an error where a list is somebody else's now.
func (f *following) mine(is bool, err error) error {
	if err == nil && !is {
		err = errLeft
	}
	return err
}
