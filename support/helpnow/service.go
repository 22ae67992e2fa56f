package helpnow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/record"
	"withus.example/platform/search"
)

// Who may do what with lines. Seeing is no permission: it is in every query.
var (
	read = access.Permission{Name: "helpnow.read", Anyone: true}
	edit = access.Permission{Name: "helpnow.edit", Roles: []access.Role{access.Team}}
)

// Service is the room.
type Service struct {
	db     *db.DB
	langs  *i18n.Catalog
	people People
	now    func() time.Time
}

// People is what the room asks of whoever keeps the personas.
type People interface {
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
}

// New opens the room.
func New(d *db.DB, langs *i18n.Catalog, people People) *Service {
	return &Service{db: d, langs: langs, people: people, now: time.Now}
}

// thing is a line as its history knows it.
func thing(id string) record.Thing { return record.Thing{Room: "helpnow", ID: id} }

// everybody is what the pages for everybody are made of, whoever looks: a line
// that is not shown stands on the team's own list alone.
var everybody = []string{access.Public}

// Countries are the ISO 3166-1 codes of the countries that have lines, by code.
func (s *Service) Countries(ctx context.Context) ([]string, error) {
	return countries(ctx, s.db, everybody)
}

// Lines are the lines of a country that are shown: those for all of it first,
// then by region, each by name. A country without lines has none; a code that
// is none is NotFound.
func (s *Service) Lines(ctx context.Context, country string) ([]*Line, error) {
	if !slices.Contains(i18n.Countries, country) {
		return nil, fault.Missing()
	}
	ls, err := ofCountry(ctx, s.db, everybody, country)
	sortLines(ls)
	return ls, err
}

func sortLines(ls []*Line) {
	search.SortBy(ls, func(l *Line) string { return l.Name })
	search.SortBy(ls, func(l *Line) string { return l.Region })
	slices.SortStableFunc(ls, func(a, b *Line) int { return cmp.Compare(min(len(a.Region), 1), min(len(b.Region), 1)) })
}

// mostLines is how many lines the team's list holds: they are entered one by
// one, and tried one by one four times a year.
const mostLines = 2000

// All are the lines of every country, shown or not, by country: the network
// team's to see.
func (s *Service) All(ctx context.Context, v *access.Viewer) ([]*Line, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	return all(ctx, s.db, v.Scopes(), mostLines)
}

// Read gives a line, shown or not, to the network team.
func (s *Service) Read(ctx context.Context, v *access.Viewer, id string) (*Line, error) {
	return forEdit(ctx, s.db, v, id)
}

func forEdit(ctx context.Context, q db.Querier, v *access.Viewer, id string) (*Line, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	return byID(ctx, q, v.Scopes(), id)
}

// Names gives what those are called who entered and tried lines, by persona: for
// the network team.
func (s *Service) names(ctx context.Context, v *access.Viewer, ls ...*Line) (map[string]string, error) {
	var who []string
	for _, l := range ls {
		for _, p := range []string{l.entered, l.triedBy} {
			if p != "" && !slices.Contains(who, p) {
				who = append(who, p)
			}
		}
	}
	return s.people.Names(ctx, v, who)
}

// Enter adds a line, which waits until somebody of the team has tried it.
func (s *Service) Enter(ctx context.Context, v *access.Viewer, d Details) (*Line, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	var out *Line
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = &Line{ID: id.New(ctx), Details: d, State: Waiting, Revision: 1, entered: v.Persona}
		return enter(ctx, tx, out, s.now())
	})
	return out, err
}

func enter(ctx context.Context, tx *db.Tx, l *Line, now time.Time) error {
	l.Changed = db.Day(now)
	tx.Changed("helpnow")
	if err := insert(ctx, tx, l); err != nil {
		return err
	}
	return keep(ctx, tx, l, l.entered, now)
}

// Edit changes what is said of a line. Another number, or another way to reach
// it, was never tried: the line is hidden until it is. If somebody else changed
// it since the revision the change was made from, it is a Conflict and nothing
// is changed.
func (s *Service) Edit(ctx context.Context, v *access.Viewer, id string, d Details, revision int) (*Line, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return s.change(ctx, v, id, revision, "helpnow.changed-meanwhile", func(context.Context, *db.Tx) (Details, error) { return d, nil })
}

