package arrival

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/list"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

var team = &access.Viewer{Member: "t", Persona: "p", Role: access.Team}

// others are the rooms this one asks: accounts, the ledger and who forgets, as far
// as the tests need them. What they write, they write into a table of the test's, so
// that it stands or falls with the transaction.
type others struct {
	d       *db.DB
	stops   int   // Expect fails at this one; 0: never
	made    int   // by Expect, whatever came of it
	refuses error // what sending says
	sent    []string
	in      []string          // accounts whose owners have arrived
	leaving []string          // those whose owners are about to leave
	stand   map[string]string // what everybody has agreed to
	forgot  []string

	addressless bool // nobody has an address
}

func (o *others) Have(ctx context.Context, q db.Querier, emails []string) (map[string]string, error) {
	out := map[string]string{}
	_, err := db.All(ctx, q, func(scan db.Scan) (email string, err error) {
		var id string
		err = scan(&email, &id)
		out[email] = id
		return email, err
	}, `SELECT text, id FROM arrival_trial WHERE text IN ($1)`, emails)
	return out, err
}

var errStop = errors.New("the server stops")

func (o *others) Expect(ctx context.Context, tx *db.Tx, x Newcomer) (string, error) {
	if o.made++; o.made == o.stops {
		return "", errStop
	}
	member := id.New(ctx)
	_, err := tx.Exec(ctx, `INSERT INTO arrival_trial (id, text) VALUES ($1, $2)`, member, x.Email)
	return member, err
}

func (o *others) Expected(ctx context.Context, q db.Querier, members []string) (map[string]Newcomer, error) {
	out := map[string]Newcomer{}
	for _, m := range members {
		if !slices.Contains(o.in, m) && !slices.Contains(o.leaving, m) {
			out[m] = Newcomer{Email: m + "@a.example", Kind: "supporter"}
			if o.addressless {
				out[m] = Newcomer{}
			}
		}
	}
	return out, nil
}
func (o *others) Waits(_ context.Context, _ db.Querier, members []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(members), func(m string) bool { return slices.Contains(o.in, m) }), nil
}
func (o *others) Offers(_ context.Context, _ db.Querier, kind string) ([]string, error) {
	return []string{kind}, nil
}
func (o *others) AskedOnPaper(*ui.Page) (name, does, own ui.Field)             { return }
func (o *others) Arrive(context.Context, *db.Tx, string, Newcomer, bool) error { return nil }
func (o *others) WriteExpected(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	if o.refuses == nil {
		o.sent = append(o.sent, member)
	}
	return o.refuses
}
func (o *others) Asked() []kit.Purpose {
	return []kit.Purpose{{Key: "arrival.a", Needed: true}, {Key: "arrival.b"}}
}
func (o *others) Stand(context.Context, db.Querier, string) (map[string]string, error) {
	return o.stand, nil
}
func (o *others) Carry(ctx context.Context, tx *db.Tx, member string, c Said) error {
	_, err := tx.Exec(ctx, `INSERT INTO arrival_trial (id, text) VALUES ($1, $2)`, id.New(ctx), fmt.Sprint(c.Given, c.Purpose, c.Words))
	return err
}
func (o *others) Ready(context.Context, *db.Tx, string) (func(*web.Request), error) {
	return nil, nil
}
func (o *others) Forget(_ context.Context, member string) error {
	o.forgot = append(o.forgot, member)
	return nil
}
func (o *others) LookedAtAll(context.Context, *access.Viewer, []string, string) error {
	return nil
}

