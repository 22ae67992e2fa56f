package group

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/search"
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
	im := &importing{Service: s, options: o, report: &Report{DryRun: o.DryRun}}
	m, err := readMapping(o.Mapping)
	if err != nil {
		return nil, err
	}
	from, err := openImport(r, m)
	if err != nil {
		return nil, err
	}
	if err := im.prepare(ctx); err != nil {
		return nil, err
	}
	var batch []*importRow
	for err == nil {
		var row *importRow
		if row, err = from.next(); err == nil {
			batch = append(batch, row)
		}
		if len(batch) == importBatch || err != nil && len(batch) > 0 {
			if err := im.batch(ctx, batch); err != nil {
				return im.report, err
			}
			batch = batch[:0]
			if progress != nil {
				progress(im.report.Rows)
			}
		}
	}
	im.report.Ignored = from.ignored()
	if err == io.EOF {
		err = nil
	}
	return im.report, err
}

// importing is one import on its way.
type importing struct {
	*Service
	options    ImportOptions
	run        string
	english    *i18n.Lang // the command line speaks English
	vocabulary *Vocabulary
	spelling   *spelling
	known      *knownGroups
	report     *Report
}

func (im *importing) prepare(ctx context.Context) (err error) {
	im.english = cmp.Or(im.langs.Get("en"), im.langs.Langs[0])
	if im.vocabulary, err = im.Vocabulary(ctx); err != nil {
		return err
	}
	im.spelling = newSpelling(im.langs, im.vocabulary)
	if !im.options.DryRun {
		im.run = id.New(ctx)
		// Before the groups are read: whatever an earlier import wrote is seen,
		// and it writes no more.
		err = im.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return takeOver(ctx, tx, im.run) })
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
	warnings []string
	why      string
	like     []*knownGroup
	withheld bool // it says published, and waits since the import does not
}

// batch decides about some rows and writes them, all or none.
func (im *importing) batch(ctx context.Context, rows []*importRow) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.wrong == "" {
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
	if im.options.DryRun {
		if err := work(ctx, im.db); err != nil {
			return err
		}
	} else if err := im.write(ctx, work, &out); err != nil {
		return err
	}
	im.known.absorb(seen)
	for _, o := range out {
		im.report.add(o)
	}
	return nil
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
			return nil
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
		if r.wrong == "" {
			if g, _, _ := im.known.match(newKnownGroup(&r.fresh), r); g != nil && g.line == 0 {
				ids = append(ids, g.id, g.into)
			}
		}
	}
	if err := load(ids...); err != nil {
		return nil, err
	}
	var out []outcome
	for _, r := range rows {
		o := outcome{row: r, verdict: refused, why: r.wrong}
		if r.wrong == "" {
			marks := newKnownGroup(&r.fresh)
			marks.line, marks.says, marks.own = r.line, r.sum(), r.id != ""
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
			case found == nil:
				o.verdict, o.now, o.warnings = created, im.fresh(ctx, r, marks), r.warnings
			case found.line != 0 && found.says == marks.says:
				o.verdict, o.like = repeated, []*knownGroup{found}
			case found.line != 0:
				o.verdict, o.like, o.why = doubtful, []*knownGroup{found}, "an earlier row of this file is about the same group, and says other things"
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
			o.withheld = o.verdict < kept && !im.options.Publish && r.has[published] && r.fresh.Published && !cmp.Or(o.now, o.was).Published
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
	g.Published = im.options.Publish && (g.Published || !r.has[published])
	return &g
}

// compare says what a row changes about a group that is here.
func (im *importing) compare(o *outcome, was *Group) {
	o.verdict, o.was = unchanged, was
	now := *was
	// With its id a row speaks of the whole group; without, it adds and changes,
	// and what it does not say stays.
	whole := o.row.id == was.ID
	if o.warnings, o.why = im.apply(o.row, &now, whole); o.why != "" {
		o.verdict = refused
		return
	}
	if !whole { // registers write in capitals; somebody may have put that right
		now.Name, now.Area = asBefore(was.Name, now.Name), asBefore(was.Area, now.Area)
	}
	if im.options.Publish && was.organisers == 0 {
		if o.row.has[audience] && strings.TrimSpace(o.row.cells[audience]) != "" {
			now.Audience = o.row.fresh.Audience
		}
		// An import opens pages. It closes none.
		now.Published = was.Published || o.row.fresh.Published || !o.row.has[published]
	}
	for _, c := range full {
		if c.get(was) != c.get(&now) {
			o.fields = append(o.fields, c.name)
		}
	}
	switch {
	case len(o.fields) == 0:
	case was.organisers > 0:
		o.verdict = kept
	default:
		o.verdict, o.now = changed, &now
	}
}

// asBefore is a text as it was, unless more of it changed than capitals,
// accents and spaces.
func asBefore(was, now string) string {
	if key := search.SortKey(was); key != "" && key == search.SortKey(now) {
		return was
	}
	return now
}

// sum tells rows that say the same from others.
func (r *importRow) sum() [32]byte {
	b, _ := json.Marshal(r.cells[1:]) // the id is no part of what it says
	return sha256.Sum256(b)
}

// Where some columns of full are.
var (
	audience  = columnNamed("audience")
	published = columnNamed("published")
)

func columnNamed(name string) int {
	return slices.IndexFunc(full, func(c column) bool { return c.name == name })
}