// Restore brings back what was said of a line in an earlier revision, as a new
// one. If there is a newer revision than the one it was asked from, it is a
// Conflict.
func (s *Service) Restore(ctx context.Context, v *access.Viewer, id string, n, from int) (*Line, error) {
	return s.change(ctx, v, id, from, "helpnow.changed-history", func(ctx context.Context, tx *db.Tx) (d Details, err error) {
		old, err := record.Get(ctx, tx, thing(id), n)
		if errors.Is(err, db.ErrNone) {
			return d, fault.Missing()
		}
		if err == nil {
			err = json.Unmarshal(old.Body, &d)
		}
		if err == nil {
			err = d.Validate()
		}
		return d, err
	})
}

// change is the one way what is said of a line changes.
func (s *Service) change(ctx context.Context, v *access.Viewer, id string, from int, conflict string, to func(context.Context, *db.Tx) (Details, error)) (*Line, error) {
	var out *Line
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		l, err := forEdit(ctx, tx, v, id)
		if err != nil {
			return err
		}
		if l.Revision != from {
			return fault.New(fault.Conflict, conflict)
		}
		was, now := *l, s.now()
		if l.Details, err = to(ctx, tx); err != nil {
			return err
		}
		l.Revision, l.Changed = from+1, db.Day(now)
		if l.Kind != was.Kind || l.Number != was.Number {
			l.State, l.Tried, l.Trouble, l.Same = Waiting, time.Time{}, "", false
			l.entered, l.triedBy = v.Persona, ""
		}
		tx.Changed("helpnow")
		if err := update(ctx, tx, l, &was); err != nil {
			return err
		}
		out = l
		return keep(ctx, tx, l, v.Persona, now)
	})
	return out, err
}

// Found is what somebody of the team found when they tried a line.
type Found struct {
	Works    bool
	Trouble  string // what was wrong
	Revision int    // of the line as they had it before them
	Tries    int    // how often it had been tried then
}

// Try notes it. A line that works is seen by everybody, with today's date; one
// that does not is hidden at once. If the line changed meanwhile, it is a
// Conflict, since another number was tried; and so is "it works" where somebody
// else has tried it meanwhile, who may have found otherwise.
func (s *Service) Try(ctx context.Context, v *access.Viewer, id string, f Found) (*Line, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	var p fault.Problems
	p.Text("trouble", &f.Trouble, maxWords, fault.Optional)
	if err := p.Err(); err != nil {
		return nil, err
	}
	var out *Line
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		l, err := forEdit(ctx, tx, v, id)
		if err != nil {
			return err
		}
		if l.Revision != f.Revision {
			return fault.New(fault.Conflict, "helpnow.changed-meanwhile")
		}
		if f.Works && l.Tries != f.Tries {
			return fault.New(fault.Conflict, "helpnow.tried-meanwhile")
		}
		was := *l
		l.found(f, v.Persona, s.now())
		out = l
		tx.Changed("helpnow")
		return update(ctx, tx, l, &was)
	})
	return out, err
}

// found notes on a line what a persona found.
func (l *Line) found(f Found, persona string, now time.Time) {
	l.State, l.Trouble = Shown, ""
	if !f.Works {
		l.State, l.Trouble = Failed, f.Trouble
	}
	l.Tries++
	l.Tried, l.triedBy, l.Same = db.Day(now), persona, l.entered == persona
}

// keep writes a line's revision.
func keep(ctx context.Context, tx *db.Tx, l *Line, author string, now time.Time) error {
	body, err := json.Marshal(l.Details)
	if err != nil {
		return err
	}
	return record.Add(ctx, tx, thing(l.ID), record.Revision{N: l.Revision, Author: author, At: now, Body: body})
}

// export gives what the room holds about a person: the lines they entered, and
// those they were the last to try.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	wrote, err := enteredBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	tried, err := triedBy(ctx, s.db, sub.Personas)
	entered, attempts := kit.Hold("helpnow.held.entered"), kit.Hold("helpnow.held.tried")
	for _, l := range wrote {
		entered.Line("i18n.held.name", l.Name, "helpnow.held.country", kit.Country(l.Country))
	}
	for _, l := range tried {
		attempts.Line("i18n.held.name", l.Name, "helpnow.held.country", kit.Country(l.Country), "i18n.held.when", l.Tried,
			"helpnow.held.found", kit.Word("helpnow.state."+string(l.State)), "i18n.held.words", l.Trouble)
	}
	return []*kit.Holding{entered, attempts}, err
}

// erase forgets who entered and who tried lines. The lines stay.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	tx.Changed("helpnow")
	return forget(ctx, tx, sub.Personas)
}
