package group

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/list"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

var teamViewer = &access.Viewer{Member: "m", Role: access.Team}

// bringList brings a list as the team does.
func bringList(t *testing.T, s *Service, file string) string {
	t.Helper()
	id, err := s.BringList(t.Context(), teamViewer, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// byHeaders says what its columns are, as they were guessed, and has it looked
// through.
func byHeaders(t *testing.T, s *Service, id string) *Upload {
	t.Helper()
	if u := uploadNow(t, s, id); u.State == choosing {
		if err := s.CheckList(t.Context(), teamViewer, id, u.Columns); err != nil {
			t.Fatal(err)
		}
	}
	workLists(t, s)
	return uploadNow(t, s, id)
}

// takeList takes it in.
func takeList(t *testing.T, s *Service, u *Upload, agreed bool) *Upload {
	t.Helper()
	if err := s.TakeList(t.Context(), teamViewer, u.ID, u.round, agreed); err != nil {
		t.Fatal(err)
	}
	workLists(t, s)
	return uploadNow(t, s, u.ID)
}

func uploadNow(t *testing.T, s *Service, id string) *Upload {
	t.Helper()
	u, err := s.Upload(t.Context(), teamViewer, id)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// workLists does the jobs about lists, each of them twice.
func workLists(t *testing.T, s *Service) {
	t.Helper()
	bodies, err := db.All(t.Context(), s.db, func(scan db.Scan) (b json.RawMessage, err error) {
		err = scan(db.JSON(&b))
		return b, err
	}, `SELECT body FROM job_job WHERE kind = $1 ORDER BY due, id`, uploadJob)
	for _, b := range append(bodies, bodies...) {
		err = errors.Join(err, s.workUpload(t.Context(), b))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// came is what came of a list: new, changed, unchanged, kept, repeated,
// doubtful, refused, left out.
func came(a *Account) string {
	return fmt.Sprint(a.New, a.Changed, a.Unchanged, a.Kept, a.Repeated, a.Doubtful, a.Refused, a.LeftOut)
}

const brought = `Group name;Town;Tel;Nonsense;about;website
Open Door;Leeds;0113;x;We eat together;
Tidewater Peers;Hull;;x;;no such thing here
;York;;x;;
Open Dooor;Leeds;;x;;
Open Door;Leeds;0113;x;We eat together;
a;b
`

// A list goes its whole way, each step done twice and meant once.
func TestBringList(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		id := bringList(t, s, brought)
		u := uploadNow(t, s, id)
		if !slices.Equal(u.Columns, []string{"name", "area", "phone", "", "about", "website"}) || u.State != choosing {
			t.Fatalf("%+v", u)
		}
		if _, head, err := s.UploadHead(t.Context(), teamViewer, id); err != nil || !slices.Equal(head.Columns[1].Values, []string{"Leeds", "Hull", "York"}) {
			t.Fatal(head, err)
		}
		before := exported(t, s)
		u = byHeaders(t, s, id)
		if u.State != checked || came(&u.Account) != "2 0 0 0 1 1 2 1" || exported(t, s) != before {
			t.Fatalf("%s %+v", u.State, u.Account)
		}
		if len(u.Account.First) != 2 || u.Account.First[0].Details.Phone != "0113" || u.Account.of("left-out")[0].Text != "no such thing here" {
			t.Errorf("%+v", u.Account)
		}
		if err := s.TakeList(t.Context(), teamViewer, id, u.round-1, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("a preview that is not the latest was taken: %v", err)
		}
		if u = takeList(t, s, u, false); u.State != done || came(&u.Account) != "2 0 0 0 1 1 2 1" || u.Account.Waiting != 2 {
			t.Fatalf("%s %+v", u.State, u.Account)
		}
		if err := s.TakeList(t.Context(), teamViewer, id, u.round, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("taken in twice: %v", err)
		}
		if err := s.CheckList(t.Context(), teamViewer, id, u.Columns); !fault.Is(err, fault.NotFound) {
			t.Errorf("looked through once more: %v", err)
		}
		if g := one(t, s, "Open Door"); g.Published || g.Phone != "0113" || g.Revision != 1 {
			t.Errorf("%+v", g)
		}
		rows := dumpUploads(t, s)
		if strings.Contains(rows, "0113") || strings.Contains(rows, "eat together") || strings.Contains(rows, "no such thing") || strings.Contains(rows, "Nonsense") || !strings.Contains(rows, "Open Dooor") {
			t.Errorf("what is kept of the list: %s", rows)
		}
		// Once more, and they agreed.
		u = takeList(t, s, byHeaders(t, s, bringList(t, s, brought)), true)
		if came(&u.Account) != "0 2 0 0 1 1 2 1" || !one(t, s, "Open Door").Published {
			t.Errorf("%+v", u.Account)
		}
		us, err := s.Uploads(t.Context(), teamViewer)
		if err != nil || len(us) != 2 || us[0].ID != u.ID {
			t.Errorf("%v, %v", us, err)
		}
		if err := s.DropList(t.Context(), teamViewer, id); err != nil {
			t.Error(err)
		}
		if _, err := s.Upload(t.Context(), teamViewer, id); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func dumpUploads(t *testing.T, s *Service) string {
	t.Helper()
	rows, err := db.All(t.Context(), s.db, func(scan db.Scan) (string, error) {
		var file []byte
		var columns, account json.RawMessage
		err := scan(&file, db.JSON(&columns), db.JSON(&account))
		return fmt.Sprintf("%s %s %s", file, columns, account), err
	}, `SELECT f.file, u.columns, u.account FROM group_upload u LEFT JOIN group_upload_file f ON f.upload_id = u.id`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// What is no list is refused at the door, and says why; what breaks further on
// is said where it breaks.
func TestBringHostile(t *testing.T) {
	s := emptyRoom(t)
	wide := strings.TrimSuffix(strings.Repeat("a,", 100_000), ",")
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "file.missing"},
		{"a spreadsheet", "PK\x03\x04bomb", "file.spreadsheet"},
		{"UTF-16", "\xff\xfen\x00a\x00", "file.utf16"},
		{"NUL", "name\x00,area\nA,B\n", "file.neither"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00", "file.neither"},
		{"only a mark", "\ufeff\n", "file.empty"},
		{"a lone object", `{"name":"A"}`, "file.no-list"},
		{"an empty array", `[]`, "file.empty"},
		{"100,000 columns", wide + "\n" + wide + "\n", "file.columns"},
		{"a header of 10 MB", strings.Repeat("x", 10<<20) + "\n", "file.header"},
		{"a header that is not UTF-8", "name,caf\xe9\nA,B\n", "file.header"},
		{"more than is taken", strings.Repeat("x", web.MaxFile+1), "file.large"},
		{"deep JSON", strings.Repeat("[", 100_000), "file.stop"},
	} {
		_, err := s.BringList(t.Context(), teamViewer, []byte(c.file))
		f := fault.Of(err)
		n, ok := errors.AsType[list.Note](err)
		if !strings.HasSuffix(n.Key, c.want) && (ok || f == nil || len(f.Problems) != 1 || !strings.HasSuffix(f.Problems[0].Key, c.want)) {
			t.Errorf("%s: %.200v, want %s", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, file, came, stop string }{
		{"formulas", "name,area\n=cmd|' /C calc'!A0,Leeds\n'=quoted,York\n", "2 0 0 0 0 0 0 0", ""},
		{"a line of 10 MB", "name,area\n" + strings.Repeat("x", 10<<20) + ",y\nAfter,Leeds\n", "1 0 0 0 0 0 1 0", ""},
		{"a NUL further on", "name,area\n" + strings.Repeat("Filler,here\n", 500) + "A\x00,B\n", "1 0 0 0 499 0 1 0", ""},
		{"Latin 1", "name,area\nCaf\xe9,Lyon\n", "0 0 0 0 0 0 1 0", ""},
		{"what turns the direction", "name,area\nA\u202eB,Hull\n", "1 0 0 0 0 0 0 0", ""},
		{"JSON that breaks", "[{\"name\":\"Json\",\"area\":\"Bath\"},\n{\"name\"", "1 0 0 0 0 0 0 0", "file.stop"},
		{"too many rows", "name\n" + strings.Repeat("Row\n", mostListRows+1), "1 0 0 0 49999 0 0 0", "file.rows"},
	} {
		u := byHeaders(t, s, bringList(t, s, c.file))
		stop := ""
		if u.Account.Stop != nil {
			stop = u.Account.Stop.Key
		}
		if came(&u.Account) != c.came || !strings.HasSuffix(stop, c.stop) || (stop == "") != (c.stop == "") || len(u.Account.Remarks) > len(remarks)*mostRemarks {
			t.Errorf("%s: %s, %q, %d remarks", c.name, came(&u.Account), stop, len(u.Account.Remarks))
		}
		if err := s.TakeList(t.Context(), teamViewer, u.ID, u.round, false); c.stop != "" && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: taken in, though it breaks: %v", c.name, err)
		}
	}
}

// stopping is a server that dies after some rows.
type stopping struct {
	*following
	left int
	stop func()
}

func (s *stopping) stands() {
	s.following.stands()
	if s.left--; s.left == 0 {
		s.stop()
	}
}

// Stopped half way, a list goes on, and its report is the one it would have
// been.
func TestBringGoesOn(t *testing.T) {
	file := bigList(650)
	clean := emptyRoom(t)
	all := takeList(t, clean, byHeaders(t, clean, bringList(t, clean, file)), false)
	want := withoutIDs(t, clean)
	withImport(t, func(t *testing.T, s *Service) {
		u := byHeaders(t, s, bringList(t, s, file))
		if err := s.TakeList(t.Context(), teamViewer, u.ID, u.round, false); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		u = uploadNow(t, s, u.ID)
		im := &importing{Service: s, watch: &stopping{&following{Upload: u}, 2, stop}, report: &Report{}}
		if _, err := im.bring(ctx, strings.NewReader(file), list.ByColumn(u.Columns)); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if u = uploadNow(t, s, u.ID); u.State != taking || u.Done != 400 {
			t.Fatalf("%s, %d", u.State, u.Done)
		}
		if err := s.DropList(t.Context(), teamViewer, u.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("deleted on its way: %v", err)
		}
		workLists(t, s)
		u = uploadNow(t, s, u.ID)
		if withoutIDs(t, s) != want || u.State != done || came(&u.Account) != came(&all.Account) || len(u.Account.Remarks) != len(all.Account.Remarks) {
			t.Errorf("%s: %s, in one go %s", u.State, came(&u.Account), came(&all.Account))
		}
	})
}

// An import from the command line goes before one in the browser, which says
// so.
func TestBringOvertaken(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		file := bigList(450)
		u := byHeaders(t, s, bringList(t, s, file))
		if err := s.TakeList(t.Context(), teamViewer, u.ID, u.round, false); err != nil {
			t.Fatal(err)
		}
		u = uploadNow(t, s, u.ID)
		im := &importing{Service: s, watch: &stopping{&following{Upload: u}, 1, func() { mustImport(t, s, file, ImportOptions{}) }}, report: &Report{}}
		if _, err := im.bring(t.Context(), strings.NewReader(file), list.ByColumn(u.Columns)); !errors.Is(err, ErrOvertaken) {
			t.Fatal(err)
		}
		if r := mustImport(t, s, file, ImportOptions{}); r.New+r.Changed != 0 {
			t.Error(r)
		}
	})
}

// A group's page is its organisers', and a list does not find out what stands
// there.
func TestBringKeeps(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, beginning, ImportOptions{})
		organise(t, s, "Open Door")
		before := exported(t, s)
		for _, phone := range []string{"0113", "999"} {
			u := takeList(t, s, byHeaders(t, s, bringList(t, s, "name,area,phone\nOpen Door,Leeds,"+phone+"\n")), true)
			if came(&u.Account) != "0 0 0 1 0 0 0 0" || len(u.Account.of("kept")) != 1 || u.Account.of("kept")[0].Fields != nil {
				t.Errorf("%+v", u.Account)
			}
		}
		if exported(t, s) != before {
			t.Error("a page that is looked after was changed")
		}
	})
}

// What nobody goes on with is deleted after a week, a report when its time is over,
// and who brought it can leave.
func TestBringForgets(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		id := bringList(t, s, brought)
		kept := takeList(t, s, byHeaders(t, s, bringList(t, s, brought)), false)
		err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE group_upload SET author_persona_id = 'p7', at = $1`, time.Now().Add(-uploadKept+time.Hour))
			return err
		})
		if err := errors.Join(err, s.sweepLists(t.Context())); err != nil {
			t.Fatal(err)
		}
		out, err := s.export(t.Context(), kit.Subject{Personas: []string{"p7"}})
		if err != nil || len(kit.HeldJSON(out, nil)["brought"]) != 2 {
			t.Errorf("%v, %v", out, err)
		}
		err = s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := s.erase(ctx, tx, kit.Subject{Personas: []string{"p7"}}); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE group_upload SET at = $1`, time.Now().Add(-uploadKept-time.Hour))
			return err
		})
		if err := errors.Join(err, s.sweepLists(t.Context())); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Upload(t.Context(), teamViewer, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("it is still there: %v", err)
		}
		if u := uploadNow(t, s, kept.ID); u.author != "" || u.Account.Rows != 6 {
			t.Errorf("%+v", u)
		}
		for _, x := range []struct {
			age  time.Duration
			gone bool
		}{{reportKept - time.Hour, false}, {reportKept + time.Hour, true}} {
			err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE group_upload SET at = $1`, time.Now().Add(-x.age))
				return err
			})
			if err := errors.Join(err, s.sweepLists(t.Context())); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Upload(t.Context(), teamViewer, kept.ID); fault.Is(err, fault.NotFound) != x.gone {
				t.Errorf("a report of %v: %v", x.age, err)
			}
		}
	})
}

// Nobody but the team does any of this.
func TestBringIsTheTeams(t *testing.T) {
	s := emptyRoom(t)
	id := bringList(t, s, brought)
	for _, v := range []*access.Viewer{{}, {Member: "m", Role: access.Member}, {Member: "m", Role: access.Moderator}} {
		_, err1 := s.BringList(t.Context(), v, []byte(brought))
		_, err2 := s.Upload(t.Context(), v, id)
		_, err3 := s.Uploads(t.Context(), v)
		_, _, err4 := s.UploadHead(t.Context(), v, id)
		for i, err := range []error{err1, err2, err3, err4, s.CheckList(t.Context(), v, id, nil), s.TakeList(t.Context(), v, id, 0, false), s.DropList(t.Context(), v, id)} {
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s: verb %d: %v", v.Role, i, err)
			}
		}
	}
}

// A report opens in a spreadsheet and runs nothing there.
func TestBringReportFile(t *testing.T) {
	s := emptyRoom(t)
	mustImport(t, s, "name,area\n=1+1 cafe,Leeds\n", ImportOptions{})
	u := takeList(t, s, byHeaders(t, s, bringList(t, s, "name,area\n=1+1 cafe,York\n@sum,Hull,x\n")), false)
	langs, err := i18n.Load([]string{"en"}, i18n.Ground, ui.Ground, list.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	g := one(t, s, "=1+1 cafe")
	if err := writeAccount(&b, &ui.Page{Lang: langs.Langs[0]}, u, map[string]Brief{g.ID: {Named: g.named()}}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		for cell := range strings.SplitSeq(strings.TrimSpace(line), ",") {
			if cell = strings.Trim(cell, `"`); cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("a formula: %s", cell)
			}
		}
	}
	if !strings.Contains(b.String(), "'=1+1 cafe,Held back") {
		t.Error(b.String())
	}
}
