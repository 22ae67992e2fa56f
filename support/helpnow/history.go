package helpnow

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/record"
)

// Past is one change of a line, as its history shows it.
type Past struct {
	N       int
	Author  string // persona's name; empty: somebody who has left
	At      time.Time
	Changed []string // the fields it changed, by their names in the form
}

// historySize is how many changes a page of history shows.
const historySize = 30

// History gives the changes of a line before one, newest first, to the network
// team. more says whether there are older ones.
func (s *Service) History(ctx context.Context, v *access.Viewer, id string, before int) (l *Line, out []Past, more bool, err error) {
	l, err = forEdit(ctx, s.db, v, id)
	if err != nil {
		return nil, nil, false, err
	}
	// One more than is shown: a change is told by the one before it.
	rs, err := record.List(ctx, s.db, thing(l.ID), before, historySize+1)
	if err != nil {
		return nil, nil, false, err
	}
	var authors []string
	for _, r := range rs {
		authors = append(authors, r.Author)
	}
	names, err := s.people.Names(ctx, v, authors)
	if err != nil {
		return nil, nil, false, err
	}
	for i, r := range rs[:min(len(rs), historySize)] {
		p := Past{N: r.N, Author: names[r.Author], At: r.At}
		if i+1 < len(rs) {
			p.Changed = differ(r.Body, rs[i+1].Body)
		}
		out = append(out, p)
	}
	return l, out, len(rs) > historySize, nil
}

// differ names the fields in which two revisions differ, in the form's order.
func differ(a, b json.RawMessage) (out []string) {
	var x, y Details
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return nil
	}
	vx, vy := reflect.ValueOf(x), reflect.ValueOf(y)
	for i := range vx.NumField() {
		fx, fy := vx.Field(i), vy.Field(i)
		empty := fx.Kind() == reflect.Slice && fx.Len() == 0 && fy.Len() == 0
		if !empty && !reflect.DeepEqual(fx.Interface(), fy.Interface()) {
			name, _, _ := strings.Cut(vx.Type().Field(i).Tag.Get("json"), ",")
			out = append(out, name)
		}
	}
	return out
}
