package group

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/list"
)

// ImportOptions say how a list comes in.
type ImportOptions struct {
	// Mapping says which columns of theirs fill which of ours, as
	// docs/import/README.md explains; nil: they have our names.
	Mapping io.Reader
	// DryRun reports what would happen and writes nothing.
	DryRun bool
	// Publish shows the groups to whom their audience says: for a list whose
	// groups agreed, and for nothing else. Where the list has a column
	// published, only those that it says yes for.
	Publish bool
}

// importBatch is how many rows are written in one transaction.
const importBatch = 200

// ErrOvertaken is an import that stopped because a later one was started, on
// whatever machine. What it wrote stands; the later one goes on from there.
var ErrOvertaken = errors.New("another import was started after this one: this one stops, and that one goes on from here")

// Import takes in a list of groups: CSV, or JSON as WriteJSON writes it. It is
// called from the command line by whoever runs the network; nobody's
// permission is asked.
//
// Rows are written some at a time; what is written stands whatever happens to
// the rest, and the same list once more changes nothing. progress is told how
// many rows are done. Where it breaks off, there is a report of what was done
// beside the error; nil: nothing was begun.
func (s *Service) Import(ctx context.Context, r io.Reader, o ImportOptions, progress func(done int)) (*Report, error) {
	english := cmp.Or(s.langs.Get("en"), s.langs.First())
	m, err := list.ReadMapping(o.Mapping, shape)
	if err != nil {
		return nil, inEnglish(err, english)
	}
	im := &importing{Service: s, options: o, progress: progress, report: &Report{DryRun: o.DryRun, english: english.T}}
	begun, err := im.bring(ctx, r, m)
	if !begun {
		im.report = nil
	}
	return im.report, inEnglish(err, english)
}

// inEnglish puts what is wrong with a file into words for the command line.
func inEnglish(err error, l *i18n.Lang) error {
	if n, ok := errors.AsType[list.Note](err); ok {
		return errors.New(n.In(l.T))
	}
	return err
}

// bring takes in a list, whoever asks and wherever it comes from.
func (im *importing) bring(ctx context.Context, r io.Reader, m list.Mapping) (begun bool, err error) {
	from, err := list.Open(r, shape, m)
	if err != nil {
		return false, err
	}
	if err := im.prepare(ctx); err != nil {
		return false, err
	}
	var batch []*importRow
	for err == nil {
		var row *list.Row
		if row, err = from.Next(); err == nil {
			batch = append(batch, &importRow{Row: row})
		}
		if len(batch) == importBatch || err != nil && len(batch) > 0 {
			if err := im.batch(ctx, batch); err != nil {
				return true, err
			}
			batch = batch[:0]
			if im.progress != nil {
				im.progress(im.report.Rows)
			}
		}
	}
	im.report.Ignored = from.Ignored()
	if err == io.EOF {
		err = nil
	}
	return true, err
}

// watcher follows an import inside its transactions: it keeps what a page says
// of it, so that another server can go on where this one stopped.
type watcher interface {
	// before is how many rows were decided and written before, by an earlier run.
	before() int
	// begins is called in the transaction that makes a run the one that writes.
	begins(ctx context.Context, tx *db.Tx, run string) error
	// decided is called with what becomes of some rows, in the transaction that
	// writes them; again, if that is tried again.
	decided(ctx context.Context, tx *db.Tx, out []outcome) error
	// stands is called when that transaction is done.
	stands()
}

// importing is one import on its way.
type importing struct {
	*Service
	options    ImportOptions
	progress   func(done int) // nil: nobody asks
	watch      watcher        // nil: nobody does; then report says everything
	run        string
	vocabulary *Vocabulary
	spelling   *spelling
	known      *knownGroups
	report     *Report
}

