package tests

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"withus.example/app"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/mail"
)

// again opens a network at a place with a ledger of erasures, and pictures in a
// folder if one is given.
func again(t *testing.T, at dbtest.Place, ledger string, log *bytes.Buffer, pictures ...string) *house {
	t.Helper()
	h := &house{t: t, tray: &mail.Tray{}}
	o := options(at, h.tray)
	o.Store.Erased = ledger
	for _, h.kept = range pictures {
		o.Store.Media = h.kept
	}
	if log != nil {
		o.Log = slog.New(slog.NewTextHandler(log, nil))
	}
	var err error
	if h.App, err = app.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return h
}

// forget erases the owner of an address.
func (h *house) forget(email string) {
	h.t.Helper()
	sub, err := h.Members.Subject(h.t.Context(), email)
	if err == nil {
		err = h.Erase(h.t.Context(), sub)
	}
	if err != nil {
		h.t.Fatal(email, err)
	}
}

func (h *house) here(email string) bool {
	h.t.Helper()
	return h.count(`SELECT count(*) FROM member_member WHERE email = $1`, email) == 1
}

// A network put back as it was before somebody was erased erases them again before
// it serves anybody, on both engines; nobody else; and not twice. H6.
func TestErasedAgain(t *testing.T) {
	all := t.TempDir()
	ledger := func(t *testing.T) string {
		engine, _, _ := strings.Cut(filepath.Base(t.Name()), "#") // the second time it has a number
		return filepath.Join(all, engine)
	}
	read := func(t *testing.T) string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(ledger(t), "erased.txt"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	gone := []string{"member@withus.example", "team@withus.example", "team2@withus.example"}
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		h := again(t, at, ledger(t), nil)
		before := strings.Count(read(t), "\n") // yeses that the example people took back
		if err := h.Members.SetRole(t.Context(), "organiser@withus.example", "team"); err != nil {
			t.Fatal(err)
		}
		for _, email := range gone {
			h.forget(email)
		}
		whole := read(t)
		if strings.Count(whole, "\n") != before+len(gone) || strings.Contains(whole, "withus.example") {
			t.Fatalf("the ledger holds %q", whole)
		}
		if n, err := h.Privacy.Reconcile(t.Context()); n != 0 || err != nil || read(t) != whole {
			t.Errorf("%d are erased once more, %v; it holds %q", n, err, read(t))
		}
		// The program died before it wrote a line, and in the middle of one; and the
		// file was lost.
		for _, left := range []int{76, 100, 0} {
			if err := os.WriteFile(filepath.Join(ledger(t), "erased.txt"), []byte(whole[:left]), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Privacy.Reconcile(t.Context()); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(whole) {
				if !strings.Contains("\n"+read(t), "\n"+line) {
					t.Errorf("after %d bytes were left it holds %q", left, read(t))
				}
			}
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	})
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) { // as it was before all that
		if _, err := os.Stat(ledger(t)); err != nil {
			t.Skip("nobody was erased on this engine")
		}
		var log bytes.Buffer
		h := again(t, at, ledger(t), &log)
		for _, email := range gone {
			if h.here(email) {
				t.Errorf("%s is back", email)
			}
		}
		for _, email := range []string{"organiser@withus.example", "supporter@withus.example"} {
			if !h.here(email) {
				t.Errorf("%s is gone", email)
			}
		}
		if !strings.Contains(log.String(), "people=3") {
			t.Errorf("the log says %s", &log)
		}
		// Both of the team it had then were erased since. It waits for its first one,
		// as a new network does.
		if n, err := h.Members.TeamSize(t.Context(), h.DB); n != 0 || err != nil {
			t.Errorf("%d are on the team, %v", n, err)
		}
		if err := h.Members.SetRole(t.Context(), "organiser@withus.example", "team"); err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		log.Reset()
		if h = again(t, at, ledger(t), &log); strings.Contains(log.String(), "people=") {
			t.Errorf("they are erased once more: %s", &log)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A backup that is put back on either engine has whoever was erased since in no
// table and no file, before anybody opens it. H6.
func TestRestoredWithoutTheErased(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		store := options(at, &mail.Tray{}).Store
		store.Erased = filepath.Join(t.TempDir(), "erased")
		store.Media = t.TempDir()
		h := again(t, at, store.Erased, nil, store.Media)
		const email, name = "tumbleweed@elsewhere.example", "Tumbleweed Quartet"
		h.face(h.joinBy(email, name), name, photo("tumbleweed"), "A tumbleweed")
		h.face(h.as("member"), h.called("member@withus.example"), photo(""), "")
		backup := filepath.Join(t.TempDir(), "backup")
		if _, err := app.BackupTo(t.Context(), store, nil, backup); err != nil {
			t.Fatal(err)
		}
		h.forget(email)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if r, err := app.Restore(t.Context(), store, backup, "", true); err != nil || r.Pictures != 2 {
			t.Fatal(r, err)
		}
		if len(h.files()) != 1 {
			t.Errorf("on disk: %q", h.files())
		}
		// Without the ledger, so that nothing is erased when it is opened.
		h = again(t, at, filepath.Join(t.TempDir(), "none"), nil)
		for _, found := range holds(h.dump(), "tumbleweed") {
			t.Error(found)
		}
		h.onDisk("put back", "tumbleweed", "Tumbleweed")
		if !h.here("member@withus.example") {
			t.Error("others are gone, too")
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// Nor has it whoever only the network that gave way knows to be erased, where the
// ledger beside it says nothing: another server did it, or it could not be written.
func TestRestoredWithoutTheUnwritten(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		store := options(at, &mail.Tray{}).Store
		store.Erased = filepath.Join(t.TempDir(), "erased")
		h := again(t, at, filepath.Join(t.TempDir(), "another"), nil)
		const email = "tumbleweed@elsewhere.example"
		h.joinBy(email, "Tumbleweed Quartet")
		backup := filepath.Join(t.TempDir(), "backup")
		if _, err := app.BackupTo(t.Context(), store, nil, backup); err != nil {
			t.Fatal(err)
		}
		h.forget(email)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time the ledger knows
			if r, err := app.Restore(t.Context(), store, backup, "", true); err != nil || r.Unread != nil {
				t.Fatal(r, err)
			}
			h = again(t, at, filepath.Join(t.TempDir(), "none"), nil)
			for _, found := range holds(h.dump(), "tumbleweed") {
				t.Error(found)
			}
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if b, err := os.ReadFile(filepath.Join(store.Erased, "erased.txt")); err != nil || len(b) == 0 {
			t.Errorf("the ledger holds %q, %v", b, err)
		}
	})
}

// A yes that was taken back after a backup was made does not stand again when that
// is put back; one given anew since then does. H1, H6.
func TestTakenBackAgain(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		store := options(at, &mail.Tray{}).Store
		store.Erased = filepath.Join(t.TempDir(), "erased")
		h := again(t, at, store.Erased, nil)
		v, other := h.as("member"), h.as("organiser")
		counted := func(email string) bool {
			t.Helper()
			return h.count(`SELECT count(*) FROM consent_now n JOIN member_member m ON m.id = n.owner_member_id WHERE m.email = $1 AND n.purpose = 'member.counted'`, email) == 1
		}
		takeBack := map[string][]string{"purpose": {"member.counted"}}
		other.Send("/you/agreed", "/you/agreed-not", takeBack).Is(t, 200)
		other.Send("/you/agreed/member.counted", "", map[string][]string{"yes": {"yes"}}).Is(t, 200)
		if !counted("member@withus.example") || !counted("organiser@withus.example") {
			t.Fatal("nobody said yes")
		}
		backup := filepath.Join(t.TempDir(), "backup")
		if _, err := app.BackupTo(t.Context(), store, nil, backup); err != nil {
			t.Fatal(err)
		}
		v.Send("/you/agreed", "/you/agreed-not", takeBack).Is(t, 200)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := app.Restore(t.Context(), store, backup, "", true); err != nil {
				t.Fatal(err)
			}
			h = again(t, at, filepath.Join(t.TempDir(), "none"), nil)
			if counted("member@withus.example") {
				t.Error("a yes that was taken back stands")
			}
			if !counted("organiser@withus.example") {
				t.Error("a yes that was given anew is gone")
			}
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What was stopped after a backup was made does not go on when it is put back:
// nobody is erased who may have decided to stay, no link opens anything, and
// nobody gets an account that its owner has kept.
func TestRestoredStops(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		store := options(at, &mail.Tray{}).Store
		store.Erased = filepath.Join(t.TempDir(), "erased")
		h := again(t, at, store.Erased, nil)
		const email = "stays.after.all@elsewhere.example"
		v := h.joinBy(email, "Stays After All")
		v.Send("/you/leave", "", map[string][]string{"when": {"later"}}).Is(t, 200)
		h.visitor().Post("/sign-in", map[string][]string{"email": {"member@withus.example"}}).Is(t, 200)
		h.work()
		link := h.newest("member@withus.example")
		if n := h.count(`SELECT count(*) FROM signin_lost WHERE state = 'running'`); n == 0 {
			t.Fatal("nothing is on its way")
		}
		invited := h.slip(h.as("member"), "/you/invitations/new", map[string][]string{"as": {"member"}})
		backup := filepath.Join(t.TempDir(), "backup")
		if _, err := app.BackupTo(t.Context(), store, nil, backup); err != nil {
			t.Fatal(err)
		}
		h.exec(`UPDATE privacy_leaving SET due = $1`, time.Now().Add(-time.Hour))
		late := filepath.Join(t.TempDir(), "late")
		if _, err := app.BackupTo(t.Context(), store, nil, late); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		for _, from := range []string{backup, late} {
			if _, err := app.Restore(t.Context(), store, from, "", true); err != nil {
				t.Fatal(err)
			}
			h = again(t, at, store.Erased, nil)
			h.round("privacy.leave")
			h.work()
			if !h.here(email) {
				t.Error("somebody who may have decided to stay is gone")
			}
			if p := h.visitor().Send(link, "", nil); p.Path == "/you" {
				t.Error("a link from before opens an account")
			}
			if p := h.visitor().Get(invited); p.Status != 404 {
				t.Error("an invitation from before opens something")
			}
			if n := h.count(`SELECT count(*) FROM signin_lost WHERE state IN ('running', 'open')`); n != 0 {
				t.Errorf("%d accounts are on their way to somebody", n)
			}
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A ledger that can't be read keeps the network shut; one that can't be written is
// said, and the erasure is done.
func TestLedgerBroken(t *testing.T) {
	at := dbtest.SQLite(t, demo)
	ledger := filepath.Join(t.TempDir(), "erased")
	var log bytes.Buffer
	h := again(t, at, ledger, &log)
	before := h.count(`SELECT count(*) FROM privacy_erased`)                                    // yeses that the example people took back
	if err := errors.Join(os.RemoveAll(ledger), os.WriteFile(ledger, nil, 0o600)); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	h.forget("member@withus.example")
	if h.here("member@withus.example") || !strings.Contains(log.String(), "ledger of erasures") {
		t.Errorf("the log says %q", &log)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	o := options(at, &mail.Tray{})
	o.Store.Erased = ledger
	if a, err := app.Open(t.Context(), o); err == nil {
		a.Close()
		t.Error("it opens, and can't know who was erased")
	} else if !strings.Contains(err.Error(), "ledger of erasures") {
		t.Error(err)
	}
	if err := os.Remove(ledger); err != nil {
		t.Fatal(err)
	}
	h = again(t, at, ledger, nil)
	if b, err := os.ReadFile(filepath.Join(ledger, "erased.txt")); err != nil || strings.Count(string(b), "\n") != before+1 {
		t.Errorf("it holds %q, %v", b, err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// A hundred people are erased one after the other, and in between the data folder
// is put back as it was some time before. Whatever was theirs is nowhere then: not
// in a table, a file, the mail or the log. H5, H6.
func TestErasingAHundred(t *testing.T) {
	const people, every = 100, 10
	at, ledger := dbtest.SQLite(t, demo), filepath.Join(t.TempDir(), "erased")
	pictures := filepath.Join(at.Dir, "media")
	var log bytes.Buffer
	h := again(t, at, ledger, &log, pictures)
	// What is theirs is words that stand nowhere else.
	members, err := db.All(t.Context(), h.DB, db.Text, `SELECT m.id FROM member_member m WHERE m.role <> 'team' ORDER BY m.id`)
	if err != nil || len(members) < people {
		t.Fatalf("%d people, %v", len(members), err)
	}
	canary := func(i int) string { return fmt.Sprintf("zibbleflix%03dq", i) }
	err = h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i, id := range members[:people] {
			for _, q := range []string{
				`UPDATE member_member SET email = $1 || '@elsewhere.example', own = $1 WHERE id = $2`,
				`UPDATE member_persona SET name = $1, words = $1, pronouns = $1 WHERE owner_member_id = $2`,
				`UPDATE member_application SET words = $1 WHERE owner_member_id = $2`,
			} {
				if _, err := tx.Exec(ctx, q, canary(i), id); err != nil {
					return err
				}
			}
		}
		tx.Changed("member")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, account := range members[:people] {
		if i%3 == 0 { // a picture, with words in it and about it
			v, err := h.Members.Viewer(t.Context(), account)
			if err != nil {
				t.Fatal(err)
			}
			names, err := h.Members.Personas(t.Context(), v)
			if err != nil {
				t.Fatal(err)
			}
			names[0].Seen, names[0].Sent = canary(i), photo(canary(i))
			if err := h.Members.ChangePersona(t.Context(), v, names[0]); err != nil {
				t.Fatal(err)
			}
		}
		if i%7 == 0 { // a link waits to be mailed
			h.visitor().Post("/sign-in", map[string][]string{"email": {canary(i) + "@elsewhere.example"}})
		}
	}
	nowhere := func(upTo int) {
		t.Helper()
		// Pictures of every third are gone before any work is done.
		want := (people+2)/3 - (upTo+2)/3
		if is, named := len(h.files()), h.count(`SELECT count(*) FROM member_persona WHERE picture <> ''`); is != want || named != want {
			t.Errorf("after %d were erased there are %d pictures, and names with one are %d, not %d", upTo, is, named, want)
		}
		h.work()
		var words []string
		for i := range upTo {
			words = append(words, canary(i))
		}
		for _, found := range holds(h.dump(), words...) {
			t.Error(found)
		}
		for _, k := range h.tray.Letters() {
			for _, w := range words {
				if strings.Contains(k.Letter.To+k.Letter.Plain(), w) {
					t.Errorf("a letter to %s after they were erased", w)
				}
			}
		}
		for _, w := range words {
			if strings.Contains(log.String(), w) {
				t.Errorf("the log holds %s", w)
			}
		}
		err := filepath.WalkDir(at.Dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(name)
			for _, w := range words {
				if bytes.Contains(b, []byte(w)) {
					t.Errorf("%s holds %s", filepath.Base(name), w)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	closed := func() {
		t.Helper()
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var backups []string
	for i := range people {
		if i%every == 0 {
			closed()
			backup := filepath.Join(t.TempDir(), "backup")
			if err := os.CopyFS(backup, os.DirFS(at.Dir)); err != nil {
				t.Fatal(err)
			}
			backups = append(backups, backup)
			// Back to the one before, and once to the very first.
			old := backups[max(0, len(backups)-2)]
			if i == people/2 {
				old = backups[0]
			}
			if err := errors.Join(os.RemoveAll(at.Dir), os.CopyFS(at.Dir, os.DirFS(old))); err != nil {
				t.Fatal(err)
			}
			h = again(t, at, ledger, &log, pictures)
			nowhere(i)
		}
		h.forget(canary(i) + "@elsewhere.example")
	}
	nowhere(people)
	if n := h.count(`SELECT count(*) FROM member_member`); n != len(members)-people+2 {
		t.Errorf("%d people are left", n)
	}
	closed()
}
