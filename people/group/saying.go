package group

import (
	"context"
	"encoding/json"
	"errors"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/record"
)

// Speakers is what the room asks of whoever keeps the personas about who says
// something here.
type Speakers interface {
	// Voices are the viewer's personas; none of a visitor.
	Voices(ctx context.Context, v *access.Viewer) ([]kit.Voice, error)
	// Speak is the persona by which the viewer says something: as is the id of one
	// of their names, or kit.Unnamed.
	Speak(ctx context.Context, tx *db.Tx, v *access.Viewer, as string) (persona string, err error)
	// Unsay hears that what a persona said is gone.
	Unsay(ctx context.Context, tx *db.Tx, persona string) error
}

// authorJob tells somebody what became of what they suggested.
const authorJob = "group.author"

// toAuthor is what is told.
type toAuthor struct {
	Persona, Group, Field string
	Taken                 bool
}

func (s *Service) tellAuthor(ctx context.Context, tx *db.Tx, x record.Suggestion, taken bool) error {
	return errors.Join(s.speakers.Unsay(ctx, tx, x.Author),
		job.Add(ctx, tx, job.Job{Kind: authorJob, Whom: x.Author, Body: toAuthor{x.Author, x.Thing.ID, x.Field, taken}}))
}

// mailAuthor sends it.
func (s *Service) mailAuthor(ctx context.Context, body json.RawMessage) error {
	var x toAuthor
	if err := json.Unmarshal(body, &x); err != nil {
		return job.Gone(err)
	}
	// The group may have hidden since from whoever suggested: only what everybody
	// sees is named.
	of, err := byIDs(ctx, s.db, []string{access.Public}, []string{x.Group})
	if err != nil {
		return err
	}
	err = s.people.Deliver(ctx, x.Persona, func(l *i18n.Lang, origin string) mail.Letter {
		what := "group.suggest.mail-seen"
		if x.Taken {
			what = "group.suggest.mail-taken"
		}
		name, at := l.T("group.suggest.mail-group"), "/groups"
		if len(of) > 0 {
			name, at = of[0].Name, of[0].Path()
		}
		return mail.Letter{
			Subject:    l.T("group.suggest.mail-subject"),
			Paragraphs: []string{l.T(what, "name", name, "field", l.T("group.field."+x.Field))},
			Link:       &mail.Link{Label: l.T("group.suggest.mail-button"), URL: origin + at + "?lang=" + l.Code, Here: at},
		}
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// saying are the suggestions that wait of some personas.
func (s *Service) saying(ctx context.Context, personas []string) (out []kit.Said, err error) {
	all, err := record.SuggestedBy(ctx, s.db, "group", personas)
	for _, x := range all {
		out = append(out, kit.Said{ID: x.ID, Persona: x.Author, Day: x.Day, What: "group.suggest.said", About: kit.Ref{Room: "group", ID: x.Thing.ID}, Words: x.Words, Back: ownSuggested})
	}
	return out, err
}

// TakeBackOwn deletes a suggestion of the viewer's, from the database and from
// the disk; NotFound if it is gone already, or not theirs.
func (s *Service) TakeBackOwn(ctx context.Context, v *access.Viewer, suggestion string) error {
	if err := v.Need(speak, ""); err != nil {
		return err
	}
	voices, err := s.speakers.Voices(ctx, v)
	if err != nil {
		return err
	}
	var own []string
	for _, x := range voices {
		own = append(own, x.Persona)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := record.TakeBackOwn(ctx, tx, "group", suggestion, own)
		if err != nil {
			return db.Missing(err)
		}
		return errors.Join(s.speakers.Unsay(ctx, tx, x.Author), job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "suggestion"}))
	})
}
