package group

import (
	"context"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/record"
)

// What somebody may say is out of date: a line that can be put on the page as
// it stands, or something for the organisers to see to.
var (
	suggestLines = []string{"email", "phone", "website", "area", "reach", "welcome", "access"}
	suggestElse  = []string{"ended", "other"}
	suggestible  = slices.Concat(suggestLines, suggestElse)
)

// line is the field of a group that a suggestion can replace, nil if there is
// none.
func (d *Details) line(name string) *string {
	switch name {
	case "email":
		return &d.Email
	case "phone":
		return &d.Phone
	case "website":
		return &d.Website
	case "area":
		return &d.Area
	case "reach":
		return &d.Reach
	case "welcome":
		return &d.Welcome
	case "access":
		return &d.Access
	}
	return nil
}

// mostSuggested is how many suggestions wait about one group at most: whoever
// floods a group floods themselves.
const mostSuggested = 20

// Suggest keeps what somebody, with or without an account, says is out of date
// about a group they can see, as one of their personas or anonymously. Said
// anonymously, it gives the token that takes it back.
func (s *Service) Suggest(ctx context.Context, v *access.Viewer, slug, field, words, as string) (token string, err error) {
	var p fault.Problems
	if as == "" {
		p.Add("as", "i18n.as.missing")
	}
	p.Choice("field", field, suggestible...)
	need := fault.Required
	if field == "ended" {
		need = fault.Optional
	}
	switch field { // what would not fit its place could not be put there with one press
	case "email":
		p.Email("words", &words, need)
	case "website":
		p.URL("words", &words, maxURL, need)
	case "phone":
		p.Line("words", &words, maxPhone, need)
	case "area":
		p.Line("words", &words, maxLine, need)
	default:
		p.Text("words", &words, maxWords, need)
	}
	key := id.Secret()
	if as == kit.Anonymous {
		token = key
	}
	return token, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := bySlug(ctx, tx, v.ByAddress(), slug)
		if err != nil {
			return err
		}
		if err := p.Err(); err != nil {
			return err
		}
		waiting, err := record.Suggestions(ctx, tx, "group", []string{g.ID})
		if err != nil {
			return err
		}
		if len(waiting) >= mostSuggested {
			return &fault.Error{Kind: fault.Limited, Key: "group.suggest.many", After: aDay}
		}
		x := record.Suggestion{Thing: thing(g.ID), Field: field, Words: words, Day: db.Day(time.Now())}
		if as != kit.Anonymous {
			if x.Author, err = s.speakers.Speak(ctx, tx, v, as); err != nil {
				return err
			}
		}
		return record.Suggest(ctx, tx, x, id.Hash(key))
	})
}

// TakeBack deletes the suggestion of a token, from the database and from the
// disk; NotFound if it is gone already.
func (s *Service) TakeBack(ctx context.Context, token string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := record.TakeBack(ctx, tx, id.Hash(token))
		if err == nil && !was {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "suggestion"})
	})
}

// Decide acts on a suggestion, or does not, and takes it off the list: whoever
// may edit the group. Put on the page, it is a change like any other, to be
// undone.
func (s *Service) Decide(ctx context.Context, v *access.Viewer, slug, suggestion string, take bool) (*Group, error) {
	vocabulary, err := s.Vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	var out *Group
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.forEdit(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		out = g
		said, err := record.Decide(ctx, tx, thing(g.ID), suggestion)
		if errors.Is(err, db.ErrNone) {
			return fault.New(fault.Conflict, "group.suggest.decided")
		}
		line := g.line(said.Field)
		take = take && line != nil
		if err == nil && said.Author != "" {
			err = s.tellAuthor(ctx, tx, said, take)
		}
		if err != nil || !take {
			return err
		}
		was := *g
		*line = said.Words
		if err := g.Validate(vocabulary, time.Now()); err != nil {
			return fault.New(fault.Conflict, "group.suggest.not-so")
		}
		return s.save(ctx, tx, &was, g, v.Persona, time.Now())
	})
	return out, err
}

// StillRight notes that all of a group's page is right today.
func (s *Service) StillRight(ctx context.Context, v *access.Viewer, slug string) (*Group, error) {
	var out *Group
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.forEdit(ctx, tx, v, slug)
		if err != nil {
			return err
		}
		g.Checked, out = db.Day(time.Now()), g
		if err := setChecked(ctx, tx, g); err != nil {
			return err
		}
		return s.shelve(ctx, tx, g)
	})
	return out, err
}

// checkEvery is how long a page counts as right after somebody said so: half a
// year, since times and rooms change with the seasons, and people tire.
const checkEvery = 183 * 24 * time.Hour

// asksWhetherRight says whether it is time to ask if a group's page is still
// right. Nothing happens if nobody answers.
func (g *Group) asksWhetherRight(now time.Time) bool {
	return g.Published && g.Life == Active && now.Sub(g.Checked) > checkEvery
}

// everChecked says whether anybody of the group ever looked through its page.
func (g *Group) everChecked() bool { return g.Checked.Year() > 1970 }