func room(t *testing.T, fn func(t *testing.T, s *Service, o *others)) {
	t.Helper()
	langs, err := i18n.Load([]string{"en", "ar"}, i18n.Ground, ui.Ground, list.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, []db.Migrations{job.Ground, web.Ground, {Room: "arrival", Files: migrations}}, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `CREATE TABLE arrival_trial (id TEXT PRIMARY KEY, text TEXT NOT NULL)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		o := &others{d: d}
		fn(t, New(d, langs, o, o, o, o), o)
	})
}

func (o *others) exec(t *testing.T, q string) {
	t.Helper()
	if err := o.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, q)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// gone drops all accounts.
func (o *others) gone(t *testing.T) { o.exec(t, `DELETE FROM arrival_trial`) }

func (o *others) count(t *testing.T, q string) (n int) {
	t.Helper()
	if err := o.d.QueryRow(t.Context(), q).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Stopped half way, a list goes on where it stood, and comes to the same.
func TestGoesOn(t *testing.T) {
	var file strings.Builder
	file.WriteString("Email,B\n")
	for i := range 650 {
		fmt.Fprintf(&file, "p%d@a.example,yes\n", i%640)
	}
	room(t, func(t *testing.T, s *Service, o *others) {
		o.stops = 450
		_, err := s.Import(t.Context(), strings.NewReader(file.String()), Import{Called: "list", Map: "B=arrival.b"})
		if !errors.Is(err, errStop) {
			t.Fatal(err)
		}
		if n := o.count(t, `SELECT count(*) FROM arrival_person`); n != 400 {
			t.Fatalf("%d are in", n)
		}
		all, err := lists(t.Context(), s.db, 9)
		if err != nil || len(all) != 1 || all[0].State != taking || all[0].Done != 400 {
			t.Fatal(all, err)
		}
		if err := s.Drop(t.Context(), team, all[0].ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("deleted on its way: %v", err)
		}
		body, _ := json.Marshal(all[0].ID)
		for range 2 { // the job may come twice
			if err := s.workTake(t.Context(), body); err != nil {
				t.Fatal(err)
			}
		}
		l, err := listByID(t.Context(), s.db, all[0].ID)
		if err != nil || l.State != done || l.Account.New != 640 || l.Account.Twice != 10 || l.Account.Rows != 650 || l.Account.Yes["arrival.b"] != 640 {
			t.Errorf("%+v, %v", l, err)
		}
		if n, yes := o.count(t, `SELECT count(*) FROM arrival_person`), o.count(t, `SELECT count(*) FROM arrival_trial WHERE text LIKE 'true%'`); n != 640 || yes != 640 {
			t.Errorf("%d people, %d yeses", n, yes)
		}
		if n := o.count(t, `SELECT count(*) FROM arrival_file`); n != 0 {
			t.Error("the file is kept")
		}
	})
}

// A letter goes once, whatever happens on the way; one that is refused for good is
// not tried again.
func TestLetterGoesOnce(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		if _, err := s.Import(t.Context(), strings.NewReader("Email,Status,On Hold\na@a.example,,\nb@a.example,unsubscribed,\nc@a.example,,yes\nd@a.example,,\n"), Import{Called: "list"}); err != nil {
			t.Fatal(err)
		}
		work := func() error {
			var err error
			for _, kind := range []string{letterJob, letterJob} { // each twice
				bodies, qerr := db.All(t.Context(), s.db, func(scan db.Scan) (b json.RawMessage, err error) {
					err = scan(db.JSON(&b))
					return b, err
				}, `SELECT body FROM job_job WHERE kind = $1`, kind)
				err = errors.Join(err, qerr)
				for _, b := range bodies {
					err = errors.Join(err, s.letter(t.Context(), b))
				}
			}
			return err
		}
		if n, err := s.Write(t.Context(), team, false); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		o.refuses = errors.New("no line")
		if err := work(); err == nil {
			t.Error("a letter that did not go is no error")
		}
		if n := o.count(t, `SELECT count(*) FROM web_box`); n != 0 {
			t.Errorf("%d links lie about that reached nobody", n)
		}
		o.refuses = nil
		if err := work(); err != nil || len(o.sent) != 2 || o.sent[0] == o.sent[1] {
			t.Fatal(o.sent, err)
		}
		if n, err := s.Write(t.Context(), team, true); n != 0 || err != nil {
			t.Error("reminded on the same day", n, err)
		}
		s.now = func() time.Time { return time.Now().Add(between + time.Hour) }
		if n, err := s.Write(t.Context(), team, true); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		if err := s.PutBack(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := work(); err != nil || len(o.sent) != 2 {
			t.Errorf("after a backup was put back, letters go by themselves: %v, %v", o.sent, err)
		}
		if n, err := s.Write(t.Context(), team, true); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		o.refuses = fault.New(fault.Denied, "")
		if err := work(); err != nil {
			t.Error(err)
		}
		if n := o.count(t, `SELECT count(*) FROM arrival_person WHERE state = 'bounced'`); n != 3 {
			t.Errorf("%d letters came back", n)
		}
		if n, err := s.Write(t.Context(), team, false); n != 0 || err != nil {
			t.Error(n, err)
		}
	})
}

// The lists of each system are understood as far as can be, and nothing that is no
// yes is one.
func TestSamples(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		for name, want := range map[string]string{
			"civicrm.csv":              "id     kind email stop stop     since    language country",
			"mailchimp-subscribed.csv": "email                   id  ",
			"mailchimp-unsub.csv":      "email        stop       id ",
			"mailchimp-cleaned.csv":    "email       bounce      id ",
			"airtable.csv":             "  email  language country ",
		} {
			b, err := os.ReadFile("testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			l, err := s.begin(t.Context(), "list", b)
			if err != nil {
				t.Fatal(name, err)
			}
			var is []string
			for _, c := range l.Choices.Columns {
				is = append(is, c.Is)
			}
			if got := strings.Join(strings.Fields(strings.Join(is, " ")), " "); got != strings.Join(strings.Fields(want), " ") {
				t.Errorf("%s: %q", name, got)
			}
			if _, _, l.Choices.Columns, err = s.words(l); err != nil {
				t.Fatal(name, err)
			}
			var said []string
			if err := s.each(l, 10, func(rows []row) error {
				for _, r := range rows {
					said = append(said, strings.TrimSpace(fmt.Sprint(r.came.Email, " ", r.state, " ", r.came.Kind, " ", r.came.Lang, r.came.Country, r.why.Key)))
				}
				return nil
			}); err != nil {
				t.Fatal(name, err)
			}
			got := strings.Join(said, "\n")
			if want := strings.TrimSpace(samples[name]); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
			}
		}
	})
}

var samples = map[string]string{
	"civicrm.csv": `
rowan@civi.example waiting member enGB
birch@civi.example stopped supporter enGB
alder@civi.example stopped member FR`,
	"mailchimp-subscribed.csv": `
wren@chimp.example waiting member
robin@chimp.example waiting member`,
	"mailchimp-unsub.csv": `
finch@chimp.example stopped member`,
	"mailchimp-cleaned.csv": `
crow@chimp.example bounced member`,
	"airtable.csv": `
oak@air.example waiting member arEG
waiting member arrival.refused.email`,
}

// What is no list is refused at the door; what is hostile in one costs its own row.
func TestHostileLists(t *testing.T) {
	room(t, func(t *testing.T, s *Service, o *others) {
		for _, c := range []struct{ name, file, want string }{
			{"nothing", "", "arrival.file.missing"},
			{"a spreadsheet", "PK\x03\x04bomb", "list.file.spreadsheet"},
			{"UTF-16", "\xff\xfen\x00a\x00", "list.file.utf16"},
			{"100,000 columns", strings.Repeat("a,", 100_000) + "a\n", "list.file.columns"},
			{"too large", strings.Repeat("x", web.MaxFile+1), "arrival.file.large"},
		} {
			_, err := s.Bring(t.Context(), team, "list", []byte(c.file))
			f := fault.Of(err)
			if n := note(err); (n == nil || n.Key != c.want) && (f == nil || len(f.Problems) != 1 || f.Problems[0].Key != c.want) {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		for _, c := range []struct {
			name, file string
			came       [4]int // new, twice, refused, left out
			stop       string
		}{
			{"formulas", "Email,Country\n=cmd|'x'!A0,GB\n'=1@a.example,=1+1\n", [4]int{1, 0, 1, 1}, ""},
			{"NUL", "Email\n" + strings.Repeat("f@a.example\n", 500) + "b\x00@a.example\nc@a.example\n", [4]int{2, 499, 1, 0}, ""},
			{"a huge cell", "Email,Member since\na@a.example," + strings.Repeat("x", 200<<10) + "\n", [4]int{1, 0, 0, 1}, ""},
			{"a line of 10 MB", "Email,x\na@a.example," + strings.Repeat("x", 10<<20) + "\nb@a.example,\n", [4]int{1, 0, 1, 0}, ""},
			{"Latin 1", "Email,x\na@a.example,caf\xe9\n", [4]int{0, 0, 1, 0}, ""},
			{"what turns the direction", "Email\na\u202e@a.example\n", [4]int{1, 0, 0, 0}, ""},
			{"headers twice", "Email,Email,id,ID\na@a.example,b@a.example,1,2\nc@a.example,d@a.example,1,3\n", [4]int{1, 1, 0, 0}, ""},
			{"a line break in an address", "Email\n\"a@a.example\nBcc: b@a.example\"\n", [4]int{0, 0, 1, 0}, ""},
			{"200,000 rows", "Email\n" + strings.Repeat("a@a.example\n", 200_000), [4]int{1, mostRows - 1, 0, 0}, "arrival.file.rows"},
		} {
			l, err := s.begin(t.Context(), "list", []byte(c.file))
			if err == nil {
				err = s.preview(t.Context(), l)
			}
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			stop := ""
			if l.Account.Stop != nil {
				stop = l.Account.Stop.Key
			}
			if a := l.Account; [4]int{a.New, a.Twice, a.Refused, a.LeftOut} != c.came || stop != c.stop || len(a.Remarks) > mostTold {
				t.Errorf("%s: %+v", c.name, a)
			}
		}
	})
}

// Only a yes is a yes, and where two columns disagree there is none.
func TestReads(t *testing.T) {
	room(t, func(t *testing.T, s *Service, _ *others) {
		l := &List{Called: "list", At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), file: []byte("e,x,y,z\na@a.example,yes,YES ,\nb@a.example,yes,no,\nc@a.example,yeah,,\nd@a.example,,yes,yes\n"),
			Choices: Choices{Kind: "member", Columns: []Column{{Is: isEmail}, {Is: "arrival.b", Means: []string{"yes"}}, {Is: "arrival.b", Means: []string{"yes"}}, {Is: isStop, Means: []string{anyWord}}}}}
		var got []string
		if err := s.each(l, 2, func(rows []row) error {
			for _, r := range rows {
				for _, x := range r.said {
					got = append(got, fmt.Sprint(r.came.Email, x.Given, x.Purpose, x.Words))
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if want := []string{"a@a.exampletruearrival.bx: yes (list, 2026-11-01)", "d@a.examplefalsearrival.lettersz: yes (list, 2026-11-01)", "d@a.exampletruearrival.by: yes (list, 2026-11-01)"}; !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}