func (im *importing) prepare(ctx context.Context) (err error) {
	if im.vocabulary, err = im.Vocabulary(ctx); err != nil {
		return err
	}
	im.spelling = newSpelling(im.langs, im.vocabulary)
	if !im.options.DryRun {
		im.run = id.New(ctx)
		// Before the groups are read: whatever an earlier import wrote is seen,
		// and it writes no more.
		err = im.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := takeOver(ctx, tx, im.run); err != nil || im.watch == nil {
				return err
			}
			return im.watch.begins(ctx, tx, im.run)
		})
		if err != nil {
			return err
		}
	}
	im.known, err = im.loadKnown(ctx)
	return err
}

// verdict is what becomes of a row.
type verdict int

const (
	created   verdict = iota
	changed           // a group that was here
	unchanged         // it says what is here already
	kept              // it says something else, and the group has organisers
	repeated          // it says what an earlier row said
	doubtful
	refused
)

// outcome is what becomes of a row, and what is written for it.
type outcome struct {
	verdict
	row      *importRow
	was, now *Group
	fields   []string // columns that change
	warnings []leftOut
	why      list.Note
	like     []*knownGroup
	withheld bool // it says published, and waits since the import does not
}

// batch decides about some rows and writes them, all or none.
func (im *importing) batch(ctx context.Context, rows []*importRow) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Wrong.Key == "" {
			im.read(r)
		}
	}
	var out []outcome
	var seen *knownGroups
	work := func(ctx context.Context, q db.Querier) (err error) {
		seen = newKnownGroups(im.known) // it may run again
		out, err = im.decide(ctx, q, rows, seen)
		return err
	}
	again := im.watch != nil && im.report.Rows < im.watch.before()
	var err error
	switch {
	case again: // only what earlier rows were about is to be known
		err = work(ctx, im.db)
	case im.options.DryRun:
		err = im.look(ctx, work, &out)
	default:
		err = im.write(ctx, work, &out)
	}
	if err != nil {
		return err
	}
	im.known.absorb(seen)
	if im.watch != nil {
		im.report.Rows += len(rows)
		if !again {
			im.watch.stands()
		}
		return nil
	}
	for _, o := range out {
		im.report.add(o)
	}
	return nil
}

// look decides about some rows and writes none of them.
func (im *importing) look(ctx context.Context, work func(context.Context, db.Querier) error, out *[]outcome) error {
	if err := work(ctx, im.db); err != nil || im.watch == nil {
		return err
	}
	return im.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return im.watch.decided(ctx, tx, *out) })
}

func (im *importing) write(ctx context.Context, work func(context.Context, db.Querier) error, out *[]outcome) error {
	for try := 0; ; try++ {
		err := im.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if mine, err := holds(ctx, tx, im.run); err != nil || !mine {
				return cmp.Or(err, ErrOvertaken)
			}
			if err := work(ctx, tx); err != nil {
				return err
			}
			for _, o := range *out {
				var err error
				switch o.verdict {
				case created:
					err = im.create(ctx, tx, o.now, time.Now())
				case changed:
					err = im.save(ctx, tx, o.was, o.now, "", time.Now())
				}
				if err != nil {
					return err
				}
			}
			if im.watch == nil {
				return nil
			}
			return im.watch.decided(ctx, tx, *out)
		})
		// Somebody may edit the same pages meanwhile: then it is looked at anew.
		if try == 3 || !fault.Is(err, fault.Conflict) && !errors.Is(err, db.ErrConflict) {
			return err
		}
	}
}

