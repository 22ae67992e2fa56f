package member

import (
	"context"
	"net/url"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/mail"
)

// Message is a letter that is kept here for whoever reads here.
type Message struct {
	ID    string
	At    time.Time
	Fresh bool // until its reader says that they have read it
	Says
}

// Says is what stands in a message. Nothing in it opens anything: where a letter
// has a link with a key, a message leads to the page itself.
type Says struct {
	Lang       string   `json:"lang"`
	Subject    string   `json:"subject"`
	Paragraphs []string `json:"paragraphs"`
	Label      string   `json:"label"` // of the link
	Path       string   `json:"path"`  // it leads to; empty: none
}

const (
	messageLife = 365 * 24 * time.Hour // however new it is still to its reader
	messagePage = 24
)

// keep keeps a letter as a message.
func (s *Service) keep(ctx context.Context, a Account, l *i18n.Lang, letter mail.Letter) error {
	m := Message{ID: id.New(ctx), At: s.now(), Fresh: true, Says: Says{Lang: l.Code, Subject: letter.Subject, Paragraphs: letter.Paragraphs}}
	if letter.Link != nil {
		m.Label, m.Path = letter.Link.Label, letter.Link.Here
		if u, err := url.Parse(letter.Link.URL); err == nil && m.Path == "" {
			m.Path = u.Path
		}
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return insertMessage(ctx, tx, a.ID, m) })
	return db.Missing(err)
}

// Messages are the viewer's own, the newest first, from before a given one on.
// more says whether there are older ones.
func (s *Service) Messages(ctx context.Context, v *access.Viewer, before string) (all []Message, more bool, err error) {
	if err := v.Need(reading, ""); err != nil {
		return nil, false, err
	}
	all, err = messages(ctx, s.db, v.Member, before, messagePage+1)
	if len(all) > messagePage {
		all, more = all[:messagePage], true
	}
	return all, more, err
}

// Message is one of the viewer's own; NotFound if it is not.
func (s *Service) Message(ctx context.Context, v *access.Viewer, id string) (Message, error) {
	if err := v.Need(reading, ""); err != nil {
		return Message{}, err
	}
	return messageOf(ctx, s.db, v.Member, id)
}

// HaveRead takes the mark off one of the viewer's messages, or off all of them:
// nobody notes by themselves what somebody looks at.
func (s *Service) HaveRead(ctx context.Context, v *access.Viewer, id string) error {
	return s.onMessage(ctx, v, func(ctx context.Context, tx *db.Tx) (int64, error) {
		if id == "" {
			return 1, readAll(ctx, tx, v.Member)
		}
		return readMessage(ctx, tx, v.Member, id)
	})
}

// DropMessage deletes one of the viewer's messages; NotFound if it is not theirs.
func (s *Service) DropMessage(ctx context.Context, v *access.Viewer, id string) error {
	return s.onMessage(ctx, v, func(ctx context.Context, tx *db.Tx) (int64, error) { return dropMessage(ctx, tx, v.Member, id) })
}

func (s *Service) onMessage(ctx context.Context, v *access.Viewer, do func(ctx context.Context, tx *db.Tx) (int64, error)) error {
	if err := v.Need(reading, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := do(ctx, tx)
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return err
	})
}
