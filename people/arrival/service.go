package arrival

import (
	"context"
	"errors"
	"slices"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/list"
	"withus.example/platform/web"
)

// Bring keeps a list until it is brought in, and gives the id it is found by. What
// is no list is a list.Note.
func (s *Service) Bring(ctx context.Context, v *access.Viewer, name string, file []byte) (string, error) {
	if err := v.Need(bringing, ""); err != nil {
		return "", err
	}
	l, err := s.begin(ctx, name, file)
	if err != nil {
		return "", err
	}
	l.author = v.Persona
	return l.ID, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return insertList(ctx, tx, l) })
}

func (s *Service) begin(ctx context.Context, name string, file []byte) (*List, error) {
	var p fault.Problems
	p.Line("called", &name, 80, fault.Required)
	switch {
	case len(file) == 0:
		p.Add("file", "arrival.file.missing")
	case len(file) > web.MaxFile:
		p.Add("file", "arrival.file.large", "n", web.MaxFile>>20)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	head, err := look(file)
	if err != nil {
		return nil, err
	}
	return &List{ID: id.New(ctx), Called: name, At: s.now(), State: choosing, Choices: s.guess(head), file: file}, nil
}

// Lists are those brought so far, the latest first, and how people stand who came.
func (s *Service) Lists(ctx context.Context, v *access.Viewer) ([]*List, Counts, error) {
	if err := v.Need(bringing, ""); err != nil {
		return nil, Counts{}, err
	}
	all, err1 := lists(ctx, s.db, 100)
	c, err2 := counts(ctx, s.db, s.now().Add(-between))
	return all, c, errors.Join(err1, err2)
}

// List is one of them; NotFound if it is gone.
func (s *Service) List(ctx context.Context, v *access.Viewer, id string) (*List, error) {
	if err := v.Need(bringing, ""); err != nil {
		return nil, err
	}
	l, err := listByID(ctx, s.db, id)
	if err == nil {
		l.Stuck = l.State == taking && l.moved.Before(s.now().Add(-stuckAfter))
	}
	return l, err
}

// open is a list with its file, of which the team still says what is in it.
func (s *Service) open(ctx context.Context, v *access.Viewer, id string) (*List, error) {
	l, err := s.List(ctx, v, id)
	if err == nil && (l.State == taking || l.State == done) {
		err = fault.Missing()
	}
	if err == nil {
		l.file, err = fileOf(ctx, s.db, id)
	}
	return l, err
}

// Choose says what the columns of a list are, and what those are of whom it does
// not say it.
func (s *Service) Choose(ctx context.Context, v *access.Viewer, id string, c Choices) error {
	l, err := s.open(ctx, v, id)
	if err != nil {
		return err
	}
	head, err := look(l.file)
	if err == nil {
		err = s.check(c, len(head.Columns))
	}
	l.Choices, l.State, l.Account = c, marking, Account{}
	if err == nil {
		err = s.ordered(l)
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(l.Choices.Columns, Column.asked) {
		return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return moveList(ctx, tx, l, s.now()) })
	}
	return s.lookThrough(ctx, l)
}

// Meanings are what the team says of the words in the columns of a list, by the
// place of the column.
type Meanings struct {
	Means, Back map[int][]string
	First       string // of days that can be read in two ways: dayFirst or monthFirst
}

// Mark says which words in its columns mean what they are, and looks the list
// through. Nothing is written but what comes of that.
func (s *Service) Mark(ctx context.Context, v *access.Viewer, id string, m Meanings) error {
	l, err := s.open(ctx, v, id)
	if err == nil && l.State == choosing {
		err = errMoved
	}
	if err != nil {
		return err
	}
	words, _, _, err := s.words(l)
	if err != nil {
		return err
	}
	for i := range l.Choices.Columns {
		c := &l.Choices.Columns[i]
		for _, w := range slices.Concat(m.Means[i], m.Back[i]) {
			if !slices.Contains(words[i], w) {
				return fault.Wrong(meansField(i), "error.choice")
			}
			if w != anyWord && slices.Contains(m.Means[i], w) && slices.Contains(m.Back[i], w) {
				return fault.Wrong(backField(i), "arrival.means.both", "word", w)
			}
		}
		if c.Asks && m.First != dayFirst && m.First != monthFirst {
			return fault.Wrong(firstField.Name, "error.choice")
		} else if c.Asks {
			c.First = m.First
		}
		c.Means, c.Back = m.Means[i], m.Back[i]
	}
	return s.lookThrough(ctx, l)
}

