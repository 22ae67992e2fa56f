package record

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"withus.example/platform/db"
)

// Past is one change of a thing.
type Past struct {
	N       int
	Author  string // persona; empty: an import, or somebody who has left
	At      time.Time
	Changed []string // the fields it changed, by their names in JSON and in their order
}

// historySize is how many changes a page of history shows.
const historySize = 30

// History gives the changes of a thing before one, newest first; before 0 is
// the newest of all. T is what its revisions hold. more says whether there are
// older ones.
func History[T any](ctx context.Context, q db.Querier, t Thing, before int) (out []Past, more bool, err error) {
	// One more than is shown: a change is told by the one before it.
	rs, err := List(ctx, q, t, before, historySize+1)
	for i, r := range rs[:min(len(rs), historySize)] {
		p := Past{N: r.N, Author: r.Author, At: r.At}
		if i+1 < len(rs) {
			p.Changed = differ[T](r.Body, rs[i+1].Body)
		}
		out = append(out, p)
	}
	return out, len(rs) > historySize, err
}

// Authors are the personas of some changes.
func Authors(past []Past) (out []string) {
	for _, p := range past {
		out = append(out, p.Author)
	}
	return out
}

// differ names the fields in which two revisions differ.
func differ[T any](a, b json.RawMessage) (out []string) {
	var x, y T
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
