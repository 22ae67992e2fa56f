package equal

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/crowd"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

var team = &access.Viewer{Member: "tea", Persona: "p-tea", Role: access.Team}

// room is the room alone, with a clock that is set by hand. All is asked.
type room struct {
	*Service
	t       *testing.T
	at      time.Time
	tickets map[string]string // by what a test calls them
}

func run(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Run(t, append(slices.Clone(kit.Ground), db.Migrations{Room: "equal", Files: migrations}), func(t *testing.T, d *db.DB) {
		r := &room{New(d, t.TempDir()), t, time.Date(2026, 2, 14, 9, 26, 53, 0, time.UTC), map[string]string{}}
		r.now = func() time.Time { return r.at }
		if err := r.Ask(t.Context(), team, keys()); err != nil {
			t.Fatal(err)
		}
		fn(t, r)
	})
}

func (r *room) count(form string, pairs ...string) {
	r.t.Helper()
	answers := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		answers[pairs[i]] = pairs[i+1]
	}
	if err := r.Count(r.t.Context(), answers, r.ticket(form)); err != nil {
		r.t.Fatal(err)
	}
}

// ticket is one that was given in this quarter.
func (r *room) ticket(name string) string {
	r.t.Helper()
	name += " " + quarter(r.at).Format(time.DateOnly)
	if r.tickets[name] == "" {
		r.tickets[name] = id.Secret()
		err := r.change(r.t.Context(), func(_ context.Context, _ *db.Tx, w *waiting) error {
			w.give(r.tickets[name], r.at)
			return nil
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return r.tickets[name]
}

// ends has the quarter be over, and the night after it.
func (r *room) ends() {
	r.t.Helper()
	r.at = r.at.AddDate(0, 3, 0)
	r.folds()
}

func (r *room) folds() {
	r.t.Helper()
	if err := r.fold(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// sums are all tallies.
func (r *room) sums() map[string]map[string]int {
	r.t.Helper()
	out, err := tallies(r.t.Context(), r.db, time.Unix(0, 0), r.at.AddDate(1, 0, 0))
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// copy is every row of the database, table by table, as whoever has a copy of it
// reads it.
func (r *room) copy() map[string]string {
	r.t.Helper()
	out := map[string]string{}
	for _, table := range []string{"equal_state", "equal_tally", "equal_waiting", "equal_offered", "db_once", "job_job", "web_box", "web_limit"} {
		rows, err := r.db.Query(r.t.Context(), `SELECT * FROM `+table)
		if err != nil {
			r.t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			r.t.Fatal(err)
		}
		var all []string
		for rows.Next() {
			cells := make([]any, len(names))
			for i := range cells {
				cells[i] = new(any)
			}
			if err := rows.Scan(cells...); err != nil {
				r.t.Fatal(err)
			}
			var line []string
			for _, c := range cells {
				v := *c.(*any)
				if b, is := v.([]byte); is {
					v = string(b)
				}
				line = append(line, fmt.Sprint(v))
			}
			all = append(all, strings.Join(line, "|"))
		}
		rows.Close()
		slices.Sort(all)
		out[table] = strings.Join(all, "\n")
	}
	return out
}

// Whoever has copies of the database from before and after each of 30 visits finds
// that something was sent, and not what, nor how much: one cell is another, as long
// as before, and whatever may be read from it is right by chance alone.
func TestWatchedByCopies(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		rnd := rand.New(rand.NewPCG(7, 7))
		r.count("first", "gender", "woman")
		for i := range 30 {
			r.ticket(fmt.Sprint("form ", i))
		}
		r.folds()
		before := r.copy()
		right := 0
		for i := range 30 {
			yes := rnd.IntN(2) == 0
			choice := "no"
			if yes {
				choice = "yes"
			}
			switch i % 4 { // eight of each: too few to be added
			case 0:
				r.count(fmt.Sprint("form ", i), "trans", choice)
			case 1:
				r.count(fmt.Sprint("form ", i), "trans", "", "age", "25")
			case 2:
				r.count(fmt.Sprint("form ", i), "religion", "none", "carer", ratherNot, "disability", "much")
			default: // skips everything
				r.count(fmt.Sprint("form ", i))
			}
			r.folds()
			after := r.copy()
			for table, rows := range after {
				if table != "equal_waiting" && before[table] != rows {
					t.Fatalf("visit %d is to be seen in %s:\n%s\n%s", i, table, before[table], rows)
				}
			}
			a, b := longest(before["equal_waiting"]), longest(after["equal_waiting"])
			if a == b || len(a) != len(b) || strings.ReplaceAll(before["equal_waiting"], a, "") != strings.ReplaceAll(after["equal_waiting"], b, "") {
				t.Fatalf("visit %d: %d and then %d bytes wait", i, len(a), len(b))
			}
			sealed, err := base64.StdEncoding.DecodeString(b)
			if err != nil || strings.Contains(string(sealed), "trans") {
				t.Fatalf("what waits can be read: %v", err)
			}
			ones := 0
			for _, c := range sealed {
				ones += int(c & 1)
			}
			if yes == (ones%2 == 1) {
				right++
			}
			before = after
		}
		if right < 4 || right > 26 { // of 30 by chance: less than once in ten thousand
			t.Errorf("%d of 30 are guessed", right)
		}
		if n := len(r.sums()); n != 0 {
			t.Fatalf("of eight answers %d questions are added", n)
		}
		if before["equal_tally"] != "" || before["db_once"] != "" || before["equal_offered"] != "" {
			t.Errorf("something else is kept: %v", before)
		}
	})
}

func longest(row string) string {
	return slices.MaxFunc(strings.Split(row, "|"), func(a, b string) int { return len(a) - len(b) })
}

// Nine wait and ten are added, each question by itself, and nothing is lost or
// counted twice: neither over nights, nor by a form sent twice, nor many at once.
func TestTen(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		for i := range 9 {
			r.count(fmt.Sprint(i), "gender", "man", "trans", "no")
			r.count(fmt.Sprint(i), "gender", "man", "trans", "no")
			r.folds()
		}
		if n := r.sums(); len(n) != 0 {
			t.Fatalf("of nine %v is added", n)
		}
		r.count("ten", "gender", "nonbinary")
		r.folds()
		if n := r.sums(); len(n) != 0 {
			t.Fatalf("before the quarter is over %v is added", n)
		}
		r.ends()
		want := map[string]map[string]int{"gender": {"man": 9, "nonbinary": 1}}
		if got := r.sums(); !maps.EqualFunc(got, want, maps.Equal) {
			t.Errorf("%v is added, not %v", got, want)
		}
		var all sync.WaitGroup
		for i := range 12 {
			ticket := r.ticket(fmt.Sprint("at once ", i))
			all.Go(func() {
				if err := r.Count(t.Context(), map[string]string{"trans": "yes"}, ticket); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		again := New(r.db, r.folder) // another start
		again.now = r.now
		r.at = r.at.AddDate(0, 3, 0)
		if err := again.fold(t.Context()); err != nil {
			t.Fatal(err)
		}
		want["trans"] = map[string]int{"no": 9, "yes": 12}
		if got := r.sums(); !maps.EqualFunc(got, want, maps.Equal) {
			t.Errorf("%v is added, not %v", got, want)
		}
	})
}

// What nobody asks is not counted, nor what is no answer.
func TestWrongAnswers(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		if err := r.Count(ctx, map[string]string{"gender": "=1+1"}, "a"); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if err := r.Ask(ctx, team, []string{"gender", "shoes"}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		for _, role := range []access.Role{access.Member, access.Moderator, access.Visitor} {
			v := &access.Viewer{Member: "m", Role: role}
			_, err := r.Results(ctx, v)
			if !fault.Is(err, fault.Denied) || !fault.Is(r.Ask(ctx, v, nil), fault.Denied) {
				t.Errorf("%s sees the numbers: %v", role, err)
			}
		}
		if err := r.Ask(ctx, team, []string{"gender"}); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			r.count(fmt.Sprint(i), "gender", "man", "trans", "no", "shoes", "two")
		}
		r.ends()
		if got := r.sums(); len(got) != 1 || got["gender"]["man"] != 10 {
			t.Errorf("%v is added", got)
		}
		if err := r.Ask(ctx, team, nil); err != nil {
			t.Fatal(err)
		}
		if err := r.Count(ctx, map[string]string{"gender": "man"}, "b"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nothing is asked: %v", err)
		}
	})
}

// What is shown is the year before a quarter, once; rounded, from 15 on, and never
// so that one number can be had from the others.
func TestShown(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		add := func(question, choice string, n int) {
			t.Helper()
			err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return addTally(ctx, tx, quarter(r.at), question, choice, n)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		shown := func() map[string]crowd.Table {
			t.Helper()
			r.folds()
			now, err := r.Results(ctx, team)
			if err != nil {
				t.Fatal(err)
			}
			return now.Shown
		}
		add("carer", "no", 40)
		add("carer", "much", 9)
		add("trans", "no", 30)
		add("trans", "yes", 3)
		add("gender", "woman", 9)
		if got := shown(); len(got) != 0 {
			t.Fatalf("in the quarter itself %v is shown", got)
		}
		r.at = r.at.AddDate(0, 3, 0)
		// Nine and three can't be had by taking away: their whole is not shown.
		if got := shown(); len(got) != 0 {
			t.Errorf("%v is shown", got)
		}
		add("carer", "no", 1)
		add("carer", "some", 22)
		add("carer", "much", 8)
		r.at = r.at.AddDate(0, 3, 0)
		want := crowd.Table{"no": 40, "some": 20, "much": 15, crowd.Others: 0}
		got := shown()
		for choice, n := range got["carer"] {
			if n < 15 || n%5 != 0 || want[choice] != n && choice != crowd.Others {
				t.Errorf("%v is shown", got)
			}
		}
		if len(got["carer"]) == 0 || got["trans"] != nil || got["gender"] != nil {
			t.Errorf("%v is shown", got)
		}
		add("carer", "no", 300)
		if now := shown(); !maps.Equal(now["carer"], got["carer"]) {
			t.Errorf("in one quarter it is %v, and then %v", got, now)
		}
		r.at = r.at.AddDate(3, 0, 0)
		if got := shown(); len(got) != 0 {
			t.Errorf("after years %v is shown", got)
		}
		r.at = r.at.AddDate(3, 0, 0)
		r.folds()
		if n := len(r.sums()); n != 0 {
			t.Errorf("after more than five years there are %d tallies", n)
		}
	})
}

// That somebody opened the questions is noted by the month, and is theirs to see
// and to be rid of. Answering notes nothing.
func TestOffered(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		ana := &access.Viewer{Member: "ana", Persona: "p-ana", Role: access.Member}
		before := r.copy()["equal_offered"]
		r.count("a", "age", "25")
		if r.copy()["equal_offered"] != before {
			t.Error("answering is noted")
		}
		if _, err := r.Offer(ctx, ana); err != nil {
			t.Fatal(err)
		}
		if ticket, err := r.Offer(ctx, ana); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second ticket: %q, %v", ticket, err)
		}
		sub := kit.Subject{Member: "ana", Personas: []string{"p-ana"}}
		held, err := r.export(ctx, sub)
		if err != nil || len(held) != 1 || len(held[0].Lines) != 1 || held[0].Lines[0][0].Value != time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) {
			t.Errorf("%v, %v", held, err)
		}
		if is, now, err := r.Offered(ctx, ana); err != nil || !is || !now {
			t.Error(is, err)
		}
		if err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return r.erase(ctx, tx, sub) }); err != nil {
			t.Fatal(err)
		}
		if is, now, err := r.Offered(ctx, ana); err != nil || is || now {
			t.Error(is, err)
		}
		if _, err := r.Offer(ctx, &access.Viewer{Member: "lea", Role: access.Lapsed}); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody outside is asked: %v", err)
		}
	})
}

