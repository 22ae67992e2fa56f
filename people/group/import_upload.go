package group

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/list"
	"withus.example/platform/web"
)

// importGroups is what the network team may do with lists of groups.
var importGroups = access.Permission{Name: "group.import", Roles: []access.Role{access.Team}}

// Upload is a list that the network team brought through the browser.
type Upload struct {
	ID      string
	At      time.Time
	State   string // one of the states below
	Done    int    // rows looked at, or taken in, so far
	Columns []string
	Account Account

	author  string // persona; empty: somebody who has left
	by      string // what they are called, as far as the reader may know
	round   int    // raised whenever somebody does something with it
	publish bool
	run     string
	file    []byte
}

// What becomes of a list, in this order.
const (
	choosing = "choosing" // somebody says what its columns are
	checking = "checking" // a job looks what each row would come to
	checked  = "checked"  // somebody looks at that
	taking   = "taking"   // a job takes it in
	done     = "done"
	stopped  = "stopped" // by a later import
)

// unfinished are those of a list whose file is kept.
var unfinished = []string{choosing, checking, checked, taking}

// uploadKept is how long a list waits for somebody to go on with it.
const uploadKept = 7 * 24 * time.Hour

// reportKept is how long the report of a list stays: the names of groups that did
// not come in are of use until whoever keeps the list has put it right and brought it
// again, which two meetings of a team see done.
const reportKept = 90 * 24 * time.Hour

// mostListRows is how many rows a list may have that comes through the browser.
const mostListRows = 50_000

// BringList keeps a list until it is taken in, and gives the id it is found
// by. What is no list is a list.Note.
func (s *Service) BringList(ctx context.Context, v *access.Viewer, file []byte) (string, error) {
	if err := v.Need(importGroups, ""); err != nil {
		return "", err
	}
	switch {
	case len(file) == 0:
		return "", fault.Wrong("file", "group.import.file.missing")
	case len(file) > web.MaxFile:
		return "", fault.Wrong("file", "group.import.file.large", "n", web.MaxFile>>20)
	}
	head, err := list.Look(file, shape)
	if err != nil {
		return "", err
	}
	u := &Upload{ID: id.New(ctx), At: time.Now(), State: choosing, author: v.Persona, file: file, Columns: head.Guess(s.headers())}
	return u.ID, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !head.JSON {
			return insertUpload(ctx, tx, u)
		}
		u.State = checking
		if err := insertUpload(ctx, tx, u); err != nil {
			return err
		}
		return addUploadJob(ctx, tx, u)
	})
}

// Uploads are the lists brought so far, the latest first.
func (s *Service) Uploads(ctx context.Context, v *access.Viewer) ([]*Upload, error) {
	if err := v.Need(importGroups, ""); err != nil {
		return nil, err
	}
	us, err := uploads(ctx, s.db, 100)
	if err != nil {
		return nil, err
	}
	return us, s.named(ctx, v, us...)
}

// named puts with lists what those who brought them are called.
func (s *Service) named(ctx context.Context, v *access.Viewer, us ...*Upload) error {
	var personas []string
	for _, u := range us {
		if u.author != "" && !slices.Contains(personas, u.author) {
			personas = append(personas, u.author)
		}
	}
	if len(personas) == 0 {
		return nil
	}
	names, err := s.people.Names(ctx, v, personas)
	for _, u := range us {
		u.by = names[u.author]
	}
	return err
}

// Upload is one of them; NotFound if it is gone.
func (s *Service) Upload(ctx context.Context, v *access.Viewer, id string) (*Upload, error) {
	if err := v.Need(importGroups, ""); err != nil {
		return nil, err
	}
	u, err := uploadByID(ctx, s.db, id)
	if err != nil {
		return nil, db.Missing(err)
	}
	return u, s.named(ctx, v, u)
}

// UploadHead is how a list begins whose columns somebody is to name; NotFound
// where it is too late for that, or where its columns are known.
func (s *Service) UploadHead(ctx context.Context, v *access.Viewer, id string) (*Upload, *list.Head, error) {
	u, err := s.Upload(ctx, v, id)
	if err != nil {
		return nil, nil, err
	}
	if u.State != choosing && u.State != checked && u.State != checking {
		return nil, nil, fault.Missing()
	}
	if u.file, err = uploadFile(ctx, s.db, id); err != nil {
		return nil, nil, db.Missing(err)
	}
	head, err := list.Look(u.file, shape)
	if err == nil && head.JSON {
		err = fault.Missing()
	}
	return u, head, err
}