// decide says what becomes of rows, in their order.
func (im *importing) decide(ctx context.Context, q db.Querier, rows []*importRow, seen *knownGroups) ([]outcome, error) {
	groups := map[string]*Group{}
	load := func(ids ...string) error {
		if len(ids) == 0 {
			return nil
		}
		gs, err := anyByIDs(ctx, q, ids)
		for _, g := range gs {
			groups[g.ID] = g
		}
		return err
	}
	var ids []string
	for _, r := range rows {
		if r.Wrong.Key == "" {
			if g, _, _ := im.known.match(newKnownGroup(&r.fresh), r); g != nil && g.line == 0 {
				ids = append(ids, g.id, g.into)
			}
		}
	}
	if err := load(ids...); err != nil {
		return nil, err
	}
	off, err := im.off(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	var out []outcome
	for _, r := range rows {
		o := outcome{row: r, verdict: refused, why: r.Wrong}
		if r.Wrong.Key == "" {
			marks := newKnownGroup(&r.fresh)
			marks.line, marks.says, marks.own = r.Line, r.sum(), r.id != ""
			found, like, why := seen.match(marks, r)
			if found != nil && found.line == 0 && groups[found.id] == nil {
				if err := load(found.id, found.into); err != nil {
					return nil, err
				}
				if groups[found.id] == nil { // gone meanwhile
					found = nil
				}
			}
			switch {
			case len(like) > 0:
				o.verdict, o.like, o.why = doubtful, like, why
			case found == nil && off[r]:
				o.why = list.Say("group.import.off")
			case found == nil:
				o.verdict, o.now, o.warnings = created, im.fresh(ctx, r, marks), r.warnings
			case found.line != 0 && found.says == marks.says:
				o.verdict, o.like = repeated, []*knownGroup{found}
			case found.line != 0:
				o.verdict, o.like, o.why = doubtful, []*knownGroup{found}, list.Say("group.import.doubt.row")
			case groups[found.id].merged:
				im.compareMerged(&o, groups[found.id], groups[found.into])
				if o.verdict == changed {
					groups[found.into] = o.now // a later row may be about it, too
				}
				was := *found
				was.line, was.says, was.own = marks.line, marks.says, marks.own
				marks = &was
			default:
				im.compare(&o, groups[found.id])
				marks.id = found.id
				if o.verdict == changed {
					now := newKnownGroup(o.now)
					now.line, now.says, now.own = marks.line, marks.says, marks.own
					marks = now
				} else if o.verdict != refused {
					was := *found
					was.line, was.says, was.own = marks.line, marks.says, marks.own
					marks = &was
				}
			}
			if o.verdict < repeated {
				seen.put(marks)
			}
			o.withheld = o.verdict < kept && !im.options.Publish && r.Has[published] && r.fresh.Published && !cmp.Or(o.now, o.was).Published
		}
		out = append(out, o)
	}
	return out, nil
}

// fresh is the group a row makes.
func (im *importing) fresh(ctx context.Context, r *importRow, marks *knownGroup) *Group {
	g := r.fresh
	if g.ID = r.id; g.ID == "" {
		g.ID = id.New(ctx)
	}
	marks.id = g.ID
	g.Published = im.options.Publish && (g.Published || !r.Has[published])
	return &g
}

// compare says what a row changes about a group that is here.
func (im *importing) compare(o *outcome, was *Group) {
	o.verdict, o.was = unchanged, was
	now := *was
	// With its id a row speaks of the whole group; without, it adds and changes,
	// and what it does not say stays.
	whole := o.row.id == was.ID
	if o.warnings, o.why = im.apply(o.row, &now, whole); o.why.Key != "" {
		o.verdict = refused
		return
	}
	if !whole { // registers write in capitals; somebody may have put that right
		now.Name, now.Area = asBefore(was.Name, now.Name), asBefore(was.Area, now.Area)
	}
	if im.options.Publish && was.organisers == 0 {
		if o.row.Has[audience] && strings.TrimSpace(o.row.Cells[audience]) != "" {
			now.Audience = o.row.fresh.Audience
		}
		// An import opens pages. It closes none.
		now.Published = was.Published || o.row.fresh.Published || !o.row.Has[published]
	}
	for _, c := range full {
		if c.get(was) != c.get(&now) {
			o.fields = append(o.fields, c.name)
		}
	}
	switch {
	case im.watch != nil && was.organisers > 0:
		// The network team is not told whether a page they may not see says the
		// same as their list.
		o.verdict = kept
	case len(o.fields) == 0:
	case was.organisers > 0:
		o.verdict = kept
	default:
		o.verdict, o.now = changed, &now
	}
}
