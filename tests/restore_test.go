package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/mail"
	"withus.example/platform/web/webtest"
)

// perAnswer is what differs from one answer to the next.
var perAnswer = regexp.MustCompile(`name="form_key" value="[^"]*"`)

// answers are what people are shown at some addresses, and what search finds.
func (h *house) answers() map[string]string {
	h.t.Helper()
	out := map[string]string{}
	for who, v := range map[string]*webtest.Visitor{"a visitor": h.visitor(), "the team": h.as("team"), "an organiser": h.as("organiser")} {
		for _, path := range []string{"/", "/groups", "/groups?support=emotional", "/groups?q=kitchen", "/search?q=door", "/search?q=مجموعة", "/groups/" + openDoor,
			"/group-web/" + openDoor, "/group-map?near=Leeds", "/help-now", "/about?lang=ar", "/desk", "/groups/" + openDoor + "/history", "/api/v1/groups?q=group", "/groups.csv"} {
			p := v.Get(path)
			out[path+" for "+who] = fmt.Sprint(p.Status, p.Path, "\n", perAnswer.ReplaceAllString(p.Body, ""))
		}
	}
	return out
}

// held is every row of every room, in words that are the same on both engines,
// and what can be found.
func (h *house) held() map[string]string {
	h.t.Helper()
	lines := map[string][]string{}
	err := h.DB.Snapshot(h.t.Context(), func(ctx context.Context, s *db.Snapshot) error {
		tables, err := s.Tables(ctx, h.Migrations())
		for _, table := range tables {
			lines[table.Name] = nil
			if err == nil {
				err = s.Rows(ctx, table, func(row []any) error {
					for i, c := range table.Columns {
						var v any
						if text, is := row[i].(string); is && c.Kind == db.KindJSON && json.Unmarshal([]byte(text), &v) == nil {
							row[i] = v // PostgreSQL puts keys in another order
						}
					}
					lines[table.Name] = append(lines[table.Name], fmt.Sprint(row...))
					return nil
				})
			}
		}
		return err
	})
	if err == nil {
		lines["search_doc"], err = db.All(h.t.Context(), h.DB, func(scan db.Scan) (string, error) {
			var c [9]string
			err := scan(&c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7], &c[8])
			return strings.Join(c[:], "|"), err
		}, `SELECT room, thing, kind, scope, sort, size, terms, place, dates FROM search_doc`)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[string]string{}
	for name, all := range lines {
		slices.Sort(all)
		out[name] = strings.Join(all, "\n")
	}
	delete(out, "db_change") // is raised where words are shelved anew
	delete(out, "db_once")   // holds the mark of the restore
	for _, name := range []string{"signin_session", "signin_link", "signin_lost", "privacy_leaving", "job_job"} {
		delete(out, name) // what is not gone on with: see TestRestoredStops
	}
	return out
}

// A network that was put back, on either engine, answers as it did, finds what it
// found and shows its pictures, and every row of every room is there. One that
// somebody has open, or nobody said may go, stays.
func TestRestored(t *testing.T) {
	other := network("other", 3)
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		h := open(t, at)
		store := conf.Store{Data: at.Dir, Database: at.URL, Media: h.kept, Erased: filepath.Join(t.TempDir(), "erased")}
		h.picture(h.as("organiser"), openDoor, photo("x"), "Our door, painted green")
		h.exec(`UPDATE signin_lost SET state = 'stopped' WHERE state = 'running'`) // what is on its way is stopped by it
		if err := h.Invite.PutBack(t.Context()); err != nil {                      // and what is open is taken back
			t.Fatal(err)
		}
		if err := h.Finding.PutBack(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := h.answers()
		held := h.held()
		h.exec(`UPDATE finding_wish SET state = 'waiting' WHERE state = 'lapsed'`) // in the backup it waits still
		sessions, err := db.All(t.Context(), h.DB, db.Text, `SELECT key FROM signin_session`)
		if err != nil || len(sessions) == 0 {
			t.Fatal(sessions, err)
		}
		name := filepath.Join(t.TempDir(), "backup")
		made, err := app.BackupTo(t.Context(), store, nil, name)
		if err != nil || made.Pictures != 2 || made.Rows < 300 || made.Tables < 50 {
			t.Fatalf("%+v, %v", made, err)
		}
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read it: %v, %v", info.Mode(), err)
		}
		if _, err := app.BackupTo(t.Context(), store, nil, name); err == nil || !strings.Contains(err.Error(), "already") {
			t.Errorf("over another it says %v", err)
		}
		if _, err := app.Restore(t.Context(), store, name, "", true); err == nil || !strings.Contains(err.Error(), db.ErrInUse.Error()) {
			t.Errorf("while it is open it says %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(name), ".*")); len(left) > 0 {
			t.Errorf("left over: %q", left)
		}
		dbtest.From(t, other, func(t *testing.T, at dbtest.Place) {
			o := options(at, &mail.Tray{})
			o.Store.Erased = filepath.Join(t.TempDir(), "erased")
			if at.URL == "" {
				o.Store.Media = t.TempDir()
			}
			if _, err := app.Restore(t.Context(), o.Store, name, "", false); err == nil || !strings.Contains(err.Error(), "--replace") {
				t.Errorf("onto another network it says %v", err)
			}
			o.Store.Media = ""
			if at.URL != "" {
				if _, err := app.Restore(t.Context(), o.Store, name, "", true); err == nil || !strings.Contains(err.Error(), "--media") {
					t.Errorf("without a folder for pictures it says %v", err)
				}
			}
			o.Store.Media = t.TempDir()
			got, err := app.Restore(t.Context(), o.Store, name, "", true)
			if err != nil || *got != *made {
				t.Fatalf("%+v, %v", got, err)
			}
			there := &house{t: t, tray: &mail.Tray{}, kept: o.Store.Media}
			if there.App, err = app.Open(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			defer there.Close()
			now := there.held()
			for table, was := range held {
				if table == "privacy_erased" { // and what only the one that gave way knew
					for line := range strings.Lines(was) {
						if !strings.Contains(now[table], strings.TrimSuffix(line, "\n")) {
							t.Errorf("the ledger lacks %s", line)
						}
					}
				} else if table == "finding_wish" {
					if !strings.Contains(was, "lapsed") || strings.Contains(now[table], "waiting") {
						t.Errorf("somebody waits to be found out: %s", now[table])
					}
				} else if now[table] != was {
					t.Errorf("%s is another: %s", table, firstDifference(was, now[table]))
				}
			}
			if len(now) != len(held) {
				t.Errorf("%d tables, and there were %d", len(now), len(held))
			}
			if len(there.files()) != 2 {
				t.Errorf("on disk: %q", there.files())
			}
			shown := there.answers()
			for what, was := range want {
				if shown[what] != was {
					t.Errorf("%s is another: %s", what, firstDifference(was, shown[what]))
				}
			}
			if n := there.count(`SELECT count(*) FROM signin_session WHERE key IN ($1)`, sessions); n != 0 {
				t.Errorf("%d who were signed in then are signed in again", n)
			}
			if !strings.Contains(shown["/search?q=door for a visitor"], openDoor) {
				t.Error("nothing is found")
			}
			file := fileName.FindString(shown["/groups/"+openDoor+" for a visitor"])
			there.visitor().Get("/groups/"+openDoor+"/picture/"+file).Is(t, http.StatusOK)
		})
	})
}
