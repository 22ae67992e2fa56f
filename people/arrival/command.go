package arrival

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/job"
	"withus.example/platform/list"
	"withus.example/platform/web"
)

// Import says how a list comes in by the command line.
type Import struct {
	Called string // what it is called, to the people on it
	// Map says what columns are, where the guess is wrong or none: "header=what",
	// with semicolons between; of a mark with the words that mean it,
	// "header=what:word|word".
	Map    string
	Kind   string // of those of whom the list does not say it
	DryRun bool   // say what would come of it, and write nothing
}

// Import brings a list in as the browser does, for whoever runs the network:
// nobody's permission is asked. A server that runs meanwhile finishes it, should
// this one die.
func (s *Service) Import(ctx context.Context, r io.Reader, o Import) (*List, error) {
	file, err := io.ReadAll(io.LimitReader(r, web.MaxFile+1))
	if err != nil {
		return nil, err
	}
	english := cmp.Or(s.langs.Get("en"), s.langs.First())
	l, err := s.begin(ctx, o.Called, file)
	if err == nil {
		err = s.mapped(l, o)
	}
	if err == nil {
		err = s.ordered(l)
	}
	if err == nil && slices.ContainsFunc(l.Choices.Columns, func(c Column) bool { return c.Asks }) {
		err = errors.New("whether 03/04/2024 is in March or in April, nothing in the list says: put =since:day or =since:month behind its column in the map")
	}
	if err == nil {
		_, _, l.Choices.Columns, err = s.words(l)
	}
	if err == nil {
		err = s.preview(ctx, l)
	}
	if err == nil && l.Account.Stop != nil {
		err = *l.Account.Stop
	}
	if why := note(err); why != nil {
		err = errors.New(why.In(english.T))
	}
	if err != nil || o.DryRun {
		return l, err
	}
	l.State, l.Account = taking, Account{}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := insertList(ctx, tx, l); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: takeJob, Key: l.ID, Body: l.ID, At: time.Now().Add(time.Minute)})
	})
	for err == nil && l.State != done {
		if err = s.take(ctx, l.ID); errors.Is(err, errMoved) {
			time.Sleep(time.Second) // a server has gone on with it: it says when it is done
			err = nil
		}
		if err == nil {
			l, err = listByID(ctx, s.db, l.ID)
		}
	}
	return l, err
}

// mapped puts what the command line says of columns over what was guessed.
func (s *Service) mapped(l *List, o Import) error {
	head, err := look(l.file)
	if err != nil {
		return err
	}
	l.Choices.Kind = cmp.Or(o.Kind, "member")
	for pair := range strings.SplitSeq(o.Map, ";") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		at := strings.LastIndexByte(pair, '=')
		header := list.Fold(pair[:max(at, 0)])
		i := slices.IndexFunc(head.Columns, func(c list.Seen) bool { return list.Fold(c.Header) == header })
		if i < 0 {
			return fmt.Errorf("the map names %q, and no column of the file is called that", pair[:max(at, 0)])
		}
		is, means, _ := strings.Cut(strings.TrimSpace(pair[at+1:]), ":")
		c := Column{Is: is}
		if is == none {
			c.Is = ""
		}
		if c.Is == isSince && (means == dayFirst || means == monthFirst) {
			c.First, means = means, ""
		}
		if means != "" && !c.marked() {
			return fmt.Errorf("the map has words for %q, and %q takes none", pair[:at], is)
		}
		for word := range strings.SplitSeq(means, "|") {
			if w := fold(word); w != "" {
				c.Means = append(c.Means, w)
			}
		}
		l.Choices.Columns[i] = c
	}
	return s.check(l.Choices, len(head.Columns))
}

// WriteAccount writes what came of a list, or would come.
func (l *List) WriteAccount(w io.Writer, t func(key string, args ...any) string) error {
	var b strings.Builder
	if l.State != done {
		fmt.Fprintln(&b, t("arrival.nothing-yet"))
	}
	a := &l.Account
	for _, x := range []struct {
		key string
		n   int
	}{{"new", a.New}, {"here", a.Here}, {"twice", a.Twice}, {"refused", a.Refused}, {"quiet", a.Quiet}, {"back", a.Back}, {"no", a.No}} {
		fmt.Fprintf(&b, "%s: %d\n", t("arrival.row."+x.key), x.n)
	}
	for _, c := range l.Choices.Columns {
		if n, yes := a.Yes[c.Is]; yes {
			fmt.Fprintf(&b, "%s: %d\n", t("arrival.row.yes", "what", t(c.Is)), n)
		}
	}
	for _, x := range a.Remarks {
		fmt.Fprintln(&b, t("arrival.remark", "n", x.Line, "why", x.Why.In(t)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