func (s *Service) lookThrough(ctx context.Context, l *List) error {
	if err := s.preview(ctx, l); err != nil {
		return err
	}
	l.State = checked
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return moveList(ctx, tx, l, s.now()) })
}

// preview says what would come of a list.
func (s *Service) preview(ctx context.Context, l *List) error {
	l.Account = Account{}
	seen := map[string]bool{}
	err := s.each(l, 500, func(rows []row) error {
		fresh, _, err := s.sort(ctx, s.db, &l.Account, l.Called, rows, seen)
		for _, r := range fresh {
			l.Account.came(r)
		}
		meet(seen, rows)
		return err
	})
	if why := note(err); why != nil {
		l.Account.Stop, err = why, nil
	}
	return err
}

// came counts a row that comes in.
func (a *Account) came(r row) {
	a.New++
	if r.state != waiting {
		a.Quiet++
	}
	if r.state == bounced {
		a.Back++
	}
	if a.Yes == nil {
		a.Yes = map[string]int{}
	}
	for _, x := range r.said {
		if x.Given {
			a.Yes[x.Purpose]++
		}
	}
	for _, why := range r.left {
		a.LeftOut++
		a.remark(r.line, why)
	}
}

// meet remembers whom some rows are about.
func meet(seen map[string]bool, rows []row) {
	for _, r := range rows {
		if r.why.Key == "" {
			seen[r.came.Email] = true
		}
		if r.why.Key == "" && r.old != "" {
			seen[r.old] = true
		}
	}
}

// sort counts what becomes of some rows, and gives those that come in, and those
// that say no for somebody who is in. seen says whom earlier rows of the file are
// about.
func (s *Service) sort(ctx context.Context, q db.Querier, a *Account, called string, rows []row, seen map[string]bool) (fresh, less []row, err error) {
	var emails, ids, marks []string
	for _, r := range rows {
		if r.why.Key == "" {
			emails, marks = append(emails, r.came.Email), append(marks, goneMark(r.came.Email))
			if r.old != "" {
				ids = append(ids, r.old)
			}
		}
	}
	have, left, before := map[string]string{}, []string{}, []string{}
	if len(emails) > 0 {
		var err1, err2, err3 error
		have, err1 = s.people.Have(ctx, q, emails)
		left, err2 = gone(ctx, q, marks)
		before, err3 = olds(ctx, q, called, ids)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, nil, err
		}
	}
	here := map[string]bool{} // of these rows
	for i, r := range rows {
		a.Rows++
		in := true
		switch {
		case r.why.Key != "":
			in = false
			a.Refused++
			a.remark(r.line, r.why)
		case seen[r.came.Email] || seen[r.old] || here[r.came.Email] || here[r.old]:
			a.Twice++
		case have[r.came.Email] != "":
			a.Here++
		case slices.Contains(left, goneMark(r.came.Email)):
			in = false
			a.Refused++
			a.remark(r.line, list.Say("arrival.refused.gone"))
		case r.old != "" && slices.Contains(before, r.old):
			a.Here++
			a.remark(r.line, list.Say("arrival.here.old"))
		default:
			in = false
			fresh = append(fresh, r)
		}
		if in && r.less() {
			less = append(less, r)
			if r.state == bounced {
				a.Back++
			}
			if r.state == stopped || len(r.no) > 0 {
				a.No++
			}
		}
		meet(here, rows[i:i+1])
	}
	return fresh, less, nil
}

// goneMark stands for an address whose owner said "this is not for me", or was erased.
func goneMark(email string) string { return id.Hash("arrival gone " + strings.ToLower(email)) }

// keepAway has no list bring an address back for a year; of no address there is
// nothing to keep.
func (s *Service) keepAway(ctx context.Context, tx *db.Tx, email string) error {
	if email == "" {
		return nil
	}
	return insertGone(ctx, tx, goneMark(email), s.now().Add(personKept))
}

// Take brings a list in that was looked through. Asked twice, it is done once.
func (s *Service) Take(ctx context.Context, v *access.Viewer, id string, round int) error {
	l, err := s.List(ctx, v, id)
	if err != nil {
		return err
	}
	if l.State != checked || l.round != round || l.Account.Stop != nil {
		return errMoved
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		l.State, l.Account = taking, Account{}
		if err := moveList(ctx, tx, l, s.now()); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: takeJob, Key: l.ID, Body: l.ID})
	})
}

// Drop deletes a list, or what is told of one; not while it is brought in, unless it
// is stuck.
func (s *Service) Drop(ctx context.Context, v *access.Viewer, id string) error {
	if _, err := s.List(ctx, v, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := deleteList(ctx, tx, id, s.now().Add(-stuckAfter)); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "arrival"})
	})
}
