package group

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"time"

	"github.com/gorilla/feeds"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/list"
	"withus.example/platform/web"
)

// files are the public list to take along.
func (s *Service) files() []web.Route {
	return []web.Route{
		web.Get("/groups.atom", read, s.showAtom).Kept("group"),
		web.Get("/groups.csv", read, s.showCSV),
		web.Get("/groups.json", read, s.showJSON),
	}
}

// public are the scopes of the public list, whoever asks: it is taken away and
// kept elsewhere, where no right of the reader's travels with it.
var public = (&access.Viewer{}).Scopes()

// showAtom is a feed of the public groups that changed last.
func (s *Service) showAtom(r *web.Request) (*web.Answer, error) {
	gs, err := latest(r.Context(), s.db, public, 50)
	if err != nil {
		return nil, err
	}
	f := &feeds.Feed{Title: r.Page.T("group.feed", "name", r.Page.Site.Name), Link: &feeds.Link{Href: r.Origin() + "/groups"}, Id: r.Origin() + "/groups.atom"}
	for _, g := range gs {
		f.Updated = later(f.Updated, g.Changed)
		f.Items = append(f.Items, &feeds.Item{
			Id: "urn:uuid:" + g.ID, Title: g.Name, Link: &feeds.Link{Href: r.Origin() + g.Path()}, Updated: g.Changed,
			Description: g.Summary(),
		})
	}
	xml, err := f.ToAtom()
	return &web.Answer{Type: "application/atom+xml; charset=utf-8", Stream: func(w io.Writer) error {
		_, err := io.WriteString(w, xml)
		return err
	}}, err
}

func (s *Service) showCSV(r *web.Request) (*web.Answer, error) {
	return s.taken("text/csv; charset=utf-8", "groups.csv", func(w io.Writer) error { return s.writeCSV(r.Context(), w, table, s.public) })
}

func (s *Service) showJSON(r *web.Request) (*web.Answer, error) {
	return s.taken("application/json", "groups.json", func(w io.Writer) error { return s.writeJSON(r.Context(), w, s.public) })
}

// source gives the groups after an id, some at a time.
type source func(ctx context.Context, last string, most int) ([]*Group, error)

func (s *Service) public(ctx context.Context, last string, most int) ([]*Group, error) {
	return after(ctx, s.db, public, last, most)
}

// everything is for whoever runs the network.
func (s *Service) everything(ctx context.Context, last string, most int) ([]*Group, error) {
	return anyAfter(ctx, s.db, last, most)
}

// taken is the whole list as a file. It is written for a few at a time; whoever
// comes next is asked to wait, and keeps nobody waiting for pages.
func (s *Service) taken(kind, name string, write func(io.Writer) error) (*web.Answer, error) {
	select {
	case s.taking <- struct{}{}:
	default:
		return nil, &fault.Error{Kind: fault.Limited, After: time.Minute}
	}
	return &web.Answer{Type: kind, Name: name, Stream: func(w io.Writer) error {
		defer func() { <-s.taking }()
		return write(w)
	}}, nil
}

// each goes through all groups of a source.
func each(ctx context.Context, from source, fn func(*Group) error) error {
	for last := ""; ; {
		gs, err := from(ctx, last, 500)
		if err != nil || len(gs) == 0 {
			return err
		}
		for _, g := range gs {
			if err := fn(g); err != nil {
				return err
			}
		}
		last = gs[len(gs)-1].ID
	}
}

func (s *Service) writeCSV(ctx context.Context, w io.Writer, columns []column, from source) error {
	c := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, col := range columns {
		row[i] = col.name
	}
	if err := c.Write(row); err != nil {
		return err
	}
	err := each(ctx, from, func(g *Group) error {
		for i, col := range columns {
			row[i] = list.Safe(col.get(g))
		}
		return c.Write(row)
	})
	c.Flush()
	if err == nil {
		err = c.Error()
	}
	return err
}

func (s *Service) writeJSON(ctx context.Context, w io.Writer, from source) error {
	var b bytes.Buffer
	before := "[\n"
	err := each(ctx, from, func(g *Group) error {
		b.Reset()
		b.WriteString(before)
		before = ",\n"
		if err := json.NewEncoder(&b).Encode(g); err != nil {
			return err
		}
		_, err := w.Write(bytes.TrimRight(b.Bytes(), "\n"))
		return err
	})
	if err != nil {
		return err
	}
	if before == "[\n" {
		_, err = io.WriteString(w, "[]\n")
	} else {
		_, err = io.WriteString(w, "\n]\n")
	}
	return err
}

// WriteCSV and WriteJSON write every group, published or not, for whoever runs
// the network to take along. Import takes both.
func (s *Service) WriteCSV(ctx context.Context, w io.Writer) error {
	return s.writeCSV(ctx, w, full, s.everything)
}

// WriteJSON is WriteCSV in JSON.
func (s *Service) WriteJSON(ctx context.Context, w io.Writer) error {
	return s.writeJSON(ctx, w, s.everything)
}