// The key is made once, is nobody else's to read, and stands in no table. One that
// is lost takes what waits with it, and nothing else.
func TestKey(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		r.count("a", "age", "25")
		name := filepath.Join(r.folder, keyFile)
		info, err := os.Stat(name)
		key, rerr := os.ReadFile(name)
		if err != nil || rerr != nil || info.Mode().Perm() != 0o600 || len(key) != 32 {
			t.Fatal(info, err, rerr)
		}
		if left, err := os.ReadDir(r.folder); err != nil || len(left) != 1 {
			t.Errorf("left over: %v, %v", left, err)
		}
		if strings.Contains(r.copy()["equal_waiting"], fmt.Sprintf("%x", key)) {
			t.Error("the key is in the database")
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		again := &room{New(r.db, r.folder), t, r.at, map[string]string{}}
		again.now = func() time.Time { return again.at }
		for i := range 10 {
			again.count(fmt.Sprint("b", i), "age", "35")
		}
		again.ends()
		if got := again.sums(); got["age"]["35"] != 10 || got["age"]["25"] != 0 {
			t.Errorf("%v is added", got)
		}
		again.at = again.at.AddDate(1, 3, 0)
		again.folds()
		if n := strings.Count(again.copy()["equal_waiting"], "|"); n != 0 {
			t.Errorf("what nobody can open is kept: %.90s", again.copy()["equal_waiting"])
		}
		if err := os.WriteFile(name, []byte("short"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := New(r.db, r.folder).Count(t.Context(), map[string]string{"age": "25"}, "c"); err == nil {
			t.Error("a broken key seals")
		}
	})
}

// Whoever has copies of the database from every night, and an account of their own,
// can't have the ten filled by answers they know and one more: an account has one
// ticket a quarter, no ticket no answer counts, and nothing is added until all of a
// quarter are.
func TestFilledByOne(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		eve := &access.Viewer{Member: "eve", Persona: "p-eve", Role: access.Member}
		ticket, err := r.Offer(ctx, eve)
		if err != nil {
			t.Fatal(err)
		}
		for range 9 {
			if err := r.Count(ctx, map[string]string{"trans": "no"}, ticket); err != nil {
				t.Fatal(err)
			}
			for _, none := range []string{"", "made up", strings.ToLower(ticket)} {
				if err := r.Count(ctx, map[string]string{"trans": "no"}, none); !fault.Is(err, fault.Conflict) {
					t.Fatalf("%q counts: %v", none, err)
				}
			}
		}
		for i := range 9 { // of many accounts, all of them known
			r.count(fmt.Sprint("known ", i), "trans", "no", "age", "25")
		}
		before := r.copy()["equal_tally"]
		r.count("ana", "trans", "yes", "age", "45")
		for range 20 {
			r.at = r.at.AddDate(0, 0, 1)
			if r.folds(); r.copy()["equal_tally"] != before {
				t.Fatal("in the quarter itself something is added")
			}
		}
		r.at = r.at.AddDate(0, 3, 0)
		if err := r.Count(ctx, map[string]string{"trans": "no"}, ticket); !fault.Is(err, fault.Conflict) {
			t.Errorf("a ticket of the quarter before: %v", err)
		}
		r.count("next", "trans", "no") // before the night
		if got := r.sums()["trans"]; got["no"] != 10 || got["yes"] != 1 {
			t.Errorf("of the quarter %v is added", got)
		}
		if ticket, err := r.Offer(ctx, eve); err != nil || ticket == "" {
			t.Errorf("in the next quarter: %v", err)
		}
	})
}

// A ticket given is as long as one that is spent, and both parts of the seal are
// as long as before whatever is answered, however many have opened the questions.
func TestSealsLength(t *testing.T) {
	run(t, func(t *testing.T, r *room) {
		s, err := r.seals()
		if err != nil {
			t.Fatal(err)
		}
		w := &waiting{N: map[string]map[string]int{}}
		for i := range 2000 {
			w.give(fmt.Sprint(i), r.at)
		}
		length := func() int {
			body, err := s.seal(w)
			if err != nil {
				t.Fatal(err)
			}
			back, err := s.open(body)
			if err != nil || len(back.tickets.Given) != 2000 || !maps.EqualFunc(back.N, w.N, maps.Equal) {
				t.Fatalf("it opens as %d tickets, %v, %v", len(back.tickets.Given), back.N, err)
			}
			return len(body)
		}
		before := length()
		for i := range 2000 {
			said := map[string]string{}
			for _, q := range questions {
				said[q.Key] = q.Choices[i%len(q.Choices)]
			}
			w.add(said, fmt.Sprint(i))
			if i%100 == 0 && length() != before {
				t.Fatalf("after %d answers it is %d long, and was %d", i+1, length(), before)
			}
		}
	})
}
