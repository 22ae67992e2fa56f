package link

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"

	"withus.example/platform/access"
	"withus.example/platform/list"
	"withus.example/platform/web"
)

// files are the public links to take along, beside the public list of groups:
// ids are the same there.
func (s *Service) files() []web.Route {
	return []web.Route{
		web.Get("/links.csv", see, s.showCSV),
		web.Get("/links.json", see, s.showJSON),
	}
}

// taken is a link as it is taken along.
type taken struct {
	Kind     Kind   `json:"kind"`
	From     string `json:"from"`
	FromName string `json:"fromName"`
	To       string `json:"to"`
	ToName   string `json:"toName"`
	Day      string `json:"day"`
}

// public gives the links that everybody may see, some at a time. Whoever asks:
// no right of theirs travels with a file.
func (s *Service) public(ctx context.Context, put func(taken) error) error {
	const some = 500
	for last := ""; ; {
		ks, err := after(ctx, s.db, last, some)
		if err != nil || len(ks) == 0 {
			return err
		}
		last = ks[len(ks)-1].ID
		var ids []string
		for _, k := range ks {
			ids = append(ids, k.From, k.To)
		}
		gs, err := s.groups.Linked(ctx, s.db, &access.Viewer{}, unique(ids))
		if err != nil {
			return err
		}
		for _, k := range ks {
			a, b := gs[k.From], gs[k.To]
			if a.ID == "" || b.ID == "" {
				continue
			}
			if err := put(taken{k.Kind, a.ID, a.Name, b.ID, b.Name, k.Day.Format("2006-01-02")}); err != nil {
				return err
			}
		}
	}
}

func (s *Service) showCSV(r *web.Request) (*web.Answer, error) {
	return &web.Answer{Type: "text/csv; charset=utf-8", Name: "links.csv", Stream: func(w io.Writer) error {
		c := csv.NewWriter(w)
		if err := c.Write([]string{"kind", "from", "from_name", "to", "to_name", "day"}); err != nil {
			return err
		}
		err := s.public(r.Context(), func(t taken) error {
			return c.Write([]string{string(t.Kind), t.From, list.Safe(t.FromName), t.To, list.Safe(t.ToName), t.Day})
		})
		if err != nil {
			return err
		}
		c.Flush()
		return c.Error()
	}}, nil
}

func (s *Service) showJSON(r *web.Request) (*web.Answer, error) {
	all := []taken{}
	err := s.public(r.Context(), func(t taken) error {
		all = append(all, t)
		return nil
	})
	return &web.Answer{Type: "application/json", Name: "links.json", Stream: func(w io.Writer) error {
		return json.NewEncoder(w).Encode(map[string]any{"links": all})
	}}, err
}
