package group

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/list"
	"withus.example/platform/record"
	"withus.example/platform/search"
	"withus.example/platform/ui"
)

// What the tests of import and export share.

var importRooms = []db.Migrations{access.Ground, record.Ground, search.Ground, job.Ground, {Room: "group", Files: migrations}}

func importService(t testing.TB, d *db.DB) *Service {
	t.Helper()
	langs, err := i18n.Load([]string{"en", "ar"}, i18n.Ground, ui.Ground, list.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	return New(d, search.New(d), langs, nil, nil, nil)
}

// withImport runs a test on both engines, with a room that holds nothing.
func withImport(t *testing.T, fn func(t *testing.T, s *Service)) {
	t.Helper()
	dbtest.Run(t, importRooms, func(t *testing.T, d *db.DB) { fn(t, importService(t, d)) })
}

// emptyRoom is one more room that holds nothing, on SQLite.
func emptyRoom(t *testing.T) *Service {
	t.Helper()
	d, err := db.Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if _, err := d.Migrate(t.Context(), append([]db.Migrations{db.Ground}, importRooms...)...); err != nil {
		t.Fatal(err)
	}
	return importService(t, d)
}

func mustImport(t *testing.T, s *Service, list string, o ImportOptions) *Report {
	t.Helper()
	r, err := s.Import(t.Context(), strings.NewReader(list), o, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, r)
	}
	accounted(t, r)
	return r
}

func accounted(t *testing.T, r *Report) {
	t.Helper()
	if n := r.New + r.Changed + r.Unchanged + len(r.Refused) + len(r.Doubtful); n != r.Rows {
		t.Errorf("%d rows, and %d accounted for\n%s", r.Rows, n, r)
	}
}

// sums are a report's: new, changed, unchanged, doubtful, refused.
func sums(r *Report) string {
	return fmt.Sprint(r.New, r.Changed, r.Unchanged, len(r.Doubtful), len(r.Refused))
}

func exported(t *testing.T, s *Service) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.WriteCSV(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withoutIDs is an export for comparing networks that made their own ids.
func withoutIDs(t *testing.T, s *Service) string {
	t.Helper()
	var out []string
	err := each(t.Context(), s.everything, func(g *Group) error {
		var row []string
		for _, c := range full[1:] {
			row = append(row, c.name+"="+c.get(g))
		}
		out = append(out, fmt.Sprintf("%q", append(row, fmt.Sprint(g.Revision))))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// dump is every row of every table the room writes to.
func dump(t *testing.T, s *Service) string {
	t.Helper()
	var out []string
	for _, table := range []string{"group_group", "group_term", "group_import", "record_revision", "access_grant", "search_doc", "db_change", "db_once"} {
		rows, err := s.db.Query(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(at...); err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprint(table, values))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

func fillDemo(t *testing.T, s *Service, n int) {
	t.Helper()
	err := s.demo(t.Context(), &kit.Demo{Rand: rand.New(rand.NewPCG(7, 7)), Groups: n, Personas: []string{"p1", "p2", "p3"},
		People: []kit.Person{{Role: "organiser", Persona: "p4"}}})
	if err != nil {
		t.Fatal(err)
	}
}

// one is the only group of a name.
func one(t *testing.T, s *Service, name string) *Group {
	t.Helper()
	var found *Group
	err := each(t.Context(), s.everything, func(g *Group) error {
		if g.Name == name {
			if found != nil {
				t.Errorf("%s twice", name)
			}
			found = g
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == nil {
		t.Fatalf("no %s", name)
	}
	return found
}

func organise(t *testing.T, s *Service, name string) {
	t.Helper()
	if err := s.AddOrganiser(context.Background(), one(t, s, name).Slug, "p9"); err != nil {
		t.Fatal(err)
	}
}

// resaved is an export as a spreadsheet in a country of decimal commas saves it.
func resaved(t *testing.T, list string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(list)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.Comma, w.UseCRLF = ';', true
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withoutRun is a dump without the mark of who imported last.
func withoutRun(dump string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(dump, "\n"), func(row string) bool { return strings.HasPrefix(row, "group_import") }), "\n")
}
