package record

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

func TestRevisions(t *testing.T) {
	dbtest.Run(t, []db.Migrations{Ground}, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		thing := Thing{"group", "g1"}
		at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		write := func(fn func(context.Context, *db.Tx) error) error { return d.Write(ctx, fn) }
		add := func(th Thing, n int, who, body string) error {
			return write(func(ctx context.Context, tx *db.Tx) error {
				return Add(ctx, tx, th, Revision{n, who, at, json.RawMessage(body)})
			})
		}
		for n, body := range []string{`{"place": "secret", "n": 1}`, `{"place": "secret", "n": 2}`, `{"n": 3}`} {
			if err := add(thing, n+1, "p1", body); err != nil {
				t.Fatal(err)
			}
		}
		if err := add(Thing{"group", "g2"}, 1, "p2", `{"place": "secret"}`); err != nil {
			t.Fatal(err)
		}
		if err := add(thing, 3, "p2", `{}`); !errors.Is(err, db.ErrConflict) {
			t.Errorf("the same number twice: %v", err)
		}
		rs, err := List(ctx, d, thing, 0, 2)
		if err != nil || len(rs) != 2 || rs[0].N != 3 || rs[1].N != 2 || rs[0].Author != "p1" || !rs[0].At.Equal(at) {
			t.Fatalf("%+v, %v", rs, err)
		}
		if rs, err = List(ctx, d, thing, 2, 2); err != nil || len(rs) != 1 || rs[0].N != 1 {
			t.Errorf("before 2: %+v, %v", rs, err)
		}
		err = write(func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(Erase(ctx, tx, []string{"p1"}), Amend(ctx, tx, thing, func(b json.RawMessage) (json.RawMessage, error) {
				var m map[string]any
				if err := json.Unmarshal(b, &m); err != nil {
					return nil, err
				}
				delete(m, "place")
				return json.Marshal(m)
			}))
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Get(ctx, d, thing, 1)
		if err != nil || bytes.Contains(r.Body, []byte("secret")) || !bytes.Contains(r.Body, []byte(`1`)) || r.Author != "" {
			t.Errorf("amended: %s %q, %v", r.Body, r.Author, err)
		}
		if r, err := Get(ctx, d, Thing{"group", "g2"}, 1); err != nil || !bytes.Contains(r.Body, []byte("secret")) {
			t.Errorf("another thing was amended too: %s, %v", r.Body, err)
		}
		if _, err := Get(ctx, d, thing, 9); !errors.Is(err, db.ErrNone) {
			t.Error(err)
		}
		if cs, err := By(ctx, d, []string{"p2"}); err != nil || len(cs) != 1 || cs[0].ID != "g2" {
			t.Errorf("%+v, %v", cs, err)
		}
	})
}