// CheckList says what each column of a list is ("" or a column of ours), and
// has it looked through: nothing is written but what that comes to.
func (s *Service) CheckList(ctx context.Context, v *access.Viewer, id string, columns []string) error {
	u, head, err := s.UploadHead(ctx, v, id)
	if err != nil {
		return err
	}
	var p fault.Problems
	for i, name := range columns {
		if name != "" && columnNamed(name) < 0 {
			p.Add(columnField(i), "error.choice")
		}
	}
	if len(p) == 0 && !slices.Contains(columns, "name") {
		p.Add(columnField(0), "group.import.name-missing")
	}
	if len(columns) != len(head.Columns) {
		p.Add("", "error.choice")
	}
	if err := p.Err(); err != nil {
		return err
	}
	return s.turn(ctx, v, id, []string{choosing, checking, checked}, func(now *Upload) {
		now.State, now.Columns, now.Account, now.Done = checking, columns, Account{}, 0
	}, u.round)
}

// TakeList takes a list in that was looked through. Its groups are published
// if they agreed to it; otherwise they wait. Asked twice, it is done once.
func (s *Service) TakeList(ctx context.Context, v *access.Viewer, id string, round int, agreed bool) error {
	return s.turn(ctx, v, id, []string{checked}, func(now *Upload) {
		now.State, now.publish, now.Account, now.Done = taking, agreed, Account{}, 0
	}, round)
}

// turn is a step of a list that a job goes on with: from one of some states,
// and from the round that whoever asks has seen; a Conflict otherwise.
func (s *Service) turn(ctx context.Context, v *access.Viewer, id string, from []string, to func(*Upload), round int) error {
	if err := v.Need(importGroups, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := uploadByID(ctx, tx, id)
		if err != nil {
			return db.Missing(err)
		}
		if !slices.Contains(from, u.State) || u.round != round || u.State == checked && u.Account.Stop != nil && len(from) == 1 {
			return fault.New(fault.Conflict, "group.import.moved")
		}
		to(u)
		u.round++
		if err := moveUpload(ctx, tx, u, round); err != nil {
			return err
		}
		return addUploadJob(ctx, tx, u)
	})
}

// DropList deletes a list, or the report of one; not while it is taken in.
func (s *Service) DropList(ctx context.Context, v *access.Viewer, id string) error {
	if err := v.Need(importGroups, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := uploadByID(ctx, tx, id)
		if err != nil {
			return db.Missing(err)
		}
		if u.State == taking {
			return fault.New(fault.Conflict, "group.import.running")
		}
		if err := deleteUpload(ctx, tx, id, u.round); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "upload"})
	})
}

// sweepLists deletes lists that nobody went on with, the files of those that no job
// could finish, and old reports.
func (s *Service) sweepLists(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := time.Now()
		n, err := sweepUploads(ctx, tx, now.Add(-uploadKept), now.Add(-reportKept))
		if err != nil || n == 0 {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "upload"})
	})
}

// uploadJob looks a list through, or takes it in.
const uploadJob = "group.upload"

type uploadWork struct {
	ID    string
	Round int
}

func addUploadJob(ctx context.Context, tx *db.Tx, u *Upload) error {
	return job.Add(ctx, tx, job.Job{Kind: uploadJob, Body: uploadWork{u.ID, u.round}})
}

// workUpload does that job. Done twice, or begun again after a server stopped,
// it goes on with the rows that are not written yet.
func (s *Service) workUpload(ctx context.Context, body json.RawMessage) error {
	var w uploadWork
	if err := json.Unmarshal(body, &w); err != nil {
		return job.Gone(err)
	}
	u, err := uploadByID(ctx, s.db, w.ID)
	if errors.Is(err, db.ErrNone) || err == nil && (u.round != w.Round || u.State != checking && u.State != taking) {
		return nil // deleted, or somebody chose otherwise meanwhile
	}
	if err != nil {
		return err
	}
	if u.file, err = uploadFile(ctx, s.db, u.ID); err != nil {
		return err
	}
	return s.follow(ctx, u)
}
